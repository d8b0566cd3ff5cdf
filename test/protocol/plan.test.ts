import { expect } from 'chai';
import { encodeAbiParameters, keccak256 } from 'viem';
import { InvalidPlanError } from '../../packages/protocol/src/errors.ts';
import {
  checkPlan,
  countedVolume,
  maxTotalBps,
  type Plan,
  planHash,
} from '../../packages/protocol/src/plan.ts';
import { randomPlan } from '../support/protocol/generate.ts';
import { Chain, type Ledger } from '../support/protocol/ledger.ts';
import { Random } from '../support/protocol/random.ts';

const plan: Plan = {
  kind: 0,
  compression: 0,
  boundaryRank: 0,
  ceilingBps: 5000,
  weightsBps: [10_000, 5000, 2500],
  ratesBps: [[2000, 1000, 500, 300, 200]],
};

/** A plan with something that may be wrong with it, often right at a limit. */
function doubtfulPlan(random: Random): Plan {
  const base = randomPlan(random);
  const total = maxTotalBps(base);
  const bps = () => random.pick([0, 9999, 10_000, 10_001, 16_383, 16_384, 65_535]);
  const [row = []] = base.ratesBps;
  const changes: Partial<Plan>[] = [
    {},
    { kind: random.between(0, 2) },
    { compression: random.between(0, 2) },
    { boundaryRank: random.between(0, 2) },
    { ceilingBps: random.pick([total - 1, total, total + 1, bps()]) },
    { weightsBps: [bps(), bps(), bps()] },
    { ratesBps: random.pick([[], [row, row], [[]], [Array(random.between(10, 16)).fill(1)]]) },
    { ratesBps: [row.with(random.between(0, row.length - 1), bps())] },
  ];
  const doubtful = { ...base, ...random.pick(changes), ...random.pick(changes) };
  return doubtful.ceilingBps < 0 ? { ...doubtful, ceilingBps: 0 } : doubtful;
}

describe('plan', () => {
  describe('checkPlan', () => {
    const wrong: [string, Partial<Plan>, RegExp][] = [
      ['another kind', { kind: 1 }, /^kind must be 0/],
      ['compression', { compression: 1 }, /^compression must be 0/],
      ['a boundary rank', { boundaryRank: 3 }, /^boundaryRank must be 0/],
      ['a ceiling above the whole', { ceilingBps: 10_001 }, /^basis points .* not 10001$/],
      ['a weight above the whole', { weightsBps: [10_000, 10_001, 0] }, /^basis points .* not 10001$/],
      ['a rate above the whole', { ratesBps: [[10_001]] }, /^basis points .* not 10001$/],
      ['a broken rate', { ratesBps: [[0.5]] }, /^basis points .* not 0.5$/],
      ['a negative rate', { ratesBps: [[2000, -1]] }, /^basis points .* not -1$/],
      ['no rates', { ratesBps: [] }, /^ratesBps must have one row, not 0$/],
      ['rates by rank', { ratesBps: [[100], [200]] }, /^ratesBps must have one row, not 2$/],
      ['an empty row', { ratesBps: [[]] }, /^a row of rates must have 1 to 11 levels.*not 0$/],
      ['too many levels', { ratesBps: [Array(12).fill(1)] }, /not 12$/],
      ['rates above the ceiling', { ratesBps: [[5001]] }, /^the rates add up to 5001 .* ceiling of 5000$/],
    ];
    for (const [what, change, message] of wrong) {
      it(`refuses ${what}`, () => {
        expect(() => checkPlan({ ...plan, ...change })).to.throw(InvalidPlanError, message);
      });
    }

    it('accepts a plan at its ceiling, of eleven levels, and of nothing', () => {
      checkPlan({ ...plan, ceilingBps: 4000 });
      checkPlan({ ...plan, ratesBps: [Array(11).fill(100)] });
      checkPlan({ ...plan, ceilingBps: 0, weightsBps: [0, 0, 0], ratesBps: [[0]] });
      checkPlan({ ...plan, ceilingBps: 10_000, ratesBps: [[10_000]] });
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
        { type: 'uint16[3]' },
        { type: 'uint16[][]' },
      ];
      const values = [0, 0, 0, plan.ceilingBps, plan.weightsBps, plan.ratesBps];
      const struct = [{ type: 'tuple', components: type }];
      expect(planHash(plan)).to.equal(keccak256(encodeAbiParameters(struct, [values])));
    });
  });

  describe('on a real ledger', () => {
    let chain: Chain;
    let ledger: Ledger;

    before(async () => {
      chain = await Chain.start();
      const terms = { returnWindow: 0, planNotice: 60, capPeriod: 3600, compact: false };
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
          [/^boundaryRank/, 'BoundaryRankUnused'],
          [/^basis points/, 'BpsAboveWhole'],
          [/^ratesBps/, 'PlanRowsOutOfRange'],
          [/^a row/, 'PlanLevelsOutOfRange'],
          [/^the rates add up/, 'CeilingExceeded'],
        ];
        return names.find(([pattern]) => pattern.test(message))?.[1] ?? message;
      }
    }

    it('checkPlan refuses what announcePlan refuses, and nothing else', async () => {
      const random = new Random(40);
      const reasons = new Map<string | undefined, number>();
      for (let round = 0; round < 400; round++) {
        const doubtful = doubtfulPlan(random);
        const ours = reasonOf(doubtful);
        const theirs = await ledger.reasonOf(['announcePlan', doubtful]);
        const what = `round ${round}: ${JSON.stringify(doubtful)} (${ours} here, ${theirs} there)`;
        expect(ours === undefined, what).to.equal(theirs === undefined);
        reasons.set(ours, (reasons.get(ours) ?? 0) + 1);
      }
      expect(reasons, 'every reason and acceptance came up').to.have.property('size', 8);
    });

    it('checkPlan gives the same reason when there is only one', async () => {
      const wrong: Partial<Plan>[] = [
        { kind: 1 },
        { compression: 1 },
        { boundaryRank: 1 },
        { ceilingBps: 10_001 },
        { weightsBps: [0, 0, 10_001] },
        { ratesBps: [[10_001]] },
        { ratesBps: [] },
        { ratesBps: [[]] },
        { ratesBps: [[5001]] },
      ];
      for (const change of wrong) {
        const doubtful = { ...plan, ...change };
        expect(await ledger.reasonOf(['announcePlan', doubtful])).to.equal(reasonOf(doubtful));
      }
    });

    it('planHash is the name that planOf gives, and the plan comes back as it went', async () => {
      const random = new Random(41);
      for (let version = 2; version <= 25; version++) {
        const announced = randomPlan(random);
        await ledger.send(['announcePlan', announced]);
        const [found] = await ledger.views(['planOf', BigInt(version)]);
        expect(found).to.deep.equal([announced, BigInt(chain.now + 60), planHash(announced)]);
      }
    });
  });
});
