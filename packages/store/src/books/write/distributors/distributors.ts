import { sql } from 'kysely';
import type { Database } from '../../../schema/database.ts';
import { inTeam } from '../../tree/conditions.ts';
import { placeCode, type TreePlace } from '../../tree/path.ts';
import type { Changes } from '../changes/changes.ts';
import * as columns from '../changes/columns.ts';
import {
  applyDistributorChanges,
  type DistributorChange,
  type DistributorRow,
  isSponsorCorrection,
  newDistributor,
} from '../changes/distributor-changes.ts';
import { inChunks } from '../rows/chunks.ts';
import type { CopyColumn } from '../rows/copy-rows.ts';
import type { BooksWriter } from '../rows/writer.ts';

const ids: readonly CopyColumn<number>[] = [{ name: 'id', type: 'int4', of: (id) => id }];

/**
 * Writes new distributors and the changes of all others, with their versions before each change.
 * @returns The new distributors.
 */
export async function writeDistributors(
  writer: BooksWriter,
  { enrolled, distributorChanges: changes }: Changes,
): Promise<DistributorRow[]> {
  const distributors = new Map<number, DistributorRow>();
  const placeBelow = await loadPlaces(
    writer,
    [...enrolled, ...changes.filter(isSponsorCorrection)],
    distributors,
  );
  for (const each of enrolled) distributors.set(each.id, newDistributor(each, placeBelow(each.sponsor)));
  const known = await loadDistributors(writer, distributors, changes);
  for (const row of known.values()) distributors.set(row.id, row);
  const versions = applyDistributorChanges(distributors, changes, ({ sponsor }) => placeBelow(sponsor));
  const changed = [...distributors.values()].filter((row) => known.has(row.id) && known.get(row.id) !== row);
  const added = [...distributors.values()].filter(({ id }) => !known.has(id));

  // Clear first: a wallet may pass from one distributor to another, and the index allows it once.
  await clearWallets(
    writer,
    changed.filter(({ id, wallet }) => known.get(id)?.wallet !== wallet).map(({ id }) => id),
  );
  await writer.insert('distributors', columns.distributors, added);
  await inChunks(columns.distributorStates, changed, (source) =>
    sql`update distributors set ${setStates} from ${source}
      where distributors.ledger = ${writer.ledger} and distributors.id = v.id`.execute(writer.transaction),
  );
  await writer.insert('distributor_versions', columns.distributorVersions, versions);
  return enrolled.flatMap(({ id }) => distributors.get(id) ?? []);
}

/**
 * Loads the places of the sponsors below whom distributors are placed.
 * @param fresh Distributors placed by the same entries; it may grow meanwhile.
 * @returns A function that returns the next free place below a sponsor (0 for a root).
 */
async function loadPlaces(
  { transaction, ledger }: BooksWriter,
  put: readonly { sponsor: number }[],
  fresh: ReadonlyMap<number, TreePlace>,
): Promise<(sponsor: number) => TreePlace> {
  const sponsors = new Map<number, TreePlace>();
  const placed = new Map<number, number>();
  if (put.length > 0) {
    const wanted = [...new Set(put.map(({ sponsor }) => sponsor))];
    const { rows } = await sql<TreePlace & { id: number; placed: number }>`
      select distributors.id, distributors.depth, distributors.path, teams.placed from distributors
      join teams on teams.ledger = distributors.ledger and teams.id = distributors.id
      where distributors.ledger = ${ledger} and distributors.id = any(${wanted}::int4[])
      union all select 0, -1, b'', roots::int4 from totals where ledger = ${ledger}`.execute(transaction);
    for (const row of rows) {
      sponsors.set(row.id, row);
      placed.set(row.id, row.placed);
    }
  }
  return (sponsor) => {
    const above = sponsors.get(sponsor) ?? fresh.get(sponsor);
    if (!above) throw new Error(`sponsor ${sponsor} is not in the books`);
    const place = (placed.get(sponsor) ?? 0) + 1;
    placed.set(sponsor, place);
    return { depth: above.depth + 1, path: above.path + placeCode(place) };
  };
}

/** Sets all columns of `distributorStates` except the id from the table `v`. */
export const setStates = sql.raw(
  columns.distributorStates
    .filter(({ name }) => name !== 'id')
    .map(({ name }) => `${name} = v.${name}`)
    .join(', '),
);

/** Clears the wallets of distributors who are about to get others. */
export async function clearWallets(
  { transaction, ledger }: BooksWriter,
  distributors: readonly number[],
): Promise<void> {
  await inChunks(ids, distributors, (source) =>
    sql`update distributors set wallet = null from ${source} where distributors.ledger = ${ledger} and distributors.id = v.id`.execute(
      transaction,
    ),
  );
}

/** The distributors that `changes` name, and the downlines of those whose sponsor is corrected. */
async function loadDistributors(
  { transaction, ledger }: BooksWriter,
  fresh: ReadonlyMap<number, DistributorRow>,
  changes: readonly DistributorChange[],
): Promise<Map<number, DistributorRow>> {
  const known = new Map<number, DistributorRow>();
  const keep = async (rows: Promise<{ rows: DistributorRow[] }>) => {
    for (const row of (await rows).rows) known.set(row.id, row);
  };
  const named = [...new Set(changes.map(({ id }) => id).filter((id) => !fresh.has(id)))];
  await inChunks(ids, named, (source) =>
    keep(
      sql<DistributorRow>`select ${stateColumns} from ${source} join distributors on distributors.id = v.id
        where ledger = ${ledger}`.execute(transaction),
    ),
  );
  for (const { id } of changes.filter(isSponsorCorrection)) {
    const distributor = known.get(id);
    if (distributor) await keep(loadBelow(transaction, ledger, distributor));
  }
  return known;
}

const stateColumns =
  sql.raw(`distributors.id, distributors.sponsor, depth, path, rank, status, moved_to as "movedTo", wallet,
  held_until::float8 as "heldUntil", hold_reason as "holdReason", recovery_wallet as "recoveryWallet",
  recovery_from::float8 as "recoveryFrom", block_number as "blockNumber"`);

/** The downline of a distributor. */
function loadBelow(
  transaction: Database,
  ledger: bigint,
  { path, depth }: TreePlace,
): Promise<{ rows: DistributorRow[] }> {
  return sql<DistributorRow>`
    select ${stateColumns} from distributors
    where ledger = ${ledger} and moved_to is null and depth > ${depth} and ${inTeam(path)}`.execute(
    transaction,
  );
}
