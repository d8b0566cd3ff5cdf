import { createHash } from 'node:crypto';
import {
  type Batcher,
  type BatcherSettings,
  buildApp,
  type Chain,
  connectChain,
  createBatcher,
  createLog,
} from '@plumbline/gateway';
import { createIndexer } from '@plumbline/indexer';
import {
  countQueue,
  type Database,
  type EmbeddedDatabase,
  migrate,
  openDatabase,
  startEmbedded,
} from '@plumbline/store';
import { sql } from 'kysely';
import type { Address, Hex } from 'viem';
import type { Deployment } from '../../scripts/stack/deploy.ts';
import { type Anvil, startAnvil } from '../support/chain.ts';
import { type CompanyOptions, deployCompany, LedgerCompany } from '../support/company/company.ts';

export const API_KEY = 'a key for tests only';

type App = Awaited<ReturnType<typeof buildApp>>;

/** A company with everything it runs: chain, ledger, database, gateway, indexer. */
export class Company extends LedgerCompany {
  readonly embedded: EmbeddedDatabase;
  readonly database: Database;
  readonly chain: Chain;
  readonly app: App;
  #batcher: Batcher;

  constructor(
    anvil: Anvil,
    deployment: Deployment,
    embedded: EmbeddedDatabase,
    database: Database,
    app: App,
  ) {
    super(anvil, deployment);
    this.embedded = embedded;
    this.database = database;
    this.chain = chainOf(anvil, deployment);
    this.app = app;
    this.#batcher = this.newBatcher();
  }

  get batcher(): Batcher {
    return this.#batcher;
  }

  /** Another batcher on the same queue; by default with the same signer and no waiting for age. */
  newBatcher(settings: Partial<BatcherSettings> = {}, chain: Chain = this.chain, account = 0): Batcher {
    return createBatcher({
      database: this.database,
      chain,
      signerKey: this.anvil.accounts[account]?.privateKey as Hex,
      log: this.app.log,
      settings: { batchAgeMs: 0, rebroadcastMs: 0, ...settings },
    });
  }

  /** As if the process had died and another had taken over, once the lease had expired. */
  async restart(settings: Partial<BatcherSettings> = {}, account = 0): Promise<Batcher> {
    await this.expireLease();
    this.#batcher = this.newBatcher(settings, this.chain, account);
    return this.#batcher;
  }

  async expireLease(): Promise<void> {
    await this.database
      .updateTable('leases')
      .set({ expires_at: new Date(0) })
      .execute();
  }

  /** Brings the books up to the chain. */
  async index(): Promise<void> {
    const { ledger, startBlock } = this.deployment;
    const indexer = createIndexer({
      database: this.database,
      rpcUrls: [this.anvil.rpcUrl],
      ledger,
      startBlock,
    });
    await indexer.syncOnce();
  }

