import { expect } from 'chai';
import { id as hashOf, ZeroAddress, ZeroHash } from 'ethers';
import { DAY, HOUR, loadFixture, time } from '../../support/contracts/chain.ts';
import { CAP, ID, openCompany, ROLES, readable } from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { expectSound } from '../../support/contracts/expect-sound.ts';

const ADMIN = ZeroHash;
const DELAY = 2 * DAY;
/** Volume in cents of which the plan can pay 41 units: 100 cents reserve 410,000. */
const SALE = { seller: ID.F, volume: 100 };
const RESERVE = 410_000n;

/** A recorder whose cap is two sales and a bit, at the beginning of a period. */
async function capped() {
  const company = await openCompany();
  const recorder = company.distributors.free[0]!;
  await company.asAdmin.setRecorder(recorder, 2n * RESERVE + 1n);
  await time.increaseTo((Math.floor((await time.latest()) / DAY) + 2) * DAY);
  return company.withRecorder(recorder);
}

describe('LedgerRoles', () => {
  describe('setRecorder', () => {
    it('refuses anybody but the admin', async () => {
      const { asRecorder, ledger, distributors } = await loadFixture(readable);
      await expect(asRecorder.setRecorder(distributors.recorder, 1))
        .to.be.revertedWithCustomError(ledger, 'AccessControlUnauthorizedAccount')
        .withArgs(distributors.recorder, ADMIN);
    });

    it('refuses a cap that its slot cannot hold', async () => {
      const { asAdmin, ledger, distributors } = await loadFixture(readable);
      await expect(asAdmin.setRecorder(distributors.recorder, 2n ** 64n))
        .to.be.revertedWithCustomError(ledger, 'CapTooHigh')
        .withArgs(2n ** 64n, 2n ** 64n - 1n);
    });

    it('gives the power to enrol, record and reverse', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      const recorder = distributors.free[0]!;
      await expectEntries(ledger, () => asAdmin.setRecorder(recorder, 2n ** 64n - 1n), [
        ['RecorderSet', recorder, 2n ** 64n - 1n],
      ]);
      expect(await ledger.recorderOf(recorder)).to.deep.equal([2n ** 64n - 1n, 2n ** 64n - 1n]);
      const other = company.withRecorder(recorder);
      await other.enrol([{ id: 16, sponsor: 0 }]);
      await other.reverse(await other.record([SALE]), [{ index: 0, price: 100, volume: 100 }]);
    });

    it('takes it all with a cap of 0', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      const batch = await company.record([SALE]);
      await expectEntries(ledger, () => asAdmin.setRecorder(distributors.recorder, 0), [
        ['RecorderSet', distributors.recorder, 0],
      ]);
      expect(await ledger.recorderOf(distributors.recorder)).to.deep.equal([0n, 0n]);
      const calls = [
        () => company.enrol([{ id: 16, sponsor: 0 }]),
        () => company.record([SALE]),
        () => company.reverse(batch, [{ index: 0, price: 1, volume: 1 }]),
      ];
      for (const call of calls) {
        await expect(call())
          .to.be.revertedWithCustomError(ledger, 'NotRecorder')
          .withArgs(distributors.recorder);
      }
    });

    it('forgets nothing that was spent in the period', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      await company.record([SALE]);
      await asAdmin.setRecorder(distributors.recorder, 0);
      await asAdmin.setRecorder(distributors.recorder, RESERVE + 5n);
      expect(await ledger.recorderOf(distributors.recorder)).to.deep.equal([RESERVE + 5n, 5n]);
      await asAdmin.setRecorder(distributors.recorder, RESERVE - 1n);
      expect(await ledger.recorderOf(distributors.recorder)).to.deep.equal([RESERVE - 1n, 0n]);
      await expect(company.record([SALE]))
        .to.be.revertedWithCustomError(ledger, 'CapExceeded')
        .withArgs(0, RESERVE);
    });
  });

  describe('recorderOf', () => {
    it('gives zeros for anybody else', async () => {
      const { ledger, distributors } = await loadFixture(readable);
      expect(await ledger.recorderOf(distributors.stranger)).to.deep.equal([0n, 0n]);
      expect(await ledger.recorderOf(distributors.admin)).to.deep.equal([0n, 0n]);
      expect(await ledger.recorderOf(distributors.recorder)).to.deep.equal([CAP, CAP]);
    });

    it('counts down inside a period and starts again with the next', async () => {
      const company = await loadFixture(capped);
      const { ledger, distributors } = company;
      const [recorder, cap] = [distributors.recorder, 2n * RESERVE + 1n];
      const end = (Math.floor((await time.latest()) / DAY) + 1) * DAY;
      await company.record([SALE]);
      expect(await ledger.recorderOf(recorder)).to.deep.equal([cap, RESERVE + 1n]);
      await company.record([SALE]);
      expect(await ledger.recorderOf(recorder)).to.deep.equal([cap, 1n]);
      await time.setNextBlockTimestamp(end - 1);
      await expect(company.record([SALE]))
        .to.be.revertedWithCustomError(ledger, 'CapExceeded')
        .withArgs(1, RESERVE);
      await time.increaseTo(end);
      expect(await ledger.recorderOf(recorder)).to.deep.equal([cap, cap]);
      await company.record([SALE, SALE]);
      expect(await ledger.recorderOf(recorder)).to.deep.equal([cap, 1n]);
      await time.increaseTo(end + 50 * DAY);
      expect(await ledger.recorderOf(recorder)).to.deep.equal([cap, cap]);
    });

    it('gives nothing back for a reversal', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      const batch = await company.record([SALE]);
      await company.reverse(batch, [{ index: 0, price: 100, volume: 100 }]);
      expect((await ledger.recorderOf(distributors.recorder)).left).to.equal(CAP - RESERVE);
    });

    it('counts each recorder alone', async () => {
      const company = await loadFixture(capped);
      const { asAdmin, ledger, distributors } = company;
      await asAdmin.setRecorder(distributors.stranger, CAP);
      await company.withRecorder(distributors.stranger).record([SALE]);
      expect((await ledger.recorderOf(distributors.stranger)).left).to.equal(CAP - RESERVE);
      expect((await ledger.recorderOf(distributors.recorder)).left).to.equal(2n * RESERVE + 1n);
    });
  });

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
      await expect(asAdmin.setRecorder(distributors.recorder, 1)).to.be.revertedWithCustomError(
        ledger,
        'AccessControlUnauthorizedAccount',
      );
      await ledger.connect(next).setRecorder(distributors.recorder, 1);
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

    it('makes a shorter delay wait for the difference', async () => {
      const { asAdmin, ledger } = await loadFixture(readable);
      await expectEntries(
        ledger,
        () => asAdmin.changeDefaultAdminDelay(HOUR),
        (at) => [['AdminDelaySet', HOUR, at + BigInt(DELAY - HOUR)]],
      );
      await time.increase(DELAY - HOUR + 1);
      expect(await ledger.defaultAdminDelay()).to.equal(HOUR);
    });
  });

  describe('grantRole, revokeRole and renounceRole', () => {
    it('refuse to touch the admin’s seat', async () => {
      const { asAdmin, ledger, distributors } = await loadFixture(readable);
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
      const { asAdmin, ledger, distributors } = await loadFixture(readable);
      const [role, account] = [hashOf('role'), distributors.stranger];
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

    it('refuse that somebody gives up what is another’s', async () => {
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
        await expectEntries(ledger, () => asAdmin.grantRole(role, account), [
          ['RoleChanged', role, account, true],
        ]);
        expect(await ledger.hasRole(role, account)).to.equal(true);
        await expectEntries(ledger, () => asAdmin.revokeRole(role, account), [
          ['RoleChanged', role, account, false],
        ]);
        expect(await ledger.hasRole(role, account)).to.equal(false);
        await asAdmin.grantRole(role, account);
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
