import {
  amountOf,
  COMPRESSION_DYNAMIC,
  COMPRESSION_NONE,
  COMPRESSION_ROLL_UP,
  type Credit,
  creditedBy,
  MAX_REACH,
  MIN_REACH,
  PLAN_BY_DIFFERENCE,
  PLAN_BY_GENERATION,
  PLAN_BY_LEVEL,
  type Plan,
  payCommission,
  type Tree,
} from '@plumbline/protocol';
import { expect } from 'chai';
import { goldens } from '../support/vectors.ts';

function planOf(...rates: number[]): Plan {
  return planByRank(PLAN_BY_LEVEL, COMPRESSION_NONE, rates);
}

function planByRank(kind: number, compression: number, ...ratesBps: number[][]): Plan {
  return {
    kind,
    compression,
    boundaryRank: kind === PLAN_BY_GENERATION ? 2 : 0,
    reach: MIN_REACH,
    ceilingBps: 10_000,
    weightsBps: [10_000, 10_000, 10_000],
    ratesBps,
  };
}

/** A distributor of a line; who is not described is active and without rank. */
interface Described {
  rank?: number;
  status?: number;
  movedTo?: number;
}

/** A line of sponsors upward from `first`, ids one apart. */
function lineOf(first: number, length: number, distributors: Record<number, Described> = {}): Tree {
  return {
    sponsorOf: (id) => (id < first + length - 1 ? id + 1 : 0),
    rankOf: (id) => distributors[id]?.rank ?? 0,
    statusOf: (id) => distributors[id]?.status ?? 1,
    movedTo: (id) => distributors[id]?.movedTo ?? 0,
  };
}

/** Each as `id:bps`, `-` for a level that stays unpaid. */
function short(credits: readonly Credit[]): string {
  return credits.map(({ id, bps }) => (id === 0 ? '-' : `${id}:${bps}`)).join(' ');
}

const INACTIVE = { status: 2 };
const LEFT = { status: 3 };

