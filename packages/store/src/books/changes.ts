import {
  amountOf,
  type BatchRecorded,
  type BatchSettled,
  BUYER_CLASSES,
  creditedBy,
  decodeSales,
  type Enrolled,
  type Entry,
  type FlagClosed,
  type FlagRaised,
  type JournalEntry,
  type Payout,
  type PayoutRedirected,
  type PlanAnnounced,
  type SaleReversed,
} from '@plumbline/protocol';
import { zeroAddress } from 'viem';
import { actsOf, type PersonAct } from './acts.ts';

/** What entries change in the books, as rows to write. Pure; the writing is in apply.ts. */

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

interface PersonChange extends Place {
  id: number;
  sponsor: number;
  wallet: string | null;
}

export interface PayoutChange extends Place {
  id: number;
  wallet: string;
  recipient: string;
  units: bigint;
}

/** A flag that these entries raised; what closes it is null while it is open. */
export interface FlagChange extends Place, Omit<FlagRaised, 'kind'> {
  outcome: string | null;
  evidence: string | null;
  closedEntry: number | null;
}

/** The end of a flag that was raised before these entries. */
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

/** A sale; `settled*` stay null until it is settled. */
export interface SaleChange {
  batch: number;
  index: number;
  seller: number;
  class: number;
  priceCents: bigint;
  volumeCents: bigint;
  reversedPriceCents: bigint;
  reversedVolumeCents: bigint;
  settledBlock: bigint | null;
  countedCents: bigint | null;
  creditedUnits: bigint | null;
  blockNumber: bigint;
}

export interface CreditChange {
  batch: number;
  index: number;
  level: number;
  payee: number;
  bps: number;
  units: bigint;
  blockNumber: bigint;
}

/** What a person's sums grow by, in units. */
export interface SumChange {
  id: number;
  credited: bigint;
  paid: bigint;
}

/** What a sale's reversed amounts grow by, in cents. */
export interface ReversedChange {
  batch: number;
  index: number;
  priceCents: bigint;
  volumeCents: bigint;
}

/** The settlement of a sale recorded before these entries. */
export interface SettledChange {
  batch: number;
  index: number;
  settledBlock: bigint;
  countedCents: bigint;
  creditedUnits: bigint;
}

export interface Changes {
  entries: EntryChange[];
  people: PersonChange[];
  /** What happened to people after they were enrolled, in order. */
  acts: PersonAct[];
  plans: (PlanAnnounced & Place)[];
  batches: BatchChange[];
  sales: SaleChange[];
  reversals: (SaleReversed & Place)[];
  credits: CreditChange[];
  payouts: PayoutChange[];
  flags: FlagChange[];
  closedFlags: ClosedFlagChange[];
  sums: SumChange[];
  /** What the company put into the float and took out of it, in units. */
  float: { funded: bigint; withdrawn: bigint };
  /** Of sales and batches recorded before these entries. */
  reversed: ReversedChange[];
  settledSales: SettledChange[];
  settledBatches: { batch: number; settled: number }[];
}

/**
 * Collects what `entries` change.
 * @param first Number of the first of them.
 */
export function collectChanges(first: number, entries: readonly JournalEntry[]): Changes {
  const collector = new Collector();
  entries.forEach((each, i) => {
    collector.add(first + i, each);
  });
  return collector.changes();
}

