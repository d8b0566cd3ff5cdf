import type { Entry } from '@plumbline/protocol';
import {
  applyEntries,
  findPosition,
  findStatus,
  PositionMovedError,
  rollBack,
  saveLedger,
} from '@plumbline/store';
import { keyOf } from '@plumbline/store/testing';
import { expect } from 'chai';
import { type BooksDump, clearBooks, dumpBooks } from '../support/books.ts';
import { Random } from '../support/random.ts';
import { History, LEDGER, START, START_BLOCK } from './history.ts';
import { LEDGER_ROW } from './ledger-row.ts';
import { onBothEngines } from './on-both-engines.ts';

const BLOCKS = 120;
const LAST = START_BLOCK + BLOCKS - 1;

/** What the histories that are rolled back hold, at least. */
const KINDS: Entry['kind'][] = [
  'planCancelled',
  'recorderSet',
  'standbySet',
  'recorderReplaced',
  'actAnnounced',
  'actCancelled',
  'balancesOpened',
  'refundedLate',
  'standingAnnounced',
  'correctionAnnounced',
  'endingAnnounced',
  'changeCancelled',
  'changeApplied',
  'disclosurePublished',
  'flagRaised',
  'flagAnswered',
  'flagClosed',
  'surplusSwept',
  'successorSet',
];

