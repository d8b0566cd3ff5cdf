import type { Database } from '@plumbline/store';

/** Dumps of the books, for comparing one store with another. */

const tables = [
  'ledgers',
  'cursors',
  'totals',
  'blocks',
  'entries',
  'distributors',
  'distributor_versions',
  'teams',
  'distributor_periods',
  'plans',
  'batches',
  'settlements',
  'distributor_batches',
  'reversals',
  'late_refunds',
  'changes',
  'payouts',
  'flags',
] as const;

export type BooksDump = Record<(typeof tables)[number], string[]>;

/** Every row of every table as text, in an order that does not depend on how the rows were written. */
export async function dumpBooks(database: Database): Promise<BooksDump> {
  const dump: Partial<BooksDump> = {};
  for (const table of tables) {
    const rows = await database.selectFrom(table).selectAll().execute();
    dump[table] = rows.map(textOf).sort();
  }
  return dump as BooksDump;
}

/** A row as text, as in a dump. */
export function textOf(row: object): string {
  return JSON.stringify(row, asText);
}

/** Empties the books, so that they can be built again in the same database. */
export async function clearBooks(database: Database): Promise<void> {
  for (const table of tables) await database.deleteFrom(table).execute();
}

function asText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
