import {
  checkPlan,
  countedVolume,
  InvalidPlanError,
  maxTotalBps,
  PLAN_BY_DIFFERENCE,
  PLAN_BY_GENERATION,
  type Plan,
  planHash,
  rowOf,
} from '@plumbline/protocol';
import { expect } from 'chai';
import fc from 'fast-check';
import { encodeAbiParameters, keccak256 } from 'viem';
import { between, plans, sampleOf } from '../support/protocol/arbitraries.ts';
import { Chain, type Ledger } from '../support/protocol/ledger.ts';

const NOTICE = 86_400;

const plan: Plan = {
  kind: 0,
  compression: 0,
  boundaryRank: 0,
  reach: 64,
  ceilingBps: 5000,
  weightsBps: [10_000, 5000, 2500],
  ratesBps: [[2000, 1000, 500, 300, 200]],
};

/** A plan with something that may be wrong with it, often right at a limit. */
const doubtfulPlans: fc.Arbitrary<Plan> = plans.chain((base) => {
  const total = maxTotalBps(base);
  const row = [...(base.ratesBps[0] ?? [])];
  const bps = fc.constantFrom(0, 9_999, 10_000, 10_001, 16_383, 16_384, 65_535);
  const ceilingBps = fc.oneof(fc.constantFrom(Math.max(0, total - 1), total, total + 1), bps);
  const long = between(10, 16).map((levels) => [Array<number>(levels).fill(1)]);
  const ratesBps = fc.oneof(fc.constantFrom([], [row, row], [[]], [row, []]), long);
  const change = fc.oneof<fc.Arbitrary<Partial<Plan>>[]>(
    fc.constant({}),
    between(0, 4).map((kind) => ({ kind })),
    between(0, 4).map((compression) => ({ compression })),
    fc.constantFrom(0, 1, 15, 16, 17).map((boundaryRank) => ({ boundaryRank })),
    fc.constantFrom(0, 63, 64, 1_000, 1_001, 65_535).map((reach) => ({ reach })),
    ceilingBps.map((ceiling) => ({ ceilingBps: ceiling })),
    fc.tuple(bps, bps, bps).map((weightsBps) => ({ weightsBps })),
    ratesBps.map((rows) => ({ ratesBps: rows })),
    between(15, 18).map((rows) => ({ ratesBps: Array<number[]>(rows).fill(row) })),
    fc.tuple(between(0, row.length - 1), bps).map(([at, rate]) => ({ ratesBps: [row.with(at, rate)] })),
  );
  return fc.tuple(change, change).map(([first, second]) => ({ ...base, ...first, ...second }));
});

const byDifference: Partial<Plan> = { kind: PLAN_BY_DIFFERENCE, ratesBps: [[0, 100]] };
const byGeneration: Partial<Plan> = { kind: PLAN_BY_GENERATION, boundaryRank: 2 };
const levels = 'levels of a row of ratesBps, the seller included, must be';

