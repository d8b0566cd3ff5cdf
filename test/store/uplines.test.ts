import type { Database } from '@plumbline/store';
import { sumsBelow, Uplines } from '@plumbline/store/testing';
import { expect } from 'chai';

describe('uplines of distributors whose places are in memory', () => {
  /** Every query fails. */
  const noDatabase = undefined as unknown as Database;
  const fresh = new Map([
    [4, { sponsor: 0, depth: 0, movedTo: null }],
    [5, { sponsor: 4, depth: 1, movedTo: null }],
    [6, { sponsor: 5, depth: 2, movedTo: null }],
  ]);

  it('query an id that no known distributor has, unless there are no other distributors', async () => {
    const ask = (isFirst: boolean) => Uplines.load(noDatabase, 1n, [6, 4_000], { fresh, isFirst });
    expect(await ask(false).catch((error) => error)).to.be.instanceOf(Error);
    const uplines = await ask(true);
    expect(uplines.whereIs(4_000)).to.equal(0);
    expect(uplines.above(4_000)).to.deep.equal([]);
    expect(uplines.above(6)).to.deep.equal([5, 4]);
  });

  it('query a sponsor who is not among them', async () => {
    const below = new Map([...fresh].filter(([id]) => id !== 4));
    const uplines = Uplines.load(noDatabase, 1n, [6], { fresh: below, isFirst: false });
    expect(await uplines.catch((error) => error)).to.be.instanceOf(Error);
  });

  it('query nothing if whole uplines are among them, and sum like others', async () => {
    const uplines = await Uplines.load(noDatabase, 1n, [6], { fresh, isFirst: false });
    const amounts = new Map([
      [4, 1],
      [5, 10],
      [6, 100],
    ]);
    expect([...sumsBelow(uplines, amounts, (a, b) => a + b)].sort()).to.deep.equal([
      [4, 110],
      [5, 100],
    ]);
  });
});
