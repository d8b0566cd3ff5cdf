import { type Selection, sql, type Updateable } from 'kysely';
import type { Database, Tables } from '../schema/database.ts';
import { keyOf } from '../schema/ledger-key.ts';

/** A transaction that holds a nonce of its signer. */
export type TransactionRow = Selection<Tables, 'transactions', (typeof transactionColumns)[number]>;

const transactionColumns = [
  'id',
  'kind',
  'batch',
  'until',
  'signer',
  'nonce',
  'state',
  'hash',
  'block_number as blockNumber',
  'block_hash as blockHash',
  'problem',
  'created_at as createdAt',
] as const;

/** Signed bytes of a transaction. */
type AttemptRow = Selection<Tables, 'attempts', (typeof attemptColumns)[number]>;

const attemptColumns = [
  'hash',
  'transaction_id as transactionId',
  'raw',
  'data',
  'gas',
  'max_fee as maxFee',
  'max_priority_fee as maxPriorityFee',
  'created_at as createdAt',
] as const;

/** A signed transaction, decoded as far as it is needed. */
export interface NewAttempt {
  hash: string;
  raw: string;
  data: string;
  gas: bigint;
  /** Wei per gas. */
  maxFee: bigint;
  maxPriorityFee: bigint;
}

/** What a transaction carries. Every item is tied to the transaction before it is broadcast. */
export type Payload =
  | { kind: 'enrol'; distributors: { reference: string; id: number }[] }
  | { kind: 'record'; batch: number; externalIds: string[]; manifestRoot: string; records: string }
  | { kind: 'reverse'; batch: number; reversalIds: string[] }
  | { kind: 'settle'; batch: number; until: number }
  | { kind: 'apply'; change: number }
  | { kind: 'fill' };

/** A transaction that is not on chain yet. */
export interface OpenTransaction extends TransactionRow {
  /** Oldest first. */
  attempts: AttemptRow[];
  /** Milliseconds since the first attempt was signed. */
  ageMs: number;
  /** Milliseconds since the newest attempt was signed. */
  attemptAgeMs: number;
}

/**
 * Stores a signed transaction and ties its items to it. Call it before broadcasting, so that the bytes survive a crash.
 * @param transaction A database transaction.
 * @returns Its id.
 */
