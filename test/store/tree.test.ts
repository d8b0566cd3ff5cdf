import { type Entry, type JournalEntry, MalformedError } from '@plumbline/protocol';
import {
  applyEntries,
  findDistributor,
  listDownline,
  listUpline,
  type Position,
  rollBack,
  saveLedger,
} from '@plumbline/store';
import { expect } from 'chai';
import { keccak256, numberToHex, zeroAddress } from 'viem';
import { clearBooks } from '../support/books.ts';
import { History, LEDGER, START, START_BLOCK } from './history.ts';
import { LEDGER_ROW } from './ledger-row.ts';
import { listAll } from './list-all.ts';
import { onBothEngines } from './on-both-engines.ts';
import { Recomputed } from './recomputed.ts';

const STRETCH = 50;

onBothEngines('the tree', (store) => {
  beforeEach(async () => {
    await clearBooks(store.database);
    await saveLedger(store.database, LEDGER_ROW);
  });

  const upline = (id: number, limit: number) =>
    listAll((request) => listUpline(store.database, LEDGER, id, request), limit);
  const downline = async (id: number, limit: number, level?: number) => {
    const list = await listAll(
      (request) => listDownline(store.database, LEDGER, id, { ...request, level }),
      limit,
    );
    return list.map((each) => ({ id: each.id, level: each.level }));
  };

  /** Compares all uplines and downlines with a walk over the entries of the first blocks. */
  async function compare({ blocks }: History): Promise<void> {
    const walked = new Recomputed(blocks);
    for (const id of walked.distributors) {
      const above = walked.uplineOf(id).map((each, i) => ({ id: each, level: i + 1 }));
      const below = walked.downlineOf(id);
      const limit = 1 + (id % 5);
      expect(await upline(id, limit), `above ${id}`).to.deep.equal(above);
      expect(await downline(id, limit + 1), `below ${id}`).to.deep.equal(below);
      const level = 1 + (id % 3);
      expect(await downline(id, limit, level), `level ${level} below ${id}`).to.deep.equal(
        below.filter((each) => each.level === level),
      );
      const distributor = await findDistributor(store.database, LEDGER, id);
      expect(
        [distributor?.depth, distributor?.directs, distributor?.teamSize],
        `distributor ${id}`,
      ).to.deep.equal([above.length, walked.childrenOf(id).length, below.length]);
    }
    expect(await downline(0, 7)).to.deep.equal(walked.downlineOf(0));
    expect(await downline(0, 3, 1)).to.deep.equal(walked.childrenOf(0).map((id) => ({ id, level: 1 })));
  }

  it('is what a walk over the entries finds, after every stretch and every rollback', async function () {
    this.timeout(240_000);
    for (const seed of [11, 29]) {
      await clearBooks(store.database);
      await saveLedger(store.database, LEDGER_ROW);
      const whole = new History(seed, 3 * STRETCH);
      let position = START;
      for (let blocks = STRETCH; blocks <= 3 * STRETCH; blocks += STRETCH) {
        position = await applyEntries(
          store.database,
          LEDGER,
          whole.stretch(position, START_BLOCK + blocks - 1),
        );
        await compare(new History(seed, blocks));
      }
      position = await rollBack(store.database, LEDGER, position, START_BLOCK + STRETCH + 7);
      await compare(new History(seed, STRETCH + 8));
    }
  });

  it('lists a downline with team sizes and credits', async () => {
    const history = new History(11, 100);
    await applyEntries(store.database, LEDGER, history.stretch(START, START_BLOCK + 99));
    const walked = new Recomputed(history.blocks);
    const { items } = await listDownline(store.database, LEDGER, 0, { limit: 500 });
    expect(items.map(({ level, ...distributor }) => distributor)).to.deep.equal(
      walked.downlineOf(0).map(({ id }) => ({
        id,
        creditedUnits: history.credited.get(id) ?? 0n,
        directs: walked.childrenOf(id).length,
        teamSize: walked.downlineOf(id).length,
      })),
    );
  });

  it('has no upline and no downline for unknown and former ids', async () => {
    const history = new History(11, 150);
    await applyEntries(store.database, LEDGER, history.stretch(START, START_BLOCK + 149));
    const moved = history.distributors.find(({ movedTo }) => movedTo !== null)?.id ?? 0;
    expect(moved).to.be.greaterThan(0);
    for (const id of [3_999, moved]) {
      expect(await upline(id, 5)).to.deep.equal([]);
      expect(await downline(id, 5)).to.deep.equal([]);
    }
  });

  it('continues after a distributor who has moved away, and refuses other cursors', async () => {
    const [a, b, c, d] = [4, 8, 12, 16] as const;
    let position = await enrol(START, [
      [a, 0],
      [b, a],
      [5, a],
      [6, a],
      [c, 0],
      [d, c],
    ]);
    const page = await listDownline(store.database, LEDGER, a, { limit: 2 });
    expect(page).to.deep.include({ nextCursor: '5' });
    position = await correct(position, 1, { id: 5, newId: 20, sponsor: c });
    const cursor = page.nextCursor ?? '';
    const next = await listDownline(store.database, LEDGER, a, { limit: 2, cursor });
    expect(next.items.map(({ id }) => id)).to.deep.equal([6]);
    // Distributor 8 now moves below another sponsor and keeps its id.
    await correct(position, 2, { id: b, newId: b, sponsor: c });
    for (const other of [String(b), String(d), String(a), '999', 'x', '', '-1', '1-1']) {
      const list = listDownline(store.database, LEDGER, a, { limit: 2, cursor: other });
      expect(await list.catch((error) => error), other).to.be.instanceOf(MalformedError);
    }
    for (const other of ['x', '', '0', '-1', '1-1']) {
      const list = listUpline(store.database, LEDGER, a, { limit: 2, cursor: other });
      expect(await list.catch((error) => error), other).to.be.instanceOf(MalformedError);
    }
  });

  it('reaches both ends of a line deeper than its index sees', async function () {
    this.timeout(240_000);
    const DEEP = 8_600;
    const line = Array.from({ length: DEEP }, (_, i): [number, number] => [4 * (i + 1), 4 * i]);
    let position = START;
    for (let from = 0; from < DEEP; from += 2_000)
      position = await enrol(position, line.slice(from, from + 2_000));
    const last = 4 * DEEP;
    // The last two get three more recruits each, whom the index cannot tell apart.
    const more = [1, 2, 3].flatMap((lane): [number, number][] => [
      [last + lane, last],
      [last - 4 + lane, last - 4],
    ]);
    await enrol(position, more);
    const distributor = await findDistributor(store.database, LEDGER, last + 2);
    expect([distributor?.depth, distributor?.teamSize]).to.deep.equal([DEEP, 0]);
    const above = await upline(last + 2, 200);
    expect(above.map(({ id }) => id)).to.deep.equal(line.map(([id]) => id).reverse());
    const top = await listDownline(store.database, LEDGER, 4, { limit: 200 });
    expect(top.items.map(({ id, level }) => [id, level])).to.deep.equal(
      line.slice(1, 201).map(([id], i) => [id, i + 1]),
    );
    const top3 = await listDownline(store.database, LEDGER, 4, { limit: 5, level: DEEP });
    expect(top3.items.map(({ id }) => id)).to.deep.equal([last + 1, last + 2, last + 3]);
    expect(await downline(last - 8, 2)).to.deep.equal([
      { id: last - 4, level: 1 },
      { id: last, level: 2 },
      ...[1, 2, 3].map((lane) => ({ id: last - 4 + lane, level: 2 })),
      ...[1, 2, 3].map((lane) => ({ id: last + lane, level: 3 })),
    ]);
    expect((await findDistributor(store.database, LEDGER, 4))?.teamSize).to.equal(DEEP + 5);
  });

  /** @param distributors Id and sponsor of each. */
  function enrol(position: Position, distributors: readonly [number, number][]): Promise<Position> {
    return append(
      position,
      distributors.map(([id, sponsor]) => ({ kind: 'enrolled', id, sponsor, wallet: zeroAddress })),
    );
  }

  /** Announces a correction and applies it. */
  async function correct(
    position: Position,
    change: number,
    { newId, ...named }: { id: number; newId: number; sponsor: number },
  ): Promise<Position> {
    const [reason, effectiveAt] = [keccak256('0x'), 1_700_000_000];
    const announced = { kind: 'correctionAnnounced', change, ...named, reason, effectiveAt } as const;
    const applied = { kind: 'changeApplied', change, until: 1, newId, lapsed: false } as const;
    return append(await append(position, [announced]), [applied]);
  }

  /** Applies entries in a block of their own. */
  function append(from: Position, entries: readonly Entry[]): Promise<Position> {
    const number = from.number + 1;
    const hash = keccak256(numberToHex(number));
    const place = { head: hash, blockNumber: BigInt(number), blockHash: hash, transactionHash: hash };
    const blocks = [{ number, hash, timestamp: 1_700_000_000 }];
    const made = entries.map((entry, logIndex): JournalEntry => ({ entry, ...place, logIndex }));
    return applyEntries(store.database, LEDGER, {
      from,
      parts: [{ entries: made, blocks, tipNumber: number }],
    });
  }
});
