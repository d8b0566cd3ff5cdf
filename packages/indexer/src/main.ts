import { openDatabase, startEmbedded } from '@plumbline/store';
import { SettingError } from './errors.ts';
import { createIndexer } from './following/indexer.ts';
import type { Progress } from './progress.ts';
import { rebuild } from './rebuild.ts';
import {
  type Command,
  HELP,
  readAddresses,
  readCommand,
  readDatabaseUrl,
  readFinality,
  readFollowing,
  readRpcUrls,
} from './settings.ts';
import { readStatus } from './status.ts';

/** The command line of the indexer; settings.ts describes the commands and exit codes. */

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

function printProgress({ event, ...rest }: Progress): void {
  const line = event === 'ready' ? { ready: 'indexer' } : { time: new Date().toISOString(), event, ...rest };
  console.log(JSON.stringify(line));
}

async function follow({ from, to, once }: Extract<Command, { name: 'follow' }>): Promise<void> {
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
      onProgress: printProgress,
    });
    if (once) await indexer.syncOnce();
    else await indexer.run();
  } finally {
    await database.destroy();
  }
}

async function printStatus(): Promise<void> {
  const database = openDatabase(readDatabaseUrl(process.env));
  try {
    const [rpcUrl] = readRpcUrls(process.env, '');
    for (const status of await readStatus(database, rpcUrl)) console.log(JSON.stringify(status));
  } finally {
    await database.destroy();
  }
}

/** Whether the books match the chain. */
async function rebuildAndCompare({
  beside: besideUrl,
}: Extract<Command, { name: 'rebuild' }>): Promise<boolean> {
  const [url, rpcUrls] = [readDatabaseUrl(process.env), readRpcUrls(process.env)];
  const finality = readFinality(process.env);
  const embedded = besideUrl === undefined ? await startEmbedded('memory://') : undefined;
  const database = openDatabase(url);
  const beside = openDatabase(besideUrl ?? embedded?.url ?? '');
  try {
    const { signal } = stop;
    const reports = await rebuild({ database, beside, rpcUrls, finality, signal, onProgress: printProgress });
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
  switch (command.name) {
    case 'help':
      console.log(HELP);
      return 0;
    case 'follow':
      await follow(command);
      return 0;
    case 'status':
      await printStatus();
      return 0;
    case 'rebuild':
      return (await rebuildAndCompare(command)) ? 0 : 1;
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