/** What is wrong, the message, and the contract's name for it; none where a call cannot carry it. */
const wrong: [what: string, change: Partial<Plan>, message: string, reason?: string][] = [
  ['an unknown kind', { kind: 3 }, 'kind must be a whole number from 0 to 2, not 3', 'UnknownPlanKind'],
  ['a broken kind', { kind: 0.5 }, 'kind must be a whole number from 0 to 2, not 0.5'],
  [
    'an unknown compression',
    { compression: 3 },
    'compression must be a whole number from 0 to 2, not 3',
    'UnknownCompression',
  ],
  [
    'dynamic compression by difference',
    { ...byDifference, compression: 2 },
    'compression must be a whole number from 0 to 1, not 2',
    'UnknownCompression',
  ],
  [
    'a boundary rank where nothing is counted from it',
    { boundaryRank: 3 },
    'boundaryRank must be 0, not 3',
    'BoundaryRankOutOfRange',
  ],
  [
    'generations without a boundary rank',
    { ...byGeneration, boundaryRank: 0 },
    'boundaryRank must be a whole number from 1 to 15, not 0',
    'BoundaryRankOutOfRange',
  ],
  [
    'generations from a rank that there is not',
    { ...byGeneration, boundaryRank: 16 },
    'boundaryRank must be a whole number from 1 to 15, not 16',
    'BoundaryRankOutOfRange',
  ],
  [
    'a reach below the least',
    { reach: 63 },
    'reach must be a whole number from 64 to 1000, not 63',
    'ReachOutOfRange',
  ],
  [
    'a reach above the most',
    { reach: 1001 },
    'reach must be a whole number from 64 to 1000, not 1001',
    'ReachOutOfRange',
  ],
  [
    'a ceiling above the whole',
    { ceilingBps: 10_001 },
    'ceilingBps: basis points must be whole numbers from 0 to 10000, not 10001',
    'BpsAboveWhole',
  ],
  [
    'a weight above the whole',
    { weightsBps: [10_000, 0, 10_001] },
    'weightsBps: basis points must be whole numbers from 0 to 10000, not 10001',
    'BpsAboveWhole',
  ],
  [
    'a rate above the whole',
    { ratesBps: [[10_001]] },
    'ratesBps: basis points must be whole numbers from 0 to 10000, not 10001',
    'BpsAboveWhole',
  ],
  [
    'a broken rate',
    { ratesBps: [[0.5]] },
    'ratesBps: basis points must be whole numbers from 0 to 10000, not 0.5',
  ],
  [
    'a negative rate',
    { ratesBps: [[2000, -1]] },
    'ratesBps: basis points must be whole numbers from 0 to 10000, not -1',
  ],
  [
    'no rates',
    { ratesBps: [] },
    'rows of ratesBps must be a whole number from 1 to 16, not 0',
    'PlanRowsOutOfRange',
  ],
  [
    'more rows than ranks',
    { ratesBps: Array(17).fill([1]) },
    'rows of ratesBps must be a whole number from 1 to 16, not 17',
    'PlanRowsOutOfRange',
  ],
  [
    'an empty row',
    { ratesBps: [[1], []] },
    `${levels} a whole number from 1 to 11, not 0`,
    'PlanLevelsOutOfRange',
  ],
  [
    'too many levels',
    { ratesBps: [Array(12).fill(1)] },
    `${levels} a whole number from 1 to 11, not 12`,
    'PlanLevelsOutOfRange',
  ],
  [
    'levels by difference',
    { ...byDifference, ratesBps: [[0, 100, 50]] },
    `${levels} 2, not 3`,
    'PlanLevelsOutOfRange',
  ],
  [
    'half a row by difference',
    { ...byDifference, ratesBps: [[100]] },
    `${levels} 2, not 1`,
    'PlanLevelsOutOfRange',
  ],
  [
    'rates above the ceiling',
    { ratesBps: [[5001]] },
    'the best rates of all levels add up to 5001 basis points, above the ceiling of 5000',
    'CeilingExceeded',
  ],
  [
    'the best rates of different ranks above the ceiling together',
    {
      ceilingBps: 4999,
      ratesBps: [
        [2600, 1],
        [0, 2400],
      ],
    },
    'the best rates of all levels add up to 5000 basis points, above the ceiling of 4999',
    'CeilingExceeded',
  ],
];

