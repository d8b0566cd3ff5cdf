import { sql } from 'kysely';
import type { Changes } from './changes.ts';
import { clearWallets, isCorrected, setStates } from './people-writing.ts';
import type { Writing } from './writing.ts';

/** Makes people again what they were before a segment, whose first entry is `entry`. */
export async function restorePeople(
  { transaction, ledger }: Writing,
  entry: number,
  { people, acts }: Changes,
): Promise<void> {
  const gone = people.map(({ id }) => id);
  for (const { id, newId } of acts.filter(isCorrected)) if (newId !== id) gone.push(newId);
  await sql`delete from people where ledger = ${ledger} and id = any(${gone}::int4[])`.execute(transaction);
  const { rows: changed } = await sql<{ id: number }>`
    select distinct id from person_versions where ledger = ${ledger} and entry >= ${entry}`.execute(
    transaction,
  );
  await clearWallets(
    { transaction, ledger },
    changed.map(({ id }) => id),
  );
  await sql`with gone as (
      delete from person_versions where ledger = ${ledger} and entry >= ${entry} returning *
    ), v as (
      select distinct on (id) * from gone order by id, entry
    ) update people set ${setStates} from v where people.ledger = ${ledger} and people.id = v.id`.execute(
    transaction,
  );
}
