import type { JournalEntry } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Hex } from 'viem';
import type { Database } from '../../schema/database.ts';
import type { Position } from '../position.ts';
import { followMoves, loadAnnounced } from './announced-changes.ts';
import { type Changes, collectChanges } from './changes/changes.ts';
import * as columns from './changes/columns.ts';
import { type Segment, segmentsOf, timed } from './changes/segments.ts';
import { Tally } from './changes/tally.ts';
import { moveBetweenTeams } from './correction.ts';
import { addBlocks, lockPosition, setCursor } from './cursor.ts';
import { writeDistributors } from './distributors/distributors.ts';
import { writeTeams } from './distributors/teams.ts';
import { inChunks } from './rows/chunks.ts';
import { type BooksWriter, writeBooks } from './rows/writer.ts';
import { addReversals, writeTally } from './sums/sums.ts';

/** A block that was read. */
export interface BlockRow {
  number: number;
  hash: Hex;
  /** Unix seconds. */
  timestamp: number;
}

/** A part of a stretch, applied in one go. */
export interface StretchPart {
  /** Its entries, in order. */
  entries: readonly JournalEntry[];
  /**
   * Every block with an entry, ascending. The last block of a stretch is the last one read, with or without entries.
   */
  blocks: readonly BlockRow[];
  /** The chain's newest block at the time of reading. */
  tipNumber: number;
  /** The newest final block at that time, if there was one. */
  finalNumber?: number | undefined;
}

/** A stretch of the chain, read and verified. */
export interface Stretch {
  /** The position that the books must be at. */
  from: Position;
  /** In order. Each can be discarded once the next is requested. */
  parts: Iterable<StretchPart> | AsyncIterable<StretchPart>;
}

/**
 * Writes a stretch and the new position of the books in one transaction.
 * @param address Of the ledger.
 * @returns The new position.
 * @throws PositionMovedError if the books are not where the stretch begins.
 */
export async function applyEntries(database: Database, address: string, stretch: Stretch): Promise<Position> {
  return writeBooks(database, address, async (writer) => {
    await lockPosition(writer, address, stretch.from);
    let position = stretch.from;
    let tally = new Tally({ isFirst: position.entryCount === 0 });
    let end: Pick<StretchPart, 'tipNumber' | 'finalNumber'> = { tipNumber: position.number };
    for await (const part of stretch.parts) {
      const { entries, blocks } = part;
      end = part;
      for (const segment of segmentsOf(timed(position.entryCount, entries, blocks))) {
        if (segment.isCorrection) {
          await writeTally(writer, tally);
          tally = new Tally();
        }
        await writeSegment(writer, segment, tally);
      }
      position = await addBlocks(writer, position, positionsAfter(position, entries, blocks));
    }
    await writeTally(writer, tally);
    await setCursor(writer, position, end.tipNumber, end.finalNumber);
    return position;
  });
}

/** Writes a segment, except what goes into the tally. */
async function writeSegment(
  writer: BooksWriter,
  { entries, isCorrection }: Segment,
  tally: Tally,
): Promise<void> {
  const collected = collectChanges(entries, tally, await loadAnnounced(writer, entries));
  const changes = await followMoves(writer, collected, entries[0]?.number ?? 0);
  for (const { id, sponsor, depth, movedTo } of await writeDistributors(writer, changes)) {
    tally.fresh.set(id, { sponsor, depth, movedTo });
  }
  await writeTeams(writer, changes.enrolled, tally);
  await insertChanges(writer, changes);
  await updateRecorded(writer, changes);
  await addReversals(writer, changes.reversals, tally.sums);
  if (isCorrection) await moveBetweenTeams(writer, changes);
}

/** The position after each block, with its time. */
function positionsAfter(
  from: Position,
  entries: readonly JournalEntry[],
  blocks: readonly BlockRow[],
): (Position & BlockRow)[] {
  let { head, entryCount } = from;
  let next = 0;
  return blocks.map((block) => {
    for (
      let entry = entries[next];
      entry && Number(entry.blockNumber) <= block.number;
      entry = entries[++next]
    ) {
      head = entry.head;
      entryCount++;
    }
    return { ...block, head, entryCount };
  });
}

async function insertChanges(writer: BooksWriter, changes: Changes): Promise<void> {
  await writer.insert('entries', columns.entries, changes.entries);
  await writer.insert('plans', columns.plans, changes.plans);
  await writer.insert('batches', columns.batches, changes.batches);
  await writer.insert('reversals', columns.reversals, changes.reversals);
  await writer.insert('late_refunds', columns.lateRefunds, changes.lateRefunds);
  await writer.insert('changes', columns.announced, changes.announced);
  await writer.insert('settlements', columns.settlements, changes.settlements);
  await writer.insert('payouts', columns.payouts, changes.payouts);
  await writer.insert('flags', columns.flags, changes.flags);
}

/** Updates rows that these or earlier entries wrote. */
async function updateRecorded({ transaction, ledger }: BooksWriter, changes: Changes): Promise<void> {
  await inChunks(columns.settledBatches, changes.settledBatches, (source) =>
    sql`update batches set settled = v.settled from ${source}
      where batches.ledger = ${ledger} and batches.batch = v.batch`.execute(transaction),
  );
  await inChunks(columns.closedFlags, changes.closedFlags, (source) =>
    sql`update flags set outcome = v.outcome, outcome_evidence = v.outcome_evidence, closed_entry = v.closed_entry
      from ${source} where flags.ledger = ${ledger} and flags.flag = v.flag`.execute(transaction),
  );
  await inChunks(columns.answeredFlags, changes.answeredFlags, (source) =>
    sql`update flags set answer = v.answer from ${source}
      where flags.ledger = ${ledger} and flags.flag = v.flag`.execute(transaction),
  );
  await inChunks(columns.changeStates, changes.changeStates, (source) =>
    sql`update changes set state = v.state, done = coalesce(v.until, done) from ${source}
      where changes.ledger = ${ledger} and changes.change = v.change`.execute(transaction),
  );
  if (changes.cancelledPlans.length === 0) return;
  await sql`update plans set is_cancelled = true
    where ledger = ${ledger} and version = any(${changes.cancelledPlans}::int4[])`.execute(transaction);
}
