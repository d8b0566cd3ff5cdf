import { sql } from 'kysely';
import type { Address, Hex } from 'viem';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';
import { type Page, type PageRequest, pageOf, parseCursor } from '../page.ts';

/** A payout to a distributor. */
export interface DistributorPayout {
  /** Number of the entry. */
  entry: number;
  units: bigint;
  /** The wallet at the time, and where the tokens went: to it, or to another address that its owner had named. */
  wallet: Address;
  recipient: Address;
  blockNumber: number;
  transactionHash: Hex;
}

/**
 * A distributor's payouts, newest first, also those under a former id.
 * @throws MalformedError if the cursor is not one of ours.
 */
export async function listPayouts(
  database: Database,
  ledger: string,
  id: number,
  { limit, cursor }: PageRequest,
): Promise<Page<DistributorPayout>> {
  const key = keyOf(ledger);
  const last = parseCursor(cursor, /^[0-9]{1,15}$/);
  const isOlder = last ? sql`entry < ${Number(last[0])}` : sql`true`;
  const { rows } = await sql<
    Omit<DistributorPayout, 'entry' | 'blockNumber'> & Record<'entry' | 'block', bigint>
  >`
    with lanes as (
      select id from distributors where ledger = ${key} and (id = ${id} or moved_to = ${id})
    )
    select page.* from lanes cross join lateral (
      select entry, units, wallet, recipient, block_number as block, transaction_hash as "transactionHash" from payouts
      where ledger = ${key} and payouts.id = lanes.id and ${isOlder}
      order by entry desc limit ${limit + 1}
    ) page order by entry desc limit ${limit + 1}`.execute(database);
  const payouts = rows.map(({ block, ...row }) => ({
    ...row,
    entry: Number(row.entry),
    blockNumber: Number(block),
  }));
  return pageOf(payouts, limit, ({ entry }) => String(entry));
}