  /** Lets batcher and indexer work until nothing waits, or nothing moves any more. */
  async work(batcher: Batcher = this.#batcher): Promise<void> {
    for (let idle = 0; idle < 4; ) {
      const busy = await batcher.tick();
      if (!busy) await this.index();
      idle = busy ? 0 : idle + 1;
      // The second idle tick saw current books: with an empty queue there is nothing left that could become due.
      if (idle === 2 && (await this.#isQueueEmpty())) return;
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }

  async #isQueueEmpty(): Promise<boolean> {
    const { distributors, sales, reversals, transactions } = await countQueue(this.database, this.ledger);
    return distributors + sales + reversals + transactions === 0;
  }

  async post(url: string, body: unknown, headers: Record<string, string> = {}) {
    const response = await this.app.inject({
      method: 'POST',
      url,
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', ...headers },
      payload: JSON.stringify(body),
    });
    return { status: response.statusCode, type: response.headers['content-type'], body: response.json() };
  }

  async get(url: string) {
    const response = await this.app.inject({ method: 'GET', url });
    return { status: response.statusCode, type: response.headers['content-type'], body: response.json() };
  }

  /** A line of distributors, each sponsored by the one before: distributor-0 is the root. */
  async enrolLine(count: number): Promise<void> {
    const distributors = Array.from({ length: count }, (_, i) => ({
      reference: `distributor-${i}`,
      sponsor: i === 0 ? null : `distributor-${i - 1}`,
      wallet: walletOf(i),
    }));
    await this.post('/v1/distributors', { distributors });
    await this.work();
  }

  /** What the ledger says, asked without the gateway. */
  async onChain() {
    const [batches, [fragments], [, free, reserved, owed], entries, head] = await Promise.all([
      this.#countBatches(),
      this.view<readonly [bigint]>('counts'),
      this.view<readonly [bigint, bigint, bigint, bigint]>('solvency'),
      this.view<bigint>('entryCount'),
      this.view<Hex>('head'),
    ]);
    return {
      batches,
      fragments: Number(fragments),
      free,
      reserved,
      owed,
      entries: Number(entries),
      head,
    };
  }

  /** Batches of all recorders. */
  async #countBatches(): Promise<number> {
    const [, , recorders] = await this.view<readonly bigint[]>('counts');
    const numbers = Array.from({ length: Number(recorders) }, (_, i) => i + 1);
    const sequences = await Promise.all(numbers.map((number) => this.chain.lastSequence(number)));
    return sequences.reduce((sum, sequence) => sum + sequence, 0);
  }

  owedTo(wallet: string): Promise<bigint> {
    return this.view('owedTo', [wallet]);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.database.destroy();
    await this.anvil.stop();
  }
}

/** What differs from the usual company; `hotKey`: whether the chain's second account is a recorder too, number 2. */
interface FoundingOptions extends CompanyOptions {
  hotKey?: boolean;
}

/** Founds a company: the programme of scripts/stack/deploy.ts with a return window of an hour, unless said otherwise. */
export async function foundCompany(options: FoundingOptions = {}): Promise<Company> {
  const [anvil, embedded] = await Promise.all([startAnvil(), emptyDatabase()]);
  const { request, hotKey = false, ...rest } = options;
  const hot = { key: anvil.accounts[1]?.address ?? '', cap: 10n ** 12n, countCap: 100_000n };
  const deployment = await deployCompany(anvil, {
    request: { returnWindow: 3_600, ...request },
    recorders: hotKey ? [hot] : [],
    ...rest,
  });
  const database = openDatabase(embedded.url);
  await migrate(database);
  const chain = chainOf(anvil, deployment);
  const app = await buildApp({
    database,
    chain,
    terms: await chain.terms(),
    startBlock: deployment.startBlock,
    apiKey: API_KEY,
    publicRpcUrl: anvil.rpcUrl,
    batcherStatus: () => company.batcher.status(),
    log: createLog('silent'),
  });
  const company = new Company(anvil, deployment, embedded, database, app);
  await company.index();
  return company;
}

/** The database of all suites of a run. Starting one takes longer than the rest of a company together. */
let shared: Promise<EmbeddedDatabase> | undefined;
after(async () => (await shared)?.close());

/** The shared database, emptied: a company's suite ends before the next one begins. */
async function emptyDatabase(): Promise<EmbeddedDatabase> {
  shared ??= startEmbedded('memory://');
  const embedded = await shared;
  const database = openDatabase(embedded.url);
  await sql`drop schema public cascade; create schema public`.execute(database);
  await database.destroy();
  return embedded;
}

function chainOf(anvil: Anvil, deployment: Deployment): Chain {
  return connectChain(anvil.rpcUrl, deployment.ledger as Address, deployment.startBlock);
}

/** A wallet that belongs to nobody. */
export function walletOf(i: number): string {
  return `0x${createHash('sha256').update(`wallet ${i}`).digest('hex').slice(0, 40)}`;
}

/** A sale of distributor-0 at 10.00, all of it volume. */
export function saleOf(externalId: string, changes: Record<string, unknown> = {}) {
  return {
    externalId,
    seller: 'distributor-0',
    buyer: `buyer of ${externalId}`,
    class: 'retail',
    priceCents: '1000',
    volumeCents: '1000',
    items: [{ product: 'P-1', quantity: 1, amountCents: '1000' }],
    soldAt: '2026-03-01T12:00:00.000Z',
    ...changes,
  };
}
