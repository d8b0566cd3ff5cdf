import { expect } from 'chai';
import { ZeroAddress, ZeroHash } from 'ethers';
import { DAY, HOUR, loadFixture, time } from '../../support/contracts/chain.ts';
import { applySponsor } from '../../support/contracts/changes.ts';
import { atOnce, type Company, ID, REASON, readable } from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { expectSound } from '../../support/contracts/expect-sound.ts';
import { sign } from '../../support/contracts/signatures.ts';

const ADMIN = ZeroHash;
const RECOVERED = 3;
const DELAY = BigInt(14 * DAY);

/** Proposes to replace E's wallet by the first free one; the time from which it can be done. */
async function proposed({ asAdmin, distributors }: Company): Promise<bigint> {
  await asAdmin.proposeRecovery(distributors.wallets.E, distributors.free[0]!);
  return BigInt(await time.latest()) + DELAY;
}

describe('LedgerWallets', () => {
  describe('proposeRecovery', () => {
    it('refuses anybody but the admin', async () => {
      const { ledger, distributors } = await loadFixture(readable);
      for (const caller of [
        distributors.stranger,
        distributors.recorder,
        distributors.registrar,
        distributors.wallets.E,
      ]) {
        await expect(ledger.connect(caller).proposeRecovery(distributors.wallets.E, distributors.free[0]!))
          .to.be.revertedWithCustomError(ledger, 'AccessControlUnauthorizedAccount')
          .withArgs(caller, ADMIN);
      }
    });

    it('refuses a wallet that is nobody’s', async () => {
      const { asAdmin, ledger, distributors } = await loadFixture(readable);
      for (const newWallet of [distributors.free[0]!.address, ZeroAddress]) {
        await expect(asAdmin.proposeRecovery(distributors.stranger, newWallet))
          .to.be.revertedWithCustomError(ledger, 'UnknownWallet')
          .withArgs(distributors.stranger);
      }
    });

    it('refuses a second recovery of the same wallet', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      const from = await proposed(company);
      for (const newWallet of [distributors.free[0]!, distributors.free[1]!]) {
        await expect(asAdmin.proposeRecovery(distributors.wallets.E, newWallet))
          .to.be.revertedWithCustomError(ledger, 'RecoveryPending')
          .withArgs(distributors.wallets.E, from);
      }
    });

    it('refuses a wallet to which tokens would be lost', async () => {
      const { asAdmin, ledger, token, distributors } = await loadFixture(readable);
      for (const newWallet of [ledger, token]) {
        await expect(asAdmin.proposeRecovery(distributors.wallets.E, newWallet))
          .to.be.revertedWithCustomError(ledger, 'UnusableWallet')
          .withArgs(newWallet);
      }
    });

    it('refuses a wallet that is a distributor’s', async () => {
      const { asAdmin, ledger, distributors } = await loadFixture(readable);
      const { E, F } = distributors.wallets;
      for (const [newWallet, id] of [
        [F, ID.F],
        [E, ID.E],
      ] as const) {
        await expect(asAdmin.proposeRecovery(E, newWallet))
          .to.be.revertedWithCustomError(ledger, 'WalletTaken')
          .withArgs(newWallet, id);
      }
    });

    it('refuses to withdraw what was not offered', async () => {
      const { asAdmin, ledger, distributors } = await loadFixture(readable);
      await expect(asAdmin.proposeRecovery(distributors.wallets.E, ZeroAddress))
        .to.be.revertedWithCustomError(ledger, 'NoRecovery')
        .withArgs(distributors.wallets.E);
    });

    for (const { form, fixture } of atOnce) {
      it(`announces the new wallet and changes nothing yet, in ${form}`, async () => {
        const company = await loadFixture(fixture);
        const { asAdmin, ledger, distributors } = company;
        const { E } = distributors.wallets;
        const newWallet = distributors.free[0]!;
        const word = await ledger.walletOf(E);
        await expectEntries(
          ledger,
          () => asAdmin.proposeRecovery(E, newWallet),
          (at) => [['RecoverySet', ID.E, E, newWallet, at + DELAY]],
        );
        const from = BigInt(await time.latest()) + DELAY;
        expect(await ledger.recoveryOf(E)).to.deep.equal([newWallet.address, from]);
        expect(await ledger.walletOf(E)).to.deep.equal(word);
        expect(await ledger.idOf(newWallet)).to.equal(0);
        await expectSound(company);
      });
    }

    it('withdraws a mistaken offer, so that a better one can be made, which waits anew', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      const { E } = distributors.wallets;
      await proposed(company);
      await time.increase(13 * DAY);
      await expectEntries(ledger, () => asAdmin.proposeRecovery(E, ZeroAddress), [
        ['RecoverySet', ID.E, E, ZeroAddress, 0],
      ]);
      expect(await ledger.recoveryOf(E)).to.deep.equal([ZeroAddress, 0n]);
      const right = distributors.free[1]!;
      await expectEntries(
        ledger,
        () => asAdmin.proposeRecovery(E, right),
        (at) => [['RecoverySet', ID.E, E, right, at + DELAY]],
      );
      const { executableFrom } = await ledger.recoveryOf(E);
      await time.increase(2 * DAY);
      await expect(asAdmin.recoverWallet(E))
        .to.be.revertedWithCustomError(ledger, 'RecoveryTooEarly')
        .withArgs(E, executableFrom);
    });
  });

  describe('cancelRecovery', () => {
    it('refuses whoever’s wallet is not being recovered', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      await proposed(company);
      // Neither the company, nor a neighbour, nor the wallet that is offered.
      for (const caller of [
        distributors.stranger,
        distributors.admin,
        distributors.wallets.F,
        distributors.free[0]!,
      ]) {
        await expect(ledger.connect(caller).cancelRecovery())
          .to.be.revertedWithCustomError(ledger, 'NoRecovery')
          .withArgs(caller);
      }
      await ledger.connect(distributors.wallets.E).cancelRecovery();
      await expect(ledger.connect(distributors.wallets.E).cancelRecovery())
        .to.be.revertedWithCustomError(ledger, 'NoRecovery')
        .withArgs(distributors.wallets.E);
      await asAdmin.proposeRecovery(distributors.wallets.E, distributors.free[0]!);
    });

    for (const { form, fixture } of atOnce) {
      it(`ends it, at any time before it is done, in ${form}`, async () => {
        const company = await loadFixture(fixture);
        const { asAdmin, ledger, distributors } = company;
        const { E } = distributors.wallets;
        const from = await proposed(company);
        await time.increaseTo(from + BigInt(100 * DAY));
        const word = await ledger.walletOf(E);
        await expectEntries(ledger, () => ledger.connect(E).cancelRecovery(), [
          ['RecoverySet', ID.E, E, ZeroAddress, 0],
        ]);
        expect(await ledger.recoveryOf(E)).to.deep.equal([ZeroAddress, 0n]);
        expect(await ledger.walletOf(E)).to.deep.equal(word);
        await expect(asAdmin.recoverWallet(E))
          .to.be.revertedWithCustomError(ledger, 'NoRecovery')
          .withArgs(E);
        await expectSound(company);
      });
    }

    it('is open to the owner while payouts are held', async () => {
      const company = await loadFixture(readable);
      const { E } = company.distributors.wallets;
      await proposed(company);
      await company.asCompliance.hold(E, (await time.latest()) + 30 * DAY, REASON);
      await company.ledger.connect(E).cancelRecovery();
      expect((await company.ledger.recoveryOf(E)).executableFrom).to.equal(0);
    });
  });

  describe('recoverWallet', () => {
    it('refuses anybody but the admin', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      await time.increaseTo(await proposed(company));
      for (const caller of [distributors.stranger, distributors.free[0]!, distributors.wallets.E]) {
        await expect(ledger.connect(caller).recoverWallet(distributors.wallets.E))
          .to.be.revertedWithCustomError(ledger, 'AccessControlUnauthorizedAccount')
          .withArgs(caller, ADMIN);
      }
    });

    it('refuses what was not proposed', async () => {
      const { asAdmin, ledger, distributors } = await loadFixture(readable);
      for (const wallet of [distributors.wallets.E, distributors.stranger]) {
        await expect(asAdmin.recoverWallet(wallet))
          .to.be.revertedWithCustomError(ledger, 'NoRecovery')
          .withArgs(wallet);
      }
    });

    it('refuses until the second in which 14 days are over', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      const { E } = distributors.wallets;
      const from = await proposed(company);
      await time.setNextBlockTimestamp(from - 1n);
      await expect(asAdmin.recoverWallet(E))
        .to.be.revertedWithCustomError(ledger, 'RecoveryTooEarly')
        .withArgs(E, from);
      await time.setNextBlockTimestamp(from);
      await asAdmin.recoverWallet(E);
      expect(await ledger.idOf(distributors.free[0]!)).to.equal(ID.E);
    });

    it('refuses when the new wallet has become a distributor’s, and leaves room for another', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      const { E, F } = distributors.wallets;
      const [first, second] = [distributors.free[0]!, distributors.free[1]!];
      await time.increaseTo(await proposed(company));
      await company.enrol([{ id: 16, sponsor: ID.root, wallet: first.address }]);
      await expect(asAdmin.recoverWallet(E))
        .to.be.revertedWithCustomError(ledger, 'WalletTaken')
        .withArgs(first, 16);
      await asAdmin.proposeRecovery(E, ZeroAddress);
      // Two lost wallets cannot become the same one.
      for (const wallet of [E, F]) await asAdmin.proposeRecovery(wallet, second);
      await time.increase(14 * DAY);
      await asAdmin.recoverWallet(E);
      await expect(asAdmin.recoverWallet(F))
        .to.be.revertedWithCustomError(ledger, 'WalletTaken')
        .withArgs(second, ID.E);
    });

    for (const { form, fixture } of atOnce) {
      it(`moves the distributor, debt and hold and all, in ${form}`, async () => {
        const company = await loadFixture(fixture);
        const { asAdmin, asStranger, ledger, token, distributors, unit } = company;
        const { E } = distributors.wallets;
        const newWallet = distributors.free[0]!;
        await company.record([{ seller: ID.F, volume: 10_000 }]);
        const from = await proposed(company);
        const { enrolledAt } = await ledger.walletOf(E);
        const until = from + BigInt(HOUR);
        await company.asCompliance.hold(E, until, REASON);
        await time.increaseTo(from);
        await expectEntries(ledger, () => asAdmin.recoverWallet(E), [
          ['WalletSet', ID.E, E, newWallet, RECOVERED],
        ]);
        expect(await ledger.walletOf(newWallet)).to.deep.equal([BigInt(ID.E), enrolledAt, until, 1n]);
        expect(await ledger.walletOf(E)).to.deep.equal([0n, 0n, 0n, 0n]);
        for (const wallet of [E, newWallet]) {
          expect(await ledger.recoveryOf(wallet)).to.deep.equal([ZeroAddress, 0n]);
        }
        await expect(asAdmin.recoverWallet(E))
          .to.be.revertedWithCustomError(ledger, 'NoRecovery')
          .withArgs(E);
        await expect(asStranger.withdraw(newWallet))
          .to.be.revertedWithCustomError(ledger, 'PayoutHeld')
          .withArgs(newWallet, until);
        await time.increaseTo(until);
        await expectEntries(ledger, () => asStranger.withdraw(newWallet), [
          ['Payout', ID.E, newWallet, 10_000_000],
        ]);
        expect(await token.balanceOf(newWallet)).to.equal(10_000_000n * unit);
        await expectSound(company);
      });
    }

    it('leaves the gap after a hold as it was', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, asCompliance, ledger, distributors } = company;
      const { E } = distributors.wallets;
      const from = await proposed(company);
      await asCompliance.hold(E, from - 1n, REASON);
      await time.increaseTo(from);
      await asAdmin.recoverWallet(E);
      await expect(asCompliance.hold(distributors.free[0]!, from + BigInt(DAY), REASON))
        .to.be.revertedWithCustomError(ledger, 'HoldTooSoon')
        .withArgs(distributors.free[0]!, from - 1n + BigInt(7 * DAY));
    });

    it('leaves nothing that the lost wallet has signed of use', async () => {
      const company = await loadFixture(atOnce[0]!.fixture);
      const { asAdmin, asStranger, ledger, distributors } = company;
      const { E } = distributors.wallets;
      const [thief, newWallet] = [distributors.free[1]!, distributors.free[0]!];
      await company.record([{ seller: ID.F, volume: 10_000 }]);
      const from = await proposed(company);
      const deadline = from + BigInt(DAY);
      const order = { id: ID.E, wallet: E.address, to: thief.address, nonce: 0, deadline };
      const signature = await sign(ledger, E, 'WithdrawTo', order);
      const consent = { id: ID.E, from: E.address, to: thief.address, nonce: 0, deadline };
      const agreed = await sign(ledger, thief, 'WalletConsent', consent);
      await time.increaseTo(from);
      await asAdmin.recoverWallet(E);
      await expect(asStranger.withdrawTo(E, thief, deadline, signature))
        .to.be.revertedWithCustomError(ledger, 'UnknownWallet')
        .withArgs(E);
      await expect(asStranger.withdrawTo(newWallet, thief, deadline, signature))
        .to.be.revertedWithCustomError(ledger, 'WrongSignature')
        .withArgs(newWallet);
      await expect(ledger.connect(E).changeWallet(thief, deadline, agreed))
        .to.be.revertedWithCustomError(ledger, 'UnknownWallet')
        .withArgs(E);
    });

    it('takes nothing from an owner who is there: they withdraw, and change wallet, meanwhile', async () => {
      const company = await loadFixture(atOnce[0]!.fixture);
      const { asAdmin, ledger, token, distributors, unit } = company;
      const { E } = distributors.wallets;
      const own = distributors.free[1]!;
      await company.record([{ seller: ID.F, volume: 10_000 }]);
      const from = await proposed(company);
      await ledger.connect(E).withdraw(E);
      expect(await token.balanceOf(E)).to.equal(10_000_000n * unit);
      await time.increaseTo(from);
      const consent = { id: ID.E, from: E.address, to: own.address, nonce: 0, deadline: from + 100n };
      const signature = await sign(ledger, own, 'WalletConsent', consent);
      await ledger.connect(E).changeWallet(own, consent.deadline, signature);
      for (const wallet of [E, own]) {
        await expect(asAdmin.recoverWallet(wallet))
          .to.be.revertedWithCustomError(ledger, 'NoRecovery')
          .withArgs(wallet);
      }
      expect(await ledger.idOf(own)).to.equal(ID.E);
    });

    it('follows a distributor who has moved to another id meanwhile', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      const { F } = distributors.wallets;
      await asAdmin.proposeRecovery(F, distributors.free[0]!);
      await applySponsor(company, ID.F, F, ID.root);
      const moved = await ledger.movedTo(ID.F);
      await time.increase(14 * DAY);
      await expectEntries(ledger, () => asAdmin.recoverWallet(F), [
        ['WalletSet', moved, F, distributors.free[0]!, RECOVERED],
      ]);
    });
  });
});
