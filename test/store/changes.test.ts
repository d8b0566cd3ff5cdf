import { type Entry, encodeStandings, type JournalEntry } from '@plumbline/protocol';
import {
  applyEntries,
  findDistributor,
  findNextChange,
  listPendingChanges,
  type Position,
  rollBack,
  saveLedger,
} from '@plumbline/store';
import { expect } from 'chai';
import { keccak256, numberToHex, zeroAddress, zeroHash } from 'viem';
import { clearBooks, dumpBooks } from '../support/books.ts';
import { LEDGER, START } from './history.ts';
import { LEDGER_ROW } from './ledger-row.ts';
import { namedWallet } from './made-distributors.ts';
import { onBothEngines } from './on-both-engines.ts';

const NOW = 1_700_000_000;

onBothEngines('announced changes', (store) => {
  beforeEach(async () => {
    await clearBooks(store.database);
    await saveLedger(store.database, LEDGER_ROW);
  });

  /** Applies entries in a block of their own. */
  function append(from: Position, ...entries: Entry[]): Promise<Position> {
    const number = from.number + 1;
    const hash = keccak256(numberToHex(number));
    const place = { head: hash, blockNumber: BigInt(number), blockHash: hash, transactionHash: hash };
    const made = entries.map((entry, logIndex): JournalEntry => ({ entry, ...place, logIndex }));
    const part = { entries: made, blocks: [{ number, hash, timestamp: NOW }], tipNumber: number };
    return applyEntries(store.database, LEDGER, { from, parts: [part] });
  }

  const enrol = (id: number, sponsor: number): Entry => ({
    kind: 'enrolled',
    id,
    sponsor,
    wallet: namedWallet(id),
  });
  const standing = (change: number, standings: Parameters<typeof encodeStandings>[0]): Entry => ({
    kind: 'standingAnnounced',
    change,
    ranker: zeroAddress,
    evidence: zeroHash,
    records: encodeStandings(standings),
    effectiveAt: NOW + change,
  });
  const correction = (change: number, id: number, sponsor: number): Entry => ({
    kind: 'correctionAnnounced',
    change,
    id,
    sponsor,
    reason: zeroHash,
    effectiveAt: NOW + change,
  });
  const ending = (change: number, id: number, forCause: boolean): Entry => ({
    kind: 'endingAnnounced',
    change,
    id,
    forCause,
    reason: zeroHash,
    evidence: zeroHash,
    effectiveAt: NOW + change,
  });
  const apply = (change: number, { until = 1, newId = 0, lapsed = false } = {}): Entry => ({
    kind: 'changeApplied',
    change,
    until,
    newId,
    lapsed,
  });

  const stateOf = async (id: number) => {
    const found = await findDistributor(store.database, LEDGER, id);
    return [found?.sponsor, found?.rank, found?.status, found?.movedTo];
  };
  const pending = async () =>
    (await listPendingChanges(store.database, LEDGER)).map(({ change, done }) => [change, done]);

  it('change nothing until they are applied, and nothing when they are cancelled or lapse', async () => {
    let position = await append(START, enrol(4, 0), enrol(8, 0), enrol(5, 4));
    position = await append(position, standing(1, [{ id: 5, rank: 3, status: 2 }]));
    position = await append(position, correction(2, 5, 8), ending(3, 4, true), ending(4, 4, false));
    expect(await stateOf(5)).to.deep.equal([4, 0, 1, null]);
    expect(await pending()).to.deep.equal([1, 2, 3, 4].map((change) => [change, 0]));
    expect((await findNextChange(store.database, LEDGER))?.change).to.deep.include({ kind: 'standing' });
    position = await append(position, { kind: 'changeCancelled', change: 1, by: zeroAddress });
    expect((await findNextChange(store.database, LEDGER))?.change).to.deep.include({
      kind: 'correction',
      id: 5,
      sponsor: 8,
    });
    position = await append(position, apply(2, { lapsed: true }), apply(3), apply(4, { lapsed: true }));
    expect(await stateOf(5)).to.deep.equal([4, 0, 1, null]);
    expect(await stateOf(4)).to.deep.equal([0, 0, 3, null]);
    const states = await store.database.selectFrom('changes').select('state').orderBy('change').execute();
    expect(states.map(({ state }) => state)).to.deep.equal(['cancelled', 'lapsed', 'applied', 'lapsed']);
    expect(await findNextChange(store.database, LEDGER)).to.equal(undefined);
  });

  it('follow distributors who have moved, pass over those who have left, and go back step by step', async () => {
    const steps: Entry[][] = [
      [enrol(4, 0), enrol(8, 0), enrol(5, 4), enrol(6, 5)],
      [correction(1, 5, 8), correction(2, 6, 5), ending(3, 6, false)],
      [
        standing(4, [
          { id: 5, rank: 2, status: 2 },
          { id: 6, rank: 9, status: 1 },
          { id: 8, rank: 1, status: 1 },
        ]),
      ],
      [apply(1, { newId: 12 })],
      // Distributor 6 is put below the sponsor's present id, in a lane of its own.
      [apply(2, { newId: 16 })],
      [apply(3)],
      [apply(4)],
      [apply(4, { until: 3 })],
    ];
    let position = START;
    const dumps = [await dumpBooks(store.database)];
    for (const entries of steps) {
      position = await append(position, ...entries);
      dumps.push(await dumpBooks(store.database));
    }
    expect(await stateOf(5)).to.deep.equal([4, 0, 3, 12]);
    expect(await stateOf(12)).to.deep.equal([8, 2, 2, null]);
    expect(await stateOf(16)).to.deep.equal([12, 0, 3, null]);
    expect(await stateOf(8)).to.deep.equal([0, 1, 1, null]);
    expect(await pending()).to.deep.equal([]);
    for (let left = steps.length - 1; left > 0; left--) {
      position = await rollBack(store.database, LEDGER, position, START.number + left);
      const { cursors, ...books } = await dumpBooks(store.database);
      const { cursors: _, ...before } = dumps[left] as (typeof dumps)[number];
      expect(books, `after ${left} steps`).to.deep.equal(before);
      if (left === steps.length - 1) expect(await pending()).to.deep.equal([[4, 1]]);
    }
  });
});
