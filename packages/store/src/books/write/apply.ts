import type { JournalEntry } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Hex } from 'viem';
import type { Database } from '../../schema/database.ts';
import { addBlocks, lockPosition, type Position, setCursor } from '../position.ts';
import { type Changes, collectChanges } from './changes/changes.ts';
import * as columns from './changes/columns.ts';
import { type Segment, segmentsOf, timed } from './changes/segments.ts';
import { Tally } from './changes/tally.ts';
import { correctPlace } from './correction.ts';
import { writeDistributors } from './distributors/distributors.ts';
import { writeTeams } from './distributors/teams.ts';
import { inChunks } from './rows/chunks.ts';
import { type Writing, write } from './rows/writing.ts';
import { addReversals, writeTally } from './sums/sums.ts';

/** A block that was read. */
export interface BlockRow {
  number: number;
  hash: Hex;
  /** Unix seconds. */
  timestamp: number;
}

/** Part of a stretch. */
export interface Piece {
  /** Its entries, in order. */
  entries: readonly JournalEntry[];
  /** Every block that holds an entry; ascending. The last one of a stretch is the block up to which was read. */
  blocks: readonly BlockRow[];
  /** The chain's newest block when it was read. */
  tipNumber: number;
  /** The newest block that was final then; none if not given. */
  finalNumber?: number | undefined;
}

/** A stretch of the chain, read and verified. */
export interface Stretch {
  /** Where the books must stand for it to follow. */
  from: Position;
  /** One after the other; each may be thrown away when the next is asked for. */
  pieces: Iterable<Piece> | AsyncIterable<Piece>;
}

/**
 * Writes a stretch into the books together with their new position, or nothing.
 * @param address Of the ledger.
 * @returns The new position.
 * @throws PositionMovedError if the books do not stand where the stretch begins.
 */
export async function applyEntries(database: Database, address: string, stretch: Stretch): Promise<Position> {
  return write(database, address, async (writing) => {
    await lockPosition(writing, address, stretch.from);
    let position = stretch.from;
    let tally = new Tally({ isFirst: position.entryCount === 0 });
    let end: Pick<Piece, 'tipNumber' | 'finalNumber'> = { tipNumber: position.number };
    for await (const piece of stretch.pieces) {
      const { entries, blocks } = piece;
      end = piece;
      for (const segment of segmentsOf(timed(position.entryCount, entries, blocks))) {
        if (segment.isCorrection) {
          await writeTally(writing, tally);
          tally = new Tally();
        }
        await writeSegment(writing, segment, tally);
      }
      position = await addBlocks(writing, position, positionsAfter(position, entries, blocks));
    }
    await writeTally(writing, tally);
    await setCursor(writing, position, end.tipNumber, end.finalNumber);
    return position;
  });
}

/** Writes everything but what goes into the tally. */
async function writeSegment(
  writing: Writing,
  { entries, isCorrection }: Segment,
  tally: Tally,
): Promise<void> {
  const changes = collectChanges(entries, tally);
  for (const { id, sponsor, depth, movedTo } of await writeDistributors(writing, changes)) {
    tally.fresh.set(id, { sponsor, depth, movedTo });
  }
  await writeTeams(writing, changes.distributors, tally);
  await insertChanges(writing, changes);
  await updateRecorded(writing, changes);
  await addReversals(writing, changes.reversals, tally.sums);
  if (isCorrection) await correctPlace(writing, changes);
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

async function insertChanges(writing: Writing, changes: Changes): Promise<void> {
  await writing.insert('entries', columns.entries, changes.entries);
  await writing.insert('plans', columns.plans, changes.plans);
  await writing.insert('batches', columns.batches, changes.batches);
  await writing.insert('reversals', columns.reversals, changes.reversals);
  await writing.insert('settlements', columns.settlements, changes.settlements);
  await writing.insert('payouts', columns.payouts, changes.payouts);
  await writing.insert('flags', columns.flags, changes.flags);
}

/** What the entries change of rows that other entries wrote. */
async function updateRecorded({ transaction, ledger }: Writing, changes: Changes): Promise<void> {
  await inChunks(columns.settledBatches, changes.settledBatches, (source) =>
    sql`update batches set settled = v.settled from ${source}
      where batches.ledger = ${ledger} and batches.batch = v.batch`.execute(transaction),
  );
  await inChunks(columns.closedFlags, changes.closedFlags, (source) =>
    sql`update flags set outcome = v.outcome, evidence = v.evidence, closed_entry = v.closed_entry from ${source}
      where flags.ledger = ${ledger} and flags.flag = v.flag`.execute(transaction),
  );
}
