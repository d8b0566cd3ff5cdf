import { expect } from 'chai';
import { type Result, ZeroHash } from 'ethers';
import { DAY, loadFixture, time } from '../../support/contracts/chain.ts';
import { ID, MANIFEST, openCompany, readable } from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import {
  byDifference,
  byGeneration,
  COMPRESSION,
  KIND,
  type PlanTerms,
  planHash,
  planOf,
  RATES,
} from '../../support/contracts/plan.ts';
import { encodeSales } from '../../support/contracts/records.ts';
import { setCounter } from '../../support/contracts/totals.ts';

const NOTICE = 30 * DAY;

/** The best rate of the first level is in the second row, that of the second level in the first. */
const ABOVE_CEILING = {
  ceilingBps: 2499,
  ratesBps: [
    [500, 1500],
    [1000, 0],
    [900, 1499],
  ],
};

async function atOnceWithShortNotice() {
  return openCompany({ returnWindow: 0, planNotice: DAY });
}

async function withShortNotice() {
  return openCompany({ planNotice: DAY });
}

describe('LedgerPlans', () => {
  describe('announcePlan', () => {
    it('refuses anybody but the admin', async () => {
      const { asRecorder, ledger, distributors } = await loadFixture(readable);
      await expect(asRecorder.announcePlan(planOf(RATES)))
        .to.be.revertedWithCustomError(ledger, 'AccessControlUnauthorizedAccount')
        .withArgs(distributors.recorder, ZeroHash);
    });

    const kinds = [
      { name: 'by level', plan: planOf(RATES), most: [1, 11], lastCompression: 2 },
      { name: 'by difference', plan: byDifference([[500, 1000]]), most: [2, 2], lastCompression: 1 },
      { name: 'by generation', plan: byGeneration([RATES]), most: [1, 11], lastCompression: 2 },
    ];
    const refused: [what: string, plan: PlanTerms, error: string, args: number[]][] = [
      ['a kind that does not exist', planOf(RATES, { kind: 3 }), 'UnknownPlanKind', [3]],
      ['the largest kind', planOf(RATES, { kind: 255 }), 'UnknownPlanKind', [255]],
      ...[KIND.byLevel, KIND.byDifference].flatMap((kind): typeof refused => [
        [
          `a boundary rank of kind ${kind}`,
          planOf([0, 1], { kind, boundaryRank: 1 }),
          'BoundaryRankOutOfRange',
          [1, 0, 0],
        ],
        [
          `the largest boundary rank of kind ${kind}`,
          planOf([0, 1], { kind, boundaryRank: 255 }),
          'BoundaryRankOutOfRange',
          [255, 0, 0],
        ],
      ]),
      [
        'generations of any rank',
        byGeneration([RATES], { boundaryRank: 0 }),
        'BoundaryRankOutOfRange',
        [0, 1, 15],
      ],
      [
        'generations of a rank that nobody has',
        byGeneration([RATES], { boundaryRank: 16 }),
        'BoundaryRankOutOfRange',
        [16, 1, 15],
      ],
    ];
    for (const {
      name,
      plan,
      most: [least, most],
      lastCompression,
    } of kinds) {
      const last = plan.ratesBps[0]!;
      refused.push(
        [
          `an unknown compression ${name}`,
          { ...plan, compression: lastCompression + 1 },
          'UnknownCompression',
          [lastCompression + 1],
        ],
        [`the largest compression ${name}`, { ...plan, compression: 255 }, 'UnknownCompression', [255]],
        [`a ceiling above the whole ${name}`, { ...plan, ceilingBps: 10_001 }, 'BpsAboveWhole', [10_001]],
        [
          `a first weight above the whole ${name}`,
          { ...plan, weightsBps: [10_001, 0, 0] },
          'BpsAboveWhole',
          [10_001],
        ],
        [
          `a last weight above the whole ${name}`,
          { ...plan, weightsBps: [0, 0, 65_535] },
          'BpsAboveWhole',
          [65_535],
        ],
        [`no row of rates ${name}`, { ...plan, ratesBps: [] }, 'PlanRowsOutOfRange', [0, 16]],
        [
          `more rows than ranks ${name}`,
          { ...plan, ratesBps: Array(17).fill(last) },
          'PlanRowsOutOfRange',
          [17, 16],
        ],
        [
          `a row with too few levels ${name}`,
          { ...plan, ratesBps: [last, Array(least! - 1).fill(0)] },
          'PlanLevelsOutOfRange',
          [least! - 1, most!],
        ],
        [
          `a row with too many levels ${name}`,
          { ...plan, ratesBps: [last, Array(most! + 1).fill(0)] },
          'PlanLevelsOutOfRange',
          [most! + 1, most!],
        ],
        [
          `a rate above the whole ${name}`,
          { ...plan, ratesBps: [last, [0, 10_001]] },
          'BpsAboveWhole',
          [10_001],
        ],
        [
          `the best rates of each level above the ceiling ${name}`,
          { ...plan, ...ABOVE_CEILING },
          'CeilingExceeded',
          [2500, 2499],
        ],
        [
          `the best rates of each level above the whole ${name}`,
          {
            ...plan,
            ceilingBps: 10_000,
            ratesBps: [
              [9000, 0],
              [0, 1001],
            ],
          },
          'CeilingExceeded',
          [10_001, 10_000],
        ],
      );
    }
    for (const [what, plan, error, args] of refused) {
      it(`refuses ${what}`, async () => {
        const { asAdmin, ledger } = await loadFixture(readable);
        await expect(asAdmin.announcePlan(plan))
          .to.be.revertedWithCustomError(ledger, error)
          .withArgs(...args);
      });
    }

    it('refuses a reach below 64 or above 1,000 ids', async () => {
      const { asAdmin, ledger } = await loadFixture(readable);
      for (const reach of [0, 63, 1001, 65_535]) {
        await expect(asAdmin.announcePlan(planOf(RATES, { reach })))
          .to.be.revertedWithCustomError(ledger, 'ReachOutOfRange')
          .withArgs(reach, 64, 1000);
      }
      for (const reach of [64, 1000]) await asAdmin.announcePlan(planOf(RATES, { reach }));
      expect((await ledger.planOf(3)).plan.reach).to.equal(1000);
    });

    it('refuses a ninth plan that has not started, and takes it when one has', async () => {
      const { asAdmin, ledger } = await loadFixture(readable);
      for (let i = 0; i < 8; ++i) await asAdmin.announcePlan(planOf([i]));
      await expect(asAdmin.announcePlan(planOf([9])))
        .to.be.revertedWithCustomError(ledger, 'TooManyPlansPending')
        .withArgs(8);
      // A cancelled plan keeps its place until its time has come.
      await asAdmin.cancelPlan(9);
      await expect(asAdmin.announcePlan(planOf([9]))).to.be.revertedWithCustomError(
        ledger,
        'TooManyPlansPending',
      );
      await time.setNextBlockTimestamp((await ledger.planOf(2)).startsAt);
      await asAdmin.announcePlan(planOf([9]));
      expect((await ledger.counts()).plans).to.equal(10);
    });

    it('refuses a plan after the last version', async () => {
      const { asAdmin, ledger } = await loadFixture(atOnceWithShortNotice);
      const last = 2n ** 16n - 1n;
      await setCounter(ledger, 'plans', last);
      await setCounter(ledger, 'due', last);
      await expect(asAdmin.announcePlan(planOf([1])))
        .to.be.revertedWithCustomError(ledger, 'TooManyPlans')
        .withArgs(last);
      await setCounter(ledger, 'plans', last - 1n);
      await setCounter(ledger, 'due', last - 1n);
      await asAdmin.announcePlan(planOf([255]));
      expect((await ledger.planOf(last)).plan.ratesBps).to.deep.equal([[255n]]);
    });

    it('announces a plan, which starts after the notice', async () => {
      const { asAdmin, ledger } = await loadFixture(readable);
      const plan = planOf([1500, 1000, 0, 500], { ceilingBps: 3000, weightsBps: [9999, 1, 0] });
      expect(await asAdmin.announcePlan.staticCall(plan)).to.equal(2);
      await expectEntries(
        ledger,
        () => asAdmin.announcePlan(plan),
        (at) => [['PlanAnnounced', 2, planHash(plan), at + BigInt(NOTICE), undefined]],
      );
      expect((await ledger.counts()).plans).to.equal(2);
      expect(await ledger.currentPlan()).to.equal(1);
    });

    for (const { name, plan } of kinds) {
      it(`reserves the best rate of each level, up to the ceiling, ${name}`, async () => {
        const company = await loadFixture(withShortNotice);
        await company.asAdmin.announcePlan({ ...plan, ...ABOVE_CEILING, ceilingBps: 2500 });
        await time.increase(DAY);
        await company.record([{ seller: ID.F, volume: 100 }]);
        expect((await company.ledger.solvency()).reserved).to.equal(100 * 2500);
      });
    }

    it('says the whole plan in its event', async () => {
      const { asAdmin, ledger } = await loadFixture(readable);
      const plan = byGeneration([Array(11).fill(7), [6, 5, 4]], {
        compression: COMPRESSION.rollUp,
        ceilingBps: 10_000,
        weightsBps: [1, 2, 3],
      });
      const receipt = await (await asAdmin.announcePlan(plan)).wait();
      const event = ledger.interface.parseLog(receipt!.logs[0]!)!;
      expect(event.args.plan.toArray(true)).to.deep.equal(valuesOf(plan));
    });
  });

  describe('planOf', () => {
    it('refuses a version that was not announced', async () => {
      const { ledger } = await loadFixture(readable);
      for (const version of [0, 2, 256]) {
        await expect(ledger.planOf(version))
          .to.be.revertedWithCustomError(ledger, 'UnknownPlan')
          .withArgs(version);
      }
    });

    it('gives back what was announced', async () => {
      const { asAdmin, ledger } = await loadFixture(readable);
      const rows = Array.from({ length: 16 }, (_, rank) =>
        Array.from({ length: 11 }, (_, level) => 16 * level + rank),
      );
      const plans = [
        planOf([10_000], { ceilingBps: 10_000, weightsBps: [10_000, 10_000, 10_000] }),
        planOf([0], { ceilingBps: 0, weightsBps: [0, 0, 0] }),
        planOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 9945], { ceilingBps: 10_000, weightsBps: [0, 10_000, 1] }),
        planOf([], { compression: COMPRESSION.dynamic, ratesBps: rows }),
        planOf([], {
          compression: COMPRESSION.rollUp,
          ratesBps: rows.map((row, rank) => row.slice(0, 1 + (rank % 11))),
        }),
        byDifference(
          rows.map((_, rank) => [16 - rank, 300 * rank]),
          { compression: COMPRESSION.rollUp },
        ),
        byGeneration(rows, { boundaryRank: 15, compression: COMPRESSION.dynamic }),
        byGeneration([[1, 2]], { boundaryRank: 1 }),
      ];
      for (const [i, plan] of plans.entries()) {
        await asAdmin.announcePlan(plan);
        const at = BigInt(await time.latest());
        const given = await ledger.planOf(i + 2);
        expect(given.hash).to.equal(planHash(plan));
        expect(given.startsAt).to.equal(at + BigInt(NOTICE));
        expect((given.plan as unknown as Result).toArray(true)).to.deep.equal(valuesOf(plan));
      }
    });
  });

  describe('currentPlan', () => {
    it('changes in the second in which a plan starts', async () => {
      const { asAdmin, ledger } = await loadFixture(readable);
      await asAdmin.announcePlan(planOf([1000]));
      const start = (await ledger.planOf(2)).startsAt;
      await time.increaseTo(start - 1n);
      expect(await ledger.currentPlan()).to.equal(1);
      await time.increaseTo(start);
      expect(await ledger.currentPlan()).to.equal(2);
    });

    it('skips to the newest of several plans that are due', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger } = company;
      for (const rate of [1000, 2000, 3000]) {
        await asAdmin.announcePlan(planOf([rate]));
        await time.increase(DAY);
      }
      await time.increaseTo((await ledger.planOf(3)).startsAt);
      expect(await ledger.currentPlan()).to.equal(3);
      expect((await company.record([{ seller: ID.F, volume: 100 }])).plan).to.equal(3);
      await time.increaseTo((await ledger.planOf(4)).startsAt);
      expect((await company.record([{ seller: ID.F, volume: 100 }])).plan).to.equal(4);
    });
  });

  describe('a change of plan', () => {
    it('is used by the first batch at its start and by none before', async () => {
      const { asAdmin, asRecorder, ledger } = await loadFixture(readable);
      await asAdmin.announcePlan(planOf([1000], { weightsBps: [5000, 5000, 5000] }));
      const start = (await ledger.planOf(2)).startsAt;
      const records = encodeSales([{ seller: ID.F, volume: 100 }]);
      await time.setNextBlockTimestamp(start - 1n);
      await expect(asRecorder.recordSales(records, 1, MANIFEST, 1))
        .to.emit(ledger, 'BatchRecorded')
        .withArgs(1, 1, asRecorder.runner, start - 1n, 410_000, MANIFEST, records, () => true);
      await time.setNextBlockTimestamp(start);
      await expect(asRecorder.recordSales(records, 2, MANIFEST, 2))
        .to.emit(ledger, 'BatchRecorded')
        .withArgs(2, 2, asRecorder.runner, start, 50_000, MANIFEST, records, () => true);
    });

    it('leaves a batch recorded before to its own plan, also for reversals', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger } = company;
      await asAdmin.announcePlan(
        byDifference([
          [1000, 0],
          [0, 2000],
        ]),
      );
      const start = (await ledger.planOf(2)).startsAt;
      await time.increaseTo(start - BigInt(DAY));
      const before = await company.record([
        { seller: ID.F, volume: 10_000 },
        { seller: ID.F, volume: 10_000 },
      ]);
      await time.increaseTo(start);
      const after = await company.record([{ seller: ID.F, volume: 10_000 }]);
      expect([before.plan, after.plan]).to.deep.equal([1n, 2n]);
      const { reserved } = await ledger.solvency();
      await company.reverse(before, [{ index: 1, price: 10_000, volume: 10_000 }]);
      expect((await ledger.solvency()).reserved).to.equal(reserved - 41_000_000n);
      await company.passWindow(after);
      await company.settle(after);
      expect(await company.owed(ID.F, ID.E)).to.deep.equal([10_000_000n, 0n]);
      await company.settle(before);
      expect(await company.owed(ID.F, ID.E)).to.deep.equal([30_000_000n, 10_000_000n]);
      await expect(company.settle({ ...after, number: 3n })).to.be.revertedWithCustomError(
        ledger,
        'BatchNotOpen',
      );
      expect((await ledger.solvency()).reserved).to.equal(0);
    });

    it('cannot be slipped under a batch by naming another plan', async () => {
      const company = await loadFixture(readable);
      await company.asAdmin.announcePlan(planOf([5000]));
      const batch = await company.record([{ seller: ID.F, volume: 10_000 }]);
      await company.passWindow(batch);
      await expect(company.settle({ ...batch, plan: 2n }))
        .to.be.revertedWithCustomError(company.ledger, 'BatchMismatch')
        .withArgs(batch.number);
    });
  });
});

/** A plan as a decoded event or answer has it. */
function valuesOf(plan: PlanTerms): unknown[] {
  const { kind, compression, boundaryRank, reach, ceilingBps, weightsBps, ratesBps } = plan;
  return [
    ...[kind, compression, boundaryRank, reach, ceilingBps].map(BigInt),
    weightsBps.map(BigInt),
    ratesBps.map((row) => row.map(BigInt)),
  ];
}