export async function storeTransaction(
  transaction: Database,
  ledger: string,
  signer: string,
  nonce: number,
  payload: Payload,
  attempt: NewAttempt,
): Promise<bigint> {
  const { id } = await transaction
    .insertInto('transactions')
    .values({
      ledger: keyOf(ledger),
      kind: payload.kind,
      batch: 'batch' in payload ? payload.batch : null,
      until: payload.kind === 'settle' ? payload.until : null,
      signer,
      nonce,
      state: payload.kind === 'fill' ? 'voided' : 'signed',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await addAttempt(transaction, ledger, id, attempt);
  await tieItems(transaction, ledger, id, payload);
  return id;
}

async function tieItems(transaction: Database, ledger: string, id: bigint, payload: Payload): Promise<void> {
  if (payload.kind === 'enrol') {
    const tied = await sql`
      update enrolments d set state = 'batched', distributor_id = list.id, transaction_id = ${id}
      from jsonb_to_recordset(${JSON.stringify(payload.distributors)}::jsonb) as list (reference text, id integer)
      where d.ledger = ${keyOf(ledger)} and d.reference = list.reference and d.state = 'accepted'
    `.execute(transaction);
    checkTied(payload.distributors.length, tied.numAffectedRows);
  } else if (payload.kind === 'record') {
    const tied = await sql`
      update submissions s
      set state = 'batched', batch = ${payload.batch}, batch_index = list.position - 1, transaction_id = ${id}
      from unnest(${payload.externalIds}::text[]) with ordinality as list (external_id, position)
      where s.ledger = ${keyOf(ledger)} and s.external_id = list.external_id and s.state = 'accepted'
    `.execute(transaction);
    checkTied(payload.externalIds.length, tied.numAffectedRows);
    await transaction
      .insertInto('outgoing_batches')
      .values({
        ledger: keyOf(ledger),
        batch: payload.batch,
        transaction_id: id,
        manifest_root: payload.manifestRoot,
        records: payload.records,
        size: payload.externalIds.length,
      })
      .execute();
  } else if (payload.kind === 'reverse') {
    const tied = await sql`
      update reversal_requests set state = 'batched', transaction_id = ${id}
      where ledger = ${keyOf(ledger)} and reversal_id = any(${payload.reversalIds}) and state = 'accepted'
    `.execute(transaction);
    checkTied(payload.reversalIds.length, tied.numAffectedRows);
  }
}

function checkTied(expected: number, tied: bigint | undefined): void {
  if (tied !== BigInt(expected)) {
    throw new Error(
      `${tied} of ${expected} items could be tied to the transaction: the others were no longer waiting`,
    );
  }
}

/** Stores another set of signed bytes for the same nonce. */
export async function addAttempt(
  transaction: Database,
  ledger: string,
  transactionId: bigint,
  attempt: NewAttempt,
): Promise<void> {
  await transaction
    .insertInto('attempts')
    .values({
      ledger: keyOf(ledger),
      hash: attempt.hash,
      transaction_id: transactionId,
      raw: attempt.raw,
      data: attempt.data,
      gas: attempt.gas,
      max_fee: attempt.maxFee,
      max_priority_fee: attempt.maxPriorityFee,
    })
    .execute();
}

/** The signer's transactions that are not on chain, by nonce. */
export async function listOpenTransactions(
  database: Database,
  ledger: string,
  signer: string,
): Promise<OpenTransaction[]> {
  const rows = await database
    .selectFrom('transactions')
    .select(transactionColumns)
    .where('ledger', '=', keyOf(ledger))
    .where('signer', '=', signer)
    .where('state', 'in', ['signed', 'sent', 'voided'])
    .orderBy('nonce')
    .execute();
  if (rows.length === 0) return [];
  const attempts = await database
    .selectFrom('attempts')
    .select(attemptColumns)
    .select(sql<number>`(extract(epoch from now() - created_at) * 1000)::float8`.as('ageMs'))
    .where('ledger', '=', keyOf(ledger))
    .where('transaction_id', '=', sql<bigint>`any(${rows.map(({ id }) => id)})`)
    .orderBy('created_at')
    .execute();
  const byTransaction = Map.groupBy(attempts, (attempt) => attempt.transactionId);
  return rows.map((row) => {
    const own = byTransaction.get(row.id) ?? [];
    return { ...row, attempts: own, ageMs: own[0]?.ageMs ?? 0, attemptAgeMs: own.at(-1)?.ageMs ?? 0 };
  });
}

/** One above the signer's highest nonce in use, over all ledgers; 0 for a new signer. */
export async function nextFreeNonce(database: Database, signer: string): Promise<number> {
  const row = await database
    .selectFrom('transactions')
    .select((eb) => eb.fn.max('nonce').as('nonce'))
    .where('signer', '=', signer)
    .where('state', '<>', 'displaced')
    .executeTakeFirst();
  return row?.nonce === null || row?.nonce === undefined ? 0 : row.nonce + 1;
}

/** Marks a transaction as broadcast. */
export async function markSent(transaction: Database, ledger: string, id: bigint): Promise<void> {
  await transaction
    .updateTable('transactions')
    .set({ state: 'sent' })
    .where('ledger', '=', keyOf(ledger))
    .where('id', '=', id)
    .where('state', '=', 'signed')
    .execute();
}

/** Where a transaction is on chain. */
export interface Inclusion {
  hash: string;
  blockNumber: bigint;
  blockHash: string;
}

/** Marks a transaction as successful on chain. */
export async function markIncluded(
  transaction: Database,
  ledger: string,
  id: bigint,
  inclusion: Inclusion,
): Promise<void> {
  await update(transaction, ledger, id, { state: 'included', problem: null, ...columnsOf(inclusion) });
}

/** Marks a transaction as reverted on chain. Its nonce is used up and its items wait again. */
export async function markFailed(
  transaction: Database,
  ledger: string,
  id: bigint,
  inclusion: Inclusion,
  problem: string,
): Promise<void> {
  await update(transaction, ledger, id, { state: 'failed', problem, ...columnsOf(inclusion) });
  await untieItems(transaction, ledger, id);
}

/** Marks a transaction as displaced by another with the same nonce. Its items wait again. */
export async function markDisplaced(
  transaction: Database,
  ledger: string,
  id: bigint,
  problem: string,
): Promise<void> {
  await update(transaction, ledger, id, { state: 'displaced', problem });
  await untieItems(transaction, ledger, id);
}

/** Notes a problem of an open transaction; null clears it. */
export async function noteProblem(
  transaction: Database,
  ledger: string,
  id: bigint,
  problem: string | null,
): Promise<void> {
  await update(transaction, ledger, id, { problem });
}

async function update(
  transaction: Database,
  ledger: string,
  id: bigint,
  values: Updateable<Tables['transactions']>,
): Promise<void> {
  await transaction
    .updateTable('transactions')
    .set(values)
    .where('ledger', '=', keyOf(ledger))
    .where('id', '=', id)
    .execute();
}

function columnsOf({ hash, blockNumber, blockHash }: Inclusion) {
  return { hash, block_number: blockNumber, block_hash: blockHash };
}

async function untieItems(transaction: Database, ledger: string, id: bigint): Promise<void> {
  const waiting = { state: 'accepted', transaction_id: null } as const;
  await transaction
    .updateTable('enrolments')
    .set({ ...waiting, distributor_id: null })
    .where('ledger', '=', keyOf(ledger))
    .where('transaction_id', '=', id)
    .execute();
  await transaction
    .updateTable('submissions')
    .set({ ...waiting, batch: null, batch_index: null })
    .where('ledger', '=', keyOf(ledger))
    .where('transaction_id', '=', id)
    .execute();
  await transaction
    .updateTable('reversal_requests')
    .set(waiting)
    .where('ledger', '=', keyOf(ledger))
    .where('transaction_id', '=', id)
    .execute();
  await transaction
    .deleteFrom('outgoing_batches')
    .where('ledger', '=', keyOf(ledger))
    .where('transaction_id', '=', id)
    .execute();
}

/** The signer's transactions that are on chain, final or not, below a nonce; newest first. */
export async function listChainedTransactions(
  database: Database,
  ledger: string,
  signer: string,
  belowNonce: number,
  limit: number,
): Promise<TransactionRow[]> {
  return database
    .selectFrom('transactions')
    .select(transactionColumns)
    .where('ledger', '=', keyOf(ledger))
    .where('signer', '=', signer)
    .where('state', 'in', ['included', 'final', 'failed'])
    .where('nonce', '<', belowNonce)
    .orderBy('nonce', 'desc')
    .limit(limit)
    .execute();
}

/** Marks successful transactions up to a block as final. */
export async function markFinal(database: Database, ledger: string, upToBlock: bigint): Promise<void> {
  await database
    .updateTable('transactions')
    .set({ state: 'final' })
    .where('ledger', '=', keyOf(ledger))
    .where('state', '=', 'included')
    .where('block_number', '<=', upToBlock)
    .execute();
}

/**
 * Undoes every inclusion from a nonce on, after a reorganisation. Successful transactions will be broadcast again as
 * they are; failed ones leave only a nonce to fill, because their items went elsewhere.
 */
export async function unincludeFrom(
  transaction: Database,
  ledger: string,
  signer: string,
  nonce: number,
): Promise<void> {
  await sql`
    update transactions
    set state = case when state = 'failed' then 'voided' else 'sent' end,
      hash = null, block_number = null, block_hash = null
    where ledger = ${keyOf(ledger)} and signer = ${signer} and nonce >= ${nonce}
      and state in ('included', 'final', 'failed')
  `.execute(transaction);
}

/** One past the last sale of a batch that our settlements cover, pending or on chain; 0 without one. */
export async function findSettledUntil(database: Database, ledger: string, batch: number): Promise<number> {
  const row = await database
    .selectFrom('transactions')
    .select((eb) => eb.fn.max('until').as('until'))
    .where('ledger', '=', keyOf(ledger))
    .where('batch', '=', batch)
    .where('kind', '=', 'settle')
    .where('state', 'in', ['signed', 'sent', 'included', 'final'])
    .executeTakeFirst();
  return row?.until ?? 0;
}
