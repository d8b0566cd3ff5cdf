import { describePlan, InvalidPlanError, type Plan, planPhrase } from '@plumbline/protocol';
import { expect } from 'chai';

const PLAN: Plan = {
  kind: 0,
  compression: 0,
  boundaryRank: 0,
  reach: 64,
  ceilingBps: 3_200,
  weightsBps: [10_000, 8_000, 3_333],
  ratesBps: [[2_000, 500, 250]],
};

describe('describePlan', () => {
  it('refuses a kind and a compression that no ledger knows', () => {
    expect(() => describePlan({ ...PLAN, kind: 3 })).to.throw(InvalidPlanError, 'kind must be below 3');
    expect(() => describePlan({ ...PLAN, compression: 3 })).to.throw(InvalidPlanError, 'compression');
  });

  it('describes a plan by level', () => {
    expect(describePlan(PLAN)).to.deep.equal({
      kind: 'By level: each distributor in the upline has a level and is paid its rate.',
      compression: 'A level whose distributor is not paid stays unpaid.',
      rates: ['Every rank: 20% to the seller, 5% to level 1, 2.5% to level 2.'],
      total: 'At most 27.5% of the counted volume is paid; the ceiling is 32%.',
      reach: 'At most 64 distributors above the seller are looked at.',
      weights:
        'What counts of a purchase: 100% from a retail customer, 80% from a preferred customer, 33.33% from the distributor.',
    });
  });

  it('describes a plan by difference with a row for each rank', () => {
    const ratesBps = [
      [1_000, 1_000],
      [1_000, 1_800],
    ];
    const { kind, compression, rates } = describePlan({ ...PLAN, kind: 1, compression: 1, ratesBps });
    expect(kind).to.match(/^By difference: .* is paid the difference\.$/);
    expect(compression).to.equal(
      'Inactive distributors are passed over: the next active distributor gets the difference.',
    );
    expect(rates).to.deep.equal([
      'Rank 0: 10% to the seller, 10% as the rate of the rank.',
      'Rank 1 and above: 10% to the seller, 18% as the rate of the rank.',
    ]);
  });

  it('describes dynamic compression by generation', () => {
    const plan = { ...PLAN, kind: 2, compression: 2, boundaryRank: 3 };
    expect(describePlan(plan)).to.deep.include({
      kind: 'By generation: each distributor of rank 3 or above is a generation and is paid its rate.',
      compression:
        'Distributors who are inactive or whose rank does not reach a generation are passed over: the next one who reaches it gets it.',
    });
    expect(planPhrase(plan)).to.equal('by generation, compressed dynamically');
  });
});
