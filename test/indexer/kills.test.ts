import { setTimeout as delay } from 'node:timers/promises';
import { findStatus } from '@plumbline/store';
import { expect } from 'chai';
import { type BooksDump, clearBooks, dumpBooks } from '../support/books.ts';
import { type Anvil, startAnvil } from '../support/chain.ts';
import { engines } from '../support/databases.ts';
import { Random } from '../support/random.ts';
import { Bench } from './bench.ts';
import { Process } from './process.ts';
import { Programme } from './programme.ts';

/**
 * The indexer's process is killed at random moments: some stretches after its start, while it reads, writes or neither.
 * Whenever that is, the books are complete up to the block where they stand.
 *
 *   PLUMBLINE_KILLS       kills for each database, instead of 10
 *   PLUMBLINE_KILL_SEED   seed of their moments, instead of 1
 */
const kills = Number(process.env.PLUMBLINE_KILLS ?? 10);
const seed = Number(process.env.PLUMBLINE_KILL_SEED ?? 1);

describe("the indexer's process, killed", () => {
  let chain: Anvil;
  let programme: Programme;

  before(async () => {
    chain = await startAnvil();
    programme = await Programme.open(chain, { seed: 91 });
    for (let round = 0; round < 8; round++) {
      await programme.live(6);
      await programme.mine(100);
    }
  });

  after(() => chain?.stop());

  for (const engine of engines) {
    describe(`on ${engine.name}`, () => {
      let bench: Bench;
      let settings: Record<string, string>;

      before(async () => {
        bench = await Bench.start(engine, chain);
        settings = {
          ...bench.settingsFor(programme),
          PLUMBLINE_POLL_MS: '20',
          // Small stretches make many moments to be killed in.
          PLUMBLINE_STRETCH_SIZE: '5',
          PLUMBLINE_OPEN_MS: '0',
          PLUMBLINE_FINALITY: '1000000',
        };
      });

      after(() => bench?.stop());

      it('loses nothing and writes nothing twice', async function () {
        this.timeout(10_000 + 5_000 * kills);
        const random = new Random(seed);
        const { head } = await programme.views();
        let between = 0;
        for (let kill = 0; kill < kills; kill++) {
          const lines = random.below(4);
          const pause = random.below(12);
          const what = `PLUMBLINE_KILL_SEED=${seed}: kill ${kill}, ${lines} lines and ${pause} ms after its start`;
          const running = new Process(settings);
          if (lines > 0) await running.until(() => running.lines.length >= lines);
          await delay(pause);
          running.kill('SIGKILL');
          expect(await running.end(), what).to.equal('SIGKILL');
          expect(running.errors, what).to.equal('');
          const status = await findStatus(bench.database, programme.deployment.ledger).catch(() => undefined);
          if (!status?.blockHash) continue;
          const books = await dumpBooks(bench.database);
          const { blockNumber } = status;
          const fresh = await bench.buildFresh(programme, { untilBlock: blockNumber });
          // The cursor also holds the newest block at the time of writing.
          for (const [table, rows] of Object.entries({ ...books, cursors: [] })) {
            expect(rows, `${what}: ${table}`).to.deep.equal(
              { ...fresh, cursors: [] }[table as keyof BooksDump],
            );
          }
          if (status.head === head) await clearBooks(bench.database);
          else between++;
        }
        expect(between).to.be.greaterThan(kills / 5);
        const last = new Process(settings, ['--once']);
        expect(await last.end()).to.equal(0);
        const books = await dumpBooks(bench.database);
        expect(await bench.buildFresh(programme)).to.deep.equal(books);
        const views = await programme.views();
        expect(await bench.viewsOfBooks(programme, views)).to.deep.equal(views);
      });
    });
  }
});
