import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand, wholeNumber } from './command/command.ts';
import { stopOnSignal } from './command/signals.ts';
import { buildDashboard } from './stack/build.ts';
import { seed } from './stack/seed.ts';
import { type Stack, startStack } from './stack/stack.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function say(text: string): void {
  console.log(`  ${text}`);
}

function printReady(stack: Stack): void {
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

await runCommand(
  {
    command: 'npm start --',
    summary: 'Starts Plumbline on embedded defaults: local chain, database, indexer, gateway and dashboard.',
    options: {
      port: { type: 'string', value: 'PORT', default: '4747', help: 'where the page and the API listen' },
      host: { type: 'string', value: 'HOST', default: '127.0.0.1', help: 'address to listen on' },
      state: {
        type: 'string',
        value: 'FOLDER',
        default: join(root, '.plumbline'),
        help: 'folder that keeps chain, database, settings and logs',
      },
      reset: { type: 'boolean', default: false, help: 'begin anew, forgetting what the folder holds' },
      empty: { type: 'boolean', default: false, help: 'without the generated company' },
    },
  },
  async ({ values }) => {
    const port = wholeNumber('port', values.port, 0, 65_535);
    buildDashboard(() => say('building the dashboard'));
    const stopped = stopOnSignal();
    const asked = new Promise<void>((resolve) => stopped.addEventListener('abort', () => resolve()));
    const { state, host, reset } = values;
    const stack = await startStack({ state, port, host, reset, stopped, onStep: say });
    try {
      const work = values.empty ? Promise.resolve() : seed(stack, say);
      await Promise.race([work, asked, stack.failed]);
      if (!stopped.aborted) printReady(stack);
      await Promise.race([asked, stack.failed]);
    } finally {
      console.log('\nstopping');
      await stack.stop();
    }
    // A seeding that was interrupted must not keep the process alive.
    process.exit(0);
  },
);
