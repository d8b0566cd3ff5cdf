import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { importFile } from './retail/import.ts';
import { printReconciliation } from './retail/reconciliation.ts';
import { StackFolder } from './stack/folder.ts';

const USAGE = `Loads an Online Retail file (CSV or CSV.gz) through the gateway.

  npm run import -- FILE [--distributors 1000] [--settle] [--json] [--state .plumbline]
                    [--gateway URL --api-key KEY --rpc URL]

  --distributors  size of the network that the file is given
  --settle  on a local chain: moves its clock past the return window and settles everything
  --json    prints the reconciliation as one line of JSON on standard output
  --state   folder of the running stack, where address and key are found
  --gateway, --api-key, --rpc  another gateway than the running stack's`;

const root = fileURLToPath(new URL('..', import.meta.url));

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      distributors: { type: 'string', default: '1000' },
      settle: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      state: { type: 'string', default: join(root, '.plumbline') },
      gateway: { type: 'string' },
      'api-key': { type: 'string' },
      rpc: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [file, ...more] = positionals;
  if (!file || more.length > 0) throw new Error('name one file: npm run import -- FILE');
  const distributors = Number(values.distributors);
  if (!Number.isInteger(distributors) || distributors < 1 || distributors > 1_000_000) {
    throw new Error(`--distributors must be a whole number from 1 to 1000000, not ${values.distributors}`);
  }
  const running = values.gateway ? undefined : new StackFolder(values.state).readSettings();
  const gateway = values.gateway ?? running?.url;
  if (!gateway) throw new Error('no gateway: run "npm start" first, or name one with --gateway');
  const apiKey = values['api-key'] ?? running?.apiKey;
  if (!apiKey) throw new Error('--api-key is needed for another gateway than the running stack');

  const reconciliation = await importFile({
    file,
    gateway,
    apiKey,
    network: { size: distributors },
    settle: values.settle,
    ...(values.rpc && { rpcUrl: values.rpc }),
  });
  printReconciliation(reconciliation, values.json);
  return reconciliation.differences.length === 0 && reconciliation.audit.findings === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`import: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
