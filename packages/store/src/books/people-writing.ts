import { sql } from 'kysely';
import type { Database } from '../database.ts';
import { newPerson, type PersonAct, type PersonRow, replay, type TreePlace } from './acts.ts';
import { inChunks } from './bulk.ts';
import type { Changes } from './changes.ts';
import * as columns from './columns.ts';
import type { CopyColumn } from './copy-rows.ts';
import { inTeam } from './team-sql.ts';
import { placeCode } from './tree-path.ts';
import type { Writing } from './writing.ts';

const ids: readonly CopyColumn<number>[] = [{ name: 'id', type: 'int4', of: (id) => id }];

/**
 * Writes new people and what happened to those who are there, with what they were before.
 * @returns Those who were enrolled.
 */
export async function writePeople(
  writing: Writing,
  { people: enrolled, acts }: Pick<Changes, 'people' | 'acts'>,
): Promise<PersonRow[]> {
  const people = new Map<number, PersonRow>();
  const placeBelow = await loadPlaces(writing, [...enrolled, ...acts.filter(isCorrected)], people);
  for (const each of enrolled) people.set(each.id, newPerson(each, placeBelow(each.sponsor)));
  const known = await loadPeople(writing, people, acts);
  for (const row of known.values()) people.set(row.id, row);
  const versions = replay(people, acts, ({ sponsor }) => placeBelow(sponsor));
  const changed = [...people.values()].filter((row) => known.has(row.id) && known.get(row.id) !== row);
  const added = [...people.values()].filter(({ id }) => !known.has(id));

  // A wallet that passes from one to the other must not belong to both at any time.
  await clearWallets(
    writing,
    changed.filter(({ id, wallet }) => known.get(id)?.wallet !== wallet).map(({ id }) => id),
  );
  await writing.insert('people', columns.people, added);
  await inChunks(columns.personStates, changed, (source) =>
    sql`update people set ${setStates} from ${source}
      where people.ledger = ${writing.ledger} and people.id = v.id`.execute(writing.transaction),
  );
  await writing.insert('person_versions', columns.personVersions, versions);
  return enrolled.flatMap(({ id }) => people.get(id) ?? []);
}

type Corrected = Extract<PersonAct, { kind: 'corrected' }>;

export function isCorrected(act: PersonAct): act is Corrected {
  return act.kind === 'corrected';
}

/**
 * Loads where the sponsors stand below whom somebody is put.
 * @param fresh People who are put into the tree by the same entries, as they come.
 * @returns Gives the next free place below a sponsor (0: below nobody), each once.
 */
async function loadPlaces(
  { transaction, ledger }: Writing,
  put: readonly { sponsor: number }[],
  fresh: ReadonlyMap<number, TreePlace>,
): Promise<(sponsor: number) => TreePlace> {
  const sponsors = new Map<number, TreePlace>();
  const placed = new Map<number, number>();
  if (put.length > 0) {
    const wanted = [...new Set(put.map(({ sponsor }) => sponsor))];
    const { rows } = await sql<TreePlace & { id: number; placed: number }>`
      select people.id, people.depth, people.path, teams.placed from people
      join teams on teams.ledger = people.ledger and teams.id = people.id
      where people.ledger = ${ledger} and people.id = any(${wanted}::int4[])
      union all select 0, -1, b'', roots::int4 from totals where ledger = ${ledger}`.execute(transaction);
    for (const row of rows) {
      sponsors.set(row.id, row);
      placed.set(row.id, row.placed);
    }
  }
  return (sponsor) => {
    const above = sponsors.get(sponsor) ?? fresh.get(sponsor);
    if (!above) throw new Error(`somebody is put below person ${sponsor}, whom the books do not have`);
    const place = (placed.get(sponsor) ?? 0) + 1;
    placed.set(sponsor, place);
    return { depth: above.depth + 1, path: above.path + placeCode(place) };
  };
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
  { transaction, ledger }: Pick<Writing, 'transaction' | 'ledger'>,
  people: readonly number[],
): Promise<void> {
  await inChunks(ids, people, (source) =>
    sql`update people set wallet = null from ${source} where people.ledger = ${ledger} and people.id = v.id`.execute(
      transaction,
    ),
  );
}

/** Those of the books whom `acts` are about, and whoever stands below somebody whose sponsor is corrected. */
async function loadPeople(
  { transaction, ledger }: Writing,
  fresh: ReadonlyMap<number, PersonRow>,
  acts: readonly PersonAct[],
): Promise<Map<number, PersonRow>> {
  const known = new Map<number, PersonRow>();
  const keep = async (rows: Promise<{ rows: PersonRow[] }>) => {
    for (const row of (await rows).rows) known.set(row.id, row);
  };
  const named = [...new Set(acts.map(({ id }) => id).filter((id) => !fresh.has(id)))];
  await inChunks(ids, named, (source) =>
    keep(
      sql<PersonRow>`select ${stateColumns} from ${source} join people on people.id = v.id
        where ledger = ${ledger}`.execute(transaction),
    ),
  );
  for (const { id } of acts.filter(isCorrected)) {
    const person = known.get(id);
    if (person) await keep(loadBelow(transaction, ledger, person));
  }
  return known;
}

const stateColumns =
  sql.raw(`people.id, people.sponsor, depth, path, rank, status, moved_to as "movedTo", wallet,
  held_until::float8 as "heldUntil", hold_reason as "holdReason", recovery_wallet as "recoveryWallet",
  recovery_from::float8 as "recoveryFrom", block_number as "blockNumber"`);

/** Everybody below a person. */
function loadBelow(
  transaction: Database,
  ledger: bigint,
  { path, depth }: TreePlace,
): Promise<{ rows: PersonRow[] }> {
  return sql<PersonRow>`
    select ${stateColumns} from people
    where ledger = ${ledger} and moved_to is null and depth > ${depth} and ${inTeam(path)}`.execute(
    transaction,
  );
}
