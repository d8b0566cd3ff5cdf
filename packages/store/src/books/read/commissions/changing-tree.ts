import { decodeStandings, STATUS_ACTIVE, STATUS_CLOSED, STATUS_NONE, type Tree } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';
import type { PendingChange } from '../journal/changes.ts';

interface TreeDistributor {
  id: number;
  sponsor: number;
  rank: number;
  status: number;
  /** 0 unless they have moved. */
  movedTo: number;
}

/**
 * The uplines of some distributors, to which pending changes can be applied as the ledger will apply them. Nobody above
 * one of them, `top`, is paid. Ids -1, -2, ... stand for any distributor 1, 2, ... levels below `top`. A corrected
 * distributor keeps the id: who is paid depends on it only where a plan's reach ends.
 */
export class ChangingTree implements Tree {
  readonly #top: number;
  readonly #distributors: Map<number, TreeDistributor>;
  /** The present ids of those who have moved. */
  readonly #moves: ReadonlyMap<number, number>;

  private constructor(top: number, rows: readonly TreeDistributor[], moves: ReadonlyMap<number, number>) {
    this.#top = top;
    this.#distributors = new Map(rows.map((row) => [row.id, row]));
    this.#moves = moves;
  }

  /** @param sponsors Those below whom pending changes put distributors: whether one fits depends on whole uplines. */
  static async load(
    database: Database,
    ledger: string,
    top: number,
    sellers: readonly number[],
    sponsors: readonly number[],
  ): Promise<ChangingTree> {
    const key = keyOf(ledger);
    const ids = [...new Set([top, ...sellers, ...sponsors])];
    const isEnd = sponsors.length > 0 ? sql`false` : sql`line.id = ${top}`;
    const { rows } = await sql<TreeDistributor>`
      with recursive line as (
        select id, sponsor, rank, status, moved_to from distributors
        where ledger = ${key} and id = any(${ids}::int4[])
        union
        select distributors.id, distributors.sponsor, distributors.rank, distributors.status, distributors.moved_to
        from line
        join distributors on distributors.ledger = ${key} and distributors.id = coalesce(line.moved_to, line.sponsor)
        where not (${isEnd})
      )
      select id, sponsor, rank, status, coalesce(moved_to, 0) as "movedTo" from line`.execute(database);
    const moved = await sql<{ id: number; now: number }>`
      select id, moved_to as now from distributors
      where ledger = ${key} and moved_to = any(${rows.map(({ id }) => id)}::int4[])`.execute(database);
    return new ChangingTree(top, rows, new Map(moved.rows.map(({ id, now }) => [id, now])));
  }

  sponsorOf(id: number): number {
    if (id < 0) return id === -1 ? this.#top : id + 1;
    return id === this.#top ? 0 : (this.#distributors.get(id)?.sponsor ?? 0);
  }

  rankOf(id: number): number {
    return this.#distributors.get(id)?.rank ?? 0;
  }

  statusOf(id: number): number {
    return id < 0 ? STATUS_ACTIVE : (this.#distributors.get(id)?.status ?? STATUS_NONE);
  }

  movedTo(id: number): number {
    return this.#distributors.get(id)?.movedTo ?? 0;
  }

  /** Applies the next pending change, as far as it is not applied yet and still fits. */
  apply(change: PendingChange | undefined): void {
    if (change?.kind === 'standing') {
      for (const { id, rank, status } of decodeStandings(change.records).slice(change.done)) {
        this.#stand(id, rank, status);
      }
    }
    if (change?.kind === 'leaving' || change?.kind === 'ending') this.#stand(change.id, 0, STATUS_CLOSED);
    if (change?.kind === 'correction') this.#correct(this.#present(change.id), this.#present(change.sponsor));
  }

  #present(id: number): number {
    return this.#moves.get(id) ?? id;
  }

  #stand(announced: number, rank: number, status: number): void {
    const distributor = this.#distributors.get(this.#present(announced));
    // Whoever has left has no standing any more.
    if (distributor && distributor.status !== STATUS_CLOSED) Object.assign(distributor, { rank, status });
  }

  #correct(id: number, sponsor: number): void {
    const distributor = this.#distributors.get(id);
    if (!distributor || distributor.status === STATUS_CLOSED) return;
    if (sponsor !== 0 && [STATUS_NONE, STATUS_CLOSED].includes(this.statusOf(sponsor))) return;
    if (!this.#isAbove(id, sponsor)) distributor.sponsor = sponsor;
  }

  /** Whether `id` is `below` or stands above it. */
  #isAbove(id: number, below: number): boolean {
    for (let at = below; at !== 0; ) {
      if (at === id) return true;
      const distributor = this.#distributors.get(at);
      at = distributor?.movedTo || distributor?.sponsor || 0;
    }
    return false;
  }
}
