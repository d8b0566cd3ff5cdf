import { amountOf, decodeLines, decodeSales, type SaleRef } from '@plumbline/protocol';
import { sql } from 'kysely';
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
  const match = parseCursor(cursor, /^([0-9]{1,9})-([0-9]{1,5})$/);
  const before = match ? { batch: Number(match[1]), index: Number(match[2]) } : undefined;
  const key = keyOf(ledger);
  const lanes = await listLanes(database, key, id);
  const credits: DistributorCredit[] = [];
  for await (const batches of creditingBatches(database, key, lanes, limit, before?.batch)) {
    credits.push(...(await readCredits(database, key, lanes, batches, before)));
    if (credits.length > limit) break;
  }
  return pageOf(credits, limit, (last) => `${last.batch}-${last.index}`);
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

/** The batches that credited a distributor, newest first, a few at a time. */
async function* creditingBatches(
  database: Database,
  ledger: bigint,
  lanes: readonly number[],
  limit: number,
  last = 2 ** 31 - 1,
): AsyncGenerator<number[]> {
  let chunk = chunkOf(last);
  // The newest row is usually enough. If it is not, rows hold few batches or only sales, so more of them are read.
  for (let count = 1; ; count = Math.min(4 * count, limit + 1)) {
    const { rows } = await sql<{ chunk: number; marks: number[] }>`
      select chunk, marks from distributor_batches
      where ledger = ${ledger} and id = any(${[...lanes]}::int4[]) and chunk <= ${chunk}
      order by chunk desc fetch first (${count}) rows with ties`.execute(database);
    const batches = new Set(rows.flatMap((row) => markedBatches('credited', row.chunk, row.marks)));
    const asked = [...batches].filter((batch) => batch <= last).sort((a, b) => b - a);
    for (let from = 0; from < asked.length; from += limit + 1) yield asked.slice(from, from + limit + 1);
    const oldest = rows.at(-1);
    if (!oldest || rows.length < count) return;
    chunk = oldest.chunk - 1;
  }
}

/** What `batches` credited one distributor, newest sale first. */
async function readCredits(
  database: Database,
  ledger: bigint,
  lanes: readonly number[],
  batches: readonly number[],
  before: SaleRef | undefined,
): Promise<DistributorCredit[]> {
  const { rows } = await sql<{ batch: number; first: number; lines: Hex; block: bigint; records: Hex }>`
    select settlements.batch, first, lines, settlements.block_number as block, records from settlements
    join batches using (ledger, batch)
    where ledger = ${ledger} and settlements.batch = any(${[...batches]}::int4[])
    order by settlements.batch desc, first desc`.execute(database);
  return rows.flatMap(({ batch, first, lines, block, records }) => {
    const sales = decodeSales(records);
    const found: DistributorCredit[] = [];
    decodeLines(lines).forEach((line, i) => {
      const index = first + i;
      const level = line.credits.findIndex((credit) => lanes.includes(credit.id));
      const credit = line.credits[level];
      const isAsked = !before || batch < before.batch || index < before.index;
      if (!credit || !isAsked || amountOf(line, credit) === 0n) return;
      const seller = sales[index]?.seller ?? line.seller;
      const units = amountOf(line, credit);
      found.push({ batch, index, level, bps: credit.bps, units, seller, settledBlock: Number(block) });
    });
    return found.reverse();
  });
}
