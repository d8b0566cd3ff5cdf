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

/** Sums, kept by what entries add to them. */

/** Adds a tally of entries that are written, between which nobody changed their place in the tree. */
export async function writeTally(writer: BooksWriter, tally: Tally): Promise<void> {
  const { sums, totals, marks } = tally;
  // Of a ledger without sums there is nothing to add to.
  const [writeMarks, writePeriods] = tally.isFirst ? [insertMarks, insertPeriods] : [addMarks, growPeriods];
  // While the database takes the marks, the teams are added up. Both must have ended before the transaction may.
  const both = await Promise.allSettled([writeMarks(writer, marks), raiseTeams(writer, tally, sums)]);
  for (const each of both) if (each.status === 'rejected') throw each.reason;
  await writePeriods(writer, sums.changes());
  await addTotals(writer, totals);
}

/** Takes away what `writeTally` added, but for the marks; the distributors of the tally are still there. */
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

/** Adds to `raised` what the teams of everybody above get by a tally whose own sums are not in the books. */
async function raiseTeams(writer: BooksWriter, tally: Tally, raised: PeriodSums): Promise<void> {
  const own = ownVolumesOf(tally.sums);
  // A lane may have had sales before anybody took it; they are of the teams above from now on.
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

/** Adds what was taken back, by the class of the sale, which only its record says. */
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
    if (buyer === undefined) throw new Error(`a reversal is of batch ${batch}, which the books do not have`);
    sums.month(period).reversed(seller, buyer, Number(priceCents), Number(volumeCents));
  }
}
