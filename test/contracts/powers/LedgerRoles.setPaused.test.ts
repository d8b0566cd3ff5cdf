import { expect } from 'chai';
import { loadFixture } from '../../support/contracts/chain.ts';
import { atOnce, ID, ROLES, readable } from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { expectSound } from '../../support/contracts/expect-sound.ts';

const SALE = { seller: ID.F, volume: 100 };

describe('LedgerRoles', () => {
  describe('setPaused', () => {
    it('refuses anybody but guardian and admin, and a guardian who is none any more', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      await company.prepare('revokeRole', ROLES.guardian, distributors.guardian.address);
      await asAdmin.revokeRole(ROLES.guardian, distributors.guardian);
      const { stranger, recorder, compliance, guardian, wallets } = distributors;
      for (const caller of [stranger, recorder, compliance, guardian, wallets.A]) {
        for (const paused of [true, false]) {
          await expect(ledger.connect(caller).setPaused(paused))
            .to.be.revertedWithCustomError(ledger, 'NotGuardian')
            .withArgs(caller);
        }
      }
    });

    it('refuses that a guardian lets recording go on', async () => {
      const { asGuardian, ledger, distributors } = await loadFixture(readable);
      await asGuardian.setPaused(true);
      await expect(asGuardian.setPaused(false))
        .to.be.revertedWithCustomError(ledger, 'NotGuardian')
        .withArgs(distributors.guardian);
      expect(await ledger.isPaused()).to.equal(true);
    });

    it('refuses what is so already', async () => {
      const { asAdmin, asGuardian, ledger } = await loadFixture(readable);
      await expect(asAdmin.setPaused(false))
        .to.be.revertedWithCustomError(ledger, 'PauseUnchanged')
        .withArgs(false);
      await asAdmin.setPaused(true);
      for (const caller of [asAdmin, asGuardian]) {
        await expect(caller.setPaused(true))
          .to.be.revertedWithCustomError(ledger, 'PauseUnchanged')
          .withArgs(true);
      }
    });

    for (const { form, fixture } of atOnce) {
      it(`pauses enrolling and recording and nothing of the distributors’, in ${form}`, async () => {
        const company = await loadFixture(fixture);
        const { asAdmin, asGuardian, asStranger, ledger, distributors } = company;
        const { E, F, root } = distributors.wallets;
        await company.record([{ seller: ID.F, volume: 10_000 }]);
        const before = [await ledger.solvency(), await ledger.counts()];
        await expectEntries(ledger, () => asGuardian.setPaused(true), [
          ['PauseSet', distributors.guardian, true],
        ]);
        expect(await ledger.isPaused()).to.equal(true);
        expect([await ledger.solvency(), await ledger.counts()]).to.deep.equal(before);
        for (const call of [
          () => company.enrol([{ id: 16, sponsor: 0 }]),
          () => company.record([SALE]),
          () => company.correctSponsor(ID.F, F, ID.root),
        ]) {
          await expect(call()).to.be.revertedWithCustomError(ledger, 'RecordingPaused');
        }
        await asStranger.withdraw(F);
        await asStranger.payOut([E]);
        await company.leave(root);
        await company.fund(1n);
        await asAdmin.withdrawFloat(1, distributors.admin);
        await expectSound(company);
        await expectEntries(ledger, () => asAdmin.setPaused(false), [
          ['PauseSet', distributors.admin, false],
        ]);
        expect(await ledger.isPaused()).to.equal(false);
        await company.enrol([{ id: 16, sponsor: 0 }]);
        await company.record([SALE]);
        await expectEntries(ledger, () => asAdmin.setPaused(true), [['PauseSet', distributors.admin, true]]);
        await expectSound(company);
      });
    }

    it('stops neither reversal nor settlement', async () => {
      const company = await loadFixture(readable);
      const batch = await company.record([SALE, SALE]);
      await company.asGuardian.setPaused(true);
      await company.reverse(batch, [{ index: 0, price: 100, volume: 100 }]);
      await company.passWindow(batch);
      await company.settle(batch);
      expect(await company.owed(ID.F, ID.E)).to.deep.equal([200_000n, 100_000n]);
      await expectSound(company);
    });
  });
});
