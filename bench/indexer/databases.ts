import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '@plumbline/store';
import { sql } from 'kysely';
import { engines, type TestDatabase } from '../../test/support/databases.ts';
import { type Program, start } from './program.ts';

/** Databases to index into, each new and empty. */

/** One PostgreSQL server for all runs: PostgreSQL 18, fsync off, everything else by default. */
export class Server {
  readonly #first: TestDatabase;

  private constructor(first: TestDatabase) {
    this.#first = first;
  }

  static async start(): Promise<Server> {
    return new Server(await startPostgres());
  }

  /** A new database for `work`; it is dropped afterwards, so that every run finds the same disk. */
  async use<T>(work: (url: string) => Promise<T>): Promise<T> {
    const database = await startPostgres();
    try {
      return await work(database.url);
    } finally {
      const name = new URL(database.url).pathname.slice(1);
      await query(this.#first.url, `drop database ${name} with (force)`);
      // Writes to the disk now what would otherwise be written during the next run.
      await query(this.#first.url, 'checkpoint');
      await database.stop();
    }
  }

  async stop(): Promise<void> {
    await this.#first.stop();
  }
}

/** The embedded database in a process of its own and a folder, as `npm start` runs it. */
export async function useEmbedded<T>(work: (url: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-'));
  const main = fileURLToPath(import.meta.resolve('@plumbline/store').replace(/index\.ts$/, 'main.ts'));
  const program = start([main], { PLUMBLINE_DATA: join(folder, 'database'), PLUMBLINE_DATABASE_PORT: '0' });
  try {
    return await work(await untilReady(program));
  } finally {
    await program.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function untilReady(program: Program): Promise<string> {
  for (;;) {
    const url = /"url":"([^"]+)"/.exec(program.output())?.[1];
    if (url !== undefined) return url;
    if (program.process.exitCode !== null) throw new Error(`the database ended: ${program.output()}`);
    await delay(50);
  }
}

/** The only row of a query. */
export async function query(url: string, text: string): Promise<Record<string, unknown> | undefined> {
  const database = openDatabase(url, 1);
  try {
    const { rows } = await sql.raw<Record<string, unknown>>(text).execute(database);
    return rows[0];
  } finally {
    await database.destroy();
  }
}

function startPostgres(): Promise<TestDatabase> {
  const engine = engines.find(({ name }) => name === 'PostgreSQL');
  if (!engine) throw new Error('there is no PostgreSQL');
  return engine.start();
}
