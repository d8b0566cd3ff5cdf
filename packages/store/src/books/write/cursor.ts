import { PlumblineError } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Hex } from 'viem';
import { toBytes } from '../../schema/database.ts';
import type { Position } from '../position.ts';
import type { CopyColumn } from './rows/copy-rows.ts';
import type { BooksWriter } from './rows/writer.ts';

/** Moves the cursor of a ledger's books, and keeps the blocks to which they can be rolled back. */

/** The books are not at the expected position: another process has written them. */
export class PositionMovedError extends PlumblineError {
  override name = 'PositionMovedError';

  constructor(ledger: string, expected: Position, found: number | undefined) {
    const place = found === undefined ? 'not in the books' : `at block ${found}`;
    super(
      'position-moved',
      `the books of ledger ${ledger} are ${place}, not at block ${expected.number}: read them again`,
    );
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

/**
 * Locks the cursor for this transaction; another writer waits and then finds it moved.
 * @throws PositionMovedError if the books are not at `expected`.
 */
export async function lockPosition(
  { transaction, ledger }: BooksWriter,
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
 * Adds blocks. A block without entries is kept only while it is the newest.
 * @returns The new position.
 */
export async function addBlocks(
  writer: BooksWriter,
  from: Position,
  blocks: readonly PositionedBlock[],
): Promise<Position> {
  const { transaction, ledger } = writer;
  const last = blocks.at(-1);
  if (!last) return from;
  await sql`
    delete from blocks where ledger = ${ledger} and number = ${from.number} and entry_count = coalesce((
      select entry_count from blocks where ledger = ${ledger} and number < ${from.number} order by number desc limit 1
    ), 0)`.execute(transaction);
  await writer.insert('blocks', blockColumns, blocks);
  const { number, hash, head, entryCount } = last;
  return { number, hash, head, entryCount };
}

/** Writes the cursor; the final block never goes back. */
export async function setCursor(
  { transaction, ledger }: BooksWriter,
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
