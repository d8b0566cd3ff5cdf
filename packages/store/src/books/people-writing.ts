import { sql } from 'kysely';
import type { Database } from '../database.ts';
import { newPerson, type PersonAct, type PersonRow, replay } from './acts.ts';
import { type BulkColumn, inChunks, insertRows } from './bulk.ts';
import type { Changes } from './changes.ts';
import * as columns from './columns.ts';

const ids: readonly BulkColumn<number>[] = [{ name: 'id', type: 'int4', of: (id) => id }];

const moves: readonly BulkColumn<{ id: number; newId: number }>[] = [
  { name: 'id', type: 'int4', of: (row) => row.id },
  { name: 'new_id', type: 'int4', of: (row) => row.newId },
];

/** Writes new people and what happened to those who are there, with what they were before. */
export async function writePeople(
  transaction: Database,
  ledger: string,
  { people: enrolled, acts }: Changes,
): Promise<void> {
  const people = new Map(
    enrolled.map(({ id, sponsor, wallet, blockNumber }) => [id, newPerson(id, sponsor, wallet, blockNumber)]),
  );
  const known = await loadPeople(transaction, ledger, people, acts);
  for (const row of known.values()) people.set(row.id, row);
  const versions = replay(people, acts);
  const changed = [...people.values()].filter((row) => known.has(row.id) && known.get(row.id) !== row);
  const added = [...people.values()].filter(({ id }) => !known.has(id));

  // A wallet that passes from one to the other must not belong to both at any time.
  await clearWallets(
    transaction,
    ledger,
    changed.filter(({ id, wallet }) => known.get(id)?.wallet !== wallet).map(({ id }) => id),
  );
  await insertRows(transaction, 'people', ledger, columns.people, added);
  await inChunks(columns.personStates, changed, (source) =>
    sql`update people set ${setStates} from ${source} where people.ledger = ${ledger} and people.id = v.id`.execute(
      transaction,
    ),
  );
  await insertRows(transaction, 'person_versions', ledger, columns.personVersions, versions);
}

/** Takes what was credited and paid to those who moved along to their new ids. */
export async function moveSums(
  transaction: Database,
  ledger: string,
  acts: readonly PersonAct[],
): Promise<void> {
  const moved = acts.flatMap((act) => (act.kind === 'moved' ? [act] : []));
  await inChunks(moves, moved, async (source) => {
    await sql`update people set credited_units = people.credited_units + old.credited_units,
        paid_units = people.paid_units + old.paid_units
      from ${source} join people old on old.id = v.id
      where old.ledger = ${ledger} and people.ledger = ${ledger} and people.id = v.new_id`.execute(
      transaction,
    );
    await sql`update people set credited_units = 0, paid_units = 0 from ${source}
      where people.ledger = ${ledger} and people.id = v.id`.execute(transaction);
  });
}

/** The columns of `personStates` but the id, as they stand in the table `v`. */
export const setStates = sql.raw(
  columns.personStates
    .filter(({ name }) => name !== 'id')
    .map(({ name }) => `${name} = v.${name}`)
    .join(', '),
);

/** Takes the wallets from people who are about to get others. */
export async function clearWallets(
  transaction: Database,
  ledger: string,
  people: readonly number[],
): Promise<void> {
  await inChunks(ids, people, (source) =>
    sql`update people set wallet = null from ${source} where people.ledger = ${ledger} and people.id = v.id`.execute(
      transaction,
    ),
  );
}

/** Those of the books whom `acts` are about, and whoever stands right below somebody who moves. */
async function loadPeople(
  transaction: Database,
  ledger: string,
  fresh: ReadonlyMap<number, PersonRow>,
  acts: readonly PersonAct[],
): Promise<Map<number, PersonRow>> {
  const known = new Map<number, PersonRow>();
  const load = async (wanted: ReadonlySet<number>, by: 'id' | 'sponsor') => {
    const condition = by === 'id' ? sql`people.id = v.id` : sql`people.sponsor = v.id and moved_to is null`;
    await inChunks(ids, [...wanted], async (source) => {
      const { rows } = await sql<PersonRow>`
        select people.id, sponsor, rank, status, moved_to as "movedTo", wallet, held_until::float8 as "heldUntil",
          hold_reason as "holdReason", recovery_wallet as "recoveryWallet",
          recovery_from::float8 as "recoveryFrom", block_number as "blockNumber"
        from ${source} join people on ${condition} where ledger = ${ledger}`.execute(transaction);
      for (const row of rows) known.set(row.id, row);
    });
  };
  const named = new Set(acts.map(({ id }) => id).filter((id) => !fresh.has(id)));
  for (const act of acts) if (act.kind === 'moved') named.delete(act.newId);
  await load(named, 'id');
  await load(new Set(acts.flatMap((act) => (act.kind === 'moved' ? [act.id] : []))), 'sponsor');
  return known;
}
