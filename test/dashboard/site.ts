import { setTimeout as sleep } from 'node:timers/promises';
import { buildApp, connectChain, createBatcher, createLog } from '@plumbline/gateway';
import { createIndexer } from '@plumbline/indexer';
import { commissionLedgerAbi, type Plan } from '@plumbline/protocol';
import type { DistributorResponse, SaleResponse } from '@plumbline/protocol/api';
import { migrate, openDatabase } from '@plumbline/store';
import { type Address, encodeFunctionData, type Hex } from 'viem';
import { DEFAULT_PLAN, type Deployment, deployLocal } from '../../scripts/stack/deploy.ts';
import type { LedgerRequestStruct } from '../../types/LedgerFactory.js';
import type { Anvil } from '../support/chain.ts';
import { roleNamed } from '../support/company/company.ts';
import { engines } from '../support/databases.ts';
import { sharedChain, sharedPages } from './stage.ts';

const API_KEY = 'a-key-for-tests';
const RETURN_WINDOW = 86_400;

/** A company's whole installation with a ledger and a database of its own, and the dashboard built as it is for use. */
export interface Site {
  /** Of the page. */
  url: string;
  anvil: Anvil;
  deployment: Deployment;
  /** Calls the ledger past the gateway, as its admin or another account of the chain. */
  call(functionName: string, args: unknown[], from?: string): Promise<void>;
  /** Moves the chain's clock. */
  passTime(seconds: number): Promise<void>;
  /** Asks the gateway about a distributor until the answer is as wanted. */
  distributorWhen(
    name: string,
    isAsWanted: (answer: DistributorResponse) => boolean,
  ): Promise<DistributorResponse>;
  /** Submits distributors, each below the one before. */
  enrolLine(references: string[]): Promise<void>;
  /** Submits a sale of 199.99, of which 150.00 counts; done when the page can show it recorded. */
  sell(externalId: string, seller: string): Promise<SaleResponse>;
  /** Lets the return windows end; done when the sale is settled and the page can show it. */
  settle(externalId: string): Promise<SaleResponse>;
  stop(): Promise<void>;
}

/** What was started, to be stopped in reverse; one that fails to stop does not keep the others running. */
class Stops {
  readonly #stops: (() => Promise<unknown>)[] = [];

  add<T>(value: T, stop: (value: T) => Promise<unknown>): T {
    this.#stops.unshift(() => stop(value));
    return value;
  }

  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (const stop of this.#stops) await stop().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, failures.join('; '));
  }
}

/** @param plan The plan in force; the usual one if it is not given. */
export async function openSite(plan: Plan = DEFAULT_PLAN as Plan): Promise<Site> {
  const stops = new Stops();
  try {
    return await startSite(stops, plan);
  } catch (error) {
    await stops.run().catch(() => {});
    throw error;
  }
}

async function startSite(stops: Stops, plan: Plan): Promise<Site> {
  const [pages, anvil] = await Promise.all([sharedPages(), sharedChain()]);
  const { rpcUrl } = anvil;
  const signerKey = anvil.accounts[0]!.privateKey;
  const deployment = await deployLocal({
    rpcUrl,
    privateKey: signerKey,
    roles: ['RANKER', 'COMPLIANCE'].map((name) => ({
      role: roleNamed(name),
      account: anvil.accounts[0]!.address,
    })),
    request: { returnWindow: RETURN_WINDOW, plan: plan as LedgerRequestStruct['plan'] },
  });
  const postgres = engines.find(({ name }) => name === 'PostgreSQL');
  const engine = stops.add(await postgres!.start(), (running) => running.stop());
  const database = stops.add(openDatabase(engine.url), (open) => open.destroy());
  await migrate(database);

  const ending = new AbortController();
  const { ledger, startBlock } = deployment;
  const indexer = createIndexer({
    database,
    rpcUrls: [rpcUrl],
    ledger,
    startBlock,
    pollMs: 50,
    signal: ending.signal,
  });
  const chain = connectChain(rpcUrl, ledger as Address, startBlock);
  const log = createLog('silent');
  const app = stops.add(
    await buildApp({
      database,
      chain,
      terms: await chain.terms(),
      startBlock,
      apiKey: API_KEY,
      publicRpcUrl: rpcUrl,
      batcherStatus: () => batcher.status(),
      dashboard: pages,
      log,
    }),
    (server) => server.close(),
  );
  const settings = { batchAgeMs: 0, pollMs: 50 };
  const batcher = createBatcher({ database, chain, signerKey: signerKey as Hex, log, settings });
  const working = Promise.all([indexer.run(), batcher.run(ending.signal)]);
  // A failure surfaces where the work is awaited, and at the end.
  working.catch(() => {});
  stops.add(working, (work) => {
    ending.abort();
    return work;
  });
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/`;

  async function passTime(seconds: number): Promise<void> {
    await anvil.rpc('evm_increaseTime', [seconds]);
    await anvil.rpc('evm_mine');
  }

  async function post(path: string, body: unknown): Promise<void> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${API_KEY}` };
    const response = await fetch(`${url}v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }

  /** Asks until the answer is as wanted; work that ends meanwhile has failed. */
  async function ask<T>(path: string, isAsWanted: (answer: T) => boolean): Promise<T> {
    for (;;) {
      const answer = (await (await fetch(`${url}v1/${path}`)).json()) as T;
      if (isAsWanted(answer)) return answer;
      await Promise.race([sleep(50, undefined, { signal: ending.signal }), working]);
    }
  }

  return {
    url,
    anvil,
    deployment,
    async call(functionName, args, from = anvil.accounts[0]!.address) {
      const data = encodeFunctionData({ abi: commissionLedgerAbi, functionName, args } as never);
      const call = { from, to: ledger, data, gas: '0x500000' };
      const hash = await anvil.rpc<Hex>('eth_sendTransaction', [call]);
      let receipt: { status: Hex } | null = null;
      while (!receipt) receipt = await anvil.rpc('eth_getTransactionReceipt', [hash]);
      if (receipt.status !== '0x1') throw new Error(`${functionName} failed`);
    },
    passTime,
    distributorWhen: (name, isAsWanted) => ask(`distributors/${name}`, isAsWanted),
    async enrolLine(references) {
      const distributors = references.map((reference, i) => ({
        reference,
        sponsor: references[i - 1] ?? null,
      }));
      await post('distributors', { distributors });
      const last = `distributors/ref:${references.at(-1)}`;
      await ask<DistributorResponse>(last, ({ enrolledBlock }) => Number.isInteger(enrolledBlock));
    },
    async sell(externalId, seller) {
      await post('sales', {
        externalId,
        seller,
        buyer: 'customer-1',
        class: 'retail',
        priceCents: '19999',
        volumeCents: '15000',
        items: [
          { product: 'TEA-1', name: 'Green tea', quantity: 2, amountCents: '9999' },
          { product: 'CUP-4', name: 'Cup', quantity: 1, amountCents: '10000' },
        ],
        soldAt: '2026-03-01T09:30:00Z',
      });
      return ask<SaleResponse>(`sales/${externalId}`, ({ recordedAt }) => recordedAt !== null);
    },
    async settle(externalId) {
      await passTime(RETURN_WINDOW);
      return ask<SaleResponse>(`sales/${externalId}`, ({ settled }) => settled);
    },
    stop: () => stops.run(),
  };
}
