import { createIndexer, type Indexer, type IndexerOptions } from '@plumbline/indexer';
import { FinalBlockChangedError } from '@plumbline/indexer/testing';
import { findStatus } from '@plumbline/store';
import { expect } from 'chai';
import { clearBooks, dumpBooks } from '../support/books.ts';
import { type Anvil, startAnvil } from '../support/chain.ts';
import { engines } from '../support/databases.ts';
import { Bench } from './bench.ts';
import { FalseNode } from './false-node.ts';
import { Programme } from './programme.ts';

describe('final blocks, for an indexer', () => {
  let chain: Anvil;
  let programme: Programme;

  before(async () => {
    chain = await startAnvil();
    programme = await Programme.open(chain, { seed: 101 });
    await programme.live(8);
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

      afterEach(async () => {
        node.reform();
        await clearBooks(bench.database).catch(() => {});
      });

      after(async () => {
        await node?.stop();
        await bench?.stop();
      });

      const indexer = (changes: Partial<IndexerOptions>): Indexer =>
        createIndexer(bench.optionsFor(programme, { rpcUrls: [node.url], ...changes }));

      /** Adds `blocks` blocks with entries, then replaces them by as many empty ones. */
      async function replace(blocks: number, between: () => Promise<unknown>): Promise<void> {
        const mark = await programme.mark();
        for (let i = 0; i < blocks; i++) await programme.sell(1);
        await between();
        await mark.reorganise();
      }

      /** Makes the node answer the tag with block `number()`. */
      function callFinal(tag: string, number: () => number): void {
        node.lie = (call, answer) => {
          if (call.method !== 'eth_getBlockByNumber' || call.params[0] !== tag) return answer;
          return {
            ...answer,
            result: { ...(answer.result as object), number: `0x${number().toString(16)}` },
          };
        };
      }

      const tip = async () => Number(await bench.chain.rpc('eth_blockNumber'));

      it('go back with the chain while they are not deep enough', async () => {
        const running = indexer({ finality: 5 });
        await replace(5, () => running.syncOnce());
        await running.syncOnce();
        const views = await programme.views();
        expect(await bench.viewsOfBooks(programme, views)).to.deep.equal(views);
      });

      it('stop it when they change, and nothing is undone', async () => {
        const running = indexer({ finality: 5 });
        let lost = 0;
        await replace(6, async () => {
          await running.syncOnce();
          lost = (await tip()) - 5;
        });
        const books = await dumpBooks(bench.database);
        const error = await running.syncOnce().catch((e) => e);
        expect(error).to.be.instanceOf(FinalBlockChangedError);
        expect(error.message).to.match(
          new RegExp(
            `^block ${lost}, which the books .* blocks up to ${lost} were final: nothing was undone`,
          ),
        );
        expect(await dumpBooks(bench.database)).to.deep.equal(books);
      });

      for (const tag of ['finalized', 'safe'] as const) {
        it(`are those that the chain calls ${tag}`, async () => {
          let final = await tip();
          callFinal(tag, () => final);
          const running = indexer({ finality: tag });
          // A block that was final once stays final.
          await replace(3, () => running.syncOnce());
          final = 1;
          await running.syncOnce();
          await programme.sell(1);
          final = await tip();
          await replace(2, async () => {
            final += 1;
            await running.syncOnce();
            final = 1;
          });
          expect(await running.syncOnce().catch((e) => e)).to.be.instanceOf(FinalBlockChangedError);
        });
      }

      it('are none on a chain that does not know the word', async () => {
        node.lie = (call, answer) =>
          call.params[0] === 'finalized'
            ? { id: call.id, error: { code: -39_001, message: 'unknown block' } }
            : answer;
        const running = indexer({ finality: 'finalized' });
        await replace(9, () => running.syncOnce());
        await running.syncOnce();
        const status = await findStatus(bench.database, programme.deployment.ledger);
        expect(status?.head).to.equal((await programme.views()).head);
        expect(status?.finalNumber ?? null).to.equal(null);
      });
    });
  }
});
