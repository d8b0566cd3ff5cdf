import { type Selection, sql } from 'kysely';
import type { Hex } from 'viem';
import type { Database, Tables } from '../schema/database.ts';
import type { TransactionState } from '../schema/intake-tables.ts';
import { keyOf } from '../schema/ledger-key.ts';

/** A request to take back part of a sale, and what became of it. */
export type ReversalRow = Selection<Tables, 'reversal_requests', (typeof reversalColumns)[number]>;

const reversalColumns = [
  'reversal_requests.reversal_id as reversalId',
  'reversal_requests.external_id as externalId',
  'reversal_requests.price_cents as priceCents',
  'reversal_requests.volume_cents as volumeCents',
  'reversal_requests.reason',
  'reversal_requests.body_hash as bodyHash',
  'reversal_requests.state',
  'reversal_requests.refusal',
  'reversal_requests.transaction_id as transactionId',
  'reversal_requests.accepted_at as acceptedAt',
] as const;

/** A request to take back part of a sale. */
export interface NewReversal {
  reversalId: string;
  externalId: string;
  priceCents: bigint;
  volumeCents: bigint;
  reason: string | null;
  bodyHash: string;
}

/** What decides whether a return window is open. */
export interface WindowTerms {
  /** Seconds. */
  returnWindow: number;
  /** Time of the newest block, unix seconds. */
  chainTime: number;
}

export type ReversalOutcome =
  | { kind: 'accepted' | 'repeated'; reversal: ReversalRow }
  /**
   * `unknown`: no such sale. `reused`: the id belongs to another request. `late`: the window is closed or the sale was
   * refused. `beyond`: the sale has less left.
   */
  | { kind: 'unknown' | 'reused' | 'late' | 'beyond'; problem: string };

/** Reads of a sale before giving up, when other reversals of it keep coming first. */
const MAX_ATTEMPTS = 20;

/**
 * Accepts a reversal if the sale has that much left and its return window is open. It writes in one statement that does
 * nothing if the sale has changed since it was read, so the call needs no transaction.
 */
export async function acceptReversal(
  database: Database,
  ledger: string,
  reversal: NewReversal,
  terms: WindowTerms,
): Promise<ReversalOutcome> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const sale = await findReversible(database, ledger, reversal);
    if (!sale) return { kind: 'unknown', problem: `there is no sale ${reversal.externalId}` };
    if (sale.known !== null) return repeatReversal(database, ledger, reversal);
    if (sale.state === 'refused') return { kind: 'late', problem: `the sale was refused: ${sale.refusal}` };
    const endsAt = sale.recorded_at === null ? undefined : Number(sale.recorded_at) + terms.returnWindow;
    if (terms.returnWindow === 0 || (endsAt !== undefined && terms.chainTime >= endsAt)) {
      return { kind: 'late', problem: windowOver(endsAt) };
    }
    const priceLeft = sale.price_cents - sale.asked_price_cents;
    const volumeLeft = sale.volume_cents - sale.asked_volume_cents;
    const beyond = problemOf(reversal, priceLeft, volumeLeft);
    if (beyond) return { kind: 'beyond', problem: beyond };
    const row = await writeReversal(database, ledger, reversal, sale);
    if (row) return { kind: 'accepted', reversal: row };
  }
  throw new Error(
    `the sale ${reversal.externalId} changed ${MAX_ATTEMPTS} times while a reversal of it was accepted`,
  );
}

interface Asked {
  asked_price_cents: bigint;
  asked_volume_cents: bigint;
}

/** The sale of a reversal, and whether the reversal's id is known. */
async function findReversible(database: Database, ledger: string, { externalId, reversalId }: NewReversal) {
  return database
    .selectFrom('submissions as s')
    .leftJoin('batches as b', (join) =>
      join.onRef('b.ledger', '=', 's.ledger').onRef('b.batch', '=', 's.batch'),
    )
    .leftJoin('reversal_requests as r', (join) =>
      join.onRef('r.ledger', '=', 's.ledger').on('r.reversal_id', '=', reversalId),
    )
    .select(['s.price_cents', 's.volume_cents', 's.asked_price_cents', 's.asked_volume_cents'])
    .select(['s.state', 's.refusal', 'b.recorded_at', 'r.reversal_id as known'])
    .where('s.ledger', '=', keyOf(ledger))
    .where('s.external_id', '=', externalId)
    .executeTakeFirst();
}

