import { encodeSales, type ReversalRecord, recordsAfter, type SaleRecord } from '@plumbline/protocol';
import type { Hex } from 'viem';

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

/** The batch's records as its reversals have left them. */
export function presentRecords({ sales, reversals }: Pick<OpenBatch, 'sales' | 'reversals'>): Hex {
  return recordsAfter(encodeSales(sales), reversals);
}
