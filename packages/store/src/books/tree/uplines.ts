import { sql } from 'kysely';
import type { Database } from '../../schema/database.ts';

/** The uplines of distributors up to their roots, as they stand. */

/** Where somebody stands. */
export interface PlacedDistributor {
  /** 0 for a root. */
  sponsor: number;
  depth: number;
  /** Id under which they go on; null if they have not moved. */
  movedTo: number | null;
}

/** What is known without asking the books. */
interface Known {
  /** Distributors whose places nobody has changed since they got them. */
  fresh: ReadonlyMap<number, PlacedDistributor>;
  /** Whether nobody else is a distributor. */
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

  /** The uplines of those of `ids` who are distributors. */
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

  /** The id under which whoever has lane `id` stands now; 0 if nobody has it. */
  whereIs(id: number): number {
    const distributor = this.#distributor(id);
    return distributor ? (distributor.movedTo ?? id) : 0;
  }

  /** Where the sponsor of somebody who has not moved stands now; 0 for a root. */
  sponsorOf(id: number): number {
    return this.whereIs(this.#distributor(id)?.sponsor ?? 0);
  }

  /** Everybody above a distributor, the sponsor first. */
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

/** Those of `ids`, and above them the first in each line, who are not fresh. */
function unknownOf(ids: Iterable<number>, fresh: ReadonlyMap<number, PlacedDistributor>): number[] {
  const line = new Set(ids);
  // Whoever is added is gone over too.
  for (const id of line) line.add(fresh.get(id)?.sponsor ?? id);
  return [...line].filter((id) => id !== 0 && !fresh.has(id));
}

/**
 * Adds up what stands below distributors.
 * @param amounts What each lane has itself.
 * @param sum Adds the second to the first.
 * @returns For everybody above somebody with an amount: the sum over all below them.
 */
export function sumsBelow<T>(
  uplines: Uplines,
  amounts: ReadonlyMap<number, T>,
  sum: (a: T, b: T) => T,
): Map<number, T> {
  const whole = new Map<number, T>();
  const below = new Map<number, T>();
  /** The deepest first, so that whoever is looked at has everything from below. */
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