/** The outcome for a known id: the same as before if the request is the same. */
async function repeatReversal(
  database: Database,
  ledger: string,
  reversal: NewReversal,
): Promise<ReversalOutcome> {
  const known = await database
    .selectFrom('reversal_requests')
    .select(reversalColumns)
    .where('ledger', '=', keyOf(ledger))
    .where('reversal_id', '=', reversal.reversalId)
    .executeTakeFirstOrThrow();
  if (known.externalId === reversal.externalId && known.bodyHash === reversal.bodyHash) {
    return { kind: 'repeated', reversal: known };
  }
  const problem = `the reversal ${reversal.reversalId} was submitted before with other content`;
  return { kind: 'reused', problem };
}

async function writeReversal(
  database: Database,
  ledger: string,
  reversal: NewReversal,
  asked: Asked,
): Promise<ReversalRow | undefined> {
  const { reversalId, externalId, priceCents, volumeCents, reason, bodyHash } = reversal;
  const key = keyOf(ledger);
  return database
    .with('sale', (qb) =>
      qb
        .updateTable('submissions')
        .set((eb) => ({
          asked_price_cents: eb('asked_price_cents', '+', priceCents),
          asked_volume_cents: eb('asked_volume_cents', '+', volumeCents),
        }))
        .where('ledger', '=', key)
        .where('external_id', '=', externalId)
        .where('state', '<>', 'refused')
        .where('asked_price_cents', '=', asked.asked_price_cents)
        .where('asked_volume_cents', '=', asked.asked_volume_cents)
        .returning(['ledger', 'external_id']),
    )
    .insertInto('reversal_requests')
    .columns([
      'ledger',
      'external_id',
      'reversal_id',
      'price_cents',
      'volume_cents',
      'reason',
      'body_hash',
      'state',
    ])
    .expression((eb) =>
      eb
        .selectFrom('sale')
        .select([
          'ledger',
          'external_id',
          sql<string>`${reversalId}::text`.as('reversal_id'),
          sql<bigint>`${priceCents}::bigint`.as('price_cents'),
          sql<bigint>`${volumeCents}::bigint`.as('volume_cents'),
          sql<string | null>`${reason}::text`.as('reason'),
          sql<string>`${bodyHash}::text`.as('body_hash'),
          sql<'accepted'>`'accepted'`.as('state'),
        ]),
    )
    .returning(reversalColumns)
    .executeTakeFirst();
}

function windowOver(endsAt: number | undefined): string {
  if (endsAt === undefined) return 'this ledger settles a sale as it is recorded; nothing can be reversed';
  return `the return window ended at ${new Date(endsAt * 1000).toISOString()}; the sale is final`;
}

function problemOf(reversal: NewReversal, priceLeft: bigint, volumeLeft: bigint): string | undefined {
  const { priceCents, volumeCents } = reversal;
  if (priceCents > priceLeft) return `${priceLeft} cents of the price are left, fewer than ${priceCents}`;
  if (volumeCents > volumeLeft)
    return `${volumeLeft} cents of the volume are left, fewer than ${volumeCents}`;
  const least = volumeLeft - (priceLeft - priceCents);
  if (volumeCents < least) {
    return `the volume that stays would exceed the price that stays; volumeCents must be at least ${least}`;
  }
  return undefined;
}

/** The reversal requests of a sale, in order, with the states of their transactions. */
export async function listReversalRequests(
  database: Database,
  ledger: string,
  externalId: string,
): Promise<(ReversalRow & { transactionState: TransactionState | null; transactionHash: Hex | null })[]> {
  return database
    .selectFrom('reversal_requests')
    .leftJoin('transactions as t', (join) =>
      join
        .onRef('t.ledger', '=', 'reversal_requests.ledger')
        .onRef('t.id', '=', 'reversal_requests.transaction_id'),
    )
    .select(reversalColumns)
    .select(['t.state as transactionState', 't.hash as transactionHash'])
    .where('reversal_requests.ledger', '=', keyOf(ledger))
    .where('reversal_requests.external_id', '=', externalId)
    .orderBy('reversal_requests.seq')
    .execute();
}

