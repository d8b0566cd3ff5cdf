import { migrate, openDatabase } from '@plumbline/store';
import { createBatcher } from './batcher/batcher.ts';
import { connectChain } from './chain/chain.ts';
import { reasonOf } from './chain/reason.ts';
import { buildApp } from './http/app.ts';
import { createLog } from './log.ts';
import { readSettings, usageText } from './settings.ts';

/** Runs the gateway until it is told to stop. */
async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const { rpcUrl, ledger, startBlock, signerKey, batchSize, batchAgeMs } = settings;
  const log = createLog(settings.logLevel);
  const database = openDatabase(settings.databaseUrl);
  await migrate(database);
  const chain = connectChain(rpcUrl, ledger, startBlock);
  const batcher = createBatcher({
    database,
    chain,
    signerKey,
    log: log.child({ part: 'batcher' }),
    settings: { batchSize, batchAgeMs },
  });
  const app = await buildApp({
    database,
    chain,
    terms: await chain.terms(),
    startBlock,
    apiKey: settings.apiKey,
    publicRpcUrl: settings.publicRpcUrl,
    batcherStatus: () => batcher.status(),
    dashboard: settings.dashboard,
    log,
  });
  const url = await app.listen({ host: settings.host, port: settings.port });
  const stop = new AbortController();
  const batching = batcher.run(stop.signal);
  console.log(JSON.stringify({ ready: 'gateway', url }));

  const end = async () => {
    stop.abort();
    await app.close();
    await batching;
    await database.destroy();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
}

if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
  console.log(usageText());
} else {
  main().catch((error: unknown) => {
    console.error(`gateway: ${reasonOf(error).split('\n')[0]}`);
    process.exit(1);
  });
}
