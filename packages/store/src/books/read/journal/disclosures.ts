import { sql } from 'kysely';
import type { Hex } from 'viem';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';

/** An income disclosure that the company has published on the ledger. */
export interface Disclosure {
  /** Number of the entry. */
  entry: number;
  period: number;
  /** Merkle-sum root over all distributors. */
  root: Hex;
  /** Of the document. */
  hash: Hex;
  blockNumber: number;
  transactionHash: Hex;
}

/** The disclosures of a ledger, oldest first; of two for one period the later one counts. */
export async function listDisclosures(database: Database, ledger: string): Promise<Disclosure[]> {
  const { rows } = await sql<Disclosure>`
    select entry::float8, (content->>'period')::float8 as period, content->>'root' as root, content->>'hash' as hash,
      block_number::float8 as "blockNumber", transaction_hash as "transactionHash"
    from entries where ledger = ${keyOf(ledger)} and kind = 'disclosurePublished' order by entry`.execute(
    database,
  );
  return rows;
}