class Collector {
  readonly #rows: Omit<Changes, 'sums' | 'reversed' | 'settledBatches'> = {
    entries: [],
    people: [],
    acts: [],
    plans: [],
    batches: [],
    sales: [],
    reversals: [],
    credits: [],
    payouts: [],
    flags: [],
    closedFlags: [],
    settledSales: [],
    float: { funded: 0n, withdrawn: 0n },
  };
  readonly #sums = new Map<number, SumChange>();
  readonly #reversed = new Map<string, ReversedChange>();
  readonly #settledBatches = new Map<number, number>();
  /** Batches recorded by these entries: what happens to them later is written with them at once. */
  readonly #fresh = new Map<number, { batch: BatchChange; sales: SaleChange[] }>();

  changes(): Changes {
    return {
      ...this.#rows,
      sums: [...this.#sums.values()],
      reversed: [...this.#reversed.values()],
      settledBatches: [...this.#settledBatches].map(([batch, settled]) => ({ batch, settled })),
    };
  }

  add(number: number, { entry, head, blockNumber, transactionHash, logIndex }: JournalEntry): void {
    const place = { entry: number, blockNumber, transactionHash };
    this.#rows.entries.push({ ...place, kind: entry.kind, logIndex, head, content: contentOf(entry) });
    switch (entry.kind) {
      case 'enrolled':
        this.#enrol(entry, place);
        break;
      case 'planAnnounced':
        this.#rows.plans.push({ ...entry, ...place });
        break;
      case 'batchRecorded':
        this.#record(entry, place);
        break;
      case 'saleReversed':
        this.#reverse(entry, place);
        break;
      case 'batchSettled':
        this.#settle(entry, blockNumber);
        break;
      case 'payout':
      case 'payoutRedirected':
        this.#payOut(entry, place);
        break;
      case 'flagRaised':
        this.#rows.flags.push({ ...entry, ...place, outcome: null, evidence: null, closedEntry: null });
        break;
      case 'flagClosed':
        this.#closeFlag(entry, number);
        break;
      case 'floatFunded':
        this.#rows.float.funded += entry.units;
        break;
      case 'floatWithdrawn':
        this.#rows.float.withdrawn += entry.units;
        break;
      default:
        this.#rows.acts.push(...actsOf(number, entry));
    }
  }

  #enrol({ id, sponsor, wallet }: Enrolled, place: Place): void {
    this.#rows.people.push({ ...place, id, sponsor, wallet: wallet === zeroAddress ? null : wallet });
  }

  #record({ kind, ...recorded }: BatchRecorded, place: Place): void {
    const sales = decodeSales(recorded.records).map((sale, index) => ({
      batch: recorded.batch,
      index,
      seller: sale.seller,
      class: BUYER_CLASSES.indexOf(sale.class),
      priceCents: sale.priceCents,
      volumeCents: sale.volumeCents,
      reversedPriceCents: 0n,
      reversedVolumeCents: 0n,
      settledBlock: null,
      countedCents: null,
      creditedUnits: null,
      blockNumber: place.blockNumber,
    }));
    const batch = { ...recorded, ...place, count: sales.length, settled: 0 };
    this.#rows.batches.push(batch);
    this.#rows.sales.push(...sales);
    this.#fresh.set(recorded.batch, { batch, sales });
  }

  #reverse(entry: SaleReversed, place: Place): void {
    this.#rows.reversals.push({ ...entry, ...place });
    const { batch, index, priceCents, volumeCents } = entry;
    const sale = this.#fresh.get(batch)?.sales[index];
    if (sale) {
      sale.reversedPriceCents += priceCents;
      sale.reversedVolumeCents += volumeCents;
      return;
    }
    const key = `${batch}-${index}`;
    const before = this.#reversed.get(key) ?? { priceCents: 0n, volumeCents: 0n };
    this.#reversed.set(key, {
      batch,
      index,
      priceCents: before.priceCents + priceCents,
      volumeCents: before.volumeCents + volumeCents,
    });
  }

  #settle({ batch, from, until, lines }: BatchSettled, blockNumber: bigint): void {
    const fresh = this.#fresh.get(batch);
    if (fresh) fresh.batch.settled = until;
    else this.#settledBatches.set(batch, until);
    lines.forEach((line, i) => {
      const index = from + i;
      const settled = {
        settledBlock: blockNumber,
        countedCents: line.volumeCents,
        creditedUnits: creditedBy(line),
      };
      const sale = fresh?.sales[index];
      if (sale) Object.assign(sale, settled);
      else this.#rows.settledSales.push({ batch, index, ...settled });
      line.credits.forEach((credit, level) => {
        const units = amountOf(line, credit);
        // A level without a rate credits nothing.
        if (units === 0n) return;
        this.#rows.credits.push({
          batch,
          index,
          level,
          payee: credit.id,
          bps: credit.bps,
          units,
          blockNumber,
        });
        this.#sumOf(credit.id).credited += units;
      });
    });
  }

  #payOut(entry: Payout | PayoutRedirected, place: Place): void {
    const { id, wallet, units } = entry;
    const recipient = entry.kind === 'payout' ? wallet : entry.to;
    this.#rows.payouts.push({ ...place, id, wallet, recipient, units });
    this.#sumOf(id).paid += units;
  }

  #closeFlag({ flag, outcome, evidence }: FlagClosed, closedEntry: number): void {
    const closed = { outcome, evidence, closedEntry };
    const fresh = this.#rows.flags.find((raised) => raised.flag === flag);
    if (fresh) Object.assign(fresh, closed);
    else this.#rows.closedFlags.push({ flag, ...closed });
  }

  #sumOf(id: number): SumChange {
    const known = this.#sums.get(id) ?? { id, credited: 0n, paid: 0n };
    this.#sums.set(id, known);
    return known;
  }
}

/** An entry's fields as JSON, without what has tables of its own. */
function contentOf({ kind, ...fields }: Entry): string {
  const own = tabled[kind];
  return JSON.stringify(fields, (name, value: unknown) => {
    if (name !== '' && name === own) return undefined;
    return typeof value === 'bigint' ? String(value) : value;
  });
}

const tabled: Partial<Record<Entry['kind'], string>> = {
  planAnnounced: 'plan',
  batchRecorded: 'records',
  batchSettled: 'lines',
};
