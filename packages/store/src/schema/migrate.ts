import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Database } from './database.ts';
import * as books from './migrations/0001-books.ts';
import * as intake from './migrations/0002-intake.ts';

const migrations: Record<string, Migration> = {
  '0001-books': { up: books.up, down: books.down },
  '0002-intake': { up: intake.up, down: intake.down },
};

/** Brings the database to the newest schema. Safe to call from several processes at once. */
export async function migrate(database: Database): Promise<void> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/** Whether the database has our tables, whatever their version. */
export async function hasTables(database: Database): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`select to_regclass('cursors') is not null as has`.execute(
    database,
  );
  return rows[0]?.has ?? false;
}