describe('plan', () => {
  describe('checkPlan', () => {
    for (const [what, change, message] of wrong) {
      it(`refuses ${what}`, () => {
        expect(() => checkPlan({ ...plan, ...change }))
          .to.throw(InvalidPlanError)
          .with.property('message', message);
      });
    }

    it('accepts a plan at its ceiling, of eleven levels, and of nothing', () => {
      checkPlan({ ...plan, ceilingBps: 4000 });
      checkPlan({ ...plan, ratesBps: [Array(11).fill(100)] });
      checkPlan({ ...plan, ceilingBps: 0, weightsBps: [0, 0, 0], ratesBps: [[0]] });
      checkPlan({ ...plan, ceilingBps: 10_000, ratesBps: [[10_000]] });
      checkPlan({ ...plan, reach: 64 });
      checkPlan({ ...plan, reach: 1000 });
    });

    it('accepts every kind at its limits', () => {
      checkPlan({ ...plan, compression: 2, ratesBps: Array(16).fill([100, 50]) });
      checkPlan({ ...plan, ...byGeneration, compression: 2, boundaryRank: 15 });
      checkPlan({ ...plan, ...byGeneration, boundaryRank: 1 });
      checkPlan({ ...plan, ...byDifference, compression: 1, ceilingBps: 100 });
    });
  });

  describe('maxTotalBps', () => {
    it('is the best rate of each level, whichever row has it', () => {
      expect(maxTotalBps(plan)).to.equal(4000);
      expect(maxTotalBps({ ...plan, ratesBps: [[2000], [0, 1000], [500, 300, 100]] })).to.equal(3100);
      expect(
        maxTotalBps({
          ...plan,
          ...byDifference,
          ratesBps: [
            [300, 500],
            [100, 1200],
          ],
        }),
      ).to.equal(1500);
    });
  });

  describe('rowOf', () => {
    it('is the row of the rank, and the last for the ranks above it', () => {
      const ratesBps = [[1], [2], [3]];
      const rows = [0, 1, 2, 3, 15].map((rank) => rowOf({ ...plan, ratesBps }, rank));
      expect(rows).to.deep.equal([[1], [2], [3], [3], [3]]);
    });
  });

  describe('countedVolume', () => {
    it("is the class's share, rounded down to a cent", () => {
      expect(countedVolume(plan, 'retail', 1999n)).to.equal(1999n);
      expect(countedVolume(plan, 'preferred', 1999n)).to.equal(999n);
      expect(countedVolume(plan, 'self', 1999n)).to.equal(499n);
      expect(countedVolume(plan, 'self', 3n)).to.equal(0n);
      expect(countedVolume(plan, 'retail', 2n ** 32n - 1n)).to.equal(2n ** 32n - 1n);
    });
  });

  describe('planHash', () => {
    it('is keccak256 of the ABI encoding of the struct', () => {
      const type = [
        { type: 'uint8' },
        { type: 'uint8' },
        { type: 'uint8' },
        { type: 'uint16' },
        { type: 'uint16' },
        { type: 'uint16[3]' },
        { type: 'uint16[][]' },
      ];
      const values = [0, 0, 0, plan.reach, plan.ceilingBps, plan.weightsBps, plan.ratesBps];
      const struct = [{ type: 'tuple', components: type }];
      expect(planHash(plan)).to.equal(keccak256(encodeAbiParameters(struct, [values])));
    });
  });

  describe('on a real ledger', () => {
    let chain: Chain;
    let ledger: Ledger;

    before(async () => {
      chain = await Chain.start();
      const terms = { returnWindow: 0, planNotice: NOTICE, capPeriod: 3600, compact: false, delay: 0 };
      ledger = await chain.createLedger(terms, plan);
    });

    after(() => chain?.stop());

    /** The contract's name for what checkPlan says. */
    function reasonOf(doubtful: Plan): string | undefined {
      try {
        checkPlan(doubtful);
        return undefined;
      } catch (error) {
        const { message } = error as Error;
        const names: [RegExp, string][] = [
          [/^kind/, 'UnknownPlanKind'],
          [/^compression/, 'UnknownCompression'],
          [/^boundaryRank/, 'BoundaryRankOutOfRange'],
          [/basis points must be/, 'BpsAboveWhole'],
          [/^reach/, 'ReachOutOfRange'],
          [/^rows/, 'PlanRowsOutOfRange'],
          [/^levels/, 'PlanLevelsOutOfRange'],
          [/^the best rates/, 'CeilingExceeded'],
        ];
        return names.find(([pattern]) => pattern.test(message))?.[1] ?? message;
      }
    }

    it('checkPlan refuses what announcePlan refuses, for the same reason, and nothing else', async () => {
      const reasons = new Set<string | undefined>();
      const property = fc.asyncProperty(doubtfulPlans, async (doubtful) => {
        const ours = reasonOf(doubtful);
        expect(ours).to.equal(await ledger.findReason(['announcePlan', doubtful]));
        reasons.add(ours);
      });
      await fc.assert(property, { seed: 40, numRuns: 600 });
      expect(reasons, 'every reason and acceptance came up').to.have.property('size', 9);
    });

    it('checkPlan names each thing that is wrong as announcePlan does', async () => {
      for (const [what, change, , reason] of wrong) {
        if (reason === undefined) continue;
        const doubtful = { ...plan, ...change };
        expect(reasonOf(doubtful), what).to.equal(reason);
        expect(await ledger.findReason(['announcePlan', doubtful]), what).to.equal(reason);
      }
    });

    it('planHash is the name that planOf gives, and the plan comes back as it went', async () => {
      for (let version = 2; version <= 25; version++) {
        const announced = sampleOf(plans, version);
        // Only eight plans can be pending at a time.
        await ledger.send(['announcePlan', announced], { time: chain.now + NOTICE });
        const [found] = await ledger.views(['planOf', BigInt(version)]);
        expect(found).to.deep.equal([announced, BigInt(chain.now + NOTICE), planHash(announced)]);
      }
    });
  });
});
