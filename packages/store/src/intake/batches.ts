import { type Selection, sql } from 'kysely';
import type { Database, Tables } from '../schema/database.ts';
import { keyOf } from '../schema/ledger-key.ts';

/** A batch of sales that this gateway recorded, or is about to. */
export type OutgoingBatchRow = Selection<Tables, 'outgoing_batches', (typeof outgoingBatchColumns)[number]>;

const outgoingBatchColumns = [
  'batch',
  'transaction_id as transactionId',
  'manifest_root as manifestRoot',
  'records',
  'size',
] as const;

/** A batch that this gateway recorded, or is about to. */
export async function findOutgoingBatch(
  database: Database,
  ledger: string,
  batch: number,
): Promise<OutgoingBatchRow | undefined> {
  return database
    .selectFrom('outgoing_batches')
    .select(outgoingBatchColumns)
    .where('ledger', '=', keyOf(ledger))
    .where('batch', '=', batch)
    .executeTakeFirst();
}

/** Lengths of the queues. */
export interface QueueCounts {
  distributors: number;
  sales: number;
  reversals: number;
  /** Signed but not on chain. */
  transactions: number;
  refusedDistributors: number;
  refusedSales: number;
  refusedReversals: number;
  /** Age of the oldest waiting sale in seconds; 0 without one. */
  oldestSaleSeconds: number;
}

/** Counts the queues in one statement. */
export async function countQueue(database: Database, ledger: string): Promise<QueueCounts> {
  const { rows } = await sql<QueueCounts>`
    select
      (select count(*) from enrolments where ledger = ${keyOf(ledger)} and state = 'accepted')::int as "distributors",
      (select count(*) from submissions where ledger = ${keyOf(ledger)} and state = 'accepted')::int as "sales",
      (select count(*) from reversal_requests where ledger = ${keyOf(ledger)} and state = 'accepted')::int as "reversals",
      (select count(*) from transactions
        where ledger = ${keyOf(ledger)} and state in ('signed', 'sent', 'voided'))::int as "transactions",
      (select count(*) from enrolments where ledger = ${keyOf(ledger)} and state = 'refused')::int as "refusedDistributors",
      (select count(*) from submissions where ledger = ${keyOf(ledger)} and state = 'refused')::int as "refusedSales",
      (select count(*) from reversal_requests where ledger = ${keyOf(ledger)} and state = 'refused')::int
        as "refusedReversals",
      coalesce((select extract(epoch from now() - min(accepted_at)) from submissions
        where ledger = ${keyOf(ledger)} and state = 'accepted'), 0)::float8 as "oldestSaleSeconds"
  `.execute(database);
  const [counts] = rows;
  if (!counts) throw new Error('the count returned no row');
  return counts;
}
