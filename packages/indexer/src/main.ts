import { openDatabase, startEmbedded } from '@plumbline/store';
import { createIndexer } from './following/indexer.ts';
import type { Progress } from './progress.ts';
import { rebuild } from './rebuild.ts';
import {
  type Command,
  readAddresses,
  readCommand,
  readDatabaseUrl,
  readFinality,
  readFollowing,
  readRpcUrls,
  SettingError,
} from './settings.ts';
import { readStatus } from './status.ts';

/**
 * Follows one ledger, or those of a factory, until it is told to stop; or says where the books stand; or builds them again
 * and compares. Exit code 0: done. 1: something is not what it should be. 2: a setting is wrong.
 */

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

function tell({ event, ...rest }: Progress): void {
  const line = event === 'ready' ? { ready: 'indexer' } : { time: new Date().toISOString(), event, ...rest };
  console.log(JSON.stringify(line));
}

async function follow({ from, to, once }: Extract<Command, { do: 'follow' }>): Promise<void> {
  const database = openDatabase(readDatabaseUrl(process.env));
  try {
    const { startBlock, ...settings } = readFollowing(process.env);
    const indexer = createIndexer({
      database,
      rpcUrls: readRpcUrls(process.env),
      ...readAddresses(process.env),
      ...settings,
      startBlock: from ?? startBlock,
      untilBlock: to,
      signal: stop.signal,
      onProgress: tell,
    });
    if (once) await indexer.syncOnce();
    else await indexer.run();
  } finally {
    await database.destroy();
  }
}

async function tellStatus(): Promise<void> {
  const database = openDatabase(readDatabaseUrl(process.env));
  try {
    const [rpcUrl] = readRpcUrls(process.env, '');
    for (const status of await readStatus(database, rpcUrl)) console.log(JSON.stringify(status));
  } finally {
    await database.destroy();
  }
}

/** Whether the books are what the chain says. */
async function check({ beside: besideUrl }: Extract<Command, { do: 'rebuild' }>): Promise<boolean> {
  const [url, rpcUrls] = [readDatabaseUrl(process.env), readRpcUrls(process.env)];
  const finality = readFinality(process.env);
  const embedded = besideUrl === undefined ? await startEmbedded('memory://') : undefined;
  const database = openDatabase(url);
  const beside = openDatabase(besideUrl ?? embedded?.url ?? '');
  try {
    const { signal } = stop;
    const reports = await rebuild({ database, beside, rpcUrls, finality, signal, onProgress: tell });
    for (const report of reports) console.log(JSON.stringify(report));
    return reports.every(({ differences }) => differences.length === 0);
  } finally {
    await beside.destroy();
    await database.destroy();
    await embedded?.close();
  }
}

async function main(): Promise<number> {
  const command = readCommand(process.argv.slice(2));
  switch (command.do) {
    case 'follow':
      await follow(command);
      return 0;
    case 'status':
      await tellStatus();
      return 0;
    case 'rebuild':
      return (await check(command)) ? 0 : 1;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!stop.signal.aborted) {
    console.error((error as Error).message.replaceAll('\n', ' '));
    process.exitCode = error instanceof SettingError ? 2 : 1;
  }
}
