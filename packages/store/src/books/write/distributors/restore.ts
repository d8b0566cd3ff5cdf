import { sql } from 'kysely';
import type { Changes } from '../changes/changes.ts';
import { isSponsorCorrection } from '../changes/distributor-changes.ts';
import type { BooksWriter } from '../rows/writer.ts';
import { clearWallets, setStates } from './distributors.ts';

/** Restores distributors to their state before a segment, whose first entry is `entry`. */
export async function restoreDistributors(
  writer: BooksWriter,
  entry: number,
  { enrolled, distributorChanges }: Changes,
): Promise<void> {
  const { transaction, ledger } = writer;
  const gone = enrolled.map(({ id }) => id);
  for (const { id, newId } of distributorChanges.filter(isSponsorCorrection))
    if (newId !== id) gone.push(newId);
  await sql`delete from distributors where ledger = ${ledger} and id = any(${gone}::int4[])`.execute(
    transaction,
  );
  const { rows: changed } = await sql<{ id: number }>`
    select distinct id from distributor_versions where ledger = ${ledger} and entry >= ${entry}`.execute(
    transaction,
  );
  await clearWallets(
    writer,
    changed.map(({ id }) => id),
  );
  await sql`with gone as (
      delete from distributor_versions where ledger = ${ledger} and entry >= ${entry} returning *
    ), v as (
      select distinct on (id) * from gone order by id, entry
    ) update distributors set ${setStates} from v where distributors.ledger = ${ledger} and distributors.id = v.id`.execute(
    transaction,
  );
}
