import { sql } from 'kysely';
import type { TotalsChange } from '../changes/tally.ts';
import type { BooksWriter } from '../rows/writer.ts';

/**
 * Adds to the sums; the caller writes the rows behind them in the same transaction.
 * @param sign -1 subtracts.
 */
export async function addTotals(
  { transaction, ledger }: BooksWriter,
  change: TotalsChange,
  sign: 1n | -1n = 1n,
): Promise<void> {
  const columns = Object.entries(change).map(
    ([name, by]) => sql`${sql.ref(name)} = ${sql.ref(name)} + ${sign * by}`,
  );
  await sql`update totals set ${sql.join(columns)} where ledger = ${ledger}`.execute(transaction);
}
