import { GENESIS_HEAD, type LedgerTerms, PlumblineError } from '@plumbline/protocol';
import type { Address, Hex } from 'viem';
import { type Database, toBytes } from '../schema/database.ts';
import { keyOf } from '../schema/ledger-key.ts';
import { firstPosition } from './position.ts';

/** A ledger that the books follow. */
export interface LedgerRow {
  /** Lower-case address. */
  ledger: Address;
  chainId: number;
  terms: LedgerTerms;
  /** The first block that can hold an entry. */
  startBlock: number;
}

/** The progress of a ledger's books. */
export interface BooksStatus {
  /** The last block in the books; one below the ledger's first until something is read. */
  blockNumber: number;
  /** Null until something is read. */
  blockHash: Hex | null;
  /** Unix seconds; null until something is read. */
  blockTime: number | null;
  /** The journal's head and length after that block. */
  head: Hex;
  entryCount: number;
  /** The chain's newest block when the books were last written, and how many blocks were left to read. */
  tipNumber: number;
  lagBlocks: number;
  /** The newest block that was final at that time, or null. Entries above it may still be reorganised. */
  finalNumber: number | null;
}

/** The ledger at `address`, if the books follow it. */
export async function findLedger(database: Database, address: string): Promise<LedgerRow | undefined> {
  const row = await database
    .selectFrom('ledgers')
    .selectAll()
    .where('ledger', '=', keyOf(address))
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    ledger: row.address as Address,
    chainId: Number(row.chain_id),
    startBlock: Number(row.start_block),
    terms: {
      token: row.token as Address,
      unit: row.unit,
      returnWindow: row.return_window,
      planNotice: row.plan_notice,
      capPeriod: row.cap_period,
      compact: row.compact,
      delay: row.delay,
    },
  };
}

/** The addresses of all ledgers that the books follow. */
export async function listLedgers(database: Database): Promise<Address[]> {
  const rows = await database.selectFrom('ledgers').select('address').orderBy('address').execute();
  return rows.map(({ address }) => address as Address);
}

/**
 * Adds a ledger to the books, with the cursor before its first block. Books that already have entries stay as they are;
 * empty ones start again with the new terms.
 * @throws PlumblineError `ledger-key-taken` if another ledger has the same key.
 */
export async function saveLedger(database: Database, row: LedgerRow): Promise<void> {
  const { terms } = row;
  const { number: before } = firstPosition(row.startBlock);
  const ledger = keyOf(row.ledger);
  const values = {
    address: row.ledger,
    chain_id: row.chainId,
    token: terms.token.toLowerCase(),
    unit: terms.unit,
    return_window: terms.returnWindow,
    plan_notice: terms.planNotice,
    cap_period: terms.capPeriod,
    compact: terms.compact,
    delay: terms.delay,
    start_block: row.startBlock,
  };
  const cursor = {
    block_number: before,
    block_hash: null,
    head: toBytes(GENESIS_HEAD),
    entry_count: 0,
    tip_number: before,
    final_number: -1,
  };
  await database.transaction().execute(async (transaction) => {
    await refuseSameKey(transaction, ledger, row.ledger);
    const inserted = await transaction
      .insertInto('cursors')
      .values({ ledger, ...cursor })
      .onConflict((conflict) =>
        conflict.column('ledger').doUpdateSet(cursor).where('cursors.entry_count', '=', 0n),
      )
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows === 0n) return;
    await transaction.deleteFrom('blocks').where('ledger', '=', ledger).execute();
    // The totals of a ledger without entries are zero already.
    await transaction
      .insertInto('totals')
      .values({ ledger })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await transaction
      .insertInto('ledgers')
      .values({ ledger, ...values })
      .onConflict((conflict) => conflict.column('ledger').doUpdateSet(values))
      .execute();
  });
}

/** Two addresses with the same key take about 2^63 attempts to find. If they exist, the second one is refused. */
async function refuseSameKey(transaction: Database, ledger: bigint, address: string): Promise<void> {
  const known = await transaction
    .selectFrom('ledgers')
    .select('address')
    .where('ledger', '=', ledger)
    .executeTakeFirst();
  if (known && known.address !== address) {
    throw new PlumblineError(
      'ledger-key-taken',
      `ledger ${address} has the same key as ledger ${known.address} and cannot be in the same database`,
    );
  }
}

/** The progress of a ledger's books; undefined for a ledger that they do not follow. */
export async function findStatus(database: Database, ledger: string): Promise<BooksStatus | undefined> {
  const row = await database
    .selectFrom('cursors')
    .leftJoin('blocks', (join) =>
      join.onRef('blocks.ledger', '=', 'cursors.ledger').onRef('blocks.number', '=', 'cursors.block_number'),
    )
    .selectAll('cursors')
    .select('blocks.timestamp')
    .where('cursors.ledger', '=', keyOf(ledger))
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    blockNumber: Number(row.block_number),
    blockHash: row.block_hash as Hex | null,
    blockTime: row.timestamp === null ? null : Number(row.timestamp),
    head: row.head as Hex,
    entryCount: Number(row.entry_count),
    tipNumber: Number(row.tip_number),
    lagBlocks: Math.max(0, Number(row.tip_number - row.block_number)),
    finalNumber: row.final_number < 0n ? null : Number(row.final_number),
  };
}