/** The batches with waiting reversals: how many, and the age of the oldest. */
export async function listWaitingReversalBatches(
  database: Database,
  ledger: string,
): Promise<{ batch: number; count: number; ageMs: number }[]> {
  const { rows } = await sql<{ batch: number; count: number; ageMs: number }>`
    select s.batch, count(*)::int as count,
      (extract(epoch from now() - min(r.accepted_at)) * 1000)::float8 as "ageMs"
    from reversal_requests r
    join submissions s on s.ledger = r.ledger and s.external_id = r.external_id
    where r.ledger = ${keyOf(ledger)} and r.state = 'accepted' and s.state = 'batched'
    group by s.batch
    order by min(r.seq)
  `.execute(database);
  return rows;
}

/** A reversal with the index of its sale in the batch. */
export interface PlacedReversal {
  reversalId: string;
  index: number;
  priceCents: bigint;
  volumeCents: bigint;
}

/** Reversals with their sales. */
function selectPlaced(database: Database, ledger: string) {
  return database
    .selectFrom('reversal_requests as r')
    .innerJoin('submissions as s', (join) =>
      join.onRef('s.ledger', '=', 'r.ledger').onRef('s.external_id', '=', 'r.external_id'),
    )
    .select(['r.reversal_id', 's.batch_index', 'r.price_cents', 'r.volume_cents'])
    .where('r.ledger', '=', keyOf(ledger));
}

/** Reversals that wait for `batch`, oldest first. */
export async function listWaitingReversals(
  database: Database,
  ledger: string,
  batch: number,
  limit: number,
): Promise<PlacedReversal[]> {
  const rows = await selectPlaced(database, ledger)
    .where('r.state', '=', 'accepted')
    .where('s.state', '=', 'batched')
    .where('s.batch', '=', batch)
    .orderBy('r.seq')
    .limit(limit)
    .execute();
  return rows.map(placed);
}

/** The reversals of one transaction, in the order of their acceptance. */
export async function listTransactionReversals(
  database: Database,
  ledger: string,
  transactionId: bigint,
): Promise<PlacedReversal[]> {
  const rows = await selectPlaced(database, ledger)
    .where('r.transaction_id', '=', transactionId)
    .orderBy('r.seq')
    .execute();
  return rows.map(placed);
}

function placed(row: {
  reversal_id: string;
  batch_index: number | null;
  price_cents: bigint;
  volume_cents: bigint;
}): PlacedReversal {
  return {
    reversalId: row.reversal_id,
    index: row.batch_index ?? 0,
    priceCents: row.price_cents,
    volumeCents: row.volume_cents,
  };
}

/** Refuses waiting reversals for good, and frees what they had claimed of their sales. */
export async function refuseReversals(
  transaction: Database,
  ledger: string,
  reversalIds: readonly string[],
  refusal: string,
): Promise<void> {
  await sql`
    with refused as (
      update reversal_requests set state = 'refused', refusal = ${refusal}
      where ledger = ${keyOf(ledger)} and reversal_id = any(${[...reversalIds]}) and state = 'accepted'
      returning external_id, price_cents, volume_cents
    ), sums as (
      select external_id, sum(price_cents) as price_cents, sum(volume_cents) as volume_cents
      from refused group by external_id
    )
    update submissions s
    set asked_price_cents = s.asked_price_cents - sums.price_cents,
      asked_volume_cents = s.asked_volume_cents - sums.volume_cents
    from sums
    where s.ledger = ${keyOf(ledger)} and s.external_id = sums.external_id
  `.execute(transaction);
}

/** Waiting reversals of sales that were refused. */
export async function listReversalsOfRefusedSales(database: Database, ledger: string): Promise<string[]> {
  const rows = await selectPlaced(database, ledger)
    .where('r.state', '=', 'accepted')
    .where('s.state', '=', 'refused')
    .execute();
  return rows.map((row) => row.reversal_id);
}
