import { join } from 'node:path';
import { runCommand } from './command/command.ts';
import { buildDashboard } from './stack/build.ts';
import { runStack, say, stackOptions } from './stack/run.ts';
import type { Stack } from './stack/stack.ts';

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
    options: stackOptions,
  },
  async ({ values }) => {
    buildDashboard(() => say('building the dashboard'));
    await runStack(values, async (stack) => {
      printReady(stack);
      return async () => {};
    });
    // A seeding that was interrupted must not keep the process alive.
    process.exit(0);
  },
);
