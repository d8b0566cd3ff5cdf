import { sql } from 'kysely';
import type { Database } from '../../schema/database.ts';

/** The present uplines of distributors, up to their roots. */

/** A distributor's place in the tree. */
export interface PlacedDistributor {
  /** 0 for a root. */
  sponsor: number;
  depth: number;
  /** The distributor's new id; null if they have not moved. */
  movedTo: number | null;
}

/** What is known without a query. */
interface Known {
  /** New distributors, who are still where they were placed. */
  fresh: ReadonlyMap<number, PlacedDistributor>;
  /** Whether there are no other distributors. */
  isFirst: boolean;
}

const NOTHING: Known = { fresh: new Map(), isFirst: false };

export class Uplines {
  readonly #loaded: ReadonlyMap<number, PlacedDistributor>;
  readonly #fresh: ReadonlyMap<number, PlacedDistributor>;

  private constructor(
    loaded: ReadonlyMap<number, PlacedDistributor>,
    fresh: ReadonlyMap<number, PlacedDistributor>,
  ) {
    this.#loaded = loaded;
    this.#fresh = fresh;
  }

  /** Loads the uplines of `ids`; ids that belong to no distributor are skipped. */
  static async load(
    transaction: Database,
    ledger: bigint,
    ids: Iterable<number>,
    { fresh, isFirst } = NOTHING,
  ): Promise<Uplines> {
    const wanted = isFirst ? [] : unknownOf(ids, fresh);
    const loaded = new Map<number, PlacedDistributor>();
    if (wanted.length > 0) {
      const { rows } = await sql<PlacedDistributor & { id: number }>`
        with recursive line as (
          select id, sponsor, depth, moved_to from distributors where ledger = ${ledger} and id = any(${wanted}::int4[])
          union
          select distributors.id, distributors.sponsor, distributors.depth, distributors.moved_to from line
          join distributors on distributors.ledger = ${ledger} and distributors.id = coalesce(line.moved_to, line.sponsor)
        ) select id, sponsor, depth, moved_to as "movedTo" from line`.execute(transaction);
      for (const { id, ...distributor } of rows) loaded.set(id, distributor);
    }
    return new Uplines(loaded, fresh);
  }

  /** The present id of the distributor with `id`; 0 if there is none. */
  whereIs(id: number): number {
    const distributor = this.#distributor(id);
    return distributor ? (distributor.movedTo ?? id) : 0;
  }

  /** The present id of the sponsor of a distributor who has not moved; 0 for a root. */
  sponsorOf(id: number): number {
    return this.whereIs(this.#distributor(id)?.sponsor ?? 0);
  }

  /** The upline of a distributor, sponsor first. */
  above(id: number): number[] {
    const line: number[] = [];
    for (let at = this.sponsorOf(this.whereIs(id)); at !== 0; at = this.sponsorOf(at)) line.push(at);
    return line;
  }

  depthOf(id: number): number {
    return this.#distributor(id)?.depth ?? 0;
  }

  #distributor(id: number): PlacedDistributor | undefined {
    return this.#fresh.get(id) ?? this.#loaded.get(id);
  }
}

/** The ids that are not fresh: of `ids`, and of the first such distributor in the upline of each fresh one. */
function unknownOf(ids: Iterable<number>, fresh: ReadonlyMap<number, PlacedDistributor>): number[] {
  const line = new Set(ids);
  // A set yields what is added during the loop as well.
  for (const id of line) line.add(fresh.get(id)?.sponsor ?? id);
  return [...line].filter((id) => id !== 0 && !fresh.has(id));
}

/**
 * Sums amounts over downlines.
 * @param amounts Of each id itself.
 * @param sum Adds the second to the first.
 * @returns By distributor, the sum over the downline; only those with an amount below them.
 */
export function sumsBelow<T>(
  uplines: Uplines,
  amounts: ReadonlyMap<number, T>,
  sum: (a: T, b: T) => T,
): Map<number, T> {
  const whole = new Map<number, T>();
  const below = new Map<number, T>();
  /** Visited from the deepest level up, so each distributor has its whole downline when visited. */
  const byDepth: number[][] = [];
  const grow = (id: number, amount: T) => {
    const known = whole.get(id);
    whole.set(id, known === undefined ? amount : sum(known, amount));
    if (known !== undefined) return;
    const depth = uplines.depthOf(id);
    const same = byDepth[depth];
    if (same) same.push(id);
    else byDepth[depth] = [id];
  };
  for (const [lane, amount] of amounts) {
    const id = uplines.whereIs(lane);
    if (id !== 0) grow(id, amount);
  }
  for (let depth = byDepth.length - 1; depth > 0; depth--) {
    for (const id of byDepth[depth] ?? []) {
      const sponsor = uplines.sponsorOf(id);
      const amount = whole.get(id) as T;
      const known = below.get(sponsor);
      below.set(sponsor, known === undefined ? amount : sum(known, amount));
      grow(sponsor, amount);
    }
  }
  return below;
}
