import { createIndexer } from '@plumbline/indexer';
import { expect } from 'chai';
import { clearBooks } from '../support/books.ts';
import { engines } from '../support/databases.ts';
import { Random } from '../support/random.ts';
import { Bench } from './bench.ts';
import { type Mark, Programme } from './programme.ts';

/**
 * Reorganisations at random, 1 to 64 blocks deep: after each the books are those of a fresh build and say what the
 * contract says.
 *
 *   PLUMBLINE_REORG_SEEDS   reorganisations for each database, instead of 10
 *   PLUMBLINE_REORG_SEED    the first of their seeds, instead of 1; a failure names its own
 */
const seeds = Number(process.env.PLUMBLINE_REORG_SEEDS ?? 10);
const firstSeed = Number(process.env.PLUMBLINE_REORG_SEED ?? 1);
const DEEPEST = 64;

/** Blocks that one act of a programme takes at most. */
const LONGEST_ACT = 12;

for (const engine of engines) {
  describe(`an indexer on ${engine.name}, when the chain reorganises at random`, () => {
    let bench: Bench;
    let programme: Programme;
    let base: Mark;

    before(async () => {
      bench = await Bench.start(engine);
      programme = await Programme.open(bench.chain, { seed: 131 });
      await programme.live(15);
      base = await programme.mark();
    });

    after(() => bench?.stop());

    const tip = async () => Number(await bench.chain.rpc('eth_blockNumber'));

    /** Goes on by exactly `blocks` blocks, some with business in them. */
    async function grow(random: Random, blocks: number): Promise<void> {
      const end = (await tip()) + blocks;
      const left = async () => end - (await tip());
      for (let acts = 1 + random.below(8); acts > 0; acts--) {
        const room = await left();
        if (room >= LONGEST_ACT) await programme.live(1);
        else if (room > 0) await programme.sell(1 + random.below(4));
        const more = (await left()) - 1;
        if (more > 0 && random.below(2) === 0) await programme.mine(1 + random.below(more));
      }
      const rest = await left();
      if (rest > 0) await programme.mine(rest);
    }

    it('keeps the books as if there had been but one chain', async function () {
      this.timeout(10_000 + 6_000 * seeds);
      for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
        const random = new Random(seed);
        programme.reseed(seed);
        const depth = 1 + random.below(DEEPEST);
        const kind = random.pick(['emptied', 'replaced', 'cut']);
        const what = `PLUMBLINE_REORG_SEED=${seed}: ${depth} blocks ${kind}`;
        try {
          const indexer = createIndexer(bench.optionsFor(programme, { stretchSize: 1 + random.below(50) }));
          await indexer.syncOnce();
          const mark = await programme.mark();
          const before = await tip();
          await grow(random, depth);
          expect(await tip()).to.equal(before + depth);
          await indexer.syncOnce();
          // anvil_reorg loses the contracts' code after many reverts.
          await mark.revert();
          if (kind === 'emptied') await programme.mine(depth);
          if (kind === 'replaced') await grow(random, 1 + random.below(DEEPEST));
          await indexer.syncOnce();
          const books = await bench.sync(programme);
          expect(await bench.buildFresh(programme)).to.deep.equal(books);
          const views = await programme.views();
          expect(await bench.viewsOfBooks(programme, views)).to.deep.equal(views);
        } catch (cause) {
          throw new Error(what, { cause });
        }
        // Every seed begins from the same chain; half of them with the books of the last.
        await base.revert();
        base = await programme.mark();
        if (random.below(2) === 0) await clearBooks(bench.database);
      }
    });
  });
}
