import type { Selectable } from 'kysely';
import type { BooksTables } from '../../../schema/books-tables.ts';
import { BatchMarks } from '../../batch-marks.ts';
import type { PlacedDistributor } from '../../tree/uplines.ts';
import { PeriodSums } from './period-sums.ts';

/** Somebody who came into the tree. */
export interface EnrolledChange {
  id: number;
  sponsor: number;
  wallet: string | null;
  blockNumber: bigint;
}

/** What entries add to sums, collected over many of them: a sum is written once, however often it grows. */
export class Tally {
  /** Who sold in which batch, and whom it credited. */
  readonly marks: BatchMarks;
  /** What distributors' months grow by, but for their teams'. */
  readonly sums = new PeriodSums();
  /** What the ledger's sums grow by. */
  readonly totals = noTotals();
  /** Who came into the tree, by id. */
  readonly enrolled: number[] = [];
  /** Where those of them stand who are written. */
  readonly fresh = new Map<number, PlacedDistributor>();
  /** Whether the books had nothing before: neither distributors nor sums. */
  readonly isFirst: boolean;

  constructor({ isFirst = false, marks = new BatchMarks() } = {}) {
    this.isFirst = isFirst;
    this.marks = marks;
  }
}

/** What the sums of a ledger's books grow by; negative where they shrink. */
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
    credited_units: 0n,
    paid_units: 0n,
    funded_units: 0n,
    withdrawn_units: 0n,
  };
}
