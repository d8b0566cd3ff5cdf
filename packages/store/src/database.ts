import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { BooksTables } from './books/tables.ts';
import type { IntakeTables } from './intake/tables.ts';

/** Every table, each with one writer: the indexer writes the books, the gateway the intake. */
export interface Tables extends BooksTables, IntakeTables {}

/** The database, or a transaction on it. */
export type Database = Kysely<Tables>;

const INT8 = 20;
const NUMERIC = 1700;

/** Money and counts come back as bigint: they are whole numbers, and a double cannot hold them all. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === INT8 || oid === NUMERIC) return BigInt;
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
  // A connection that breaks while idle is replaced by the next query; without a listener it would end the process.
  pool.on('error', () => {});
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
