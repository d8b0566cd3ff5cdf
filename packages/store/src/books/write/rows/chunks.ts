import { type RawBuilder, sql } from 'kysely';
import type { CopyColumn, CopyValue } from './copy-rows.ts';

/** Many changes in one statement: a parameter for each column, an array for each parameter. */

/** Rows to a statement; more make it no faster and take more memory. */
const CHUNK = 5_000;

/** Runs `statement` on the rows, which it sees as the table `v`, as many at a time as are well sent at once. */
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

/** PostgreSQL's text form of an array; building it here is several times faster than the driver's. */
function arrayLiteral(values: readonly CopyValue[]): string {
  return `{${values.map((value) => (typeof value === 'string' ? quote(value) : String(value))).join(',')}}`;
}

function quote(text: string): string {
  if (/^[0-9a-z]+$/.test(text) && text !== 'null') return text;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
