import { createIndexer, type Progress } from '@plumbline/indexer';
import type { Entry } from '@plumbline/protocol';
import { findDistributor, findLedger, getPending, listPendingChanges } from '@plumbline/store';
import { expect } from 'chai';
import { clearBooks } from '../support/books.ts';
import { DAY } from '../support/company/company.ts';
import { engines } from '../support/databases.ts';
import { Bench } from './bench.ts';
import { Programme, RETURN_WINDOW } from './programme.ts';

/** What a programme surely does. */
const KINDS: Entry['kind'][] = [
  'enrolled',
  'batchRecorded',
  'batchSettled',
  'standingAnnounced',
  'correctionAnnounced',
  'endingAnnounced',
  'changeCancelled',
  'changeApplied',
  'actAnnounced',
  'actCancelled',
  'standbySet',
  'recorderReplaced',
  'planCancelled',
  'balancesOpened',
  'refundedLate',
  'disclosurePublished',
  'successorSet',
  'surplusSwept',
  'walletSet',
  'recoverySet',
  'holdSet',
  'flagRaised',
  'flagAnswered',
  'flagClosed',
  'floatWithdrawn',
  'pauseSet',
];

for (const engine of engines) {
  describe(`an indexer on ${engine.name}`, () => {
    let bench: Bench;

    before(async () => {
      bench = await Bench.start(engine);
    });

    after(() => bench?.stop());

    for (const compact of [false, true]) {
      const form = compact ? 'compact' : 'readable';

      it(`writes what the contract of a ${form} ledger says`, async () => {
        const programme = await Programme.open(bench.chain, { compact, seed: compact ? 29 : 22 });
        for (let round = 0; round < 3; round++) {
          await programme.live(25);
          await programme.liveThrough();
          const books = await bench.sync(programme);
          const views = await programme.views();
          expect(await bench.viewsOfBooks(programme, views)).to.deep.equal(views);
          expect(books.distributors).to.have.lengthOf(views.accounts.length);
          expect(await bench.buildFresh(programme)).to.deep.equal(books);
          expect(await bench.sync(programme), 'nothing new').to.deep.equal(books);
        }
        const kinds = new Set((await bench.sync(programme)).entries.map((row) => JSON.parse(row).kind));
        for (const kind of KINDS) expect(kinds.has(kind), kind).to.equal(true);
        const { ledger, chainId, token, startBlock } = programme.deployment;
        expect(await findLedger(bench.database, ledger)).to.deep.equal({
          ledger,
          chainId,
          startBlock,
          terms: {
            token,
            unit: 1n,
            returnWindow: RETURN_WINDOW,
            planNotice: DAY,
            capPeriod: DAY,
            compact,
            delay: DAY,
          },
        });
        await clearBooks(bench.database);
      });

      it(`says before the settlement of a ${form} ledger what it credits`, async () => {
        const programme = await Programme.open(bench.chain, { compact, seed: compact ? 23 : 24 });
        const { ledger } = programme.deployment;
        await programme.live(30);
        await programme.announceChanges();
        await programme.sell(8);
        await bench.sync(programme);
        const { accounts } = await programme.views();
        expect(await listPendingChanges(bench.database, ledger)).to.not.have.lengthOf(0);
        const promised = new Map<number, bigint>();
        for (const { id } of accounts) {
          const { units } = await getPending(bench.database, ledger, id);
          const distributor = await findDistributor(bench.database, ledger, id);
          promised.set(id, (distributor?.creditedUnits ?? 0n) + units);
        }
        await programme.settle();
        await bench.sync(programme);
        let credited = 0;
        for (const { id } of accounts) {
          const before = await findDistributor(bench.database, ledger, id);
          // Some have moved as their batches were settled.
          const distributor = await findDistributor(bench.database, ledger, before?.movedTo ?? id);
          expect(distributor?.creditedUnits, `distributor ${id}`).to.equal(promised.get(id));
          expect(await getPending(bench.database, ledger, id)).to.deep.include({
            units: 0n,
            sales: 0,
            until: null,
          });
          if (distributor?.creditedUnits) credited++;
        }
        expect(credited).to.be.greaterThan(2);
        await clearBooks(bench.database);
      });
    }

    it('reads a ledger whose first block is long before its creation', async () => {
      const programme = await Programme.open(bench.chain, { seed: 25 });
      await programme.live(5);
      await createIndexer(bench.optionsFor(programme, { startBlock: 0 })).syncOnce();
      const views = await programme.views();
      expect(await bench.viewsOfBooks(programme, views)).to.deep.equal(views);
      await clearBooks(bench.database);
    });

    it('reads again when it was ended between two stretches', async () => {
      const programme = await Programme.open(bench.chain, { seed: 26 });
      for (let round = 0; round < 5; round++) {
        await programme.live(4);
        await programme.mine(150);
      }
      const events: Progress['event'][] = [];
      for (let tries = 0; tries < 3; tries++) {
        const stop = new AbortController();
        const onProgress = ({ event }: Progress) => {
          events.push(event);
          if (event === 'read') stop.abort();
        };
        const options = { stretchSize: 5, openMs: 0, signal: stop.signal, onProgress };
        await createIndexer(bench.optionsFor(programme, options)).run();
      }
      expect(events).to.deep.equal(['ready', 'read', 'ready', 'read', 'ready', 'read']);
      const books = await bench.sync(programme);
      expect(await bench.buildFresh(programme)).to.deep.equal(books);
      await clearBooks(bench.database);
    });

    it('follows the chain until it is ended', async () => {
      const programme = await Programme.open(bench.chain, { seed: 27 });
      const stop = new AbortController();
      let entryCount = 0;
      const reached = (count: number) =>
        new Promise<void>((resolve) => {
          const timer = setInterval(() => {
            if (entryCount < count) return;
            clearInterval(timer);
            resolve();
          }, 10);
        });
      const onProgress = (progress: Progress) => {
        if (progress.event === 'read') entryCount = progress.entryCount;
      };
      const running = createIndexer(bench.optionsFor(programme, { signal: stop.signal, onProgress })).run();
      for (let round = 0; round < 3; round++) {
        await programme.live(5);
        const views = await programme.views();
        await reached(views.entryCount);
        expect(await bench.viewsOfBooks(programme, views)).to.deep.equal(views);
      }
      stop.abort();
      await running;
      await clearBooks(bench.database);
    });
  });
}
