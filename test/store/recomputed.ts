import {
  amountOf,
  BUYER_CLASSES,
  type ChangeApplied,
  type CorrectionAnnounced,
  decodeBalances,
  decodeSales,
  type JournalEntry,
} from '@plumbline/protocol';
import type { Figures } from '@plumbline/store';

/** Recomputes a history's results from its entries alone: the tree by walking it, sums by adding everything up. */

interface TimedEntry extends JournalEntry {
  /** Unix seconds. */
  time: number;
}

type Sums = Omit<
  Figures,
  'teamCents' | 'reversedTeamCents' | 'creditedUnits' | 'purchasesCents' | 'netUnits'
> & {
  selfPrice: bigint;
  reversedSelfPrice: bigint;
};

const LEVELS = 12;

export class Recomputed {
  /** By sponsor (0 for roots): the distributors directly below, by arrival. */
  readonly #children = new Map<number, number[]>([[0, []]]);
  readonly #sponsors = new Map<number, number>();
  /** Former ids, by present id. */
  readonly #former = new Map<number, number>();
  /** By number of the change. */
  readonly #corrections = new Map<number, CorrectionAnnounced>();
  /** By id and month. */
  readonly #months = new Map<number, Map<number, Sums>>();
  readonly #sales = new Map<string, { lane: number; class: number }>();

  constructor(blocks: readonly { timestamp: number; entries: readonly JournalEntry[] }[]) {
    for (const { timestamp, entries } of blocks) {
      for (const each of entries) this.#add({ ...each, time: timestamp });
    }
  }

