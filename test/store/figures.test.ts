import { MalformedError } from '@plumbline/protocol';
import {
  applyEntries,
  type Figures,
  getFigures,
  getSubtree,
  listLeaders,
  listPeriods,
  rollBack,
  saveLedger,
} from '@plumbline/store';
import { expect } from 'chai';
import { History, LEDGER, START, START_BLOCK } from './history.ts';
import { LEDGER_ROW } from './ledger-row.ts';
import { listAll } from './list-all.ts';
import { onBothEngines } from './on-both-engines.ts';
import { Recomputed } from './recomputed.ts';

/** Half a day, so that a history spans several months. */
const BLOCK_TIME = 43_200;
const BLOCKS = 200;
const STRETCH = 40;

onBothEngines('figures', (store) => {
  before(async () => {
    await saveLedger(store.database, LEDGER_ROW);
  });

  /** Compares all months, lifetimes, teams and leaders with the entries of the first blocks. */
  async function compare({ blocks }: History): Promise<Recomputed> {
    const expected = new Recomputed(blocks);
    const { periods } = expected;
    for (const id of expected.distributors) {
      const months = periods
        .map((period) => ({ period, ...expected.figuresOf(id, period) }))
        .filter(isAnything);
      const listed = await listAll((request) => listPeriods(store.database, LEDGER, id, request), 3);
      expect(listed, `months of ${id}`).to.deep.equal(months);
      expect(await getFigures(store.database, LEDGER, id), `lifetime of ${id}`).to.deep.equal(
        expected.figuresOf(id),
      );
      const [period = 0] = periods;
      const { teamCents, reversedTeamCents } = expected.figuresOf(id, period);
      expect(await getSubtree(store.database, LEDGER, id, period), `team of ${id}`).to.deep.equal({
        directs: expected.childrenOf(id).length,
        size: expected.downlineOf(id).length,
        volumeCents: teamCents,
        reversedCents: reversedTeamCents,
      });
      expect(await getFigures(store.database, LEDGER, id, period)).to.deep.equal(
        expected.figuresOf(id, period),
      );
    }
    for (const period of periods) {
      const leaders = expected.distributors
        .map((id) => {
          const { soldCents, reversedCents } = expected.figuresOf(id, period);
          return { id, netRetailCents: soldCents.retail - reversedCents.retail };
        })
        .filter(({ netRetailCents }) => netRetailCents > 0n)
        .sort((a, b) => Number(b.netRetailCents - a.netRetailCents) || a.id - b.id);
      const listed = await listAll((request) => listLeaders(store.database, LEDGER, period, request), 3);
      expect(listed, `leaders of ${period}`).to.deep.equal(leaders);
    }
    return expected;
  }

  it('are sums over the entries, after every stretch and every rollback', async function () {
    this.timeout(240_000);
    const whole = new History(23, BLOCKS, BLOCK_TIME);
    let position = START;
    let last: Recomputed | undefined;
    for (let blocks = STRETCH; blocks <= BLOCKS; blocks += STRETCH) {
      const end = START_BLOCK + blocks - 1;
      position = await applyEntries(store.database, LEDGER, whole.stretch(position, end));
      last = await compare(new History(23, blocks, BLOCK_TIME));
      const back = blocks - Math.floor(STRETCH * 0.6);
      position = await rollBack(store.database, LEDGER, position, START_BLOCK + back - 1);
      await compare(new History(23, back, BLOCK_TIME));
      position = await applyEntries(store.database, LEDGER, whole.stretch(position, end));
    }
    expect(last?.movers).to.be.greaterThan(0);
    expect(last?.periods.length).to.be.greaterThan(3);
  });

  it('are zeros for unknown and former ids', async () => {
    const { distributors } = new History(23, BLOCKS, BLOCK_TIME);
    const moved = distributors.find(({ movedTo }) => movedTo !== null)?.id ?? 0;
    expect(moved).to.be.greaterThan(0);
    for (const id of [3_999, moved]) {
      expect(await listPeriods(store.database, LEDGER, id, { limit: 5 })).to.deep.equal({
        items: [],
        nextCursor: null,
      });
      expect(isAnything(await getFigures(store.database, LEDGER, id))).to.equal(false);
      const none = { directs: 0, size: 0, volumeCents: 0n, reversedCents: 0n };
      expect(await getSubtree(store.database, LEDGER, id, 202_312)).to.deep.equal(none);
    }
  });

  it('refuse a cursor that is not one of theirs', async () => {
    for (const cursor of ['', 'x', '2023', '1;2', '0-1']) {
      for (const list of [
        listPeriods(store.database, LEDGER, 4, { limit: 1, cursor }),
        listLeaders(store.database, LEDGER, 202_312, { limit: 1, cursor }),
      ]) {
        expect(await list.catch((error) => error), cursor).to.be.instanceOf(MalformedError);
      }
    }
  });
});

function isAnything({ soldCents, reversedCents, creditedByLevel, ...others }: Figures): boolean {
  const { teamCents, reversedTeamCents, openedUnits, paidUnits, purchasesCents } = others;
  const amounts = [...Object.values(soldCents), ...Object.values(reversedCents), ...creditedByLevel];
  return [...amounts, teamCents, reversedTeamCents, openedUnits, paidUnits, purchasesCents].some(
    (amount) => amount !== 0n,
  );
}
