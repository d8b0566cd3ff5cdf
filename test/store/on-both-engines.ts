import { type Database, migrate, openDatabase } from '@plumbline/store';
import { engines, type TestDatabase } from '../support/databases.ts';

/** Enough for the concurrent calls of the suites. */
const CONNECTIONS = 10;

/** What a suite runs on. */
export interface MountedStore {
  /** Migrated and empty when the suite begins. */
  readonly database: Database;
}

/** Runs a suite on PGlite and on PostgreSQL, each time in a database of its own. */
export function onBothEngines(title: string, suite: (store: MountedStore) => void): void {
  for (const engine of engines) {
    describe(`${title} on ${engine.name}`, () => {
      let server: TestDatabase | undefined;
      let database: Database | undefined;

      before(async function () {
        this.timeout(60_000);
        server = await engine.start();
        database = openDatabase(server.url, CONNECTIONS);
        await migrate(database);
      });

      after(async () => {
        await database?.destroy();
        await server?.stop();
      });

      suite({
        get database() {
          if (!database) throw new Error('the database is there from the first hook on');
          return database;
        },
      });
    });
  }
}
