import { BUYER_CLASSES, type BuyerClass, type SaleRef } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Address, Hex } from 'viem';
import type { Database } from '../database.ts';

/** A batch as it was recorded. */
export interface Batch {
  batch: number;
  /** Plan version. */
  plan: number;
  recorder: Address;
  /** Unix seconds. */
  recordedAt: number;
  reservedUnits: bigint;
  manifestRoot: Hex;
  /** The packed records, as `settle` and `reverse` want them. */
  records: Hex;
  /** Number of sales, and how many of them are settled, from index 0. */
  count: number;
  settled: number;
  blockNumber: number;
  transactionHash: Hex;
}

/** Part of a sale taken back. */
export interface Reversal {
  index: number;
  priceCents: bigint;
  volumeCents: bigint;
  blockNumber: number;
  transactionHash: Hex;
}

/** What a settled sale credited at one level; level 0 is the seller. */
export interface SaleCredit {
  level: number;
  /** Person id. */
  id: number;
  bps: number;
  units: bigint;
}

/** A sale with everything that happened to it. */
export interface Sale extends SaleRef {
  /** Person id. */
  seller: number;
  class: BuyerClass;
  priceCents: bigint;
  volumeCents: bigint;
  /** Sums of the reversals. */
  reversedPriceCents: bigint;
  reversedVolumeCents: bigint;
  /** Plan version. */
  plan: number;
  /** Unix seconds: when it was recorded, and from when on it can be settled. */
  recordedAt: number;
  settlesAt: number;
  /** Of the recording. */
  transactionHash: Hex;
  blockNumber: number;
  reversals: Reversal[];
  /** Null until it is settled. */
  settlement: {
    blockNumber: number;
    /** Volume after weight and reversals. */
    countedCents: bigint;
    creditedUnits: bigint;
    /** Levels that were paid something, from the seller up. */
    credits: SaleCredit[];
  } | null;
}

const batchColumns = [
  'batches.batch',
  'batches.plan',
  'batches.recorder',
  'batches.recorded_at',
  'batches.reserved_units',
  'batches.manifest_root',
  'batches.records',
  'batches.count',
  'batches.settled',
  'batches.block_number',
  'batches.transaction_hash',
] as const;

/** The sale that `ref` names, with its reversals and credits. */
export async function findSale(
  database: Database,
  ledger: string,
  { batch, index }: SaleRef,
): Promise<Sale | undefined> {
  const row = await database
    .selectFrom('sales')
    .innerJoin('batches', (join) =>
      join.onRef('batches.ledger', '=', 'sales.ledger').onRef('batches.batch', '=', 'sales.batch'),
    )
    .innerJoin('ledgers', 'ledgers.ledger', 'sales.ledger')
    .selectAll('sales')
    .select(['batches.plan', 'batches.recorded_at', 'batches.transaction_hash', 'ledgers.return_window'])
    .where('sales.ledger', '=', ledger)
    .where('sales.batch', '=', batch)
    .where('sales.batch_index', '=', index)
    .executeTakeFirst();
  if (!row) return undefined;
  const reversals = (await listReversals(database, ledger, batch)).filter((each) => each.index === index);
  const credits = await database
    .selectFrom('credits')
    .select(['level', 'payee as id', 'bps', 'units'])
    .where('ledger', '=', ledger)
    .where('batch', '=', batch)
    .where('batch_index', '=', index)
    .orderBy('level')
    .execute();
  const recordedAt = Number(row.recorded_at);
  return {
    batch,
    index,
    seller: row.seller,
    class: BUYER_CLASSES[row.class] ?? 'retail',
    priceCents: row.price_cents,
    volumeCents: row.volume_cents,
    reversedPriceCents: row.reversed_price_cents,
    reversedVolumeCents: row.reversed_volume_cents,
    plan: row.plan,
    recordedAt,
    settlesAt: recordedAt + row.return_window,
    transactionHash: row.transaction_hash as Hex,
    blockNumber: Number(row.block_number),
    reversals,
    settlement:
      row.settled_block === null
        ? null
        : {
            blockNumber: Number(row.settled_block),
            countedCents: row.counted_cents ?? 0n,
            creditedUnits: row.credited_units ?? 0n,
            credits,
          },
  };
}

/** The batch with number `batch`. */
export async function findBatch(
  database: Database,
  ledger: string,
  batch: number,
): Promise<Batch | undefined> {
  const row = await database
    .selectFrom('batches')
    .select(batchColumns)
    .where('ledger', '=', ledger)
    .where('batch', '=', batch)
    .executeTakeFirst();
  return row && batchOf(row);
}

/** Batches with sales still to be settled whose return window has ended by `now` (unix seconds), oldest first. */
export async function listDueBatches(
  database: Database,
  ledger: string,
  now: number,
  limit: number,
): Promise<Batch[]> {
  const rows = await database
    .selectFrom('batches')
    .innerJoin('ledgers', 'ledgers.ledger', 'batches.ledger')
    .select(batchColumns)
    .where('batches.ledger', '=', ledger)
    .whereRef('settled', '<', 'count')
    .where(sql<boolean>`recorded_at + return_window <= ${now}`)
    .orderBy('batch')
    .limit(limit)
    .execute();
  return rows.map(batchOf);
}

/** The reversals of a batch in the order they were made, which is the order `settle` and `reverse` want them in. */
export async function listReversals(database: Database, ledger: string, batch: number): Promise<Reversal[]> {
  const rows = await database
    .selectFrom('reversals')
    .selectAll()
    .where('ledger', '=', ledger)
    .where('batch', '=', batch)
    .orderBy('entry')
    .execute();
  return rows.map((row) => ({
    index: row.batch_index,
    priceCents: row.price_cents,
    volumeCents: row.volume_cents,
    blockNumber: Number(row.block_number),
    transactionHash: row.transaction_hash as Hex,
  }));
}

interface BatchRow {
  batch: number;
  plan: number;
  recorder: string;
  recorded_at: bigint;
  reserved_units: bigint;
  manifest_root: string;
  records: string;
  count: number;
  settled: number;
  block_number: bigint;
  transaction_hash: string;
}

function batchOf(row: BatchRow): Batch {
  return {
    batch: row.batch,
    plan: row.plan,
    recorder: row.recorder as Address,
    recordedAt: Number(row.recorded_at),
    reservedUnits: row.reserved_units,
    manifestRoot: row.manifest_root as Hex,
    records: row.records as Hex,
    count: row.count,
    settled: row.settled,
    blockNumber: Number(row.block_number),
    transactionHash: row.transaction_hash as Hex,
  };
}
