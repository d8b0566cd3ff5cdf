import {
  type AnnouncedChange,
  type BalancesOpened,
  type BatchRecorded,
  type BatchSettled,
  type ChangeApplied,
  decodeBalances,
  decodeStandings,
  type Enrolled,
  type Entry,
  type FlagRaised,
  type JournalEntry,
  type Payout,
  type PayoutRedirected,
  type PendingChanges,
  type PlanAnnounced,
  packedLines,
  type RefundedLate,
  recordBytes,
  type SaleReversed,
  visitLines,
  visitSales,
} from '@plumbline/protocol';
import type { Selectable } from 'kysely';
import { zeroAddress } from 'viem';
import type { BooksTables } from '../../../schema/books-tables.ts';
import { periodOf } from '../../periods.ts';
import { appliedChangesOf, type DistributorChange, distributorChangesOf } from './distributor-changes.ts';
import type { EnrolledChange, Tally } from './tally.ts';

/** What entries change in the books, as rows to write. Pure; apply.ts writes them. */

/** Where an entry stands. */
interface Place {
  entry: number;
  blockNumber: bigint;
  transactionHash: string;
}

export interface EntryChange extends Place {
  kind: Entry['kind'];
  logIndex: number;
  head: string;
  /** JSON. */
  content: string;
}

export interface PayoutChange extends Place {
  id: number;
  wallet: string;
  recipient: string;
  units: bigint;
}

export interface FlagChange extends Place, Omit<FlagRaised, 'kind'> {}

/** The decision of a flag. */
export interface ClosedFlagChange {
  flag: number;
  outcome: string;
  evidence: string;
  closedEntry: number;
}

export interface BatchChange extends Place, Omit<BatchRecorded, 'kind'> {
  count: number;
  settled: number;
}

export interface ReversalChange extends Place, Omit<SaleReversed, 'kind'> {
  period: number;
  /** Index in `BUYER_CLASSES`; null if the sale was recorded before these entries. */
  class: number | null;
}

export interface LateRefundChange extends Place, Omit<RefundedLate, 'kind'> {}

/** A change of standing, sponsor or membership that was announced. */
export interface AnnouncedRow {
  change: number;
  kind: Selectable<BooksTables['changes']>['kind'];
  effectiveAt: number;
  size: number;
  entry: number;
}

export interface SettlementChange {
  batch: number;
  first: number;
  until: number;
  entry: number;
  blockNumber: bigint;
  lines: Uint8Array;
}

export interface Changes {
  entries: EntryChange[];
  enrolled: EnrolledChange[];
  /** Changes of distributors after enrolment, in order. */
  distributorChanges: DistributorChange[];
  plans: (PlanAnnounced & Place)[];
  batches: BatchChange[];
  reversals: ReversalChange[];
  settlements: SettlementChange[];
  payouts: PayoutChange[];
  flags: FlagChange[];
  lateRefunds: LateRefundChange[];
  announced: AnnouncedRow[];
  answeredFlags: { flag: number; answer: string }[];
  closedFlags: ClosedFlagChange[];
  /** Versions of plans that were cancelled. */
  cancelledPlans: number[];
  /** What became of announced changes: how many of their records are applied, or null if that stays as it is. */
  changeStates: {
    change: number;
    state: Selectable<BooksTables['changes']>['state'];
    until: number | null;
  }[];
  /** Of batches recorded before these entries. */
  settledBatches: { batch: number; settled: number }[];
}

/** An entry with its number and the time of its block (unix seconds). */
export interface TimedEntry extends JournalEntry {
  number: number;
  time: number;
}

/**
 * Collects what `entries` change.
 * @param tally Gets what they add to sums, except reversals of sales recorded before.
 * @param pending The changes announced before that these entries apply.
 */
export function collectChanges(
  entries: readonly TimedEntry[],
  tally: Tally,
  pending: PendingChanges,
): Changes {
  const collector = new Collector(tally, pending);
  for (const entry of entries) collector.add(entry);
  return collector.changes();
}

