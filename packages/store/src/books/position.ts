import { GENESIS_HEAD } from '@plumbline/protocol';
import { type Selectable, sql } from 'kysely';
import type { Hex } from 'viem';
import type { BooksTables } from '../schema/books-tables.ts';
import { toBytes } from '../schema/bytes.ts';
import type { Database } from '../schema/database.ts';
import { keyOf } from '../schema/ledger-key.ts';
import type { CopyColumn } from './write/rows/copy-rows.ts';
import type { Writing } from './write/rows/writing.ts';

/** Where the books of a ledger stand: after which block, with which journal. */
export interface Position {
  /** Number of the last block in the books. */
  number: number;
  /** Null before the first block is read. */
  hash: Hex | null;
  /** The journal's head and length after it. */
  head: Hex;
  entryCount: number;
}

/** The books do not stand where a change of them begins: another process has written them. */
export class PositionMovedError extends Error {
  override name = 'PositionMovedError';

  constructor(ledger: string, expected: Position, found: number | undefined) {
    const place = found === undefined ? 'not in the books' : `at block ${found}`;
    super(`the books of ledger ${ledger} are ${place}, not at block ${expected.number}: read them again`);
  }
}

type PositionedBlock = Position & { hash: Hex; timestamp: number };

const blockColumns: readonly CopyColumn<PositionedBlock>[] = [
  { name: 'number', type: 'int8', of: (row) => row.number },
  { name: 'hash', type: 'bytea', of: (row) => row.hash },
  { name: 'timestamp', type: 'int8', of: (row) => row.timestamp },
  { name: 'head', type: 'bytea', of: (row) => row.head },
  { name: 'entry_count', type: 'int8', of: (row) => row.entryCount },
];

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
 * The newest position at or below block `number` that the books can go back to: a block with entries, the newest block
 * read, or the place before the ledger's first block.
 */
export async function getPositionAt(database: Database, ledger: string, number: number): Promise<Position> {
  const [position] = await listPositions(database, ledger, number + 1, 1);
  return position ?? getFirstPosition(database, ledger);
}

/** The newest position with fewer entries than `entryCount`; the place before the first block if there is none. */
export async function getPositionBefore(
  database: Database,
  ledger: string,
  entryCount: number,
): Promise<Position> {
  const row = await database
    .selectFrom('blocks')
    .selectAll()
    .where('ledger', '=', keyOf(ledger))
    .where('entry_count', '<', BigInt(entryCount))
    .orderBy('number', 'desc')
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

/** Where the books of a ledger begin. @param startBlock The first block that can hold an entry. */
export function firstPosition(startBlock: number): Position {
  return { number: Math.max(startBlock, 0) - 1, hash: null, head: GENESIS_HEAD, entryCount: 0 };
}

/** At most `limit` positions that the books can go back to, below block `below`, newest first. */
export async function listPositions(
  database: Database,
  ledger: string,
  below: number,
  limit: number,
): Promise<(Position & { hash: Hex })[]> {
  const rows = await database
    .selectFrom('blocks')
    .selectAll()
    .where('ledger', '=', keyOf(ledger))
    .where('number', '<', BigInt(below))
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
  return rows.map(positionOf);
}

function positionOf(row: Selectable<BooksTables['blocks']>): Position & { hash: Hex } {
  return {
    number: Number(row.number),
    hash: row.hash as Hex,
    head: row.head as Hex,
    entryCount: Number(row.entry_count),
  };
}

/**
 * Takes the cursor for this transaction; another writer waits and then finds it moved.
 * @throws PositionMovedError if the books do not stand at `expected`.
 */
export async function lockPosition(
  { transaction, ledger }: Writing,
  address: string,
  expected: Position,
): Promise<void> {
  const row = await transaction
    .selectFrom('cursors')
    .select(['block_number', 'block_hash', 'head'])
    .where('ledger', '=', ledger)
    .forUpdate()
    .executeTakeFirst();
  const number = row && Number(row.block_number);
  if (number !== expected.number || row?.block_hash !== expected.hash || row.head !== expected.head) {
    throw new PositionMovedError(address, expected, number);
  }
}

/**
 * Adds blocks to those that the books keep; an empty one is kept only while it is the newest.
 * @returns Where the books stand then.
 */
export async function addBlocks(
  writing: Writing,
  from: Position,
  blocks: readonly PositionedBlock[],
): Promise<Position> {
  const { transaction, ledger } = writing;
  const last = blocks.at(-1);
  if (!last) return from;
  await sql`
    delete from blocks where ledger = ${ledger} and number = ${from.number} and entry_count = coalesce((
      select entry_count from blocks where ledger = ${ledger} and number < ${from.number} order by number desc limit 1
    ), 0)`.execute(transaction);
  await writing.insert('blocks', blockColumns, blocks);
  const { number, hash, head, entryCount } = last;
  return { number, hash, head, entryCount };
}

/** Writes the cursor; what is final stays so. */
export async function setCursor(
  { transaction, ledger }: Writing,
  { number, hash, head, entryCount }: Position,
  tipNumber: number,
  finalNumber = -1,
): Promise<void> {
  await transaction
    .updateTable('cursors')
    .set({
      block_number: number,
      block_hash: hash && toBytes(hash),
      head: toBytes(head),
      entry_count: entryCount,
      tip_number: tipNumber,
      final_number: sql`greatest(final_number, ${finalNumber}::int8)`,
    })
    .where('ledger', '=', ledger)
    .execute();
}