  /** Present ids. */
  get distributors(): number[] {
    return [...this.#sponsors.keys()];
  }

  get movers(): number {
    return this.#former.size;
  }

  get periods(): number[] {
    return [...new Set([...this.#months.values()].flatMap((months) => [...months.keys()]))].sort(
      (a, b) => b - a,
    );
  }

  childrenOf(id: number): number[] {
    return this.#children.get(id) ?? [];
  }

  /** From the sponsor up. */
  uplineOf(id: number): number[] {
    const sponsor = this.#sponsors.get(id) ?? 0;
    return sponsor === 0 ? [] : [sponsor, ...this.uplineOf(sponsor)];
  }

  /** The downline, level by level. */
  downlineOf(id: number): { id: number; level: number }[] {
    const all: { id: number; level: number }[] = [];
    let line = this.childrenOf(id);
    for (let level = 1; line.length > 0; level++) {
      all.push(...line.map((each) => ({ id: each, level })));
      line = line.flatMap((each) => this.childrenOf(each));
    }
    return all;
  }

  /** The figures of a distributor in a month, or of all time. */
  figuresOf(id: number, period?: number): Figures {
    const { selfPrice, reversedSelfPrice, ...own } = this.#ownOf(id, period);
    const creditedUnits = own.creditedByLevel.reduce((sum, units) => sum + units, 0n);
    const purchasesCents = selfPrice - reversedSelfPrice;
    const figures = { ...own, teamCents: 0n, reversedTeamCents: 0n };
    for (const below of this.downlineOf(id)) {
      const { soldCents, reversedCents } = this.#ownOf(below.id, period);
      figures.teamCents += total(soldCents);
      figures.reversedTeamCents += total(reversedCents);
    }
    return { ...figures, creditedUnits, purchasesCents, netUnits: creditedUnits - purchasesCents * 10_000n };
  }

  #ownOf(id: number, period?: number): Sums {
    const sums = noSums();
    for (const lane of [id, this.#former.get(id) ?? 0]) {
      for (const [month, more] of this.#months.get(lane) ?? []) {
        if (period === undefined || month === period) addSums(sums, more);
      }
    }
    return sums;
  }

  #add({ entry, time }: TimedEntry): void {
    const month = (lane: number, at = time): Sums => {
      const date = new Date(at * 1000);
      const period = date.getUTCFullYear() * 100 + date.getUTCMonth() + 1;
      const months = this.#months.get(lane) ?? new Map<number, Sums>();
      this.#months.set(lane, months);
      const sums = months.get(period) ?? noSums();
      months.set(period, sums);
      return sums;
    };
    if (entry.kind === 'enrolled') this.#put(entry.id, entry.sponsor);
    else if (entry.kind === 'correctionAnnounced') this.#corrections.set(entry.change, entry);
    else if (entry.kind === 'changeApplied') this.#correct(entry);
    else if (entry.kind === 'balancesOpened') {
      for (const { id, units } of decodeBalances(entry.records)) month(id).openedUnits += units;
    } else if (entry.kind === 'batchRecorded') {
      for (const [index, sale] of decodeSales(entry.records).entries()) {
        const sums = month(sale.seller, entry.recordedAt);
        sums.sales++;
        sums.soldCents[sale.class] += sale.volumeCents;
        if (sale.class === 'self') sums.selfPrice += sale.priceCents;
        const buyer = BUYER_CLASSES.indexOf(sale.class);
        this.#sales.set(`${entry.batch}-${index}`, { lane: sale.seller, class: buyer });
      }
    } else if (entry.kind === 'saleReversed') {
      const sale = this.#sales.get(`${entry.batch}-${entry.index}`);
      const sums = month(sale?.lane ?? 0);
      const buyer = BUYER_CLASSES[sale?.class ?? 0] ?? 'retail';
      sums.reversedCents[buyer] += entry.volumeCents;
      if (buyer === 'self') sums.reversedSelfPrice += entry.priceCents;
    } else if (entry.kind === 'batchSettled') {
      for (const line of entry.lines) {
        for (const [level, credit] of line.credits.entries()) {
          const at = Math.min(level, LEVELS - 1);
          const amount = amountOf(line, credit);
          const levels = amount === 0n ? [] : month(credit.id).creditedByLevel;
          if (amount !== 0n) levels[at] = (levels[at] ?? 0n) + amount;
        }
      }
    } else if (entry.kind === 'payout' || entry.kind === 'payoutRedirected') {
      month(entry.id).paidUnits += entry.units;
    }
  }

  /** The present id of a distributor. */
  #presentId(id: number): number {
    return [...this.#former].find(([, before]) => before === id)?.[0] ?? id;
  }

  #correct({ change, newId }: ChangeApplied): void {
    const correction = this.#corrections.get(change);
    if (!correction || newId === 0) return;
    const [id, sponsor] = [this.#presentId(correction.id), this.#presentId(correction.sponsor)];
    const before = this.#children.get(this.#sponsors.get(id) ?? 0) ?? [];
    before.splice(before.indexOf(id), 1);
    const children = this.childrenOf(id);
    this.#sponsors.delete(id);
    this.#children.delete(id);
    if (newId !== id) this.#former.set(newId, id);
    this.#put(newId, sponsor);
    this.#children.set(newId, children);
    for (const child of children) this.#sponsors.set(child, newId);
  }

  #put(id: number, sponsor: number): void {
    this.#sponsors.set(id, sponsor);
    this.#children.set(id, []);
    this.#children.get(sponsor)?.push(id);
  }
}

function noSums(): Sums {
  return {
    sales: 0,
    soldCents: { retail: 0n, preferred: 0n, self: 0n },
    reversedCents: { retail: 0n, preferred: 0n, self: 0n },
    creditedByLevel: Array.from({ length: LEVELS }, () => 0n),
    openedUnits: 0n,
    paidUnits: 0n,
    selfPrice: 0n,
    reversedSelfPrice: 0n,
  };
}

function addSums(sums: Sums, more: Sums): void {
  for (const buyer of BUYER_CLASSES) {
    sums.soldCents[buyer] += more.soldCents[buyer];
    sums.reversedCents[buyer] += more.reversedCents[buyer];
  }
  sums.creditedByLevel = sums.creditedByLevel.map(
    (units, level) => units + (more.creditedByLevel[level] ?? 0n),
  );
  for (const name of ['openedUnits', 'paidUnits', 'selfPrice', 'reversedSelfPrice'] as const)
    sums[name] += more[name];
  sums.sales += more.sales;
}

function total({ retail, preferred, self }: Figures['soldCents']): bigint {
  return retail + preferred + self;
}
