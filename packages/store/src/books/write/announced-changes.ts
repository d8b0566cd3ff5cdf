import { type AnnouncedChange, PendingChanges } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Changes, TimedEntry } from './changes/changes.ts';
import { type DistributorChange, isAnnounced } from './changes/distributor-changes.ts';
import type { BooksWriter } from './rows/writer.ts';

/** Changes of standing, sponsor and membership that entries apply after other entries announced them. */

/** The changes that `entries` apply, as they stand in the books; those that `entries` announce are not there yet. */
export async function loadAnnounced(
  { transaction, ledger }: BooksWriter,
  entries: readonly TimedEntry[],
): Promise<PendingChanges> {
  const pending = new PendingChanges();
  const named = new Set(
    entries.flatMap(({ entry }) => (entry.kind === 'changeApplied' ? [entry.change] : [])),
  );
  if (named.size === 0) return pending;
  const { rows } = await sql<{ kind: string; content: object; size: number; done: number }>`
    select entries.kind, content, size, done from changes join entries using (ledger, entry)
    where ledger = ${ledger} and change = any(${[...named]}::int8[])`.execute(transaction);
  for (const { kind, content, size, done } of rows) {
    const announced = { ...content, kind } as AnnouncedChange;
    pending.announce(announced);
    const { change } = announced;
    // One that is done is loaded to be undone, from its first record on.
    if (done > 0 && done < size)
      pending.apply({ kind: 'changeApplied', change, until: done, newId: 0, lapsed: false });
  }
  return pending;
}

/**
 * Gives announced changes the present ids of distributors who have moved since.
 * @param first Number of the segment's first entry. Whoever moves in the segment itself keeps the former id, also when
 * the segment is undone.
 */
export async function followMoves(
  { transaction, ledger }: BooksWriter,
  changes: Changes,
  first: number,
): Promise<Changes> {
  const ids = new Set(changes.distributorChanges.filter(isAnnounced).flatMap(namedIds));
  if (ids.size === 0) return changes;
  const { rows } = await sql<{ id: number; now: number }>`
    select id, moved_to as now from distributors
    where ledger = ${ledger} and id = any(${[...ids]}::int4[]) and moved_to is not null and not exists (
      select from distributor_versions versions
      where versions.ledger = ${ledger} and versions.entry >= ${first} and versions.id = distributors.id
        and versions.moved_to is null
    )`.execute(transaction);
  const moves = new Map(rows.map(({ id, now }) => [id, now]));
  const presentId = (id: number) => moves.get(id) ?? id;
  const distributorChanges = changes.distributorChanges.map((change): DistributorChange => {
    if (!isAnnounced(change)) return change;
    const id = presentId(change.id);
    return change.kind === 'sponsorCorrected'
      ? { ...change, id, sponsor: presentId(change.sponsor) }
      : { ...change, id };
  });
  return { ...changes, distributorChanges };
}

function namedIds(change: DistributorChange): number[] {
  return change.kind === 'sponsorCorrected' ? [change.id, change.sponsor] : [change.id];
}
