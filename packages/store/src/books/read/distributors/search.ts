import type { Address } from 'viem';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';

/** Length of a wallet with `0x`. */
const WALLET = 42;

/**
 * The distributors whose wallets begin with `prefix`, by wallet.
 * @param prefix Lower-case, `0x` and at most 40 digits.
 */
export async function listByWallet(
  database: Database,
  ledger: string,
  prefix: string,
  limit: number,
): Promise<{ id: number; wallet: Address }[]> {
  // All wallets have the same length, so a range finds them in any collation.
  const rows = await database
    .selectFrom('distributors')
    .select(['id', 'wallet'])
    .where('ledger', '=', keyOf(ledger))
    .where('wallet', '>=', prefix.padEnd(WALLET, '0'))
    .where('wallet', '<=', prefix.padEnd(WALLET, 'f'))
    .orderBy('wallet')
    .limit(limit)
    .execute();
  return rows.map(({ id, wallet }) => ({ id, wallet: wallet as Address }));
}
