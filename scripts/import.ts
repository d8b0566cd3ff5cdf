import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand, UsageError, wholeNumber } from './command/command.ts';
import { importFile } from './retail/import.ts';
import { printReconciliation } from './retail/reconciliation.ts';
import { StackFolder } from './stack/folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

await runCommand(
  {
    command: 'npm run import --',
    summary: 'Loads an Online Retail file (CSV or CSV.gz) through the gateway.',
    operands: 'FILE',
    options: {
      distributors: {
        type: 'string',
        value: 'N',
        default: '1000',
        help: 'size of the network that the sales are spread over',
      },
      settle: {
        type: 'boolean',
        default: false,
        help: 'on a local chain: move its clock past the return window and settle everything',
      },
      json: {
        type: 'boolean',
        default: false,
        help: 'print the reconciliation on standard output as one line of JSON',
      },
      state: {
        type: 'string',
        value: 'FOLDER',
        default: join(root, '.plumbline'),
        help: "the running stack's folder, where its address and key are found",
      },
      gateway: { type: 'string', value: 'URL', help: 'another gateway; it needs --api-key too' },
      'api-key': { type: 'string', value: 'KEY', help: "that gateway's key for writing" },
      rpc: { type: 'string', value: 'URL', help: 'another node than the one that the gateway names' },
    },
    notes: ['Exit code 0: file, books and chain agree. 1: they do not. 2: the import could not be made.'],
    failureCode: 2,
  },
  async ({ values, positionals }) => {
    const [file, ...more] = positionals;
    if (!file || more.length > 0) throw new UsageError('name one file: npm run import -- FILE');
    const distributors = wholeNumber('distributors', values.distributors, 1, 1_000_000);
    const running = values.gateway ? undefined : new StackFolder(values.state).readSettings();
    const gateway = values.gateway ?? running?.url;
    if (!gateway) throw new UsageError('no gateway: run "npm start" first, or name one with --gateway');
    const apiKey = values['api-key'] ?? running?.apiKey;
    if (!apiKey) throw new UsageError('--gateway needs --api-key too');

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
  },
);
