import { createIndexer, type IndexerOptions, NodeUnreachableError, type Progress } from '@plumbline/indexer';
import { NodeRefusedError } from '@plumbline/indexer/testing';
import { type Database, openDatabase } from '@plumbline/store';
import { expect } from 'chai';
import { clearBooks } from '../support/books.ts';
import { type Anvil, startAnvil } from '../support/chain.ts';
import { engines } from '../support/databases.ts';
import { Bench } from './bench.ts';
import { FalseNode, type Lie } from './false-node.ts';
import { Programme } from './programme.ts';

/** A running indexer and its progress. */
class Run {
  readonly told: Progress[] = [];
  readonly ended: Promise<void>;
  readonly #stop = new AbortController();
  #wake: () => void = () => {};

  constructor(bench: Bench, programme: Programme, node: FalseNode, changes: Partial<IndexerOptions> = {}) {
    const onProgress = (progress: Progress) => {
      this.told.push(progress);
      this.#wake();
    };
    const { signal } = this.#stop;
    const options = bench.optionsFor(programme, { rpcUrls: [node.url], signal, onProgress, ...changes });
    this.ended = createIndexer(options).run();
    // Rejections are seen where `ended` is awaited.
    this.ended.catch(() => {});
  }

  /** Waits for progress for which `test` holds. */
  async until(test: (progress: Progress) => boolean): Promise<void> {
    while (!this.told.some(test)) {
      const news = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([news, this.ended]);
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.ended;
  }
}

/** Closes all other connections to the database. */
async function closeOthers(database: Database): Promise<void> {
  await database
    .withTables<{ pg_stat_activity: { pid: number; datname: string } }>()
    .selectFrom('pg_stat_activity')
    .select((select) => select.fn('pg_terminate_backend', ['pid']).as('closed'))
    .where('pid', '<>', (where) => where.fn('pg_backend_pid', []))
    .where('datname', '=', (where) => where.fn('current_database', []))
    .execute();
}

/** Refuses every call of `method`. */
const refuse =
  (method: string, code: number, message: string): Lie =>
  (call, answer) =>
    call.method === method ? { id: call.id, error: { code, message } } : answer;

const honest: Lie = (_, answer) => answer;

const hasRead = (entryCount: number) => (progress: Progress) =>
  progress.event === 'read' && progress.entryCount === entryCount;

describe('an indexer, when something goes away', () => {
  let chain: Anvil;
  let programme: Programme;

  before(async () => {
    chain = await startAnvil();
    programme = await Programme.open(chain, { seed: 61 });
    await programme.live(5);
  });

  after(() => chain?.stop());

  for (const engine of engines) {
    describe(`on ${engine.name}`, () => {
      let bench: Bench;
      let node: FalseNode;

      before(async () => {
        bench = await Bench.start(engine, chain);
        node = await FalseNode.start(bench.chain.rpcUrl);
      });

      beforeEach(() => {
        node.isAway = false;
        node.lie = honest;
      });

      afterEach(() => clearBooks(bench.database).catch(() => {}));

      after(async () => {
        await node?.stop();
        await bench?.stop();
      });

      /** Does some business and waits until it is in the books. */
      async function goOn(run: Run): Promise<void> {
        await programme.live(5);
        const views = await programme.views();
        await run.until(hasRead(views.entryCount));
        expect(await bench.viewsOfBooks(programme, views)).to.deep.equal(views);
      }

      it('does not begin without a node', async () => {
        node.isAway = true;
        const rpcUrl = `${node.url}/v3/secret?key=secret`;
        const error = await new Run(bench, programme, node, { rpcUrls: [rpcUrl] }).ended.catch((e) => e);
        expect(error).to.be.instanceOf(NodeUnreachableError);
        expect(error.message).to.match(/^the node at http:\/\/127\.0\.0\.1:\d+ does not answer \(.+\)$/);
      });

      it('does not begin with a node that refuses', async () => {
        node.lie = refuse('eth_chainId', -32_005, 'limit exceeded');
        const run = new Run(bench, programme, node);
        const error = await run.ended.catch((e) => e);
        expect(error).to.be.instanceOf(NodeRefusedError);
        expect(run.told).to.deep.equal([]);
      });

      for (const [method, code, message] of [
        ['eth_getBlockByNumber', -32_005, 'daily request count exceeded, request rate limited'],
        ['eth_getLogs', -32_000, 'header not found'],
        ['eth_call', -32_000, 'header not found'],
      ] as const) {
        it(`waits for a node that refuses ${method} for a while`, async () => {
          const run = new Run(bench, programme, node);
          await goOn(run);
          node.lie = refuse(method, code, message);
          await programme.live(3);
          const reason = `the node refuses ${method}: ${message} (code ${code})`;
          await run.until((told) => told.event === 'waiting' && told.reason === reason);
          node.lie = honest;
          await goOn(run);
          await run.stop();
        });
      }

      it('ends with the refusal when a node goes on refusing', async () => {
        const run = new Run(bench, programme, node, { pollMs: 10, refusalMs: 70 });
        await goOn(run);
        // Refusals before a success do not count.
        node.lie = refuse('eth_getLogs', -32_005, 'limit exceeded');
        await programme.live(2);
        await run.until(({ event }) => event === 'waiting');
        node.lie = honest;
        await goOn(run);
        const before = run.told.length;
        node.lie = refuse('eth_getLogs', -32_005, 'limit exceeded');
        await programme.live(2);
        const error = await run.ended.catch((e) => e);
        expect(error).to.be.instanceOf(NodeRefusedError);
        expect(error.message).to.equal('the node refuses eth_getLogs: limit exceeded (code -32005)');
        // After pauses of 10, 20 and 40 milliseconds.
        const waits = run.told.slice(before).filter(({ event }) => event === 'waiting');
        expect(waits).to.have.lengthOf(3);
      });

      it('waits for a node that goes away and goes on when it is back', async () => {
        const run = new Run(bench, programme, node);
        await goOn(run);
        node.isAway = true;
        await programme.live(3);
        await run.until(({ event }) => event === 'waiting');
        node.isAway = false;
        await goOn(run);
        await run.stop();
      });

      it('ends at once while it waits for a node', async () => {
        const run = new Run(bench, programme, node);
        await goOn(run);
        node.isAway = true;
        await run.until(({ event }) => event === 'waiting');
        await run.stop();
      });

      if (engine.name === 'PostgreSQL') {
        it('goes on when the database has closed its connections', async () => {
          const run = new Run(bench, programme, node);
          const other = openDatabase(bench.url);
          try {
            await goOn(run);
            for (let round = 0; round < 3; round++) {
              const business = programme.live(6);
              await closeOthers(other);
              await business;
              await goOn(run);
            }
          } finally {
            await other.destroy();
            await run.stop();
          }
          const books = await bench.sync(programme);
          expect(await bench.buildFresh(programme)).to.deep.equal(books);
        });
      }
    });
  }
});
