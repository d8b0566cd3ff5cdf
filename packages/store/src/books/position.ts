import { GENESIS_HEAD } from '@plumbline/protocol';
import type { Selectable } from 'kysely';
import type { Hex } from 'viem';
import type { BooksTables } from '../schema/books-tables.ts';
import type { Database } from '../schema/database.ts';
import { keyOf } from '../schema/ledger-key.ts';

/** The block after which the books of a ledger stand, and their journal at that point. */
export interface Position {
  /** Number of the last block in the books. */
  number: number;
  /** Null before the first block is read. */
  hash: Hex | null;
  /** The journal's head and length after it. */
  head: Hex;
  entryCount: number;
}

/** Where the books of a ledger stand; undefined if they do not follow it. */
export async function findPosition(database: Database, ledger: string): Promise<Position | undefined> {
  const row = await database
    .selectFrom('cursors')
    .selectAll()
    .where('ledger', '=', keyOf(ledger))
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    number: Number(row.block_number),
    hash: row.block_hash as Hex | null,
    head: row.head as Hex,
    entryCount: Number(row.entry_count),
  };
}

/**
 * The newest position at or below block `number` to which the books can be rolled back: a block with entries, the
 * newest block read, or the position before the ledger's first block.
 */
export async function getPositionAt(database: Database, ledger: string, number: number): Promise<Position> {
  const [position] = await listPositions(database, ledger, number + 1, 1);
  return position ?? getFirstPosition(database, ledger);
}

/** The newest position with fewer entries than `entryCount`; without one, the position before the first block. */
export async function getPositionBefore(
  database: Database,
  ledger: string,
  entryCount: number,
): Promise<Position> {
  const row = await selectBlocks(database, ledger)
    .where('entry_count', '<', BigInt(entryCount))
    .limit(1)
    .executeTakeFirst();
  return row ? positionOf(row) : getFirstPosition(database, ledger);
}

async function getFirstPosition(database: Database, ledger: string): Promise<Position> {
  const { start_block } = await database
    .selectFrom('ledgers')
    .select('start_block')
    .where('ledger', '=', keyOf(ledger))
    .executeTakeFirstOrThrow();
  return firstPosition(Number(start_block));
}

/**
 * The position of empty books.
 * @param startBlock The first block that can hold an entry.
 */
export function firstPosition(startBlock: number): Position {
  return { number: Math.max(startBlock, 0) - 1, hash: null, head: GENESIS_HEAD, entryCount: 0 };
}

/** At most `limit` positions below block `below` to which the books can be rolled back, newest first. */
export async function listPositions(
  database: Database,
  ledger: string,
  below: number,
  limit: number,
): Promise<(Position & { hash: Hex })[]> {
  const rows = await selectBlocks(database, ledger)
    .where('number', '<', BigInt(below))
    .limit(limit)
    .execute();
  return rows.map(positionOf);
}

/** Newest first. */
function selectBlocks(database: Database, ledger: string) {
  return database
    .selectFrom('blocks')
    .selectAll()
    .where('ledger', '=', keyOf(ledger))
    .orderBy('number', 'desc');
}

function positionOf(row: Selectable<BooksTables['blocks']>): Position & { hash: Hex } {
  return {
    number: Number(row.number),
    hash: row.hash as Hex,
    head: row.head as Hex,
    entryCount: Number(row.entry_count),
  };
}
