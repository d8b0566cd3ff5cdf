import type { Selectable } from 'kysely';
import type { BooksTables } from '../../../schema/books-tables.ts';
import { BatchMarks } from '../../batch-marks.ts';
import type { PlacedDistributor } from '../../tree/uplines.ts';
import { PeriodSums } from './period-sums.ts';

/** A new distributor. */
export interface EnrolledChange {
  id: number;
  sponsor: number;
  wallet: string | null;
  blockNumber: bigint;
}

/** What entries add to sums, collected over many entries so that each sum is written once. */
export class Tally {
  /** Which distributors sold in each batch, and which it credited. */
  readonly marks: BatchMarks;
  /** Growth of distributors' months, without team volume. */
  readonly sums = new PeriodSums();
  /** Growth of the ledger's totals. */
  readonly totals = noTotals();
  /** Ids of the new distributors. */
  readonly enrolled: number[] = [];
  /** Places of the new distributors that are written, by id. */
  readonly fresh = new Map<number, PlacedDistributor>();
  /** Whether the books were empty before: no distributors and no sums. */
  readonly isFirst: boolean;

  constructor({ isFirst = false, marks = new BatchMarks() } = {}) {
    this.isFirst = isFirst;
    this.marks = marks;
  }
}

/** Growth of a ledger's totals; negative where they shrink. */
export type TotalsChange = Omit<Selectable<BooksTables['totals']>, 'ledger' | 'roots'>;

function noTotals(): TotalsChange {
  return {
    distributors: 0n,
    batches: 0n,
    sales: 0n,
    settled_sales: 0n,
    price_cents: 0n,
    volume_cents: 0n,
    reversed_price_cents: 0n,
    reversed_volume_cents: 0n,
    late_refund_cents: 0n,
    opened_units: 0n,
    credited_units: 0n,
    paid_units: 0n,
    funded_units: 0n,
    withdrawn_units: 0n,
    swept_units: 0n,
  };
}
