import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { sql } from 'kysely';
import { from as copyFrom } from 'pg-copy-streams';
import type { BooksTables } from '../../../schema/books-tables.ts';
import { type Database, onOneConnection } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';
import { type CopyColumn, encodeRows } from './copy-rows.ts';

/** Writes the books of one ledger in a transaction. */
export interface BooksWriter {
  /** The ledger's key. */
  ledger: bigint;
  /** For all but new rows. */
  transaction: Database;
  /** Inserts rows. */
  insert<Row>(
    table: keyof BooksTables,
    columns: readonly CopyColumn<Row>[],
    rows: readonly Row[],
  ): Promise<void>;
}

/** Runs `work` in a transaction on the books of the ledger at `address`. */
export function writeBooks<T>(
  database: Database,
  address: string,
  work: (writer: BooksWriter) => Promise<T>,
): Promise<T> {
  const ledger = keyOf(address);
  return onOneConnection(database, (connected, client) =>
    connected.transaction().execute(async (transaction) => {
      // A crash of the server may lose the last transactions, cursor included; they are then read from the chain again.
      await sql`set local synchronous_commit = off`.execute(transaction);
      const insert: BooksWriter['insert'] = async (table, columns, rows) => {
        if (rows.length === 0) return;
        const names = ['ledger', ...columns.map(({ name }) => name)].join(', ');
        const stream = client.query(copyFrom(`copy ${table} (${names}) from stdin (format binary)`));
        Readable.from(encodeRows(ledger, columns, rows), { objectMode: true }).pipe(stream);
        await finished(stream);
      };
      return work({ ledger, transaction, insert });
    }),
  );
}
