import { decodeLines } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Hex } from 'viem';
import type { Database } from '../../schema/database.ts';
import { BatchMarks } from '../batch-marks.ts';
import { getPositionAt, type Position } from '../position.ts';
import { followMoves, loadAnnounced } from './announced-changes.ts';
import { collectChanges, type TimedEntry } from './changes/changes.ts';
import { type Segment, segmentsOf } from './changes/segments.ts';
import { Tally } from './changes/tally.ts';
import { moveBack } from './correction.ts';
import { lockPosition, setCursor } from './cursor.ts';
import { restoreDistributors } from './distributors/restore.ts';
import { undoTeams } from './distributors/teams.ts';
import { readBack } from './read-back.ts';
import { inChunks } from './rows/chunks.ts';
import type { CopyColumn } from './rows/copy-rows.ts';
import { type BooksWriter, writeBooks } from './rows/writer.ts';
import { addMarks, removeMarks } from './sums/marks.ts';
import { addReversals, undoTally } from './sums/sums.ts';

/**
 * The entries to undo are read back, and their keys tell which rows they made. So a rollback costs only what it undoes,
 * however large the books are, and no index has to be maintained for rollbacks alone.
 */

/**
 * Undoes everything above block `number`, so that the books are as if they had never read further.
 * @param address Of the ledger.
 * @param from The present position.
 * @returns The new position: the newest known at or below `number`.
 * @throws PositionMovedError if the books are not at `from`.
 */
export async function rollBack(
  database: Database,
  address: string,
  from: Position,
  number: number,
): Promise<Position> {
  return writeBooks(database, address, async (writer) => {
    await lockPosition(writer, address, from);
    const position = await getPositionAt(writer.transaction, address, number);
    const entries = await readBack(writer, position.entryCount);
    const marks = new BatchMarks();
    for (const segment of segmentsOf(entries).reverse()) await undoSegment(writer, segment, marks);
    await deleteRows(writer, entries, marks);
    await deleteFrom(writer, position);
    await reopenChanges(writer, entries);
    await setCursor(writer, position, position.number);
    return position;
  });
}

/** @param marks Gets the marks of the segment. */
async function undoSegment(
  writer: BooksWriter,
  { entries, isCorrection }: Segment,
  marks: BatchMarks,
): Promise<void> {
  const tally = new Tally({ marks });
  const first = entries[0]?.number ?? 0;
  const collected = collectChanges(entries, tally, await loadAnnounced(writer, entries));
  const changes = await followMoves(writer, collected, first);
  await addReversals(writer, changes.reversals, tally.sums);
  if (isCorrection) await moveBack(writer, changes);
  await undoTally(writer, tally);
  await undoTeams(writer, changes.enrolled);
  await restoreDistributors(writer, first, changes);
}

interface Reopened {
  batch: number;
  first: number;
}

const reopenedColumns: readonly CopyColumn<Reopened>[] = [
  { name: 'batch', type: 'int4', of: (row) => row.batch },
  { name: 'first', type: 'int4', of: (row) => row.first },
];

/** Deletes the rows whose keys only the entries tell. */
async function deleteRows(
  writer: BooksWriter,
  entries: readonly TimedEntry[],
  marks: BatchMarks,
): Promise<void> {
  const { transaction, ledger } = writer;
  const reopened: Reopened[] = [];
  const recorded: number[] = [];
  const [closed, answered]: [number[], number[]] = [[], []];
  const cancelledPlans: number[] = [];
  for (const { entry } of entries) {
    if (entry.kind === 'batchSettled') reopened.push({ batch: entry.batch, first: entry.from });
    if (entry.kind === 'batchRecorded') recorded.push(entry.batch);
    if (entry.kind === 'flagClosed') closed.push(entry.flag);
    if (entry.kind === 'flagAnswered') answered.push(entry.flag);
    if (entry.kind === 'planCancelled') cancelledPlans.push(entry.version);
  }
  await inChunks(reopenedColumns, reopened, async (source) => {
    await sql`delete from settlements using ${source} where settlements.ledger = ${ledger}
      and settlements.batch = v.batch and settlements.first = v.first`.execute(transaction);
    await sql`update batches set settled = opened.first
      from (select batch, min(first) as first from ${source} group by batch) opened
      where batches.ledger = ${ledger} and batches.batch = opened.batch`.execute(transaction);
  });
  await removeMarks(writer, marks);
  await addMarks(writer, await marksThatStay(writer, reopened));
  await sql`delete from batches where ledger = ${ledger} and batch = any(${recorded}::int4[])`.execute(
    transaction,
  );
  await sql`update flags set outcome = null, outcome_evidence = null, closed_entry = null
    where ledger = ${ledger} and flag = any(${closed}::int8[])`.execute(transaction);
  await sql`update flags set answer = null
    where ledger = ${ledger} and flag = any(${answered}::int8[])`.execute(transaction);
  await sql`update plans set is_cancelled = false
    where ledger = ${ledger} and version = any(${cancelledPlans}::int4[])`.execute(transaction);
}

/**
 * Makes the changes pending again that the undone entries applied or cancelled, as far as the entries that are left had
 * applied them.
 */
async function reopenChanges(
  { transaction, ledger }: BooksWriter,
  undone: readonly TimedEntry[],
): Promise<void> {
  const touched = new Set<number>();
  for (const { entry } of undone)
    if (entry.kind === 'changeApplied' || entry.kind === 'changeCancelled') touched.add(entry.change);
  if (touched.size === 0) return;
  await sql`update changes set state = 'pending', done = coalesce((
      select max((content->>'until')::int4) from entries
      where entries.ledger = ${ledger} and kind = 'changeApplied' and content->>'change' = changes.change::text
    ), 0)
    where ledger = ${ledger} and change = any(${[...touched]}::int8[])`.execute(transaction);
}

/** The marks of settlements that stay, in batches that lose other settlements. */
async function marksThatStay(
  { transaction, ledger }: BooksWriter,
  reopened: readonly Reopened[],
): Promise<BatchMarks> {
  const marks = new BatchMarks();
  const parts = reopened.filter(({ first }) => first > 0);
  await inChunks(reopenedColumns, parts, async (source) => {
    const { rows } = await sql<{ batch: number; lines: Hex }>`
      select batch, lines from settlements
      where ledger = ${ledger} and batch in (select v.batch from ${source})`.execute(transaction);
    for (const { batch, lines } of rows) {
      for (const { volumeCents, credits } of decodeLines(lines)) {
        for (const { id, bps } of credits) if (bps > 0 && volumeCents > 0n) marks.credited(id, batch);
      }
    }
  });
  return marks;
}

/** Deletes the rows that are numbered in journal order, and those of small tables. */
async function deleteFrom(
  { transaction, ledger }: BooksWriter,
  { number, entryCount }: Position,
): Promise<void> {
  for (const table of ['reversals', 'late_refunds', 'payouts', 'entries'] as const) {
    await sql`delete from ${sql.table(table)} where ledger = ${ledger} and entry >= ${entryCount}`.execute(
      transaction,
    );
  }
  for (const table of ['changes', 'flags'] as const) {
    await sql`delete from ${sql.table(table)} where ledger = ${ledger} and entry >= ${entryCount}`.execute(
      transaction,
    );
  }
  await sql`delete from plans where ledger = ${ledger} and block_number > ${number}`.execute(transaction);
  await sql`delete from blocks where ledger = ${ledger} and number > ${number}`.execute(transaction);
}