class Collector {
  readonly #tally: Tally;
  readonly #pending: PendingChanges;
  readonly #rows: Omit<Changes, 'settledBatches' | 'changeStates'> = {
    entries: [],
    enrolled: [],
    distributorChanges: [],
    plans: [],
    batches: [],
    reversals: [],
    settlements: [],
    payouts: [],
    flags: [],
    lateRefunds: [],
    announced: [],
    answeredFlags: [],
    closedFlags: [],
    cancelledPlans: [],
  };
  readonly #changeStates = new Map<number, Changes['changeStates'][number]>();
  readonly #settledBatches = new Map<number, number>();
  /** Batches recorded by these entries, written together with the later changes to them. */
  readonly #fresh = new Map<number, { batch: BatchChange; classes: number[] }>();

  constructor(tally: Tally, pending: PendingChanges) {
    this.#tally = tally;
    this.#pending = pending;
  }

  changes(): Changes {
    const settledBatches = [...this.#settledBatches].map(([batch, settled]) => ({ batch, settled }));
    return { ...this.#rows, settledBatches, changeStates: [...this.#changeStates.values()] };
  }

  add({ entry, number, time, head, blockNumber, transactionHash, logIndex }: TimedEntry): void {
    const place = { entry: number, blockNumber, transactionHash };
    const { totals } = this.#tally;
    this.#rows.entries.push({ ...place, kind: entry.kind, logIndex, head, content: contentOf(entry) });
    switch (entry.kind) {
      case 'enrolled':
        this.#enrol(entry, blockNumber);
        break;
      case 'planAnnounced':
        this.#rows.plans.push({ ...entry, ...place });
        break;
      case 'batchRecorded':
        this.#record(entry, place);
        break;
      case 'saleReversed':
        this.#reverse(entry, place, periodOf(time));
        break;
      case 'batchSettled':
        this.#settle(entry, place, periodOf(time));
        break;
      case 'payout':
      case 'payoutRedirected':
        this.#payOut(entry, place, periodOf(time));
        break;
      case 'flagRaised':
        this.#rows.flags.push({ ...entry, ...place });
        break;
      case 'flagAnswered':
        this.#rows.answeredFlags.push(entry);
        break;
      case 'flagClosed':
        this.#rows.closedFlags.push({ ...entry, closedEntry: number });
        break;
      case 'planCancelled':
        this.#rows.cancelledPlans.push(entry.version);
        break;
      case 'standingAnnounced':
      case 'correctionAnnounced':
      case 'endingAnnounced':
        this.#announce(entry, number);
        break;
      case 'changeCancelled':
        this.#pending.cancel(entry);
        this.#changeStates.set(entry.change, { change: entry.change, state: 'cancelled', until: null });
        break;
      case 'changeApplied':
        this.#apply(entry, number);
        break;
      case 'balancesOpened':
        this.#open(entry, periodOf(time));
        break;
      case 'refundedLate':
        this.#rows.lateRefunds.push({ ...entry, ...place });
        totals.late_refund_cents += entry.priceCents;
        break;
      case 'surplusSwept':
        totals.swept_units += entry.units;
        break;
      case 'floatFunded':
        totals.funded_units += entry.units;
        break;
      case 'floatWithdrawn':
        totals.withdrawn_units += entry.units;
        break;
      default:
        this.#rows.distributorChanges.push(...distributorChangesOf(number, entry));
    }
  }

  #enrol({ id, sponsor, wallet }: Enrolled, blockNumber: bigint): void {
    const { enrolled, totals } = this.#tally;
    const distributor = { id, sponsor, wallet: wallet === zeroAddress ? null : wallet, blockNumber };
    this.#rows.enrolled.push(distributor);
    enrolled.push(id);
    totals.distributors += 1n;
  }

  #record(entry: BatchRecorded, place: Place): void {
    const { kind, ...recorded } = entry;
    const { marks, sums, totals } = this.#tally;
    const month = sums.month(periodOf(recorded.recordedAt));
    const classes: number[] = [];
    let [price, volume] = [0, 0];
    visitSales(recordBytes(entry), (seller, buyer, priceCents, volumeCents) => {
      classes.push(buyer);
      marks.sold(seller, recorded.batch);
      month.sold(seller, buyer, priceCents, volumeCents);
      price += priceCents;
      volume += volumeCents;
    });
    totals.price_cents += BigInt(price);
    totals.volume_cents += BigInt(volume);
    const batch = { ...recorded, ...place, count: classes.length, settled: 0 };
    totals.batches += 1n;
    totals.sales += BigInt(classes.length);
    this.#rows.batches.push(batch);
    this.#fresh.set(recorded.batch, { batch, classes });
  }

  #reverse({ kind, ...reversed }: SaleReversed, place: Place, period: number): void {
    const buyer = this.#fresh.get(reversed.batch)?.classes[reversed.index] ?? null;
    this.#rows.reversals.push({ ...reversed, ...place, period, class: buyer });
    this.#tally.totals.reversed_price_cents += reversed.priceCents;
    this.#tally.totals.reversed_volume_cents += reversed.volumeCents;
  }

  #settle(settled: BatchSettled, { entry, blockNumber }: Place, period: number): void {
    const { batch, from, until } = settled;
    const { marks, sums, totals } = this.#tally;
    const fresh = this.#fresh.get(batch);
    if (fresh) fresh.batch.settled = until;
    else this.#settledBatches.set(batch, until);
    const lines = packedLines(settled);
    this.#rows.settlements.push({ batch, first: from, until, entry, blockNumber, lines });
    totals.settled_sales += BigInt(until - from);
    totals.credited_units += settled.credited;
    const month = sums.month(period);
    let cents = 0;
    visitLines(
      lines,
      (_, counted) => {
        cents = counted;
      },
      (id, bps, level) => {
        const units = cents * bps;
        // Levels without a rate credit nothing.
        if (units === 0) return;
        marks.credited(id, batch);
        month.credited(id, level, units);
      },
    );
  }

  #payOut(entry: Payout | PayoutRedirected, place: Place, period: number): void {
    const { id, wallet, units } = entry;
    const recipient = entry.kind === 'payout' ? wallet : entry.to;
    this.#rows.payouts.push({ ...place, id, wallet, recipient, units });
    this.#tally.sums.month(period).paid(id, units);
    this.#tally.totals.paid_units += units;
  }

  #announce(entry: AnnouncedChange, number: number): void {
    this.#pending.announce(entry);
    const { change, effectiveAt } = entry;
    this.#rows.announced.push({
      change,
      kind: kindOf(entry),
      effectiveAt,
      size: sizeOf(entry),
      entry: number,
    });
  }

  #apply(entry: ChangeApplied, number: number): void {
    const applied = this.#pending.apply(entry);
    if (!applied) throw new Error(`change ${entry.change} of entry ${number} is not pending`);
    this.#rows.distributorChanges.push(...appliedChangesOf(number, applied));
    const isPending = this.#pending.list().some(({ change }) => change === entry.change);
    const state = entry.lapsed ? 'lapsed' : isPending ? 'pending' : 'applied';
    this.#changeStates.set(entry.change, { change: entry.change, state, until: entry.until });
  }

  #open({ records, units }: BalancesOpened, period: number): void {
    const month = this.#tally.sums.month(period);
    for (const balance of decodeBalances(records)) month.opened(balance.id, balance.units);
    this.#tally.totals.opened_units += units;
  }
}

