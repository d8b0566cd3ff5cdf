import { migrate, openDatabase } from '@plumbline/store';
import type { Address, Hex } from 'viem';
import { createBatcher } from './batcher/batcher.ts';
import { connectChain } from './chain/chain.ts';
import { reasonOf } from './chain/reason.ts';
import { buildApp } from './http/app.ts';
import { createLog } from './log.ts';

/** Runs the gateway until it is told to stop. */

class EnvironmentError extends Error {
  override name = 'EnvironmentError';
}

function read(name: string, pattern: RegExp, expected: string, fallback?: string): string {
  const value = process.env[name] ?? fallback;
  if (value !== undefined && pattern.test(value)) return value;
  throw new EnvironmentError(`${name} must be ${expected}${value === undefined ? '; it is not set' : ''}`);
}

const URL_FORM = /^(https?|postgres(ql)?):\/\/\S+$/;
const NUMBER = /^[0-9]{1,12}$/;

async function main(): Promise<void> {
  const rpcUrl = read('PLUMBLINE_RPC_URL', URL_FORM, 'the URL of an Ethereum node');
  const ledger = read('PLUMBLINE_LEDGER', /^0x[0-9a-fA-F]{40}$/, 'the address of a ledger');
  const startBlock = Number(read('PLUMBLINE_START_BLOCK', NUMBER, 'a block number', '0'));
  const signerKey = read(
    'PLUMBLINE_SIGNER_KEY',
    /^0x[0-9a-fA-F]{64}$/,
    'a private key: 0x and 64 hex digits',
  );
  const apiKey = read('PLUMBLINE_API_KEY', /^\S{8,}$/, 'a key of at least 8 characters');
  const databaseUrl = read('PLUMBLINE_DATABASE_URL', URL_FORM, 'the URL of a PostgreSQL database');
  // Never the gateway's own node: its address may carry a key.
  const publicRpcUrl = process.env.PLUMBLINE_PUBLIC_RPC_URL
    ? read('PLUMBLINE_PUBLIC_RPC_URL', URL_FORM, 'the URL of an Ethereum node')
    : null;
  const host = process.env.PLUMBLINE_HOST ?? '127.0.0.1';
  const port = Number(read('PLUMBLINE_PORT', NUMBER, 'a port', '0'));
  const batchSize = Number(read('PLUMBLINE_BATCH_SIZE', /^([1-9][0-9]{0,2}|1000)$/, '1 to 1000', '250'));
  const batchAgeMs = Number(read('PLUMBLINE_BATCH_AGE_MS', NUMBER, 'milliseconds', '2000'));

  const log = createLog(process.env.PLUMBLINE_LOG_LEVEL ?? 'info');
  const database = openDatabase(databaseUrl);
  await migrate(database);
  const chain = connectChain(rpcUrl, ledger.toLowerCase() as Address, startBlock);
  const batcher = createBatcher({
    database,
    chain,
    signerKey: signerKey as Hex,
    log: log.child({ part: 'batcher' }),
    settings: { batchSize, batchAgeMs },
  });
  const app = await buildApp({
    database,
    chain,
    terms: await chain.terms(),
    startBlock,
    apiKey,
    publicRpcUrl,
    batcherStatus: () => batcher.status(),
    dashboard: process.env.PLUMBLINE_DASHBOARD,
    log,
  });
  const url = await app.listen({ host, port });
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

main().catch((error: Error) => {
  console.error(`gateway: ${reasonOf(error).split('\n')[0]}`);
  process.exit(1);
});
