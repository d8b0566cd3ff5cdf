import { sql } from 'kysely';
import type { BooksTables } from '../../schema/books-tables.ts';
import type { Database } from '../../schema/database.ts';
import { keyOf } from '../../schema/ledger-key.ts';

/** Compares the books of a ledger in two databases row by row, with few rows in memory. */

interface ComparedTable {
  name: keyof BooksTables;
  /** The columns of its primary key after the ledger; all are integers. */
  key: readonly string[];
  /** Columns that depend on when and how the books were written. */
  except?: readonly string[];
}

const comparedTables: readonly ComparedTable[] = [
  { name: 'ledgers', key: [] },
  { name: 'cursors', key: [], except: ['tip_number', 'final_number'] },
  { name: 'totals', key: [] },
  { name: 'blocks', key: ['number'] },
  { name: 'entries', key: ['entry'] },
  { name: 'distributors', key: ['id'] },
  { name: 'distributor_versions', key: ['entry', 'id'] },
  { name: 'plans', key: ['version'] },
  { name: 'batches', key: ['batch'] },
  { name: 'teams', key: ['id'] },
  { name: 'distributor_periods', key: ['id', 'period'] },
  { name: 'settlements', key: ['batch', 'first'] },
  { name: 'distributor_batches', key: ['id', 'chunk'] },
  { name: 'reversals', key: ['entry'] },
  { name: 'late_refunds', key: ['entry'] },
  { name: 'changes', key: ['change'] },
  { name: 'payouts', key: ['entry'] },
  { name: 'flags', key: ['flag'] },
];

/** A row that differs or is missing in one of the databases. */
export interface BooksDifference {
  table: string;
  /** `column=value`, or empty for tables with one row per ledger. */
  key: string;
  /** The columns that differ, as JSON; null where the row is missing. */
  one: string | null;
  other: string | null;
}

type Row = Record<string, unknown>;

/** Rows per query. */
const PAGE = 2_000;

/** The rows that differ, table by table in the order of their keys. */
export async function* compareBooks(
  one: Database,
  other: Database,
  ledger: string,
): AsyncGenerator<BooksDifference> {
  for (const table of comparedTables) yield* compareTable(table, one, other, ledger);
}

async function* compareTable(
  table: ComparedTable,
  one: Database,
  other: Database,
  ledger: string,
): AsyncGenerator<BooksDifference> {
  const [left, right] = [readRows(one, table, ledger), readRows(other, table, ledger)];
  let [a, b] = [await nextOf(left), await nextOf(right)];
  while (a || b) {
    const order = !a ? 1 : !b ? -1 : compareKeys(table, a, b);
    const [mine, theirs] = [order <= 0 ? a : undefined, order >= 0 ? b : undefined];
    const difference = differenceOf(table, mine, theirs);
    if (difference) yield difference;
    if (order <= 0) a = await nextOf(left);
    if (order >= 0) b = await nextOf(right);
  }
}

async function* readRows(
  database: Database,
  { name, key }: ComparedTable,
  ledger: string,
): AsyncGenerator<Row> {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  let last: Row | undefined;
  for (;;) {
    const from: Row | undefined = last;
    const after = from
      ? sql`and (${columns}) > (${sql.join(key.map((column) => from[column]))})`
      : sql.raw('');
    const order = key.length > 0 ? sql`order by ${columns}` : sql.raw('');
    const { rows } = await sql<Row>`
      select * from ${sql.table(name)} where ledger = ${keyOf(ledger)} ${after} ${order} limit ${sql.lit(PAGE)}`.execute(
      database,
    );
    yield* rows;
    last = rows.at(-1);
    if (rows.length < PAGE || key.length === 0) return;
  }
}

async function nextOf(rows: AsyncGenerator<Row>): Promise<Row | undefined> {
  const { value, done } = await rows.next();
  return done ? undefined : value;
}

function compareKeys({ key }: ComparedTable, one: Row, other: Row): number {
  for (const column of key) {
    const [a, b] = [BigInt(one[column] as bigint | number), BigInt(other[column] as bigint | number)];
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

function differenceOf(
  { name, key, except = [] }: ComparedTable,
  one: Row | undefined,
  other: Row | undefined,
): BooksDifference | undefined {
  const known = one ?? other ?? {};
  const place = key.map((column) => `${column}=${String(known[column])}`).join(' ');
  const columns = Object.keys(known).filter((column) => column !== 'ledger' && !except.includes(column));
  const differing = columns.filter((column) => asText(one?.[column]) !== asText(other?.[column]));
  if (one && other && differing.length === 0) return undefined;
  const show = (row: Row | undefined) =>
    row ? asText(Object.fromEntries(differing.map((column) => [column, row[column]]))) : null;
  return { table: name, key: place, one: show(one), other: show(other) };
}

function asText(value: unknown): string {
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each)) ?? 'none';
}
