import type { JournalEntry } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Hex } from 'viem';
import type { Database } from '../database.ts';
import { inChunks, insertRows } from './bulk.ts';
import { type Changes, collectChanges } from './changes.ts';
import * as columns from './columns.ts';
import { moveSums, writePeople } from './people-writing.ts';
import { lockPosition, movePosition, type Position } from './position.ts';
import { addTotals, sumsOf } from './totals.ts';

/** A block that was read. */
export interface BlockRow {
  number: number;
  hash: Hex;
  /** Unix seconds. */
  timestamp: number;
}

/** A stretch of the chain, read and verified. */
export interface Stretch {
  /** Where the books must stand for it to follow. */
  from: Position;
  /** Its entries, in order. */
  entries: readonly JournalEntry[];
  /** Every block that holds an entry and, last, the block up to which was read; ascending. */
  blocks: readonly [...BlockRow[], BlockRow];
  /** The chain's newest block. */
  tipNumber: number;
}

/**
 * Writes a stretch into the books together with their new position, or nothing.
 * @returns The new position.
 * @throws PositionMovedError if the books do not stand where the stretch begins.
 */
export async function applyEntries(database: Database, ledger: string, stretch: Stretch): Promise<Position> {
  const { from, entries, blocks, tipNumber } = stretch;
  const changes = collectChanges(from.entryCount, entries);
  const positions = positionsAfter(from, entries, blocks);
  return database.transaction().execute(async (transaction) => {
    await lockPosition(transaction, ledger, from);
    await writePeople(transaction, ledger, changes);
    await insertChanges(transaction, ledger, changes);
    await updateRecorded(transaction, ledger, changes);
    await moveSums(transaction, ledger, changes.acts);
    await addTotals(transaction, ledger, sumsOf(changes));
    return movePosition(transaction, ledger, from, positions, tipNumber);
  });
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

async function insertChanges(transaction: Database, ledger: string, changes: Changes): Promise<void> {
  await insertRows(transaction, 'entries', ledger, columns.entries, changes.entries);
  await insertRows(transaction, 'plans', ledger, columns.plans, changes.plans);
  await insertRows(transaction, 'batches', ledger, columns.batches, changes.batches);
  await insertRows(transaction, 'sales', ledger, columns.sales, changes.sales);
  await insertRows(transaction, 'reversals', ledger, columns.reversals, changes.reversals);
  await insertRows(transaction, 'credits', ledger, columns.credits, changes.credits);
  await insertRows(transaction, 'payouts', ledger, columns.payouts, changes.payouts);
  await insertRows(transaction, 'flags', ledger, columns.flags, changes.flags);
}

/** What the entries change of rows that other entries wrote. */
async function updateRecorded(transaction: Database, ledger: string, changes: Changes): Promise<void> {
  await inChunks(columns.sums, changes.sums, (source) =>
    sql`update people set credited_units = credited_units + credited, paid_units = paid_units + paid
      from ${source} where people.ledger = ${ledger} and people.id = v.id`.execute(transaction),
  );
  await inChunks(columns.reversed, changes.reversed, (source) =>
    sql`update sales set reversed_price_cents = reversed_price_cents + v.price,
        reversed_volume_cents = reversed_volume_cents + v.volume
      from ${source} where sales.ledger = ${ledger} and sales.batch = v.batch
        and sales.batch_index = v.batch_index`.execute(transaction),
  );
  await inChunks(columns.settledSales, changes.settledSales, (source) =>
    sql`update sales set settled_block = v.settled_block, counted_cents = v.counted_cents,
        credited_units = v.credited_units
      from ${source} where sales.ledger = ${ledger} and sales.batch = v.batch
        and sales.batch_index = v.batch_index`.execute(transaction),
  );
  await inChunks(columns.settledBatches, changes.settledBatches, (source) =>
    sql`update batches set settled = v.settled from ${source}
      where batches.ledger = ${ledger} and batches.batch = v.batch`.execute(transaction),
  );
  await inChunks(columns.closedFlags, changes.closedFlags, (source) =>
    sql`update flags set outcome = v.outcome, evidence = v.evidence, closed_entry = v.closed_entry from ${source}
      where flags.ledger = ${ledger} and flags.flag = v.flag`.execute(transaction),
  );
}
