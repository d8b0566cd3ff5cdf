import { runCommand, UsageError } from '../scripts/command/command.ts';
import { indexerOptions, readOptions } from './indexer/options.ts';

const benches: Record<string, (values: Parameters<typeof readOptions>[0]) => Promise<unknown>> = {
  gas: async () => (await import('./gas.ts')).run(),
  import: async () => (await import('./import.ts')).run(),
  indexer: async (values) => {
    const options = readOptions(values);
    return (await import('./indexer.ts')).run(options);
  },
};

const isIndexer = process.argv[2] === 'indexer';

await runCommand(
  {
    command: 'npm run bench --',
    summary: 'Runs one benchmark. The last line printed has its figures as JSON.',
    operands: isIndexer ? 'indexer' : 'NAME',
    options: isIndexer ? indexerOptions : {},
    notes: [
      'Benchmarks:',
      '  gas      gas of a sale, beside its peers and the floor that the EVM sets',
      '  import   sales a second from the first request until they are on chain and in the books',
      '  indexer  reading a whole ledger, beside Ponder and beside raw logs; `indexer --help` lists its options',
    ],
  },
  async ({ values, positionals }) => {
    const [name = '', ...more] = positionals;
    const bench = benches[name];
    if (!bench || more.length > 0) throw new UsageError(`name one of ${Object.keys(benches).join(', ')}`);
    console.log(JSON.stringify({ [name]: await bench(values as Parameters<typeof readOptions>[0]) }));
    // Some of what a benchmark starts would keep the process alive.
    process.exit(0);
  },
);
