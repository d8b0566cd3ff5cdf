import {
  batchNumber,
  countedVolume,
  decodeSales,
  type Plan,
  recorderOfBatch,
  type SaleRef,
} from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Hex } from 'viem';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';
import { chunkOf, firstMark, markedBatches } from '../../batch-marks.ts';
import { inTeam } from '../../tree/conditions.ts';
import type { TreePlace } from '../../tree/path.ts';

/** An unsettled sale. */
export interface Unsettled extends SaleRef {
  /** Distributor id as it was recorded. */
  seller: number;
  /** How far below the first distributor the seller stands; 0 for their own sales, null if not in their team. */
  level: number | null;
  /** Version. */
  plan: number;
  /** `countedVolume` of what is left of it; above 0. */
  countedCents: bigint;
  /** Unix seconds. */
  recordedAt: number;
}

/**
 * The unsettled sales of distributors and their downlines, read from the open batches that hold some.
 * @param reach Levels below each of them.
 * @param plans By version.
 */
export async function listUnsettled(
  database: Database,
  ledger: string,
  [distributor, ...others]: readonly TreePlace[],
  reach: number,
  plans: ReadonlyMap<number, Plan>,
): Promise<Unsettled[]> {
  const key = keyOf(ledger);
  const firsts = await listFirstOpen(database, key);
  if (!distributor || firsts.length === 0) return [];
  const team = await findSellers(database, key, distributor, reach, firsts);
  const levels = new Map<number, number | null>(team.levels);
  const batches = new Set(team.batches);
  for (const other of others) {
    const sellers = await findSellers(database, key, other, reach, firsts);
    for (const id of sellers.levels.keys()) if (!levels.has(id)) levels.set(id, null);
    for (const batch of sellers.batches) batches.add(batch);
  }
  const open = await listOpen(database, key, [...batches]);
  const sales = open.flatMap((batch) => pick(batch, levels));
  const reversed = await listReversed(database, key, sales);
  return sales.flatMap(({ batch, index, seller, level, plan, recordedAt, ...sale }) => {
    const terms = plans.get(plan);
    if (!terms) return [];
    const left = sale.volumeCents - (reversed.get(`${batch}-${index}`) ?? 0n);
    const countedCents = countedVolume(terms, sale.class, left);
    return countedCents > 0n ? [{ batch, index, seller, level, plan, countedCents, recordedAt }] : [];
  });
}

interface Sellers {
  /** By the ids under which they sell. */
  levels: Map<number, number>;
  /** Those that hold some of their sales, settled or not, from the first open one on. */
  batches: number[];
}

/** The first open batch of each recorder. */
async function listFirstOpen(database: Database, ledger: bigint): Promise<number[]> {
  const { rows } = await sql<{ first: number }>`
    select min(batch) as first from batches where ledger = ${ledger} and settled < count
    group by batch >> 24`.execute(database);
  return rows.map(({ first }) => first);
}

/** Who of a distributor's team, the distributor among them, sold since the first open batch of the recorder. */
async function findSellers(
  database: Database,
  ledger: bigint,
  { depth, path }: TreePlace,
  reach: number,
  firsts: readonly number[],
): Promise<Sellers> {
  const chunks = firsts.map(chunkOf);
  const ends = firsts.map((first) => chunkOf(batchNumber(recorderOfBatch(first) + 1, 0)));
  const marks = firsts.map(firstMark);
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
      case when chunk = first then marks[width_bucket((mark - 1)::int2, marks) + 1:] else marks end as marks
    from lanes
    cross join unnest(${chunks}::int4[], ${ends}::int4[], ${marks}::int4[]) as open (first, behind, mark)
    join distributor_batches on distributor_batches.ledger = ${ledger} and distributor_batches.id = lanes.id
      and chunk >= first and chunk < behind`.execute(database);
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
function pick({ records, settled, ...place }: OpenBatch, levels: ReadonlyMap<number, number | null>) {
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
