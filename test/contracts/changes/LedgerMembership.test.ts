import { expect } from 'chai';
import { ZeroHash } from 'ethers';
import { DAY, loadFixture, time } from '../../support/contracts/chain.ts';
import { applyLeaving, midnightAfter } from '../../support/contracts/changes.ts';
import { EVIDENCE, ID, openCompany, REASON, ROLES, readable } from '../../support/contracts/company.ts';
import { earnedInSixDecimals } from '../../support/contracts/earned.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { ACTIVE, CLOSED, INACTIVE } from '../../support/contracts/records.ts';
import { setCounter } from '../../support/contracts/totals.ts';

const { A, D, E, F, walletless, emptyLane, root } = ID;

async function atOnce() {
  return openCompany({ returnWindow: 0 });
}

describe('LedgerMembership', () => {
  describe('leaveProgramme', () => {
    it('refuses a wallet that is nobody’s', async () => {
      const { asStranger, ledger, distributors } = await loadFixture(readable);
      await expect(asStranger.leaveProgramme())
        .to.be.revertedWithCustomError(ledger, 'UnknownWallet')
        .withArgs(distributors.stranger);
    });

    it('refuses a second time', async () => {
      const company = await loadFixture(atOnce);
      await company.leave(company.distributors.wallets.E);
      await expect(company.leave(company.distributors.wallets.E))
        .to.be.revertedWithCustomError(company.ledger, 'DistributorGone')
        .withArgs(E);
    });

    it('closes the distributor’s account and leaves them what they are owed', async () => {
      const company = await loadFixture(earnedInSixDecimals);
      const { ledger, token, distributors, asStranger } = company;
      const wallet = distributors.wallets.E;
      // A rank, so that it can be seen that a distributor who left does not look like one who moved.
      await company.setStanding([{ id: E, rank: 1 }]);
      const before = await ledger.solvency();
      expect(await ledger.connect(wallet).leaveProgramme.staticCall()).to.equal(2);
      await expectEntries(
        ledger,
        () => company.leave(wallet),
        (at) => [
          ['EndingAnnounced', 2, E, false, ZeroHash, ZeroHash, at],
          ['ChangeApplied', 2, 1, 0, false],
        ],
      );
      expect(await ledger.accountOf(E)).to.deep.equal([D, 10_000_000, 0, CLOSED].map(BigInt));
      expect(await ledger.movedTo(E)).to.equal(0);
      expect(await ledger.solvency()).to.deep.equal(before);
      expect(await ledger.idOf(wallet)).to.equal(E);
      await expectEntries(ledger, () => asStranger.withdraw(wallet), [['Payout', E, wallet, 10_000_000]]);
      expect(await token.balanceOf(wallet)).to.equal(10_000_000);
      expect(await company.owed(D, E, F, walletless)).to.deep.equal([5_000_000n, 0n, 20_000_000n, 0n]);
    });

    it('ends commissions for good, of their own sales too, and leaves the downline its place', async () => {
      const company = await loadFixture(earnedInSixDecimals);
      await company.leave(company.distributors.wallets.E);
      await company.record([
        { seller: F, volume: 10_000 },
        { seller: E, volume: 10_000 },
      ]);
      // E's level stays unpaid; D has the second level of the one sale and the first of the other.
      expect(await company.owed(F, E, D)).to.deep.equal([40_000_000n, 10_000_000n, 20_000_000n]);
      expect((await company.ledger.accountOf(F)).sponsor).to.equal(E);
    });

    it('cannot be undone by rank or by another sponsor', async () => {
      const company = await loadFixture(atOnce);
      const { ledger, distributors } = company;
      await company.leave(distributors.wallets.E);
      await expect(company.setStanding([{ id: E, status: ACTIVE }]))
        .to.be.revertedWithCustomError(ledger, 'DistributorGone')
        .withArgs(E);
      await expect(company.asRecorder.correctSponsor(E, distributors.wallets.E, A, REASON))
        .to.be.revertedWithCustomError(ledger, 'DistributorGone')
        .withArgs(E);
    });

    it('keeps the wallet from being enrolled again', async () => {
      const company = await loadFixture(atOnce);
      const wallet = company.distributors.wallets.E;
      await company.leave(wallet);
      await expect(company.enrol([{ id: 16, sponsor: 0, wallet: wallet.address }]))
        .to.be.revertedWithCustomError(company.ledger, 'WalletTaken')
        .withArgs(wallet, E);
    });

    it('is open to an inactive distributor and held, while recording is paused', async () => {
      const company = await loadFixture(atOnce);
      const { ledger, distributors } = company;
      await company.setStanding([{ id: F, status: INACTIVE }]);
      await company.asCompliance.hold(distributors.wallets.F, (await time.latest()) + DAY, REASON);
      await company.asGuardian.setPaused(true);
      await company.leave(distributors.wallets.F);
      expect((await ledger.accountOf(F)).status).to.equal(CLOSED);
    });

    it('refuses a second announcement', async () => {
      const company = await loadFixture(readable);
      await company.leave(company.distributors.wallets.E);
      await expect(company.leave(company.distributors.wallets.E))
        .to.be.revertedWithCustomError(company.ledger, 'AlreadyLeaving')
        .withArgs(E, 1);
    });

    it('announces the end for a midnight at least the delay away, in a full journal too', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      await setCounter(ledger, 'entries', 2n ** 31n);
      await expectEntries(
        ledger,
        () => company.leave(distributors.wallets.E),
        (at) => [['EndingAnnounced', 1, E, false, ZeroHash, ZeroHash, midnightAfter(at)]],
      );
      expect((await ledger.accountOf(E)).status).to.equal(ACTIVE);
      expect(await ledger.changeOf(1)).to.deep.equal([3n, 1n, 0n, false, false]);
    });
  });

  describe('cancelLeaving', () => {
    it('refuses a wallet that is nobody’s, or that is not leaving', async () => {
      const { asStranger, ledger, distributors } = await loadFixture(readable);
      await expect(asStranger.cancelLeaving())
        .to.be.revertedWithCustomError(ledger, 'UnknownWallet')
        .withArgs(distributors.stranger);
      await expect(ledger.connect(distributors.wallets.E).cancelLeaving())
        .to.be.revertedWithCustomError(ledger, 'ChangeMismatch')
        .withArgs(0);
    });

    it('refuses from the second in which it is effective', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      await company.leave(distributors.wallets.E);
      const { startsAt } = await ledger.changes();
      await time.setNextBlockTimestamp(startsAt);
      await expect(ledger.connect(distributors.wallets.E).cancelLeaving())
        .to.be.revertedWithCustomError(ledger, 'ChangeEffective')
        .withArgs(1, startsAt);
    });

    it('keeps the distributor, who can leave again', async () => {
      const company = await loadFixture(readable);
      const { asStranger, ledger, distributors } = company;
      const { E: wallet } = distributors.wallets;
      await company.leave(wallet);
      await time.setNextBlockTimestamp((await ledger.changes()).startsAt - 1n);
      await expectEntries(ledger, () => ledger.connect(wallet).cancelLeaving(), [
        ['ChangeCancelled', 1, wallet],
      ]);
      expect(await ledger.changeOf(1)).to.deep.equal([3n, 1n, 0n, true, false]);
      await time.increase(2 * DAY);
      await expect(asStranger.applyEnding(1, E))
        .to.be.revertedWithCustomError(ledger, 'ChangeMismatch')
        .withArgs(1);
      await asStranger.skipCancelled(1);
      expect((await ledger.accountOf(E)).status).to.equal(ACTIVE);
      await applyLeaving(company, wallet);
      expect((await ledger.accountOf(E)).status).to.equal(CLOSED);
    });
  });

  describe('endMembership', () => {
    it('refuses anybody but compliance', async () => {
      const { ledger, distributors } = await loadFixture(readable);
      const { admin, recorder, ranker, guardian, wallets } = distributors;
      for (const caller of [admin, recorder, ranker, guardian, wallets.E]) {
        await expect(ledger.connect(caller).endMembership(E, REASON, EVIDENCE))
          .to.be.revertedWithCustomError(ledger, 'AccessControlUnauthorizedAccount')
          .withArgs(caller, ROLES.compliance);
      }
    });

    it('refuses no reason, an id that nobody has, and a distributor who has left', async () => {
      const company = await loadFixture(atOnce);
      const { asCompliance, ledger, distributors } = company;
      await expect(asCompliance.endMembership(E, ZeroHash, EVIDENCE)).to.be.revertedWithCustomError(
        ledger,
        'ReasonMissing',
      );
      for (const id of [0n, BigInt(emptyLane), 2n ** 26n, 2n ** 256n - 1n]) {
        await expect(asCompliance.endMembership(id, REASON, EVIDENCE))
          .to.be.revertedWithCustomError(ledger, 'UnknownDistributor')
          .withArgs(id);
      }
      await company.leave(distributors.wallets.E);
      await expect(asCompliance.endMembership(E, REASON, EVIDENCE))
        .to.be.revertedWithCustomError(ledger, 'DistributorGone')
        .withArgs(E);
    });

    it('refuses when a hundred endings and corrections are not applied', async () => {
      const { asCompliance, ledger } = await loadFixture(readable);
      for (let i = 0; i < 100; ++i) await asCompliance.endMembership(E, REASON, EVIDENCE);
      await expect(asCompliance.endMembership(E, REASON, EVIDENCE))
        .to.be.revertedWithCustomError(ledger, 'TooManyPending')
        .withArgs(101, 100);
    });

    it('announces the end for cause, applies it, and leaves what is owed', async () => {
      const company = await loadFixture(readable);
      const { asCompliance, asStranger, ledger } = company;
      expect(await asCompliance.endMembership.staticCall(walletless, REASON, EVIDENCE)).to.equal(1);
      await expectEntries(
        ledger,
        () => asCompliance.endMembership(walletless, REASON, EVIDENCE),
        (at) => [['EndingAnnounced', 1, walletless, true, REASON, EVIDENCE, midnightAfter(at)]],
      );
      expect(await ledger.changeOf(1)).to.deep.equal([4n, 1n, 0n, false, false]);
      const batch = await company.record([{ seller: walletless, volume: 100 }]);
      await company.passWindow(batch);
      await company.settle(batch);
      const before = await ledger.solvency();
      await expectEntries(ledger, () => asStranger.applyEnding(1, walletless), [
        ['ChangeApplied', 1, 1, 0, false],
      ]);
      expect(await ledger.solvency()).to.deep.equal(before);
      expect(await ledger.accountOf(walletless)).to.deep.equal([E, 200_000, 0, CLOSED].map(BigInt));
    });
  });

  describe('applyEnding', () => {
    it('refuses another id, and a change of another kind', async () => {
      const company = await loadFixture(readable);
      const { asStranger, ledger, distributors } = company;
      await company.leave(distributors.wallets.E);
      await company.setStanding([{ id: E }]);
      await time.increaseTo((await ledger.changes()).startsAt);
      for (const [change, id] of [
        [1, F],
        [2, E],
        [3, E],
      ] as const) {
        await expect(asStranger.applyEnding(change, id))
          .to.be.revertedWithCustomError(ledger, 'ChangeMismatch')
          .withArgs(change);
      }
      await expect(asStranger.applyStanding(1, '0x', 1)).to.be.revertedWithCustomError(
        ledger,
        'ChangeMismatch',
      );
    });

    it('lapses for a distributor who is gone already', async () => {
      const company = await loadFixture(readable);
      const { asCompliance, asStranger, ledger, distributors } = company;
      await company.leave(distributors.wallets.E);
      await asCompliance.endMembership(E, REASON, EVIDENCE);
      await time.increaseTo((await ledger.changes()).startsAt);
      await asStranger.applyEnding(1, E);
      await expectEntries(ledger, () => asStranger.applyEnding(2, E), [['ChangeApplied', 2, 1, 0, true]]);
    });

    it('ends the membership of a distributor who has moved meanwhile', async () => {
      const company = await loadFixture(readable);
      const { asStranger, ledger, distributors } = company;
      await company.correctSponsor(F, distributors.wallets.F, root);
      await company.leave(distributors.wallets.F);
      await time.increaseTo((await ledger.changes()).startsAt);
      await asStranger.applyCorrection(1, F, root, REASON);
      await asStranger.applyEnding(2, F);
      expect((await ledger.accountOf(await ledger.movedTo(F))).status).to.equal(CLOSED);
    });
  });
});