onBothEngines('writing the books', (store) => {
  beforeEach(async () => {
    await clearBooks(store.database);
    await saveLedger(store.database, LEDGER_ROW);
  });

  /** Writes `history` up to block `to`, in one stretch. */
  async function build(history: History, to: number): Promise<BooksDump> {
    await clearBooks(store.database);
    await saveLedger(store.database, LEDGER_ROW);
    if (to >= START_BLOCK) await applyEntries(store.database, LEDGER, history.stretch(START, to));
    return dumpBooks(store.database);
  }

  it("refuses a stretch that does not begin at the books' position, and writes nothing of it", async () => {
    const history = new History(1, BLOCKS);
    const middle = await applyEntries(store.database, LEDGER, history.stretch(START, 40));
    const before = await dumpBooks(store.database);
    for (const from of [START, { ...middle, hash: START.head }, { ...middle, head: START.head }]) {
      const error = await applyEntries(store.database, LEDGER, history.stretch(from, LAST)).catch((e) => e);
      expect(error).to.be.instanceOf(PositionMovedError);
      expect(await rollBack(store.database, LEDGER, from, 20).catch((e) => e)).to.be.instanceOf(
        PositionMovedError,
      );
    }
    expect(await dumpBooks(store.database)).to.deep.equal(before);
  });

  it('writes nothing of a stretch whose last row cannot be written', async () => {
    const history = new History(1, BLOCKS);
    const middle = await applyEntries(store.database, LEDGER, history.stretch(START, 40));
    const before = await dumpBooks(store.database);
    const stretch = history.stretch(middle, LAST);
    const last = stretch.parts.at(-1);
    const twice = {
      ...stretch,
      parts: [...stretch.parts, { entries: [], blocks: last?.blocks ?? [], tipNumber: LAST }],
    };
    expect(await applyEntries(store.database, LEDGER, twice).catch((e) => e)).to.be.instanceOf(Error);
    expect(await dumpBooks(store.database)).to.deep.equal(before);
    await applyEntries(store.database, LEDGER, stretch);
    expect(await dumpBooks(store.database)).to.deep.equal(await build(history, LAST));
  });

  it('lets only one of two writers write the same stretch', async () => {
    const history = new History(2, BLOCKS);
    const stretch = history.stretch(START, LAST);
    const results = await Promise.allSettled([
      applyEntries(store.database, LEDGER, stretch),
      applyEntries(store.database, LEDGER, stretch),
    ]);
    const failed = results.filter((result) => result.status === 'rejected');
    expect(failed.map(({ reason }) => reason.name)).to.deep.equal(['PositionMovedError']);
    expect(await dumpBooks(store.database)).to.deep.equal(await build(history, LAST));
  });

  it('gives the same books however the chain is cut into stretches', async () => {
    for (const seed of [3, 4]) {
      const history = new History(seed, BLOCKS);
      const whole = await build(history, LAST);
      await clearBooks(store.database);
      await saveLedger(store.database, LEDGER_ROW);
      const random = new Random(seed);
      let position = START;
      while (position.number < LAST) {
        const to = Math.min(LAST, position.number + 1 + random.below(9));
        position = await applyEntries(store.database, LEDGER, history.stretch(position, to));
        expect(await findPosition(store.database, LEDGER)).to.deep.equal(position);
      }
      expect(position.entryCount).to.equal(history.entryCount);
      expect(await dumpBooks(store.database)).to.deep.equal(whole);
      for (const table of [
        'distributors',
        'distributor_versions',
        'plans',
        'batches',
        'reversals',
        'settlements',
        'distributor_batches',
        'distributor_periods',
        'teams',
        'late_refunds',
        'changes',
      ] as const) {
        expect(whole[table], table).to.not.have.lengthOf(0);
      }
      for (const table of ['payouts', 'flags'] as const) {
        expect(whole[table], table).to.not.have.lengthOf(0);
      }
    }
  });

  it('goes back to any block exactly, and forward again', async function () {
    this.timeout(180_000);
    const made = [3, 5].flatMap((seed) => new History(seed, BLOCKS).blocks).flatMap(({ entries }) => entries);
    expect([...new Set(made.map(({ entry }) => entry.kind))]).to.include.members(KINDS);
    for (const seed of [3, 5]) {
      const history = new History(seed, BLOCKS);
      const whole = await build(history, LAST);
      // Each goes back from books that were rolled back and brought forward again before.
      for (const to of [LAST - 1, LAST - 7, 90, 61, 60, 33, START_BLOCK + 1, START_BLOCK, START_BLOCK - 1]) {
        const from = await findPosition(store.database, LEDGER);
        const position = await rollBack(store.database, LEDGER, from ?? START, to);
        const dump = await dumpBooks(store.database);
        expect(await build(history, position.number), `block ${to}`).to.deep.equal(dump);
        const entries = history.blocks.filter(({ number }) => number <= to).flatMap((block) => block.entries);
        expect(position.entryCount).to.equal(entries.length);
        await applyEntries(store.database, LEDGER, history.stretch(position, LAST));
        expect(await dumpBooks(store.database), `from block ${to}`).to.deep.equal(whole);
      }
    }
  });

  it('keeps two ledgers apart', async () => {
    const history = new History(7, BLOCKS);
    const alone = await build(history, LAST);
    const other = `0x${'cc'.repeat(20)}` as const;
    await saveLedger(store.database, { ...LEDGER_ROW, ledger: other });
    const position = await applyEntries(store.database, other, new History(8, BLOCKS).stretch(START, LAST));
    await rollBack(store.database, other, position, START_BLOCK + 50);
    const both = await dumpBooks(store.database);
    for (const [table, rows] of Object.entries(both)) {
      const own = rows.filter((row) => !row.includes(`"ledger":"${keyOf(other)}"`));
      expect(own, table).to.deep.equal(alone[table as keyof BooksDump]);
    }
  });

  it('leaves the terms of a ledger with entries alone and takes new ones for an empty ledger', async () => {
    const changed = { ...LEDGER_ROW, startBlock: 4, terms: { ...LEDGER_ROW.terms, compact: true } };
    await saveLedger(store.database, changed);
    expect(await findStatus(store.database, LEDGER)).to.deep.equal({
      blockNumber: 3,
      blockHash: null,
      blockTime: null,
      head: START.head,
      entryCount: 0,
      tipNumber: 3,
      lagBlocks: 0,
      finalNumber: null,
    });
    const history = new History(9, BLOCKS);
    const written = await build(history, LAST);
    await saveLedger(store.database, changed);
    expect(await dumpBooks(store.database)).to.deep.equal(written);
  });
});
