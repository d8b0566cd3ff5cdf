import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Chain } from '../chain.ts';
import { type Run, start } from './program.ts';

/**
 * Ponder on the same chain and the same database server, with the app in the folder beside this file. It is installed
 * on first use, out of the repository's way, with its own exact versions. Of Ponder's releases 1.0.0 is not the youngest
 * (its own notes call it 0.10); with 0.16.10 the same app used a fifth more processor time.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const fixture = fileURLToPath(new URL('./ponder', import.meta.url));
const app = join(root, '.plumbline', 'bench', 'ponder');

const LOOK_MS = 50;
/** No run takes this long; without a limit, a Ponder that hangs would hold up the bench for ever. */
const GIVE_UP_MS = 1_800_000;

/** Puts the app and its packages where it runs. @returns Ponder's version. */
export async function installPonder(): Promise<string> {
  const wanted = readFileSync(join(fixture, 'package.json'), 'utf8');
  const installed = join(app, 'node_modules', '.package-lock.json');
  const known = join(app, 'package.json');
  const isThere = existsSync(installed) && existsSync(known) && readFileSync(known, 'utf8') === wanted;
  mkdirSync(app, { recursive: true });
  cpSync(fixture, app, { recursive: true });
  if (!isThere) {
    console.log('installing Ponder (npm install)');
    rmSync(join(app, 'node_modules'), { recursive: true, force: true });
    await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund'], { cwd: app });
  }
  const ours = join(app, 'node_modules', '@plumbline', 'protocol');
  mkdirSync(dirname(ours), { recursive: true });
  rmSync(ours, { recursive: true, force: true });
  symlinkSync(join(root, 'packages', 'protocol'), ours);
  const { version } = JSON.parse(readFileSync(join(app, 'node_modules/ponder/package.json'), 'utf8'));
  return version;
}

/** Measures it from its start until it reports that everything is indexed and can be read. */
export async function runPonder(chain: Chain, databaseUrl: string): Promise<Run> {
  const port = await findFreePort();
  const args = [
    'start',
    '--root',
    app,
    '--schema',
    'bench',
    '--port',
    String(port),
    '--hostname',
    '127.0.0.1',
  ];
  const program = start(
    [join(app, 'node_modules/ponder/dist/esm/bin/ponder.js'), ...args],
    {
      BENCH_RPC_URL: chain.anvil.rpcUrl,
      BENCH_LEDGER: chain.ledger,
      BENCH_START_BLOCK: String(chain.startBlock),
      DATABASE_URL: databaseUrl,
      PONDER_TELEMETRY_DISABLED: 'true',
      NO_COLOR: '1',
    },
    app,
  );
  const until = performance.now() + GIVE_UP_MS;
  try {
    while (!(await isReady(port))) {
      if (program.process.exitCode !== null || performance.now() > until)
        throw new Error(`Ponder did not finish: ${program.output().slice(-2_000)}`);
      await delay(LOOK_MS);
    }
    return program.taken();
  } finally {
    await program.stop();
  }
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/ready`)).ok;
  } catch {
    return false;
  }
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
