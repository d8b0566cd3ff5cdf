import { sql } from 'kysely';
import type { BatchMarks, MarkRow } from '../../batch-marks.ts';
import { inChunks } from '../rows/chunks.ts';
import type { CopyColumn } from '../rows/copy-rows.ts';
import type { BooksWriter } from '../rows/writer.ts';

/** Writes the marks of batches. */

const keys: readonly CopyColumn<MarkRow>[] = [
  { name: 'id', type: 'int4', of: (row) => row.id },
  { name: 'chunk', type: 'int4', of: (row) => row.chunk },
];

const columns: readonly CopyColumn<MarkRow>[] = [
  ...keys,
  { name: 'marks', type: 'int2[]', of: (row) => row.marks },
];

/** Statements take marks as text, because `unnest` would flatten an array of arrays. */
const texts: readonly CopyColumn<MarkRow>[] = [
  ...keys,
  { name: 'marks', type: 'text', of: (row) => `{${row.marks.join()}}` },
];

/** Inserts the first marks of a ledger. */
export async function insertMarks(writer: BooksWriter, marks: BatchMarks): Promise<void> {
  await writer.insert('distributor_batches', columns, marks.rows());
}

/** Adds marks; some may exist already. */
export async function addMarks({ transaction, ledger }: BooksWriter, marks: BatchMarks): Promise<void> {
  await inChunks(texts, marks.rows(), (source) =>
    sql`insert into distributor_batches as known (ledger, id, chunk, marks)
      select ${ledger}::bigint, id, chunk, marks::int2[] from ${source}
      on conflict (ledger, id, chunk) do update set marks = case
        when excluded.marks[1] > known.marks[cardinality(known.marks)] then known.marks || excluded.marks
        else array(select distinct unnest(known.marks || excluded.marks) order by 1)
      end`.execute(transaction),
  );
}

/** Removes marks, and the rows that have none left. */
export async function removeMarks({ transaction, ledger }: BooksWriter, marks: BatchMarks): Promise<void> {
  const isRow = sql`known.ledger = ${ledger} and known.id = v.id and known.chunk = v.chunk`;
  await inChunks(texts, marks.rows(), async (source) => {
    await sql`update distributor_batches as known
      set marks = array(select unnest(known.marks) except select unnest(v.marks::int2[]) order by 1)
      from ${source} where ${isRow}`.execute(transaction);
    await sql`delete from distributor_batches as known using ${source}
      where ${isRow} and known.marks = '{}'`.execute(transaction);
  });
}
