import type { BuyerClass, SaleItem } from '@plumbline/protocol';
import { type Selection, sql } from 'kysely';
import type { Hex } from 'viem';
import type { Database, Tables } from '../schema/database.ts';
import type { TransactionState } from '../schema/intake-tables.ts';
import { keyOf } from '../schema/ledger-key.ts';
import { presentId } from './enrolments.ts';

/** A sale as it was submitted, and what became of it. */
export type SubmissionRow = Selection<Tables, 'submissions', (typeof submissionColumns)[number]>;

const submissionColumns = [
  'submissions.external_id as externalId',
  'submissions.seller_reference as sellerReference',
  'submissions.class',
  'submissions.price_cents as priceCents',
  'submissions.volume_cents as volumeCents',
  'submissions.items',
  'submissions.sold_at as soldAt',
  'submissions.buyer_reference as buyerReference',
  'submissions.buyer_salt as buyerSalt',
  'submissions.buyer_commitment as buyerCommitment',
  'submissions.document_salt as documentSalt',
  'submissions.body_hash as bodyHash',
  'submissions.asked_price_cents as askedPriceCents',
  'submissions.asked_volume_cents as askedVolumeCents',
  'submissions.state',
  'submissions.refusal',
  'submissions.batch',
  'submissions.batch_index as batchIndex',
  'submissions.transaction_id as transactionId',
  'submissions.accepted_at as acceptedAt',
] as const;

/** A submitted sale with its random salts. */
export interface NewSale {
  externalId: string;
  /** Reference of the distributor. */
  seller: string;
  class: BuyerClass;
  priceCents: bigint;
  volumeCents: bigint;
  items: SaleItem[];
  soldAt: string;
  buyer: string;
  buyerSalt: string;
  buyerCommitment: string;
  documentSalt: string;
  /** Hash of the sale as submitted, with a buyer salt. */
  hashWith(buyerSalt: string): string;
}

/** What became of a submitted sale. */
export type SaleOutcome =
  | { kind: 'accepted' | 'repeated'; sale: SubmissionRow }
  | { kind: 'refused'; field: 'seller' | 'externalId'; problem: string };

/**
 * Accepts sales by their external ids, each on its own; outcomes are in the order of `sales`.
 * @param transaction The database or a transaction; it writes in one statement.
 */
export async function acceptSales(
  transaction: Database,
  ledger: string,
  sales: readonly NewSale[],
): Promise<SaleOutcome[]> {
  const known = await transaction
    .selectFrom('enrolments')
    .select(['reference', 'state'])
    .where('ledger', '=', keyOf(ledger))
    .where('reference', '=', sql<string>`any(${[...new Set(sales.map(({ seller }) => seller))]})`)
    .execute();
  const sellers = new Map(known.map(({ reference, state }) => [reference, state]));

  const problems = sales.map((sale) => problemOf(sale, sellers.get(sale.seller)));
  const fresh = new Map<string, NewSale>();
  sales.forEach((sale, i) => {
    if (problems[i] === undefined && !fresh.has(sale.externalId)) fresh.set(sale.externalId, sale);
  });
  const inserted = new Set(await insertSales(transaction, ledger, [...fresh.values()]));
  const rows = await transaction
    .selectFrom('submissions')
    .select(submissionColumns)
    .where('ledger', '=', keyOf(ledger))
    .where('external_id', '=', sql<string>`any(${sales.map(({ externalId }) => externalId)})`)
    .execute();
  const byId = new Map(rows.map((row) => [row.externalId, row]));

  return sales.map((sale, i) => {
    const row = byId.get(sale.externalId);
    const problem = problems[i];
    if (!row) return { kind: 'refused', field: 'seller', problem: problem ?? 'could not be stored' };
    if (inserted.delete(sale.externalId)) return { kind: 'accepted', sale: row };
    if (row.buyerSalt !== null && row.bodyHash === sale.hashWith(row.buyerSalt)) {
      return { kind: 'repeated', sale: row };
    }
    const taken = `the sale ${sale.externalId} was submitted before with other content`;
    return { kind: 'refused', field: 'externalId', problem: taken };
  });
}

function problemOf(sale: NewSale, sellerState: string | undefined): string | undefined {
  if (sellerState === undefined)
    return `the distributor ${sale.seller} is not known; submit distributors first`;
  if (sellerState === 'refused') return `the distributor ${sale.seller} was refused`;
  return undefined;
}

