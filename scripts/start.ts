import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seed } from './stack/seed.ts';
import { type Stack, startStack } from './stack/stack.ts';

const USAGE = `Starts Plumbline on embedded defaults: local chain, database, indexer, gateway and dashboard.

  npm start -- [--port 4747] [--host 127.0.0.1] [--state .plumbline] [--reset] [--empty]

  --port   where the page and the API listen
  --host   address to listen on
  --state  folder that keeps chain, database, settings and logs
  --reset  begin anew, forgetting what the folder holds
  --empty  without the generated company`;

const root = fileURLToPath(new URL('..', import.meta.url));

function readArguments() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4747' },
      host: { type: 'string', default: '127.0.0.1' },
      state: { type: 'string', default: join(root, '.plumbline') },
      reset: { type: 'boolean', default: false },
      empty: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, not ${values.port}`);
  }
  return { ...values, port };
}

function say(text: string): void {
  console.log(`  ${text}`);
}

/** Builds the page if it is missing or older than its sources. */
function buildDashboard(): void {
  const page = join(root, 'packages/dashboard/dist/index.html');
  const newest = (folder: string): number =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => statSync(join(root, folder, name)).mtimeMs)
      .reduce((a, b) => Math.max(a, b), 0);
  const sources = Math.max(newest('packages/dashboard/src'), newest('packages/protocol/src'));
  if (existsSync(page) && statSync(page).mtimeMs > sources) return;
  say('building the dashboard');
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  execFileSync(process.execPath, [vite, 'build', 'packages/dashboard', '--logLevel', 'warn'], {
    cwd: root,
    stdio: 'inherit',
  });
}

async function printReady(stack: Stack): Promise<void> {
  console.log(`
Plumbline is ready: ${stack.url}

Three things to try
  1. Open ${stack.url} and search for D-0007, then follow one of the credits to its sale:
     the page recomputes the payout from the chain, not from the gateway.
  2. Replay the whole ledger from the chain alone:
     npm run audit -- --rpc ${stack.rpcUrl} --ledger ${stack.ledger}
  3. Load real sales, 20,000 invoices of a UK retailer (UCI Online Retail, as CSV or CSV.gz):
     npm run import -- online-retail.csv.gz --settle

The API is described at ${stack.url}/docs; its key for writing is in ${join(stack.folder.path, 'settings.json')}.
Ctrl-C stops everything; the next start goes on from here, --reset begins anew.`);
}

async function main(): Promise<void> {
  const options = readArguments();
  if (options.help) {
    console.log(USAGE);
    return;
  }
  buildDashboard();
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort());
  const asked = new Promise<void>((resolve) => stopped.signal.addEventListener('abort', () => resolve()));

  const stack = await startStack({
    state: options.state,
    port: options.port,
    host: options.host,
    onStep: say,
    reset: options.reset,
    stopped: stopped.signal,
  });
  try {
    const work = options.empty ? Promise.resolve() : seed(stack, say);
    await Promise.race([work, asked, stack.failed]);
    if (!stopped.signal.aborted) await printReady(stack);
    await Promise.race([asked, stack.failed]);
  } finally {
    console.log('\nstopping');
    await stack.stop();
  }
}

try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(`plumbline: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