describe('commission', () => {
  describe('payCommission', () => {
    for (const { name, plan, volumeCents, upline, credits, total } of goldens) {
      it(`pays the golden vector "${name}" to the unit`, () => {
        const distributors = upline.map(({ rank, isActive }, i) => [
          11 + i,
          { rank, status: isActive ? 1 : 2 },
        ]);
        const tree = lineOf(10, upline.length + 1, Object.fromEntries(distributors));
        const line = payCommission(tree, plan, 10, BigInt(volumeCents));
        const [own, ...above] = line.credits.map((credit) => ({
          to: upline[credit.id - 11]?.name,
          units: amountOf(line, credit),
        }));
        expect(own).to.deep.equal({ to: undefined, units: 0n });
        expect(above).to.deep.equal(credits.map((credit) => credit ?? { to: undefined, units: 0n }));
        expect(creditedBy(line)).to.equal(total);
      });
    }

    it('pays nobody without counted volume', () => {
      expect(payCommission(lineOf(4, 5), planOf(1000, 500), 4, 0n)).to.deep.equal({
        seller: 4,
        volumeCents: 0n,
        credits: [],
      });
    });

    it('pays nobody for a sale of an empty lane', () => {
      expect(payCommission(lineOf(4, 5, { 4: { status: 0 } }), planOf(1000, 500), 4, 100n)).to.deep.equal({
        seller: 4,
        volumeCents: 100n,
        credits: [],
      });
    });

    it('leaves the level of an inactive distributor unpaid and moves no distributor up', () => {
      const line = payCommission(lineOf(4, 5, { 5: INACTIVE }), planOf(1000, 500, 300), 4, 100n);
      expect(line.credits).to.deep.equal([
        { id: 4, bps: 1000 },
        { id: 0, bps: 0 },
        { id: 6, bps: 300 },
      ]);
      expect(creditedBy(line)).to.equal(130_000n);
    });

    it('leaves the level of an inactive seller unpaid and still pays the upline', () => {
      const line = payCommission(lineOf(4, 5, { 4: LEFT }), planOf(1000, 500), 4, 100n);
      expect(line.credits).to.deep.equal([
        { id: 0, bps: 0 },
        { id: 5, bps: 500 },
      ]);
    });

    it('ends at the root', () => {
      const line = payCommission(lineOf(4, 2), planOf(1000, 500, 300, 200), 4, 100n);
      expect(line.credits).to.deep.equal([
        { id: 4, bps: 1000 },
        { id: 5, bps: 500 },
      ]);
    });

    it('names who stands at a level that pays nothing', () => {
      const line = payCommission(lineOf(4, 5), planOf(0, 500), 4, 100n);
      expect(line.credits).to.deep.equal([
        { id: 4, bps: 0 },
        { id: 5, bps: 500 },
      ]);
    });

    describe('rates by rank', () => {
      const ratesBps = [[100], [200, 50], [300, 60, 30]];
      const plan = planByRank(PLAN_BY_LEVEL, COMPRESSION_NONE, ...ratesBps);

      it("are those of each distributor's own rank, and a row does not reach the levels that it does not have", () => {
        const tree = lineOf(4, 3, { 4: { rank: 1 }, 5: { rank: 1 }, 6: { rank: 1 } });
        expect(short(payCommission(tree, plan, 4, 100n).credits)).to.equal('4:200 5:50 -');
      });

      it('are those of the last row for ranks above it', () => {
        const tree = lineOf(4, 3, { 4: { rank: 3 }, 5: { rank: 15 }, 6: { rank: 2 } });
        expect(short(payCommission(tree, plan, 4, 100n).credits)).to.equal('4:300 5:60 6:30');
      });
    });

    describe('compression', () => {
      // Levels 1 to 3 for rank 1, level 1 alone for rank 0.
      const ratesBps = [
        [0, 500],
        [0, 500, 300, 100],
      ];
      const high = { rank: 1 };
      const tree = lineOf(4, 8, {
        5: high,
        6: { ...high, ...INACTIVE },
        8: high,
        9: LEFT,
        10: high,
        11: high,
      });
      const paid = (compression: number) =>
        short(payCommission(tree, planByRank(PLAN_BY_LEVEL, compression, ...ratesBps), 4, 100n).credits);

      it('none: whoever is not paid breaks their level', () => {
        expect(paid(COMPRESSION_NONE)).to.equal('4:0 5:500 - -');
      });

      it('roll-up: the next active distributor has the level of who is not, whatever they reach', () => {
        expect(paid(COMPRESSION_ROLL_UP)).to.equal('4:0 5:500 - 8:100');
      });

      it('dynamic: the next distributor who reaches it has the level', () => {
        expect(paid(COMPRESSION_DYNAMIC)).to.equal('4:0 5:500 8:300 10:100');
      });

      it('never gives the level of the seller away', () => {
        const plan = planByRank(PLAN_BY_LEVEL, COMPRESSION_DYNAMIC, [1000, 500]);
        expect(short(payCommission(lineOf(4, 3, { 4: INACTIVE }), plan, 4, 100n).credits)).to.equal(
          '- 5:500',
        );
      });

      for (const reach of [MIN_REACH, 65, 500, MAX_REACH]) {
        it(`looks at ${reach} ids above the seller and no more, by level and by difference`, () => {
          const idle = (count: number) =>
            Object.fromEntries(Array.from({ length: count }, (_, i) => [5 + i, INACTIVE]));
          for (const kind of [PLAN_BY_LEVEL, PLAN_BY_DIFFERENCE]) {
            const plan = { ...planByRank(kind, COMPRESSION_ROLL_UP, [0, 500]), reach };
            const near = payCommission(lineOf(4, 1_500, idle(reach - 1)), plan, 4, 100n);
            expect(short(near.credits)).to.equal(`4:0 ${4 + reach}:500`);
            const far = payCommission(lineOf(4, 1_500, idle(reach)), plan, 4, 100n);
            expect(short(far.credits)).to.equal('4:0');
          }
        });

        it(`counts the old id of a distributor who has moved, the seller's too, in a reach of ${reach}`, () => {
          // The seller 4 has moved to 5 and 7 to 8: two ids more than distributors.
          const gone = (to: number) => ({ rank: 1, status: 3, movedTo: to });
          const idle = (count: number) =>
            Object.fromEntries(Array.from({ length: count }, (_, i) => [5 + i, INACTIVE]));
          const plan = { ...planByRank(PLAN_BY_LEVEL, COMPRESSION_ROLL_UP, [0, 500]), reach };
          // From 5 up: 6, 7 (an id more) and 8, then one a step.
          const near = { ...idle(reach - 1), 4: gone(5), 7: gone(8) };
          expect(short(payCommission(lineOf(4, 1_500, near), plan, 4, 100n).credits)).to.equal(
            `- ${4 + reach}:500`,
          );
          const far = { ...idle(reach), 4: gone(5), 7: gone(8) };
          expect(short(payCommission(lineOf(4, 1_500, far), plan, 4, 100n).credits)).to.equal('-');
        });
      }
    });

    describe('by generation', () => {
      const ratesBps = [[1000, 500, 300]];
      const distributors = { 5: { rank: 1 }, 6: { rank: 2 }, 7: { rank: 15, ...INACTIVE }, 9: { rank: 3 } };
      const paid = (compression: number, ranks: Record<number, Described> = distributors) =>
        short(
          payCommission(
            lineOf(4, 9, ranks),
            planByRank(PLAN_BY_GENERATION, compression, ...ratesBps),
            4,
            100n,
          ).credits,
        );

      it('pays each distributor of the boundary rank or above, and the seller of whatever rank', () => {
        expect(paid(COMPRESSION_NONE, { ...distributors, 7: { rank: 15 } })).to.equal('4:1000 6:500 7:300');
      });

      it('none: the generation of an inactive distributor stays unpaid', () => {
        expect(paid(COMPRESSION_NONE)).to.equal('4:1000 6:500 -');
      });

      it('roll-up and dynamic: it goes to the next', () => {
        expect(paid(COMPRESSION_ROLL_UP)).to.equal('4:1000 6:500 9:300');
        expect(paid(COMPRESSION_DYNAMIC)).to.equal('4:1000 6:500 9:300');
      });

      it('counts generations and not distributors by their own row', () => {
        const plan = planByRank(
          PLAN_BY_GENERATION,
          COMPRESSION_DYNAMIC,
          [1000],
          [1000],
          [0, 500],
          [0, 400, 300],
        );
        const tree = lineOf(4, 9, { 5: { rank: 2 }, 6: { rank: 2 }, 8: { rank: 9 } });
        expect(short(payCommission(tree, plan, 4, 100n).credits)).to.equal('4:1000 5:500 8:300');
      });
    });

    describe('by difference', () => {
      const ratesBps = [
        [100, 0],
        [200, 500],
        [300, 800],
        [400, 1200],
      ];
      const distributors = {
        4: { rank: 2 },
        5: { rank: 1 },
        6: { rank: 1 },
        7: { rank: 2, ...INACTIVE },
        8: { rank: 3 },
      };
      const paid = (compression: number, ranks: Record<number, Described> = distributors) =>
        short(
          payCommission(
            lineOf(4, 9, ranks),
            planByRank(PLAN_BY_DIFFERENCE, compression, ...ratesBps),
            4,
            100n,
          ).credits,
        );

      it("pays the seller their own rate, and above them each higher rank's difference", () => {
        expect(paid(COMPRESSION_NONE, { ...distributors, 7: { rank: 2 } })).to.equal(
          '4:300 5:500 7:300 8:400',
        );
      });

      it('none: the difference of an inactive distributor is lost', () => {
        expect(paid(COMPRESSION_NONE)).to.equal('4:300 5:500 - 8:400');
      });

      it('roll-up: the next above has it', () => {
        expect(paid(COMPRESSION_ROLL_UP)).to.equal('4:300 5:500 8:700');
      });

      it('ends with the highest rate', () => {
        expect(paid(COMPRESSION_NONE, { 5: { rank: 3 }, 6: { rank: 3 }, 7: { rank: 15 } })).to.equal(
          '4:100 5:1200',
        );
      });

      it('can pay a level for each of 16 ranks', () => {
        const rows = Array.from({ length: 16 }, (_, rank) => [0, 100 * (1 + rank)]);
        const ranks = Object.fromEntries(rows.map((_, rank) => [5 + rank, { rank }]));
        const { credits } = payCommission(
          lineOf(4, 20, ranks),
          planByRank(PLAN_BY_DIFFERENCE, COMPRESSION_NONE, ...rows),
          4,
          100n,
        );
        expect(credits).to.deep.equal([
          { id: 4, bps: 0 },
          ...rows.map((_, rank) => ({ id: 5 + rank, bps: 100 })),
        ]);
      });
    });

    describe('a distributor who has moved', () => {
      // 6 has moved to 20, whose sponsors are 21 and 22; the lane still says 7.
      const moved = { rank: 1, status: 3, movedTo: 20 };
      const tree = lineOf(4, 19, { 6: moved, 22: INACTIVE });

      it('is paid where they are, with the level that they have, and their new upline above them', () => {
        expect(short(payCommission(tree, planOf(9, 8, 7, 6, 5), 4, 100n).credits)).to.equal(
          '4:9 5:8 20:7 21:6 -',
        );
      });

      it('is found by a sale under their old id, which the line keeps', () => {
        expect(payCommission(tree, planOf(9, 8), 6, 100n)).to.deep.equal({
          seller: 6,
          volumeCents: 100n,
          credits: [
            { id: 20, bps: 9 },
            { id: 21, bps: 8 },
          ],
        });
      });

      it('has the rank that they have now, and the old lane is one id more of the reach', () => {
        const above = lineOf(4, 100, {
          5: moved,
          20: { rank: 3 },
          ...Object.fromEntries(Array.from({ length: MIN_REACH - 3 }, (_, i) => [21 + i, INACTIVE])),
        });
        const plan = planByRank(PLAN_BY_LEVEL, COMPRESSION_ROLL_UP, [0, 10, 10], [0], [0], [0, 30, 20]);
        // 5 and 20 are the first two ids, 81 the last but one, 82 the sixty-fourth.
        expect(short(payCommission(above, plan, 4, 100n).credits)).to.equal('4:0 20:30 82:10');
      });

      it('is paid nothing any more once they have left', () => {
        const left = lineOf(4, 19, { 6: moved, 20: LEFT });
        expect(short(payCommission(left, planOf(9, 8, 7, 6), 4, 100n).credits)).to.equal('4:9 5:8 - 21:6');
      });
    });

    it('pays the largest sale exactly', () => {
      const line = payCommission(lineOf(4, 11), planOf(...Array(10).fill(909), 910), 4, 2n ** 32n - 1n);
      expect(line.credits).to.have.length(11);
      expect(creditedBy(line)).to.equal((2n ** 32n - 1n) * 10_000n);
    });
  });
});
