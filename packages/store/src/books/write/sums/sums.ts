import { sql } from 'kysely';
import { Uplines } from '../../tree/uplines.ts';
import type { ReversalChange } from '../changes/changes.ts';
import { PeriodSums } from '../changes/period-sums.ts';
import type { Tally } from '../changes/tally.ts';
import { inChunks } from '../rows/chunks.ts';
import type { CopyColumn } from '../rows/copy-rows.ts';
import type { BooksWriter } from '../rows/writer.ts';
import { addMarks, insertMarks } from './marks.ts';
import {
  dropEmptyPeriods,
  growPeriods,
  insertPeriods,
  loadPeriods,
  ownVolumesOf,
  raiseVolumes,
} from './periods.ts';
import { addTotals } from './totals.ts';

/** Keeps the sums up to date by what entries add to them. */

/** Adds the tally of written entries, between which no distributor changed its place in the tree. */
export async function writeTally(writer: BooksWriter, tally: Tally): Promise<void> {
  const { sums, totals, marks } = tally;
  // The first rows of a ledger are inserted, which is faster than adding to rows that may exist.
  const [writeMarks, writePeriods] = tally.isFirst ? [insertMarks, insertPeriods] : [addMarks, growPeriods];
  // The teams are summed while the database takes the marks. Both must end before the transaction does.
  const both = await Promise.allSettled([writeMarks(writer, marks), raiseTeams(writer, tally, sums)]);
  for (const each of both) if (each.status === 'rejected') throw each.reason;
  await writePeriods(writer, sums.changes());
  await addTotals(writer, totals);
}

/** Subtracts what `writeTally` added, except the marks. The distributors of the tally still exist. */
export async function undoTally(writer: BooksWriter, tally: Tally): Promise<void> {
  const own = tally.sums.negated().changes();
  await growPeriods(writer, own);
  const raised = new PeriodSums();
  await raiseTeams(writer, tally, raised);
  const above = raised.negated().changes();
  await growPeriods(writer, above);
  await dropEmptyPeriods(writer, [...own, ...above]);
  await addTotals(writer, tally.totals, -1n);
}

/** Adds to `raised` the team volumes that a tally gives to uplines. Its own sums are not in the books. */
async function raiseTeams(writer: BooksWriter, tally: Tally, raised: PeriodSums): Promise<void> {
  const own = ownVolumesOf(tally.sums);
  // An id may have had sales before it was enrolled; from now on they count for the teams above.
  const earlier = tally.isFirst ? [] : await loadPeriods(writer, tally.enrolled);
  for (const { id, period, own: volumes } of earlier) own.push({ id, period, volumes });
  const ids = own.map(({ id }) => id);
  const uplines = await Uplines.load(writer.transaction, writer.ledger, ids, tally);
  raiseVolumes(raised, uplines, own);
}

const refs: readonly CopyColumn<ReversalChange>[] = [
  { name: 'batch', type: 'int4', of: (row) => row.batch },
  { name: 'batch_index', type: 'int4', of: (row) => row.index },
];

/** Adds reversals by buyer class, which only the record of the sale has. */
export async function addReversals(
  { transaction, ledger }: BooksWriter,
  reversals: readonly ReversalChange[],
  sums: PeriodSums,
): Promise<void> {
  const classes = new Map<string, number>();
  const recorded = reversals.filter((row) => row.class === null);
  await inChunks(refs, recorded, async (source) => {
    const { rows } = await sql<{ batch: number; index: number; class: number }>`
      select v.batch, v.batch_index as "index", get_byte(records, 12 * v.batch_index) >> 2 as class
      from ${source} join batches on batches.ledger = ${ledger} and batches.batch = v.batch`.execute(
      transaction,
    );
    for (const row of rows) classes.set(`${row.batch}-${row.index}`, row.class);
  });
  for (const { batch, index, seller, period, priceCents, volumeCents, ...row } of reversals) {
    const buyer = row.class ?? classes.get(`${batch}-${index}`);
    if (buyer === undefined) throw new Error(`batch ${batch} of a reversal is not in the books`);
    sums.month(period).reversed(seller, buyer, Number(priceCents), Number(volumeCents));
  }
}
