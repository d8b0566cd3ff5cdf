import { expect } from 'chai';
import { loadFixture, time } from '../../support/contracts/chain.ts';
import { ID, readable } from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { planOf } from '../../support/contracts/plan.ts';

describe('LedgerPlans', () => {
  describe('cancelPlan', () => {
    it('refuses anybody but the admin and a guardian', async () => {
      const { asAdmin, ledger, distributors } = await loadFixture(readable);
      await asAdmin.announcePlan(planOf([1000]));
      for (const caller of [distributors.stranger, distributors.recorder, distributors.ranker]) {
        await expect(ledger.connect(caller).cancelPlan(2))
          .to.be.revertedWithCustomError(ledger, 'NotGuardian')
          .withArgs(caller);
      }
    });

    it('refuses a plan that was not announced, has started, or was cancelled', async () => {
      const { asAdmin, asGuardian, ledger } = await loadFixture(readable);
      for (const version of [0n, 2n, 2n ** 256n - 1n]) {
        await expect(asGuardian.cancelPlan(version))
          .to.be.revertedWithCustomError(ledger, 'UnknownPlan')
          .withArgs(version);
      }
      await asAdmin.announcePlan(planOf([1000]));
      await asAdmin.announcePlan(planOf([2000]));
      await asGuardian.cancelPlan(3);
      await time.setNextBlockTimestamp((await ledger.planOf(2)).startsAt);
      for (const version of [1, 2, 3]) {
        await expect(asGuardian.cancelPlan(version))
          .to.be.revertedWithCustomError(ledger, 'PlanNotPending')
          .withArgs(version);
      }
    });

    it('withdraws a plan before it starts, an entry; the plan before stays in force', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, asGuardian, ledger } = company;
      for (const rate of [1000, 2000, 3000]) await asAdmin.announcePlan(planOf([rate]));
      const hash = (await ledger.planOf(3)).hash;
      await expectEntries(ledger, () => asAdmin.cancelPlan(2), [['PlanCancelled', 2]]);
      await expectEntries(ledger, () => asGuardian.cancelPlan(4), [['PlanCancelled', 4]]);
      const cancelled = await Promise.all([1, 2, 3, 4, 5].map((version) => ledger.isPlanCancelled(version)));
      expect(cancelled).to.deep.equal([false, true, false, true, false]);
      expect((await ledger.planOf(2)).plan.ratesBps).to.deep.equal([[1000n]]);
      expect((await ledger.planOf(3)).hash).to.equal(hash);
      await time.increaseTo((await ledger.planOf(2)).startsAt);
      expect(await ledger.currentPlan()).to.equal(1);
      await time.increaseTo((await ledger.planOf(4)).startsAt);
      expect(await ledger.currentPlan()).to.equal(3);
      expect((await company.record([{ seller: ID.F, volume: 100 }])).plan).to.equal(3);
    });
  });
});
