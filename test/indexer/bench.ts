import { createIndexer, type IndexerOptions } from '@plumbline/indexer';
import { type Database, findDistributor, findStatus, getTotals, openDatabase } from '@plumbline/store';
import { sql } from 'kysely';
import { type BooksDump, clearBooks, dumpBooks } from '../support/books.ts';
import { type Anvil, startAnvil } from '../support/chain.ts';
import type { Engine, TestDatabase } from '../support/databases.ts';
import type { Programme, Views } from './programme.ts';

/** A chain, the books to be tested, and a second database to build the same books afresh. */
export class Bench {
  readonly chain: Anvil;
  readonly url: string;
  readonly database: Database;
  /** URL of the second database. */
  readonly freshUrl: string;
  readonly #fresh: Database;
  readonly #ownsChain: boolean;
  readonly #databases: readonly TestDatabase[];

  private constructor(chain: Anvil, ownsChain: boolean, databases: [TestDatabase, TestDatabase]) {
    const [books, fresh] = databases;
    this.#databases = databases;
    this.chain = chain;
    this.#ownsChain = ownsChain;
    this.url = books.url;
    this.freshUrl = fresh.url;
    this.database = openDatabase(books.url);
    this.#fresh = openDatabase(fresh.url);
  }

  /** @param chain The chain to use, which the caller stops; without it the bench starts one of its own. */
  static async start(engine: Engine, chain?: Anvil): Promise<Bench> {
    const databases: [TestDatabase, TestDatabase] = [await engine.start(), await engine.start()];
    return new Bench(chain ?? (await startAnvil()), chain === undefined, databases);
  }

  async stop(): Promise<void> {
    await this.database.destroy();
    await this.#fresh.destroy();
    for (const each of this.#databases) await each.stop();
    if (this.#ownsChain) await this.chain.stop();
  }

  /** Leaves the second database as a new one is, without books or tables. */
  async emptyFresh(): Promise<void> {
    await sql`drop schema public cascade`.execute(this.#fresh);
    await sql`create schema public`.execute(this.#fresh);
  }

  optionsFor(programme: Programme, changes: Partial<IndexerOptions> = {}): IndexerOptions {
    const { ledger, startBlock } = programme.deployment;
    return {
      database: this.database,
      rpcUrls: [this.chain.rpcUrl],
      ledger,
      startBlock,
      pollMs: 20,
      // The chains of tests are short, so the first request for logs should cover most of one.
      initialRange: 100,
      // Tests roll back further than a chain with final blocks would.
      finality: 1_000_000,
      ...changes,
    };
  }

  /** The environment of an indexer's process that follows the programme. */
  settingsFor({ deployment }: Programme): Record<string, string> {
    return {
      PLUMBLINE_DATABASE_URL: this.url,
      PLUMBLINE_RPC_URL: this.chain.rpcUrl,
      PLUMBLINE_LEDGER: deployment.ledger,
      PLUMBLINE_START_BLOCK: String(deployment.startBlock),
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
    // At first there are no tables to clear.
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
        owed: distributor.openedUnits + distributor.creditedUnits - distributor.paidUnits,
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
      owed: totals.openedUnits + totals.creditedUnits - totals.paidUnits,
      accounts,
    };
  }
}
