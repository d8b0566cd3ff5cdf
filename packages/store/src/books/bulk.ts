import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../database.ts';
import type { BooksTables } from './tables.ts';

/** Many rows in one statement: a parameter for each column, an array for each parameter. */

type Value = string | number | bigint | boolean | null;

/** A column to write, and where its value comes from. */
export interface BulkColumn<Row> {
  name: string;
  type: 'int2' | 'int4' | 'int8' | 'text' | 'jsonb';
  of(row: Row): Value;
}

/** Rows to a statement; more make it no faster and take more memory. */
const CHUNK = 5_000;

/** Inserts `rows` under `ledger`. */
export async function insertRows<Row>(
  transaction: Database,
  table: keyof BooksTables,
  ledger: string,
  columns: readonly BulkColumn<Row>[],
  rows: readonly Row[],
): Promise<void> {
  const names = sql.raw(columns.map(({ name }) => name).join(', '));
  await inChunks(columns, rows, (source) =>
    sql`insert into ${sql.table(table)} (ledger, ${names}) select ${ledger}::text, ${names} from ${source}`.execute(
      transaction,
    ),
  );
}

/** Runs `statement` on the rows, which it sees as the table `v`, as many at a time as are well sent at once. */
export async function inChunks<Row>(
  columns: readonly BulkColumn<Row>[],
  rows: readonly Row[],
  statement: (source: RawBuilder<unknown>) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < rows.length; from += CHUNK) {
    await statement(rowsSource(columns, rows.slice(from, from + CHUNK)));
  }
}

function rowsSource<Row>(columns: readonly BulkColumn<Row>[], rows: readonly Row[]): RawBuilder<unknown> {
  const arrays = columns.map(({ type, of }) => sql`${arrayLiteral(rows.map(of))}::${sql.raw(type)}[]`);
  const names = sql.raw(columns.map(({ name }) => name).join(', '));
  return sql`unnest(${sql.join(arrays)}) as v(${names})`;
}

/** PostgreSQL's text form of an array; building it here is several times faster than the driver's. */
function arrayLiteral(values: readonly Value[]): string {
  return `{${values.map((value) => (typeof value === 'string' ? quote(value) : String(value))).join(',')}}`;
}

function quote(text: string): string {
  if (/^[0-9a-z]+$/.test(text) && text !== 'null') return text;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
