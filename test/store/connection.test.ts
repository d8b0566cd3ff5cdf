import { isConnectionLost, openDatabase } from '@plumbline/store';
import { writeBooks } from '@plumbline/store/testing';
import { expect } from 'chai';
import { sql } from 'kysely';
import { engines } from '../support/databases.ts';
import { LEDGER } from './history.ts';

describe('a database that goes away', () => {
  it('fails the writer, not the process', async () => {
    // PGlite has a single session, which no other client can end.
    const postgres = engines.find(({ name }) => name === 'PostgreSQL');
    const server = await postgres?.start();
    const [database, other] = [openDatabase(server?.url ?? ''), openDatabase(server?.url ?? '')];
    try {
      const error = await writeBooks(database, LEDGER, async ({ transaction }) => {
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(transaction);
        await sql`select pg_terminate_backend(${rows[0]?.pid}::int4)`.execute(other);
        // The connection breaks between two statements, while no query is waiting on it.
        await new Promise((resolve) => setTimeout(resolve, 200));
        await sql`select 1`.execute(transaction);
      }).catch((e) => e);
      expect(isConnectionLost(error), String(error)).to.equal(true);
      const again = await writeBooks(database, LEDGER, async ({ transaction }) =>
        sql<{ one: number }>`select 1 as one`.execute(transaction),
      );
      expect(again.rows).to.deep.equal([{ one: 1 }]);
    } finally {
      await database.destroy();
      await other.destroy();
      await server?.stop();
    }
  });
});
