import { encodeReversals, encodeSales, type ReversalRecord, type SaleRecord } from '@plumbline/protocol';

/** A recorded batch with what reversing and settling it needs. */
export interface OpenBatch {
  batch: number;
  /** Plan version. */
  plan: number;
  /** Unix seconds. */
  recordedAt: number;
  sales: SaleRecord[];
  reversals: ReversalRecord[];
  /** How many of its sales are settled. */
  settled: number;
}

/** The facts of a batch that `reverse` and `settle` ask for. */
export function factsOf({
  batch,
  plan,
  recordedAt,
  sales,
  reversals,
}: Omit<OpenBatch, 'settled'>): unknown[] {
  return [batch, plan, recordedAt, encodeSales(sales), encodeReversals(reversals)];
}
