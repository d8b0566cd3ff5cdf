import { countedVolume, decodeSales, type Plan, type SaleRef } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Hex } from 'viem';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';
import { chunkOf, firstMark, markedBatches } from '../../batch-marks.ts';
import { inTeam } from '../../tree/conditions.ts';
import type { TreePlace } from '../../tree/path.ts';

/** An unsettled sale. */
export interface Unsettled {
  /** Distributor id as it was recorded. */
  seller: number;
  /** How far below the distributor the seller stands; 0 for the distributor's own sales. */
  level: number;
  /** Version. */
  plan: number;
  /** `countedVolume` of what is left of it; above 0. */
  countedCents: bigint;
  /** Unix seconds. */
  recordedAt: number;
}

/**
 * The unsettled sales of a distributor and its downline, read from the open batches that hold some.
 * @param reach Levels below the distributor.
 * @param plans By version.
 */
export async function listUnsettled(
  database: Database,
  ledger: string,
  distributor: TreePlace,
  reach: number,
  plans: ReadonlyMap<number, Plan>,
): Promise<Unsettled[]> {
  const key = keyOf(ledger);
  const { levels, batches } = await findSellers(database, key, distributor, reach);
  if (batches.length === 0) return [];
  const open = await listOpen(database, key, batches);
  const sales = open.flatMap((batch) => pick(batch, levels));
  const reversed = await listReversed(database, key, sales);
  return sales.flatMap(({ batch, index, seller, level, plan, recordedAt, ...sale }) => {
    const terms = plans.get(plan);
    if (!terms) return [];
    const left = sale.volumeCents - (reversed.get(`${batch}-${index}`) ?? 0n);
    const countedCents = countedVolume(terms, sale.class, left);
    return countedCents > 0n ? [{ seller, level, plan, countedCents, recordedAt }] : [];
  });
}

interface Sellers {
  /** By the ids under which they sell. */
  levels: Map<number, number>;
  /** Those that hold some of their sales, settled or not, from the first open one on. */
  batches: number[];
}

/** Who of a distributor's team, the distributor among them, sold since the first open batch. */
async function findSellers(
  database: Database,
  ledger: bigint,
  { depth, path }: TreePlace,
  reach: number,
): Promise<Sellers> {
  const { rows: firsts } = await sql<{ first: number | null }>`
    select min(batch) as first from batches where ledger = ${ledger} and settled < count`.execute(database);
  const first = firsts[0]?.first ?? null;
  if (first === null) return { levels: new Map(), batches: [] };
  const chunk = chunkOf(first);
  const { rows } = await sql<{ id: number; level: number; chunk: number; marks: number[] }>`
    with team as materialized (
      select distributors.id, level from generate_series(0, ${reach}::int) level cross join lateral (
        select id from distributors
        where ledger = ${ledger} and moved_to is null and depth = ${depth} + level and ${inTeam(path)}
      ) distributors
    ), lanes as (
      select id, level from team
      union all
      select distributors.id, level from distributors join team on team.id = distributors.moved_to
      where distributors.ledger = ${ledger} and distributors.moved_to is not null
    )
    select lanes.id, level, chunk,
      -- The first row may hold a thousand batches that are settled long since.
      case when chunk = ${chunk} then marks[width_bucket(${firstMark(first) - 1}::int2, marks) + 1:] else marks end
        as marks
    from lanes join distributor_batches on distributor_batches.ledger = ${ledger} and distributor_batches.id = lanes.id
      and chunk >= ${chunk}`.execute(database);
  const batches = new Set(rows.flatMap((row) => markedBatches('sold', row.chunk, row.marks)));
  return { levels: new Map(rows.map(({ id, level }) => [id, level])), batches: [...batches] };
}

interface OpenBatch {
  batch: number;
  plan: number;
  settled: number;
  recordedAt: number;
  records: Hex;
}

/** Those of `batches` that are not wholly settled. */
async function listOpen(
  database: Database,
  ledger: bigint,
  batches: readonly number[],
): Promise<OpenBatch[]> {
  const { rows } = await sql<OpenBatch>`
    select batch, plan, settled, recorded_at::float8 as "recordedAt", records from batches
    where ledger = ${ledger} and batch = any(${[...batches]}::int4[]) and settled < count`.execute(database);
  return rows;
}

/** Volume taken back of `sales`, by sale. */
async function listReversed(
  database: Database,
  ledger: bigint,
  sales: readonly SaleRef[],
): Promise<Map<string, bigint>> {
  const { rows } = await sql<{ sale: string; cents: bigint }>`
    select batch || '-' || batch_index as sale, sum(volume_cents)::int8 as cents
    from unnest(${sales.map(({ batch }) => batch)}::int4[], ${sales.map(({ index }) => index)}::int4[])
      as sale (batch, batch_index)
    join reversals using (batch, batch_index)
    where ledger = ${ledger} group by batch, batch_index`.execute(database);
  return new Map(rows.map(({ sale, cents }) => [sale, cents]));
}

/** Bytes of a packed sale, and the bits of its seller in the first four. */
const SALE = 12;
const SELLER = 0x3ff_ffff;

/** The unsettled sales of a batch whose sellers have a level; only these are decoded. */
function pick({ records, settled, ...place }: OpenBatch, levels: ReadonlyMap<number, number>) {
  const bytes = Buffer.from(records.slice(2), 'hex');
  const picked = [];
  for (let index = settled; index * SALE < bytes.length; index++) {
    const level = levels.get(bytes.readUInt32BE(index * SALE) & SELLER);
    if (level === undefined) continue;
    const [sale] = decodeSales(`0x${records.slice(2 + 2 * SALE * index, 2 + 2 * SALE * (index + 1))}`);
    if (sale) picked.push({ ...place, ...sale, index, level });
  }
  return picked;
}