function kindOf(entry: AnnouncedChange): AnnouncedRow['kind'] {
  if (entry.kind === 'standingAnnounced') return 'standing';
  if (entry.kind === 'correctionAnnounced') return 'correction';
  return entry.forCause ? 'ending' : 'leaving';
}

function sizeOf(entry: AnnouncedChange): number {
  return entry.kind === 'standingAnnounced' ? decodeStandings(entry.records).length : 1;
}

/** An entry's fields as JSON, without those that have tables of their own. */
function contentOf(entry: Entry): string {
  const fields: Record<string, unknown> = { ...fieldsOf(entry) };
  for (const [name, value] of Object.entries(fields))
    if (typeof value === 'bigint') fields[name] = String(value);
  return JSON.stringify(fields);
}

function fieldsOf(entry: Entry): object {
  switch (entry.kind) {
    case 'planAnnounced':
      return { version: entry.version, startsAt: entry.startsAt, planHash: entry.planHash };
    case 'batchRecorded': {
      const { batch, plan, recorder, recordedAt, reserved, manifestRoot } = entry;
      return { batch, plan, recorder, recordedAt, reserved, manifestRoot };
    }
    case 'batchSettled': {
      const { batch, from, until, credited, released } = entry;
      return { batch, from, until, credited, released };
    }
    default: {
      const { kind, ...fields } = entry;
      return fields;
    }
  }
}
