import { sql } from 'kysely';
import type { Database } from '../database.ts';
import { clearWallets, setStates } from './people-writing.ts';

/**
 * Makes people again what they were before entry `entry`; whoever was enrolled since is gone already.
 * @returns The ids under which people stand again who had moved since.
 */
export async function restorePeople(transaction: Database, ledger: string, entry: number): Promise<number[]> {
  const { rows: moved } = await sql<{ id: number; new_id: number }>`
    select (content->>'id')::int4 as id, (content->>'newId')::int4 as new_id from entries
    where ledger = ${ledger} and entry >= ${entry} and kind = 'sponsorCorrected'
      and content->>'newId' <> content->>'id'`.execute(transaction);
  const newIds = moved.map(({ new_id }) => new_id);
  await sql`delete from people where ledger = ${ledger} and id = any(${newIds}::int4[])`.execute(transaction);
  const { rows: changed } = await sql<{ id: number }>`
    select distinct id from person_versions where ledger = ${ledger} and entry >= ${entry}`.execute(
    transaction,
  );
  await clearWallets(
    transaction,
    ledger,
    changed.map(({ id }) => id),
  );
  await sql`with gone as (
      delete from person_versions where ledger = ${ledger} and entry >= ${entry} returning *
    ), v as (
      select distinct on (id) * from gone order by id, entry
    ) update people set ${setStates} from v where people.ledger = ${ledger} and people.id = v.id`.execute(
    transaction,
  );
  return moved.map(({ id }) => id);
}

/** Adds up what people who stand under their old ids again were credited and paid. */
export async function restoreSums(
  transaction: Database,
  ledger: string,
  ids: readonly number[],
): Promise<void> {
  if (ids.length === 0) return;
  await sql`update people set
      credited_units = coalesce((
        select sum(units) from credits where credits.ledger = people.ledger and payee = people.id
      ), 0),
      paid_units = coalesce((
        select sum(units) from payouts where payouts.ledger = people.ledger and payouts.id = people.id
      ), 0)
    where ledger = ${ledger} and id = any(${[...ids]}::int4[])`.execute(transaction);
}
