import { BatchMarks } from '../../batch-marks.ts';
import type { Member } from '../../tree/uplines.ts';
import { noTotals } from '../sums/totals.ts';
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
  readonly fresh = new Map<number, Member>();
  /** Whether the books had nothing before: neither distributors nor sums. */
  readonly isFirst: boolean;

  constructor({ isFirst = false, marks = new BatchMarks() } = {}) {
    this.isFirst = isFirst;
    this.marks = marks;
  }
}
