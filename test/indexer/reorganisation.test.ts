import { createIndexer, type Progress } from '@plumbline/indexer';
import { findStatus } from '@plumbline/store';
import { expect } from 'chai';
import { clearBooks } from '../support/books.ts';
import { engines } from '../support/databases.ts';
import { Bench } from './bench.ts';
import { Programme } from './programme.ts';

for (const engine of engines) {
  describe(`an indexer on ${engine.name}, when the chain changes`, () => {
    let bench: Bench;

    before(async () => {
      bench = await Bench.start(engine);
    });

    afterEach(() => clearBooks(bench.database));

    after(() => bench?.stop());

    /** Syncs, and compares the books with the contract and with fresh books. */
    async function check(programme: Programme, what: string): Promise<void> {
      const books = await bench.sync(programme);
      const views = await programme.views();
      expect(await bench.viewsOfBooks(programme, views), what).to.deep.equal(views);
      expect(await bench.buildFresh(programme), what).to.deep.equal(books);
    }

    for (const compact of [false, true]) {
      it(`takes reorganised blocks of a ${compact ? 'compact' : 'readable'} ledger out, to any depth`, async () => {
        const programme = await Programme.open(bench.chain, { compact, seed: compact ? 31 : 32 });
        await programme.live(20);
        for (const depth of [1, 4, 15, 60]) {
          const mark = await programme.mark();
          await programme.live(depth);
          // Business may make no block, and then there would be none to undo.
          await programme.mine(1);
          await bench.sync(programme);
          await mark.reorganise();
          await check(programme, `${depth} acts undone`);
          await programme.live(5);
          await check(programme, `after ${depth} acts undone`);
        }
      });
    }

    it('reads other blocks that took the place of the ones it has', async () => {
      const programme = await Programme.open(bench.chain, { seed: 33 });
      await programme.live(20);
      for (const acts of [1, 3, 10]) {
        await bench.sync(programme);
        const mark = await programme.mark();
        await programme.live(acts);
        await bench.sync(programme);
        await mark.revert();
        // The new fork is longer than the old one, so only the hashes differ visibly.
        await programme.live(acts + 2);
        await programme.mine(2 * acts);
        await check(programme, `${acts} acts replaced`);
      }
    });

    it('goes back with a chain that was set back below the books', async () => {
      const programme = await Programme.open(bench.chain, { seed: 34 });
      await programme.live(10);
      const mark = await programme.mark();
      await programme.live(15);
      const before = await bench.sync(programme);
      await mark.revert();
      await check(programme, 'set back');
      expect(await bench.sync(programme)).to.not.deep.equal(before);
      await programme.live(15);
      await check(programme, 'gone on');
    });

    it('begins again when the ledger itself is on another fork', async () => {
      const start = await bench.chain.rpc('evm_snapshot');
      const old = await Programme.open(bench.chain, { seed: 35 });
      await old.live(8);
      await bench.sync(old);
      await bench.chain.rpc('evm_revert', [start]);
      // The same key and terms give the same address, here in a later block and with other business.
      await bench.chain.rpc('anvil_mine', ['0x3']);
      const programme = await Programme.open(bench.chain, { seed: 36 });
      expect(programme.deployment.ledger).to.equal(old.deployment.ledger);
      expect(programme.deployment.startBlock).to.equal(old.deployment.startBlock + 3);
      await programme.live(12);
      await check(programme, 'another fork');
    });

    it('keeps up while the chain reorganises under it', async () => {
      const programme = await Programme.open(bench.chain, { seed: 37 });
      const stop = new AbortController();
      const undone: Progress[] = [];
      const onProgress = (progress: Progress) => {
        if (progress.event === 'undone') undone.push(progress);
      };
      const options = bench.optionsFor(programme, { pollMs: 1, signal: stop.signal, onProgress });
      const running = createIndexer(options).run();
      await programme.live(10);
      for (let round = 0; round < 6; round++) {
        const mark = await programme.mark();
        await programme.live(4);
        // In every other round the indexer has certainly read what is undone.
        while (round % 2 === 0) {
          const reading = findStatus(bench.database, programme.deployment.ledger);
          const status = await Promise.race([reading, running.then(() => undefined)]);
          if (status?.head === (await programme.views()).head) break;
        }
        await mark.reorganise();
        await programme.live(2);
      }
      stop.abort();
      await running;
      expect(undone.length).to.be.greaterThan(2);
      await check(programme, 'after all');
    });
  });
}
