import {
  amountOf,
  batchNumber,
  decodeLines,
  decodeSales,
  MalformedError,
  recorderOfBatch,
  type SaleRef,
} from '@plumbline/protocol';
import { type RawBuilder, sql } from 'kysely';
import type { Hex } from 'viem';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';
import { chunkOf, markedBatches } from '../../batch-marks.ts';
import { type Page, type PageRequest, pageOf, parseCursor } from '../page.ts';

/** What a distributor was credited for one sale at one level. */
export interface DistributorCredit extends SaleRef {
  /** 0 for an own sale. */
  level: number;
  bps: number;
  units: bigint;
  /** Distributor id. */
  seller: number;
  /** Block of the settlement. */
  settledBlock: number;
}

/**
 * A distributor's credits, newest sale first, also those under a former id.
 * @throws MalformedError if the cursor is not one of ours.
 */
export async function listCredits(
  database: Database,
  ledger: string,
  id: number,
  { limit, cursor }: PageRequest,
): Promise<Page<DistributorCredit>> {
  const match = parseCursor(cursor, /^([0-9]{1,10})-([0-9]{1,5})$/);
  const key = keyOf(ledger);
  const before = match && (await getPlace(database, key, Number(match[1]), Number(match[2])));
  const lanes = await listLanes(database, key, id);
  const batches = await listCrediting(database, key, lanes, limit, before);
  const credits = await readCredits(database, key, lanes, batches, before);
  return pageOf(credits, limit, (last) => `${last.batch}-${last.index}`);
}

/** The last sale of the page before. */
interface LastSale extends SaleRef {
  /** Unix seconds. */
  recordedAt: bigint;
}

/** @throws MalformedError if there is no such batch. */
async function getPlace(database: Database, ledger: bigint, batch: number, index: number): Promise<LastSale> {
  const { rows } = await sql<{ recordedAt: bigint }>`
    select recorded_at as "recordedAt" from batches
    where ledger = ${ledger} and batch::int8 = ${batch}`.execute(database);
  const [row] = rows;
  if (!row) throw new MalformedError('cursor', 'must be the nextCursor of the page before');
  return { batch, index, ...row };
}

/** The present and former ids of a distributor. */
async function listLanes(database: Database, ledger: bigint, id: number): Promise<number[]> {
  const rows = await database
    .selectFrom('distributors')
    .select('id')
    .where('ledger', '=', ledger)
    .where((where) => where.or([where('id', '=', id), where('moved_to', '=', id)]))
    .execute();
  return rows.map((row) => row.id);
}

/**
 * The newest batches that credited a distributor, newest first: at least as many as it takes for a page and one credit
 * more.
 */
async function listCrediting(
  database: Database,
  ledger: bigint,
  lanes: readonly number[],
  limit: number,
  before: LastSale | undefined,
): Promise<number[]> {
  // Each batch has a credit, but the one in which the page before ended may have none that is left.
  const wanted = limit + 2;
  const batches: number[] = [];
  for (const last of await listLasts(database, ledger, before)) {
    batches.push(...(await listOfRecorder(database, ledger, lanes, last, wanted)));
  }
  const { rows } = await sql<{ batch: number }>`
    select batch from batches where ledger = ${ledger} and batch = any(${batches}::int4[])
    order by recorded_at desc, batch desc limit ${wanted}`.execute(database);
  return rows.map(({ batch }) => batch);
}

/** The last batch of each recorder, not later than `before`. */
async function listLasts(
  database: Database,
  ledger: bigint,
  before: LastSale | undefined,
): Promise<number[]> {
  const isAsked = before
    ? sql`(recorded_at, batch) <= (${before.recordedAt}::int8, ${before.batch}::int4)`
    : sql`true`;
  const lastBelow = (end: RawBuilder<unknown>) => sql`
    (select max(batch) from batches where ledger = ${ledger} and batch < ${end})`;
  // From one recorder's last batch to the one before, through the primary key.
  const { rows } = await sql<{ batch: number }>`
    with recursive lasts (last) as (
      select ${lastBelow(sql`2147483647`)}
      union all select ${lastBelow(sql`(lasts.last >> 24) << 24`)} from lasts where lasts.last is not null
    )
    select asked.batch from lasts cross join lateral (
      select batch from batches
      where ledger = ${ledger} and batch >= (last >> 24) << 24 and batch <= last and ${isAsked}
      order by recorded_at desc, batch desc limit 1
    ) asked`.execute(database);
  return rows.map(({ batch }) => batch);
}

/** At most `wanted` batches that credited a distributor, of the recorder of `last` and up to it, newest first. */
async function listOfRecorder(
  database: Database,
  ledger: bigint,
  lanes: readonly number[],
  last: number,
  wanted: number,
): Promise<number[]> {
  const batches = new Set<number>();
  const first = chunkOf(batchNumber(recorderOfBatch(last), 0));
  let chunk = chunkOf(last);
  // The newest row is usually enough. If it is not, rows hold few batches or only sales, so more of them are read.
  for (let count = 1; batches.size < wanted; count = Math.min(4 * count, wanted)) {
    const { rows } = await sql<{ chunk: number; marks: number[] }>`
      select chunk, marks from distributor_batches
      where ledger = ${ledger} and id = any(${[...lanes]}::int4[]) and chunk between ${first} and ${chunk}
      order by chunk desc fetch first (${count}) rows with ties`.execute(database);
    const marked = rows.flatMap((row) => markedBatches('credited', row.chunk, row.marks));
    for (const batch of marked.sort((a, b) => b - a)) if (batch <= last) batches.add(batch);
    const oldest = rows.at(-1);
    if (!oldest || rows.length < count) break;
    chunk = oldest.chunk - 1;
  }
  return [...batches].slice(0, wanted);
}

/** What `batches` credited one distributor, newest sale first. */
async function readCredits(
  database: Database,
  ledger: bigint,
  lanes: readonly number[],
  batches: readonly number[],
  before: LastSale | undefined,
): Promise<DistributorCredit[]> {
  const { rows } = await sql<{ batch: number; first: number; lines: Hex; block: bigint; records: Hex }>`
    select settlements.batch, first, lines, settlements.block_number as block, records from settlements
    join batches using (ledger, batch)
    where ledger = ${ledger} and settlements.batch = any(${[...batches]}::int4[])
    order by recorded_at desc, settlements.batch desc, first desc`.execute(database);
  return rows.flatMap(({ batch, first, lines, block, records }) => {
    const sales = decodeSales(records);
    const found: DistributorCredit[] = [];
    decodeLines(lines).forEach((line, i) => {
      const index = first + i;
      const level = line.credits.findIndex((credit) => lanes.includes(credit.id));
      const credit = line.credits[level];
      const isAsked = batch !== before?.batch || index < before.index;
      if (!credit || !isAsked || amountOf(line, credit) === 0n) return;
      const seller = sales[index]?.seller ?? line.seller;
      const units = amountOf(line, credit);
      found.push({ batch, index, level, bps: credit.bps, units, seller, settledBlock: Number(block) });
    });
    return found.reverse();
  });
}
