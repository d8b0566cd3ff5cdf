import { expect } from 'chai';
import { id as hashOf, ZeroAddress, ZeroHash } from 'ethers';
import { DAY, HOUR, loadFixture, time } from '../../support/contracts/chain.ts';
import { type Officer, ROLES, readable } from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { expectSound } from '../../support/contracts/expect-sound.ts';

const ADMIN = ZeroHash;
const DELAY = 2 * DAY;
describe('LedgerRoles', () => {
  describe('beginDefaultAdminTransfer', () => {
    it('refuses anybody but the admin', async () => {
      const { asStranger, ledger, distributors } = await loadFixture(readable);
      for (const call of [
        () => asStranger.beginDefaultAdminTransfer(distributors.stranger),
        () => asStranger.cancelDefaultAdminTransfer(),
        () => asStranger.changeDefaultAdminDelay(0),
        () => asStranger.rollbackDefaultAdminDelay(),
        () => asStranger.grantRole(hashOf('role'), distributors.stranger),
      ]) {
        await expect(call())
          .to.be.revertedWithCustomError(ledger, 'AccessControlUnauthorizedAccount')
          .withArgs(distributors.stranger, ADMIN);
      }
    });

    it('offers the seat, an entry', async () => {
      const { asAdmin, ledger, distributors } = await loadFixture(readable);
      await expectEntries(
        ledger,
        () => asAdmin.beginDefaultAdminTransfer(distributors.free[0]!),
        (at) => [['AdminTransferSet', distributors.free[0]!, at + BigInt(DELAY)]],
      );
      expect(await ledger.defaultAdmin()).to.equal(distributors.admin);
    });

    it('can be withdrawn, an entry', async () => {
      const { asAdmin, ledger, distributors } = await loadFixture(readable);
      await asAdmin.beginDefaultAdminTransfer(distributors.free[0]!);
      await expectEntries(ledger, () => asAdmin.cancelDefaultAdminTransfer(), [
        ['AdminTransferSet', ZeroAddress, 0],
      ]);
      await time.increase(DELAY + 1);
      await expect(ledger.connect(distributors.free[0]).acceptDefaultAdminTransfer())
        .to.be.revertedWithCustomError(ledger, 'AccessControlInvalidDefaultAdmin')
        .withArgs(distributors.free[0]!);
    });
  });

  describe('acceptDefaultAdminTransfer', () => {
    it('refuses anybody but the one it is offered to', async () => {
      const { asAdmin, asStranger, ledger, distributors } = await loadFixture(readable);
      await asAdmin.beginDefaultAdminTransfer(distributors.free[0]!);
      await time.increase(DELAY + 1);
      await expect(asStranger.acceptDefaultAdminTransfer())
        .to.be.revertedWithCustomError(ledger, 'AccessControlInvalidDefaultAdmin')
        .withArgs(distributors.stranger);
    });

    it('refuses before the delay is over', async () => {
      const { asAdmin, ledger, distributors } = await loadFixture(readable);
      await asAdmin.beginDefaultAdminTransfer(distributors.free[0]!);
      const { acceptSchedule } = await ledger.pendingDefaultAdmin();
      await time.setNextBlockTimestamp(acceptSchedule);
      await expect(ledger.connect(distributors.free[0]).acceptDefaultAdminTransfer())
        .to.be.revertedWithCustomError(ledger, 'AccessControlEnforcedDefaultAdminDelay')
        .withArgs(acceptSchedule);
    });

    it('changes the admin, one entry for the old and one for the new', async () => {
      const { asAdmin, ledger, distributors } = await loadFixture(readable);
      const next = distributors.free[0]!;
      await asAdmin.beginDefaultAdminTransfer(next);
      await time.increase(DELAY + 1);
      await expectEntries(ledger, () => ledger.connect(next).acceptDefaultAdminTransfer(), [
        ['RoleChanged', ADMIN, distributors.admin, false],
        ['RoleChanged', ADMIN, next, true],
      ]);
      expect(await ledger.defaultAdmin()).to.equal(next);
      await expect(asAdmin.setRecorder(distributors.recorder, 1, 1)).to.be.revertedWithCustomError(
        ledger,
        'AccessControlUnauthorizedAccount',
      );
      await ledger.connect(next).setRecorder(distributors.recorder, 1, 1);
    });
  });

  describe('changeDefaultAdminDelay', () => {
    it('announces a longer delay at once, an entry, and can be withdrawn, another', async () => {
      const { asAdmin, ledger } = await loadFixture(readable);
      await expectEntries(
        ledger,
        () => asAdmin.changeDefaultAdminDelay(3 * DAY),
        (at) => [['AdminDelaySet', 3 * DAY, at + BigInt(3 * DAY)]],
      );
      await expectEntries(ledger, () => asAdmin.rollbackDefaultAdminDelay(), [['AdminDelaySet', 0, 0]]);
      await time.increase(4 * DAY);
      expect(await ledger.defaultAdminDelay()).to.equal(DELAY);
    });

    it('refuses a delay below the ledger’s own', async () => {
      const { asAdmin, ledger } = await loadFixture(readable);
      for (const delay of [0, HOUR, DAY - 1]) {
        await expect(asAdmin.changeDefaultAdminDelay(delay))
          .to.be.revertedWithCustomError(ledger, 'AdminDelayTooShort')
          .withArgs(delay, DAY);
      }
    });

    it('makes a shorter delay wait for the difference', async () => {
      const { asAdmin, ledger } = await loadFixture(readable);
      await expectEntries(
        ledger,
        () => asAdmin.changeDefaultAdminDelay(DAY),
        (at) => [['AdminDelaySet', DAY, at + BigInt(DELAY - DAY)]],
      );
      await time.increase(DELAY - DAY + 1);
      expect(await ledger.defaultAdminDelay()).to.equal(DAY);
    });
  });

  describe('grantRole, revokeRole and renounceRole', () => {
    it('refuse to touch the admin’s seat, as announced too', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      await company.prepare('grantRole', ADMIN, distributors.stranger.address);
      for (const call of [
        () => asAdmin.grantRole(ADMIN, distributors.stranger),
        () => asAdmin.revokeRole(ADMIN, distributors.admin),
      ]) {
        await expect(call()).to.be.revertedWithCustomError(ledger, 'AccessControlEnforcedDefaultAdminRules');
      }
      await expect(asAdmin.renounceRole(ADMIN, distributors.admin))
        .to.be.revertedWithCustomError(ledger, 'AccessControlEnforcedDefaultAdminDelay')
        .withArgs(0);
    });

    it('enter each change of another role once', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      const [role, account] = [hashOf('role'), distributors.stranger];
      await company.prepare('grantRole', role, account.address);
      await expectEntries(ledger, () => asAdmin.grantRole(role, account), [
        ['RoleChanged', role, account, true],
      ]);
      const head = await ledger.head();
      await asAdmin.grantRole(role, account);
      expect(await ledger.head()).to.equal(head);
      await expectEntries(ledger, () => asAdmin.revokeRole(role, account), [
        ['RoleChanged', role, account, false],
      ]);
    });

    it('refuse anybody but the admin, whoever else has a role', async () => {
      const { ledger, distributors } = await loadFixture(readable);
      for (const caller of [
        distributors.stranger,
        distributors.recorder,
        distributors.guardian,
        distributors.registrar,
      ]) {
        for (const role of Object.values(ROLES)) {
          const as = ledger.connect(caller);
          for (const call of [
            () => as.grantRole(role, caller),
            () => as.revokeRole(role, distributors.ranker),
          ]) {
            await expect(call())
              .to.be.revertedWithCustomError(ledger, 'AccessControlUnauthorizedAccount')
              .withArgs(caller, ADMIN);
          }
        }
      }
    });

    it('refuse that an account gives up what is another’s', async () => {
      const { asStranger, ledger, distributors } = await loadFixture(readable);
      await expect(
        asStranger.renounceRole(ROLES.guardian, distributors.guardian),
      ).to.be.revertedWithCustomError(ledger, 'AccessControlBadConfirmation');
    });

    for (const [officer, role] of Object.entries(ROLES)) {
      it(`give and take the ${officer}’s role, each an entry`, async () => {
        const company = await loadFixture(readable);
        const { asAdmin, ledger, distributors } = company;
        const account = distributors.free[0]!;
        const name = `${officer.toUpperCase()}_ROLE` as 'RANKER_ROLE';
        expect(await ledger[name]()).to.equal(role);
        expect(await ledger.hasRole(role, account)).to.equal(false);
        await company.prepare('grantRole', role, account.address);
        await expectEntries(ledger, () => asAdmin.grantRole(role, account), [
          ['RoleChanged', role, account, true],
        ]);
        expect(await ledger.hasRole(role, account)).to.equal(true);
        if (officer === 'guardian') await company.prepare('revokeRole', role, account.address);
        await expectEntries(ledger, () => asAdmin.revokeRole(role, account), [
          ['RoleChanged', role, account, false],
        ]);
        expect(await ledger.hasRole(role, account)).to.equal(false);
        await company.appoint(officer as Officer, account);
        await expectEntries(ledger, () => ledger.connect(account).renounceRole(role, account), [
          ['RoleChanged', role, account, false],
        ]);
        expect(await ledger.hasRole(role, account)).to.equal(false);
        await expectSound(company);
      });
    }

    it('let the admin leave the seat empty in two steps', async () => {
      const { asAdmin, ledger, distributors } = await loadFixture(readable);
      await expectEntries(
        ledger,
        () => asAdmin.beginDefaultAdminTransfer(ZeroAddress),
        (at) => [['AdminTransferSet', ZeroAddress, at + BigInt(DELAY)]],
      );
      await time.increase(DELAY + 1);
      await expectEntries(ledger, () => asAdmin.renounceRole(ADMIN, distributors.admin), [
        ['RoleChanged', ADMIN, distributors.admin, false],
      ]);
      expect(await ledger.defaultAdmin()).to.equal(ZeroAddress);
    });
  });
});
