import {
  amountOf,
  type BuyerClass,
  creditedBy,
  decodeLines,
  decodeSales,
  recordsAfter,
  type SaleRef,
} from '@plumbline/protocol';
import { type Selectable, sql } from 'kysely';
import type { Address, Hex } from 'viem';
import type { BooksTables } from '../../../schema/books-tables.ts';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';

/** A batch as it was recorded. */
export interface Batch {
  /** Its recorder's number and its place among that recorder's batches; protocol's ids.ts takes it apart. */
  batch: number;
  /** Plan version. */
  plan: number;
  recorder: Address;
  /** Unix seconds. */
  recordedAt: number;
  reservedUnits: bigint;
  manifestRoot: Hex;
  /** The packed sales as they were recorded; `findPresentRecords` gives what the reversals have left of them. */
  records: Hex;
  /** Number of sales, and how many of them are settled, from index 0. */
  count: number;
  settled: number;
  blockNumber: number;
  transactionHash: Hex;
}

/** A reversal of part of a sale. */
export interface Reversal {
  index: number;
  priceCents: bigint;
  volumeCents: bigint;
  blockNumber: number;
  transactionHash: Hex;
}

/** A refund of a settled sale, in whole or in part, at the company's cost. */
export interface LateRefund {
  priceCents: bigint;
  evidence: Hex;
  blockNumber: number;
  transactionHash: Hex;
}

/** A credit of a settled sale; level 0 is the seller. */
export interface SaleCredit {
  level: number;
  /** Distributor id. */
  id: number;
  bps: number;
  units: bigint;
}

/** A sale with everything that happened to it. */
export interface Sale extends SaleRef {
  /** Distributor id. */
  seller: number;
  class: BuyerClass;
  priceCents: bigint;
  volumeCents: bigint;
  /** Sums of the reversals. */
  reversedPriceCents: bigint;
  reversedVolumeCents: bigint;
  /** Plan version. */
  plan: number;
  /** Unix seconds: when it was recorded, and from when it can be settled. */
  recordedAt: number;
  settlesAt: number;
  /** Of the recording. */
  transactionHash: Hex;
  blockNumber: number;
  reversals: Reversal[];
  lateRefunds: LateRefund[];
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
  const recorded = await findBatch(database, ledger, batch);
  const record = recorded && decodeSales(recorded.records)[index];
  if (!record) return undefined;
  const { plan, recordedAt, transactionHash, blockNumber } = recorded;
  const reversals = (await listReversals(database, ledger, batch)).filter((each) => each.index === index);
  const terms = await database
    .selectFrom('ledgers')
    .select('return_window')
    .where('ledger', '=', keyOf(ledger))
    .executeTakeFirst();
  return {
    batch,
    index,
    ...record,
    reversedPriceCents: reversals.reduce((sum, { priceCents }) => sum + priceCents, 0n),
    reversedVolumeCents: reversals.reduce((sum, { volumeCents }) => sum + volumeCents, 0n),
    plan,
    recordedAt,
    settlesAt: recordedAt + (terms?.return_window ?? 0),
    transactionHash,
    blockNumber,
    reversals,
    lateRefunds: await listLateRefunds(database, ledger, { batch, index }),
    settlement: index < recorded.settled ? await findSettlement(database, ledger, { batch, index }) : null,
  };
}

/** The settlement of the settled sale that `ref` names. */
async function findSettlement(
  database: Database,
  ledger: string,
  { batch, index }: SaleRef,
): Promise<Sale['settlement']> {
  const row = await database
    .selectFrom('settlements')
    .select(['first', 'block_number', 'lines'])
    .where('ledger', '=', keyOf(ledger))
    .where('batch', '=', batch)
    .where('first', '<=', index)
    .orderBy('first', 'desc')
    .limit(1)
    .executeTakeFirst();
  const line = row && decodeLines(row.lines)[index - row.first];
  if (!line) return null;
  return {
    blockNumber: Number(row.block_number),
    countedCents: line.volumeCents,
    creditedUnits: creditedBy(line),
    // Levels without a rate credit nothing.
    credits: line.credits.flatMap((credit, level) => {
      const units = amountOf(line, credit);
      return units === 0n ? [] : [{ level, ...credit, units }];
    }),
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
    .where('ledger', '=', keyOf(ledger))
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
    .where('batches.ledger', '=', keyOf(ledger))
    .whereRef('settled', '<', 'count')
    .where(sql<boolean>`recorded_at + return_window <= ${now}`)
    .orderBy('recorded_at')
    .orderBy('batch')
    .limit(limit)
    .execute();
  return rows.map(batchOf);
}

/** The reversals of a batch in journal order. */
export async function listReversals(database: Database, ledger: string, batch: number): Promise<Reversal[]> {
  const rows = await database
    .selectFrom('reversals')
    .selectAll()
    .where('ledger', '=', keyOf(ledger))
    .where('batch', '=', batch)
    .orderBy('entry')
    .execute();
  return rows.map((row) => ({
    index: row.batch_index,
    priceCents: row.price_cents,
    volumeCents: row.volume_cents,
    blockNumber: Number(row.block_number),
    transactionHash: row.transaction_hash,
  }));
}

/**
 * A batch's packed sales as its reversals have left them, which `settle` and `reverse` take; undefined for an unknown
 * batch.
 */
export async function findPresentRecords(
  database: Database,
  ledger: string,
  batch: number,
): Promise<Hex | undefined> {
  const recorded = await findBatch(database, ledger, batch);
  if (!recorded) return undefined;
  return recordsAfter(recorded.records, await listReversals(database, ledger, batch));
}

/** The refunds of a settled sale, in journal order. */
async function listLateRefunds(
  database: Database,
  ledger: string,
  { batch, index }: SaleRef,
): Promise<LateRefund[]> {
  const rows = await database
    .selectFrom('late_refunds')
    .selectAll()
    .where('ledger', '=', keyOf(ledger))
    .where('batch', '=', batch)
    .where('batch_index', '=', index)
    .orderBy('entry')
    .execute();
  return rows.map((row) => ({
    priceCents: row.price_cents,
    evidence: row.evidence as Hex,
    blockNumber: Number(row.block_number),
    transactionHash: row.transaction_hash,
  }));
}

type BatchRow = Omit<Selectable<BooksTables['batches']>, 'ledger'>;

function batchOf(row: BatchRow): Batch {
  return {
    batch: row.batch,
    plan: row.plan,
    recorder: row.recorder as Address,
    recordedAt: Number(row.recorded_at),
    reservedUnits: row.reserved_units,
    manifestRoot: row.manifest_root,
    records: row.records,
    count: row.count,
    settled: row.settled,
    blockNumber: Number(row.block_number),
    transactionHash: row.transaction_hash,
  };
}
