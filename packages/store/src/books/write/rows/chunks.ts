import { type RawBuilder, sql } from 'kysely';
import type { CopyColumn, CopyValue } from './copy-rows.ts';

/** Many changes in one statement, with an array parameter per column. */

/** Rows per statement; more is no faster and takes more memory. */
const CHUNK = 5_000;

/** Runs `statement` on the rows, a chunk at a time. The statement sees them as the table `v`. */
export async function inChunks<Row>(
  columns: readonly CopyColumn<Row>[],
  rows: readonly Row[],
  statement: (source: RawBuilder<unknown>) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < rows.length; from += CHUNK) {
    await statement(rowsSource(columns, rows.slice(from, from + CHUNK)));
  }
}

function rowsSource<Row>(columns: readonly CopyColumn<Row>[], rows: readonly Row[]): RawBuilder<unknown> {
  const arrays = columns.map(({ type, of }) => sql`${arrayLiteral(rows.map(of))}::${sql.raw(type)}[]`);
  const names = sql.raw(columns.map(({ name }) => name).join(', '));
  return sql`unnest(${sql.join(arrays)}) as v(${names})`;
}

/** PostgreSQL's text form of an array. Building it here is several times faster than in the driver. */
function arrayLiteral(values: readonly CopyValue[]): string {
  return `{${values.map((value) => (typeof value === 'string' ? quote(value) : String(value))).join(',')}}`;
}

function quote(text: string): string {
  if (/^[0-9a-z]+$/.test(text) && text !== 'null') return text;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