async function insertSales(
  transaction: Database,
  ledger: string,
  sales: readonly NewSale[],
): Promise<string[]> {
  if (sales.length === 0) return [];
  const rows = sales.map((sale) => ({
    external_id: sale.externalId,
    seller_reference: sale.seller,
    class: sale.class,
    price_cents: sale.priceCents.toString(),
    volume_cents: sale.volumeCents.toString(),
    items: sale.items,
    sold_at: sale.soldAt,
    buyer_reference: sale.buyer,
    buyer_salt: sale.buyerSalt,
    buyer_commitment: sale.buyerCommitment,
    document_salt: sale.documentSalt,
    body_hash: sale.hashWith(sale.buyerSalt),
  }));
  const inserted = await sql<{ external_id: string }>`
    insert into submissions (ledger, external_id, seller_reference, class, price_cents, volume_cents, items, sold_at,
      buyer_reference, buyer_salt, buyer_commitment, document_salt, body_hash, state)
    select ${keyOf(ledger)}, external_id, seller_reference, class, price_cents, volume_cents, items, sold_at,
      buyer_reference, buyer_salt, buyer_commitment, document_salt, body_hash, 'accepted'
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as list (external_id text, seller_reference text,
      class text, price_cents bigint, volume_cents bigint, items jsonb, sold_at text, buyer_reference text,
      buyer_salt text, buyer_commitment text, document_salt text, body_hash text)
    on conflict do nothing
    returning external_id
  `.execute(transaction);
  return inserted.rows.map((row) => row.external_id);
}

/** A sale with the state of its transaction. */
export interface SubmittedSale extends SubmissionRow {
  transactionState: TransactionState | null;
  transactionHash: Hex | null;
  /** Present distributor id. */
  sellerId: number | null;
}

/** A sale by its external id, or by its place on the ledger. */
export async function findSubmission(
  database: Database,
  ledger: string,
  name: { externalId: string } | { batch: number; index: number },
): Promise<SubmittedSale | undefined> {
  const query = selectWithSellers(database, ledger)
    .leftJoin('transactions as t', (join) =>
      join.onRef('t.ledger', '=', 'submissions.ledger').onRef('t.id', '=', 'submissions.transaction_id'),
    )
    .select(['t.state as transactionState', 't.hash as transactionHash']);
  return 'externalId' in name
    ? query.where('submissions.external_id', '=', name.externalId).executeTakeFirst()
    : query
        .where('submissions.batch', '=', name.batch)
        .where('submissions.batch_index', '=', name.index)
        .executeTakeFirst();
}

/** Sales with the present ids of their sellers; `d` is the seller's enrolment. */
function selectWithSellers(database: Database, ledger: string) {
  return database
    .selectFrom('submissions')
    .leftJoin('enrolments as d', (join) =>
      join
        .onRef('d.ledger', '=', 'submissions.ledger')
        .onRef('d.reference', '=', 'submissions.seller_reference'),
    )
    .leftJoin('distributors as p', (join) =>
      join.onRef('p.ledger', '=', 'd.ledger').onRef('p.id', '=', 'd.distributor_id'),
    )
    .select(submissionColumns)
    .select(presentId('d', 'p').as('sellerId'))
    .where('submissions.ledger', '=', keyOf(ledger));
}

/** The sales of a batch in the order of its records. */
export async function listBatchSubmissions(
  database: Database,
  ledger: string,
  batch: number,
): Promise<SubmissionRow[]> {
  return database
    .selectFrom('submissions')
    .select(submissionColumns)
    .where('ledger', '=', keyOf(ledger))
    .where('batch', '=', batch)
    .orderBy('batch_index')
    .execute();
}

/** A sale that can be put into a batch. */
export interface WaitingSale extends SubmissionRow {
  /** Present distributor id. */
  sellerId: number | null;
  sellerState: string;
  /** Milliseconds since it was accepted. */
  ageMs: number;
}

/**
 * Sales that wait for a batch, oldest first, whose sellers' enrolments are sent or refused. Call it only while no
 * transaction is open: a sent enrolment is then on chain.
 */
export async function listWaitingSales(
  database: Database,
  ledger: string,
  limit: number,
): Promise<WaitingSale[]> {
  return selectWithSellers(database, ledger)
    .select([
      sql<string>`d.state`.as('sellerState'),
      sql<number>`(extract(epoch from now() - submissions.accepted_at) * 1000)::float8`.as('ageMs'),
    ])
    .where('submissions.state', '=', 'accepted')
    .where('d.state', '<>', 'accepted')
    .orderBy('submissions.seq')
    .limit(limit)
    .execute();
}

/** Refuses waiting sales for good. */
export async function refuseSales(
  transaction: Database,
  ledger: string,
  externalIds: readonly string[],
  refusal: string,
): Promise<void> {
  await transaction
    .updateTable('submissions')
    .set({ state: 'refused', refusal })
    .where('ledger', '=', keyOf(ledger))
    .where('external_id', '=', sql<string>`any(${[...externalIds]})`)
    .where('state', '=', 'accepted')
    .execute();
}
