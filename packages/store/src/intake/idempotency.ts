import { PlumblineError } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Database } from '../schema/database.ts';
import { keyOf } from '../schema/ledger-key.ts';

/** What was answered: an HTTP status and a JSON body. A key ties an answer to one route, and so to one shape. */
export interface Answer<Status extends number = number, Body = unknown> {
  status: Status;
  body: Body;
}

/** A request under a key of the caller's choice. */
export interface KeyedRequest {
  key: string;
  /** Random; stored with the hash so that the hash cannot be used to guess the request. */
  salt: string;
  /** Hash of the request with a salt. */
  hashWith(salt: string): string;
}

/** The key was used for another request. */
export class KeyReusedError extends PlumblineError {
  override name = 'KeyReusedError';
  readonly key: string;

  constructor(key: string) {
    super(
      'idempotency-key-reused',
      `the idempotency key ${JSON.stringify(key)} was used for another request`,
    );
    this.key = key;
  }
}

const UNIQUE_VIOLATION = '23505';
const DEADLOCK = '40P01';
const MAX_ATTEMPTS = 4;

/**
 * Runs `work`, which writes in one statement. With a key, `work` and the answer commit in one transaction, and a
 * repeated request gets the stored answer without running `work` again. If two callers write the same rows at once, the
 * second runs again after the first.
 * @throws KeyReusedError if the key belongs to another request.
 */
export async function answerOnce<Status extends number, Body>(
  database: Database,
  ledger: string,
  request: KeyedRequest | undefined,
  work: (database: Database) => Promise<Answer<Status, Body>>,
): Promise<Answer<Status, Body>> {
  for (let attempt = 1; ; attempt++) {
    try {
      if (!request) return await work(database);
      return await database
        .transaction()
        .execute((transaction) => answerUnderKey(transaction, ledger, request, work));
    } catch (error) {
      const { code } = error as { code?: string };
      if ((code !== UNIQUE_VIOLATION && code !== DEADLOCK) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

async function answerUnderKey<Status extends number, Body>(
  transaction: Database,
  ledger: string,
  request: KeyedRequest,
  work: (database: Database) => Promise<Answer<Status, Body>>,
): Promise<Answer<Status, Body>> {
  const known = await transaction
    .selectFrom('idempotency')
    .select(['salt', 'request_hash', 'status', 'answer'])
    .where('ledger', '=', keyOf(ledger))
    .where('key', '=', request.key)
    .executeTakeFirst();
  if (known) {
    if (known.request_hash !== request.hashWith(known.salt)) throw new KeyReusedError(request.key);
    return { status: known.status, body: known.answer } as Answer<Status, Body>;
  }
  const answer = await work(transaction);
  // Refusals are not kept: the same request may succeed later.
  if (answer.status < 300) {
    await sql`
      insert into idempotency (ledger, key, salt, request_hash, status, answer)
      values (${keyOf(ledger)}, ${request.key}, ${request.salt}, ${request.hashWith(request.salt)}, ${answer.status},
        ${JSON.stringify(answer.body)}::jsonb)
    `.execute(transaction);
  }
  return answer;
}
