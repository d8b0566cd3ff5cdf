import { PlumblineError } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Database } from '../schema/database.ts';

/** The right to sign for an address, until it expires or passes to another holder. */
export interface Lease {
  name: string;
  /** A name unique to the process that holds it. */
  holder: string;
  /** Rises with every change of holder. */
  fence: bigint;
}

/** The lease expired or passed to another holder, so nothing was written. */
export class LostLeaseError extends PlumblineError {
  override name = 'LostLeaseError';

  constructor(lease: Lease) {
    super(
      'lease-lost',
      `the lease ${lease.name} of ${lease.holder} (fence ${lease.fence}) has expired or passed to another`,
    );
  }
}

/**
 * Takes a free or expired lease, or renews the holder's own. The database's clock decides.
 * @returns undefined while another holder has it.
 */
export async function takeLease(
  database: Database,
  name: string,
  holder: string,
  seconds: number,
): Promise<Lease | undefined> {
  const { rows } = await sql<{ fence: bigint }>`
    insert into leases (name, holder, fence, expires_at)
    values (${name}, ${holder}, 1, now() + make_interval(secs => ${seconds}))
    on conflict (name) do update set
      holder = excluded.holder,
      expires_at = excluded.expires_at,
      fence = leases.fence + case when leases.holder = excluded.holder then 0 else 1 end
    where leases.holder = excluded.holder or leases.expires_at <= now()
    returning fence
  `.execute(database);
  return rows[0] && { name, holder, fence: rows[0].fence };
}

/** Returns a lease, so that the next holder need not wait for it to expire. */
export async function releaseLease(database: Database, lease: Lease): Promise<void> {
  await database
    .updateTable('leases')
    .set({ expires_at: sql<Date>`now()` })
    .where('name', '=', lease.name)
    .where('holder', '=', lease.holder)
    .where('fence', '=', lease.fence)
    .execute();
}

/**
 * Runs `work` in a transaction that commits only while `lease` is held.
 * @throws LostLeaseError if it is not.
 */
export async function withLease<T>(
  database: Database,
  lease: Lease,
  work: (transaction: Database) => Promise<T>,
): Promise<T> {
  return database.transaction().execute(async (transaction) => {
    const { rows } = await sql`
      select 1 from leases
      where name = ${lease.name} and holder = ${lease.holder} and fence = ${lease.fence} and expires_at > now()
      for share
    `.execute(transaction);
    if (rows.length === 0) throw new LostLeaseError(lease);
    return work(transaction);
  });
}

/** The present or last holder of a lease. */
export async function findLease(
  database: Database,
  name: string,
): Promise<{ holder: string; fence: bigint; held: boolean } | undefined> {
  return database
    .selectFrom('leases')
    .select(['holder', 'fence', sql<boolean>`expires_at > now()`.as('held')])
    .where('name', '=', name)
    .executeTakeFirst();
}
