import type { Plan } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Hex } from 'viem';
import { type Database, toBytes } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';

/** An entry of the journal in the books. */
export interface EntryRow {
  /** Number of the entry, from 0. */
  entry: number;
  kind: string;
  blockNumber: number;
  transactionHash: Hex;
  logIndex: number;
  /** The journal's head after the entry. */
  head: Hex;
  /** The entry's fields; money as decimal strings. */
  content: Record<string, unknown>;
}

/** An announced plan. */
export interface PlanRow {
  version: number;
  /** Unix seconds. */
  startsAt: number;
  hash: Hex;
  plan: Plan;
  /** Whether it was withdrawn before it started. */
  isCancelled: boolean;
}

/** The entries of a transaction, in order; none if the books do not know the transaction. */
export async function listByTransaction(
  database: Database,
  ledger: string,
  transactionHash: Hex,
): Promise<EntryRow[]> {
  const rows = await database
    .selectFrom('entries')
    .selectAll()
    .where('ledger', '=', keyOf(ledger))
    .where(sql<boolean>`transaction_hash = ${toBytes(transactionHash)}`)
    .orderBy('entry')
    .execute();
  return rows.map((row) => ({
    entry: Number(row.entry),
    kind: row.kind,
    blockNumber: Number(row.block_number),
    transactionHash: row.transaction_hash,
    logIndex: row.log_index,
    head: row.head,
    content: row.content,
  }));
}

/** All plans of a ledger, by version. */
export async function listPlans(database: Database, ledger: string): Promise<PlanRow[]> {
  const rows = await database
    .selectFrom('plans')
    .selectAll()
    .where('ledger', '=', keyOf(ledger))
    .orderBy('version')
    .execute();
  return rows.map((row) => ({
    version: row.version,
    startsAt: Number(row.starts_at),
    hash: row.plan_hash,
    plan: row.plan,
    isCancelled: row.is_cancelled,
  }));
}

/** The plan of batches recorded at `time` (unix seconds): the newest that has started and was not cancelled. */
export async function findPlanAt(
  database: Database,
  ledger: string,
  time: number,
): Promise<PlanRow | undefined> {
  return (await listPlans(database, ledger)).findLast(
    ({ startsAt, isCancelled }) => startsAt <= time && !isCancelled,
  );
}
