import {
  type Account,
  idAt,
  MAX_ID,
  moveAway,
  nextId,
  packFragment,
  parseAccount,
  STATUS_CLOSED,
} from '@plumbline/protocol';
import { expect } from 'chai';
import fc from 'fast-check';
import { between, edgyBigInt } from '../support/protocol/arbitraries.ts';

const MAX_BALANCE = 2n ** 50n - 1n;
const emptyLane: Account = { sponsor: 0, owed: 0n, rank: 0, status: 0, movedTo: 0 };

/** A fragment with the one to four distributors that it can hold. */
const fragments = fc
  .tuple(between(1, 2 ** 24 - 1), between(1, 4))
  .chain(([fragment, count]) =>
    fc.tuple(
      fc.constant(fragment),
      fc.tuple(...Array.from({ length: count }, (_, lane) => accounts(fragment, lane))),
    ),
  );

function accounts(fragment: number, lane: number): fc.Arbitrary<Account> {
  const sponsor =
    lane === 0 ? between(0, MAX_ID) : between(0, lane - 1).map((above) => idAt(fragment, above));
  const standing = fc.tuple(between(0, 15), between(1, 3));
  const movedTo = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, between(4, MAX_ID));
  return fc
    .tuple(sponsor, edgyBigInt(0n, MAX_BALANCE), standing, movedTo)
    .map(([above, owed, [rank, status], newId]) => {
      const account = { sponsor: above, owed, rank: status === STATUS_CLOSED ? 0 : rank, status, movedTo: 0 };
      return newId === 0 ? account : moveAway(account, newId);
    });
}

describe('fragment', () => {
  describe('packFragment and parseAccount', () => {
    it('read back what was packed, in every lane', () => {
      const property = fc.property(fragments, ([fragment, distributors]) => {
        const word = packFragment(distributors);
        expect(word >> 256n, 'fits a storage word').to.equal(0n);
        const lanes = [0, 1, 2, 3].map((lane) => parseAccount(word, fragment, lane));
        expect(lanes.slice(0, distributors.length)).to.deep.equal(distributors);
        for (const empty of lanes.slice(distributors.length)) {
          const { sponsor: _sponsor, ...rest } = empty;
          expect(rest).to.deep.equal({ owed: 0n, rank: 0, status: 0, movedTo: 0 });
        }
      });
      fc.assert(property, { seed: 4, numRuns: 1_000 });
    });

    it('put each field at its bits', () => {
      const at = (lane: number, change: Partial<Account>) => {
        const distributors = [0, 1, 2, 3].map((i) => ({ ...emptyLane, sponsor: i === 0 ? 0 : 4 }));
        Object.assign(distributors[lane]!, change);
        return packFragment(distributors);
      };
      for (const lane of [0, 1, 2, 3]) {
        const base = BigInt(56 * lane);
        expect(at(lane, { owed: MAX_BALANCE })).to.equal(MAX_BALANCE << base);
        expect(at(lane, { rank: 15 })).to.equal(15n << (base + 50n));
        expect(at(lane, { status: 3 })).to.equal(3n << (base + 54n));
        const moved = (BigInt(MAX_ID) << base) | (1n << (base + 50n)) | (3n << (base + 54n));
        expect(at(lane, { rank: 1, status: 3, movedTo: MAX_ID })).to.equal(moved);
      }
      expect(at(0, { sponsor: MAX_ID })).to.equal(BigInt(MAX_ID) << 224n);
      expect(at(2, { sponsor: 5 })).to.equal(1n << 252n);
      expect(at(3, { sponsor: 6 })).to.equal(2n << 254n);
    });

    it('read an empty word as an empty lane', () => {
      expect(parseAccount(0n, 1, 0)).to.deep.equal(emptyLane);
    });

    it('read who has left with their balance, and who has moved with where they are', () => {
      const closed = 3n << 54n;
      expect(parseAccount(closed | 77n, 1, 0)).to.deep.equal({ ...emptyLane, owed: 77n, status: 3 });
      expect(parseAccount(closed | (1n << 50n) | 77n, 1, 0)).to.deep.equal({
        ...emptyLane,
        rank: 1,
        status: 3,
        movedTo: 77,
      });
      expect(parseAccount((1n << 54n) | (1n << 50n) | 77n, 1, 0).movedTo, 'of rank 1, and here').to.equal(0);
    });
  });

  describe('moveAway', () => {
    it('keeps the sponsor alone', () => {
      const distributor = { sponsor: 5, owed: 77n, rank: 9, status: 2, movedTo: 0 };
      expect(moveAway(distributor, 40)).to.deep.equal({
        sponsor: 5,
        owed: 0n,
        rank: 1,
        status: 3,
        movedTo: 40,
      });
    });
  });

  describe('nextId', () => {
    it('opens a fragment for a root, whatever is free elsewhere', () => {
      expect(nextId(0, 0, 0)).to.equal(4);
      expect(nextId(0, 1, 5)).to.equal(24);
    });

    it("takes the next lane of the sponsor's fragment while there is one", () => {
      expect(nextId(4, 1, 1)).to.equal(5);
      expect(nextId(4, 2, 9)).to.equal(6);
      expect(nextId(6, 3, 9)).to.equal(7);
    });

    it("opens a fragment when the sponsor's is full", () => {
      expect(nextId(6, 4, 9)).to.equal(40);
    });
  });
});
