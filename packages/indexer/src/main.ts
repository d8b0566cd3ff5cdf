import { openDatabase } from '@plumbline/store';
import { createIndexer } from './indexer.ts';

/** Follows one ledger until it is told to stop. */

/** @throws Error naming the variable that is missing or wrong; of a URL, which may hold a key, only the scheme is told. */
function setting(name: string, form: RegExp, what: string, usual?: string): string {
  const value = process.env[name] ?? usual;
  if (value === undefined || !form.test(value)) {
    const given = value === undefined ? 'empty' : JSON.stringify(value.replace(/:\/\/.*/s, '://…'));
    throw new Error(`${name} must be ${what}, not ${given}`);
  }
  return value;
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

try {
  const database = openDatabase(
    setting('PLUMBLINE_DATABASE_URL', /^postgres(ql)?:\/\//, 'the URL of a PostgreSQL database'),
  );
  try {
    await createIndexer({
      database,
      rpcUrl: setting('PLUMBLINE_RPC_URL', /^https?:\/\//, 'the HTTP URL of a node'),
      ledger: setting('PLUMBLINE_LEDGER', /^0x[0-9a-fA-F]{40}$/, 'the address of a ledger'),
      startBlock: Number(setting('PLUMBLINE_START_BLOCK', /^\d{1,15}$/, 'a block number', '0')),
      pollMs: Number(setting('PLUMBLINE_POLL_MS', /^\d{1,6}$/, 'a number of milliseconds', '200')),
      signal: stop.signal,
      onProgress({ event, ...rest }) {
        const line =
          event === 'ready' ? { ready: 'indexer' } : { time: new Date().toISOString(), event, ...rest };
        console.log(JSON.stringify(line));
      },
    }).run();
  } finally {
    await database.destroy();
  }
} catch (error) {
  console.error((error as Error).message.replaceAll('\n', ' '));
  process.exitCode = 1;
}
