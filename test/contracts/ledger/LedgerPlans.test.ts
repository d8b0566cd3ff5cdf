import { expect } from 'chai';
import { ZeroHash } from 'ethers';
import { DAY, loadFixture, time } from '../../support/contracts/chain.ts';
import { ID, MANIFEST, openCompany, readable } from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { type PlanTerms, planHash, planOf, RATES } from '../../support/contracts/plan.ts';
import { encodeSales } from '../../support/contracts/records.ts';

const NOTICE = 30 * DAY;

async function withoutNotice() {
  return openCompany({ planNotice: 0, returnWindow: 0 });
}

describe('LedgerPlans', () => {
  describe('announcePlan', () => {
    it('refuses anybody but the admin', async () => {
      const { asRecorder, ledger, people } = await loadFixture(readable);
      await expect(asRecorder.announcePlan(planOf(RATES)))
        .to.be.revertedWithCustomError(ledger, 'AccessControlUnauthorizedAccount')
        .withArgs(people.recorder, ZeroHash);
    });

    const refused: [what: string, plan: PlanTerms, error: string, args: number[]][] = [
      ['a kind that does not exist', planOf(RATES, { kind: 1 }), 'UnknownPlanKind', [1]],
      ['the largest kind', planOf(RATES, { kind: 255 }), 'UnknownPlanKind', [255]],
      ['a compression that does not exist', planOf(RATES, { compression: 1 }), 'UnknownCompression', [1]],
      ['a boundary rank', planOf(RATES, { boundaryRank: 3 }), 'BoundaryRankUnused', [3]],
      ['a ceiling above the whole', planOf(RATES, { ceilingBps: 10_001 }), 'BpsAboveWhole', [10_001]],
      [
        'a first weight above the whole',
        planOf(RATES, { weightsBps: [10_001, 0, 0] }),
        'BpsAboveWhole',
        [10_001],
      ],
      [
        'a last weight above the whole',
        planOf(RATES, { weightsBps: [0, 0, 65_535] }),
        'BpsAboveWhole',
        [65_535],
      ],
      ['no row of rates', planOf([], { ratesBps: [] }), 'PlanRowsOutOfRange', [0, 1]],
      ['two rows of rates', planOf([], { ratesBps: [[1], [1]] }), 'PlanRowsOutOfRange', [2, 1]],
      ['a row without levels', planOf([]), 'PlanLevelsOutOfRange', [0, 11]],
      ['more levels than ten and the seller', planOf(Array(12).fill(1)), 'PlanLevelsOutOfRange', [12, 11]],
      ['a rate above the whole', planOf([0, 10_001]), 'BpsAboveWhole', [10_001]],
      [
        'rates above the ceiling',
        planOf([2000, 2001], { ceilingBps: 4000 }),
        'CeilingExceeded',
        [4001, 4000],
      ],
      [
        'rates above the whole together',
        planOf(Array(11).fill(1000), { ceilingBps: 10_000 }),
        'CeilingExceeded',
        [11_000, 10_000],
      ],
    ];
    for (const [what, plan, error, args] of refused) {
      it(`refuses ${what}`, async () => {
        const { asAdmin, ledger } = await loadFixture(readable);
        await expect(asAdmin.announcePlan(plan))
          .to.be.revertedWithCustomError(ledger, error)
          .withArgs(...args);
      });
    }

    it('refuses a plan after the last version', async () => {
      const { asAdmin, ledger } = await loadFixture(withoutNotice);
      for (let version = 2; version <= 255; ++version) await asAdmin.announcePlan(planOf([version]));
      await expect(asAdmin.announcePlan(planOf([1])))
        .to.be.revertedWithCustomError(ledger, 'TooManyPlans')
        .withArgs(255);
      expect((await ledger.counts()).plans).to.equal(255);
      expect(await ledger.currentPlan()).to.equal(255);
      expect((await ledger.planOf(255)).plan.ratesBps).to.deep.equal([[255n]]);
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

    it('says the whole plan in its event', async () => {
      const { asAdmin, ledger } = await loadFixture(readable);
      const plan = planOf(Array(11).fill(7), { ceilingBps: 10_000, weightsBps: [1, 2, 3] });
      const receipt = await (await asAdmin.announcePlan(plan)).wait();
      const event = ledger.interface.parseLog(receipt!.logs[0]!)!;
      expect(event.args.plan.toArray(true)).to.deep.equal([
        0n,
        0n,
        0n,
        10_000n,
        [1n, 2n, 3n],
        [Array(11).fill(7n)],
      ]);
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
      const plans = [
        planOf([10_000], { ceilingBps: 10_000, weightsBps: [10_000, 10_000, 10_000] }),
        planOf([0], { ceilingBps: 0, weightsBps: [0, 0, 0] }),
        planOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 9945], { ceilingBps: 10_000, weightsBps: [0, 10_000, 1] }),
      ];
      for (const [i, plan] of plans.entries()) {
        await asAdmin.announcePlan(plan);
        const at = BigInt(await time.latest());
        const given = await ledger.planOf(i + 2);
        expect(given.hash).to.equal(planHash(plan));
        expect(given.startsAt).to.equal(at + BigInt(NOTICE));
        expect(given.plan.ceilingBps).to.equal(plan.ceilingBps);
        expect(given.plan.weightsBps).to.deep.equal(plan.weightsBps.map(BigInt));
        expect(given.plan.ratesBps).to.deep.equal(plan.ratesBps.map((row) => row.map(BigInt)));
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

    it('changes with the announcement when there is no notice', async () => {
      const company = await loadFixture(withoutNotice);
      await company.asAdmin.announcePlan(planOf([1000]));
      await company.record([{ seller: ID.F, volume: 100 }]);
      expect(await company.owed(ID.F, ID.E)).to.deep.equal([100_000n, 0n]);
    });
  });

  describe('a change of plan', () => {
    it('is used by the first batch at its start and by none before', async () => {
      const { asAdmin, asRecorder, ledger } = await loadFixture(readable);
      await asAdmin.announcePlan(planOf([1000], { weightsBps: [5000, 5000, 5000] }));
      const start = (await ledger.planOf(2)).startsAt;
      const records = encodeSales([{ seller: ID.F, volume: 100 }]);
      await time.setNextBlockTimestamp(start - 1n);
      await expect(asRecorder.recordSales(1, records, MANIFEST))
        .to.emit(ledger, 'BatchRecorded')
        .withArgs(1, 1, asRecorder.runner, start - 1n, 410_000, MANIFEST, records, () => true);
      await time.setNextBlockTimestamp(start);
      await expect(asRecorder.recordSales(2, records, MANIFEST))
        .to.emit(ledger, 'BatchRecorded')
        .withArgs(2, 2, asRecorder.runner, start, 50_000, MANIFEST, records, () => true);
    });

    it('leaves a batch recorded before to its own plan, also for reversals', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger } = company;
      await asAdmin.announcePlan(planOf([1000]));
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
