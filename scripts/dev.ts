import { runCommand, wholeNumber } from './command/command.ts';
import { buildDashboard } from './stack/build.ts';
import { restartOnChange, serveDashboard } from './stack/reload.ts';
import { runStack, say, stackOptions } from './stack/run.ts';

await runCommand(
  {
    command: 'npm run dev --',
    summary: 'Starts everything as `npm start` does; a change of the dashboard or the gateway shows at once.',
    options: {
      ...stackOptions,
      'page-port': { type: 'string', value: 'PORT', default: '5173', help: 'where the dashboard listens' },
    },
    notes: ['The indexer, the database and the chain run on; start anew to see a change of theirs.'],
  },
  async ({ values }) => {
    const pagePort = wholeNumber('page-port', values['page-port'], 0, 65_535);
    buildDashboard(() => say('building the dashboard'));
    await runStack(values, async (stack) => {
      const page = await serveDashboard({ gateway: stack.url, host: values.host, port: pagePort });
      const stopWatching = restartOnChange(stack.services.gateway, ['gateway', 'store', 'protocol'], say);
      console.log(`
Ready
  dashboard  ${page.url}  (reloads when packages/dashboard changes)
  gateway    ${stack.url}/docs  (restarts when packages/gateway, store or protocol change)
  node       ${stack.rpcUrl}
  ledger     ${stack.ledger}
  logs       ${stack.folder.logFile('gateway')}
Ctrl-C stops everything.`);
      return async () => {
        await stopWatching();
        await page.close();
      };
    });
    process.exit(0);
  },
);
