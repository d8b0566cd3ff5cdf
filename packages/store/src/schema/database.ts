import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { BooksTables } from './books-tables.ts';
import type { IntakeTables } from './intake-tables.ts';

/** Every table. Each has one writer: the indexer writes the books, the gateway the intake. */
export interface Tables extends BooksTables, IntakeTables {}

/** The database, or a transaction on it. */
export type Database = Kysely<Tables>;

const BYTEA = 17;
const INT8 = 20;
const NUMERIC = 1700;

/** Money and counts come back as bigint, because a double cannot hold them all. Bytes come back as hex. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === INT8 || oid === NUMERIC) return BigInt;
  if (oid === BYTEA) return (text: string) => `0${text.slice(1)}`;
  return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
}

/**
 * Opens the database behind `url`: PostgreSQL, or the embedded PGlite, which speaks the same protocol.
 * @param connections The most connections to hold open.
 */
export function openDatabase(url: string, connections = 5): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    types: { getTypeParser: getTypeParser as typeof pg.types.getTypeParser },
  });
  // The next query replaces a connection that broke while idle, and a query on a broken one fails. Without listeners,
  // either would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  pools.set(database, pool);
  return database;
}

/** The pool behind each database. */
const pools = new WeakMap<Database, pg.Pool>();

/**
 * Runs `work` on one connection, given both as a database and as the driver's client, which COPY needs.
 * @param database One that `openDatabase` returned.
 */
export async function onOneConnection<T>(
  database: Database,
  work: (connected: Database, client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const pool = pools.get(database);
  if (!pool) throw new Error('expected a database that openDatabase returned, not a transaction');
  const client = await pool.connect();
  const lent = { query: client.query.bind(client), release: () => {} } as pg.PoolClient;
  const onlyOne = { connect: async () => lent, end: async () => {}, options: pool.options };
  const connected = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: onlyOne }) });
  try {
    return await work(connected, client);
  } finally {
    client.release();
  }
}

/** `0x` hex as the bytes that the tables store for hashes and packed records. */
export function toBytes(hex: string): Buffer {
  return Buffer.from(hex.slice(2), 'hex');
}

/** SQLSTATE classes and system codes that mean the server failed, not the statement. */
const SERVER_TROUBLE = /^(08|53|57P)|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND)$/;

/** The driver's messages for a connection that broke while idle, or under a query. */
const DRIVER_TROUBLE = /^(Client has encountered a connection error|Connection terminated)/;

/** Whether `error` means that the database could not be reached or went away, so that the call can be retried. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isConnectionLost);
  const { code } = error as { code?: unknown };
  return (typeof code === 'string' && SERVER_TROUBLE.test(code)) || DRIVER_TROUBLE.test(error.message);
}
