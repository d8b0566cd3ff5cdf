import { createIndexer, type IndexerOptions } from '@plumbline/indexer';
import { type Database, findDistributor, findStatus, getTotals, openDatabase } from '@plumbline/store';
import { sql } from 'kysely';
import { type BooksDump, clearBooks, dumpBooks } from '../support/books.ts';
import { type Anvil, startAnvil } from '../support/chain.ts';
import type { Engine, TestDatabase } from '../support/databases.ts';
import type { Programme, Views } from './programme.ts';

/** Two databases of each engine, which all suites of a run share: starting one takes longer than most tests. */
const shared = new Map<Engine, Promise<[TestDatabase, TestDatabase]>>();

after(async () => {
  for (const starting of shared.values()) {
    for (const database of await starting) await database.stop();
  }
});

function startDatabases(engine: Engine): Promise<[TestDatabase, TestDatabase]> {
  const starting = shared.get(engine) ?? Promise.all([engine.start(), engine.start()]);
  shared.set(engine, starting);
  return starting;
}

/** Makes a database what a new one is: without books and without tables. */
async function empty(database: Database): Promise<void> {
  await sql`drop schema public cascade`.execute(database);
  await sql`create schema public`.execute(database);
}

/** A chain, the books to be tested, and a second database to build the same books afresh. */
export class Bench {
  readonly chain: Anvil;
  readonly url: string;
  readonly database: Database;
  /** URL of the second database. */
  readonly freshUrl: string;
  readonly #fresh: Database;
  readonly #ownsChain: boolean;

  private constructor(chain: Anvil, ownsChain: boolean, [books, fresh]: [TestDatabase, TestDatabase]) {
    this.chain = chain;
    this.#ownsChain = ownsChain;
    this.url = books.url;
    this.freshUrl = fresh.url;
    this.database = openDatabase(books.url);
    this.#fresh = openDatabase(fresh.url);
  }

  /** @param chain The chain to use, which the caller stops; without it the bench starts one of its own. */
  static async start(engine: Engine, chain?: Anvil): Promise<Bench> {
    const databases = await startDatabases(engine);
    const bench = new Bench(chain ?? (await startAnvil()), chain === undefined, databases);
    await empty(bench.database);
    await bench.emptyFresh();
    return bench;
  }

  async stop(): Promise<void> {
    await this.database.destroy();
    await this.#fresh.destroy();
    if (this.#ownsChain) await this.chain.stop();
  }

  /** Empties the second database. */
  async emptyFresh(): Promise<void> {
    await empty(this.#fresh);
  }

  optionsFor(programme: Programme, changes: Partial<IndexerOptions> = {}): IndexerOptions {
    const { ledger, startBlock } = programme.deployment;
    return {
      database: this.database,
      rpcUrls: [this.chain.rpcUrl],
      ledger,
      startBlock,
      pollMs: 20,
      // The chains of tests are short: what is to be seen of one question is seen of the first.
      initialRange: 100,
      // Tests go back further than a chain with final blocks would.
      finality: 1_000_000,
      ...changes,
    };
  }

  /** Brings the books up to the chain, once. */
  async sync(programme: Programme, changes: Partial<IndexerOptions> = {}): Promise<BooksDump> {
    await createIndexer(this.optionsFor(programme, changes)).syncOnce();
    return dumpBooks(this.database);
  }

  /** The same books, built from the chain as it is now. */
  async buildFresh(programme: Programme, changes: Partial<IndexerOptions> = {}): Promise<BooksDump> {
    const indexer = createIndexer(this.optionsFor(programme, { database: this.#fresh, ...changes }));
    // The tables are there from the first time on.
    await clearBooks(this.#fresh).catch(() => {});
    await indexer.syncOnce();
    return dumpBooks(this.#fresh);
  }

  /** What the books say of everything that the contract has a view of. */
  async viewsOfBooks(programme: Programme, like: Views): Promise<Views> {
    const { ledger } = programme.deployment;
    const status = await findStatus(this.database, ledger);
    const totals = await getTotals(this.database, ledger);
    const accounts: Views['accounts'] = [];
    for (const { id } of like.accounts) {
      const distributor = await findDistributor(this.database, ledger, id);
      if (!distributor) continue;
      const { wallet, movedTo, hold, recovery } = distributor;
      accounts.push({
        id,
        sponsor: movedTo === null ? distributor.sponsor : 0,
        owed: distributor.creditedUnits - distributor.paidUnits,
        rank: movedTo === null ? distributor.rank : 0,
        status: distributor.status,
        movedTo: movedTo ?? 0,
        wallet,
        heldUntil: hold?.until ?? 0,
        recovery: recovery?.wallet ?? null,
      });
    }
    return {
      head: status?.head ?? '0x',
      entryCount: status?.entryCount ?? 0,
      owed: totals.creditedUnits - totals.paidUnits,
      accounts,
    };
  }
}
