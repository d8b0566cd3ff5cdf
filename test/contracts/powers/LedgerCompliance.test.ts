import { expect } from 'chai';
import { MaxUint256 } from 'ethers';
import { DAY, loadFixture, time } from '../../support/contracts/chain.ts';
import { applySponsor } from '../../support/contracts/changes.ts';
import {
  atOnce,
  type Company,
  EVIDENCE,
  ID,
  REASON,
  ROLES,
  readable,
} from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { expectSound } from '../../support/contracts/expect-sound.ts';

const MAX_HOLD = BigInt(30 * DAY);
const GAP = BigInt(7 * DAY);
const DISTRIBUTOR = 0;
const KIND = 7;

async function now(): Promise<bigint> {
  return BigInt(await time.latest());
}

/** Holds E's payouts for some seconds from the block of the hold; when it ends. */
async function held({ asCompliance, distributors }: Company, seconds: bigint): Promise<bigint> {
  const at = (await now()) + 1n;
  await time.setNextBlockTimestamp(at);
  await asCompliance.hold(distributors.wallets.E, at + seconds, REASON);
  return at + seconds;
}

/** One sale is recorded, so that there is one to flag. */
async function withSale() {
  const company = await readable();
  await company.record([{ seller: ID.F, volume: 100 }]);
  return company;
}

describe('LedgerCompliance', () => {
  it('refuses anybody else, the admin and who was compliance', async () => {
    const { asAdmin, ledger, distributors } = await loadFixture(withSale);
    const { E } = distributors.wallets;
    const until = (await now()) + BigInt(DAY);
    await asAdmin.revokeRole(ROLES.compliance, distributors.compliance);
    for (const caller of [
      distributors.stranger,
      distributors.admin,
      distributors.guardian,
      E,
      distributors.compliance,
    ]) {
      const as = ledger.connect(caller);
      for (const call of [
        () => as.hold(E, until, REASON),
        () => as.releaseHold(E, REASON),
        () => as.raiseFlag(DISTRIBUTOR, ID.E, KIND, 1, EVIDENCE, until),
        () => as.closeFlag(1, 1, EVIDENCE),
      ]) {
        await expect(call())
          .to.be.revertedWithCustomError(ledger, 'AccessControlUnauthorizedAccount')
          .withArgs(caller, ROLES.compliance);
      }
    }
  });

  describe('hold', () => {
    it('refuses a wallet that is nobody’s', async () => {
      const { asCompliance, ledger, distributors } = await loadFixture(readable);
      await expect(asCompliance.hold(distributors.stranger, (await now()) + BigInt(DAY), REASON))
        .to.be.revertedWithCustomError(ledger, 'UnknownWallet')
        .withArgs(distributors.stranger);
    });

    it('refuses an end that is not in the future, or more than 30 days from now', async () => {
      const { asCompliance, ledger, distributors } = await loadFixture(readable);
      for (const [offset, isRefused] of [
        [MAX_HOLD + 1n, true],
        [0n, true],
        [-1n, true],
        [MAX_HOLD, false],
      ] as const) {
        const at = (await now()) + 1n;
        await time.setNextBlockTimestamp(at);
        const call = asCompliance.hold(distributors.wallets.E, at + offset, REASON);
        if (isRefused) {
          await expect(call)
            .to.be.revertedWithCustomError(ledger, 'HoldOutOfRange')
            .withArgs(at + offset, at + MAX_HOLD);
        } else {
          await call;
        }
      }
      await expect(
        asCompliance.hold(distributors.wallets.F, MaxUint256, REASON),
      ).to.be.revertedWithCustomError(ledger, 'HoldOutOfRange');
    });

    it('refuses to make a hold longer, by a second or by repetition', async () => {
      const company = await loadFixture(readable);
      const { asCompliance, ledger, distributors } = company;
      const { E } = distributors.wallets;
      const until = await held(company, BigInt(10 * DAY));
      for (const longer of [until + 1n, until + BigInt(DAY), (await now()) + MAX_HOLD]) {
        await expect(asCompliance.hold(E, longer, REASON))
          .to.be.revertedWithCustomError(ledger, 'HoldOutOfRange')
          .withArgs(longer, until);
      }
      // To say the same again moves nothing, and neither does its last second.
      await asCompliance.hold(E, until, REASON);
      await time.setNextBlockTimestamp(until - 1n);
      await expect(asCompliance.hold(E, until + 1n, REASON))
        .to.be.revertedWithCustomError(ledger, 'HoldOutOfRange')
        .withArgs(until + 1n, until);
    });

    it('shortens a hold that is on, and then cannot take it back', async () => {
      const company = await loadFixture(readable);
      const { asCompliance, ledger, distributors } = company;
      const { E } = distributors.wallets;
      const until = await held(company, MAX_HOLD);
      const sooner = (await now()) + BigInt(DAY);
      await expectEntries(ledger, () => asCompliance.hold(E, sooner, REASON), [
        ['HoldSet', ID.E, sooner, REASON],
      ]);
      expect((await ledger.walletOf(E)).heldUntil).to.equal(sooner);
      await expect(asCompliance.hold(E, until, REASON))
        .to.be.revertedWithCustomError(ledger, 'HoldOutOfRange')
        .withArgs(until, sooner);
    });

    it('refuses another until the wallet has been free for 7 days, to the second', async () => {
      const company = await loadFixture(readable);
      const { asCompliance, ledger, distributors } = company;
      const { E } = distributors.wallets;
      const until = await held(company, MAX_HOLD);
      for (const at of [until, until + 1n, until + GAP - 1n]) {
        await time.setNextBlockTimestamp(at);
        await expect(asCompliance.hold(E, at + 1n, REASON))
          .to.be.revertedWithCustomError(ledger, 'HoldTooSoon')
          .withArgs(E, until + GAP);
      }
      // Another wallet is not concerned.
      await asCompliance.hold(distributors.wallets.F, until + GAP, REASON);
      await time.setNextBlockTimestamp(until + GAP);
      await asCompliance.hold(E, until + GAP + MAX_HOLD, REASON);
      expect((await ledger.walletOf(E)).heldUntil).to.equal(until + GAP + MAX_HOLD);
    });

    for (const { form, fixture } of atOnce) {
      it(`holds payouts and nothing else, and ends by itself, in ${form}`, async () => {
        const company = await loadFixture(fixture);
        const { asCompliance, asStranger, ledger, token, distributors, unit } = company;
        const { E, F } = distributors.wallets;
        await company.record([{ seller: ID.F, volume: 10_000 }]);
        const [before, solvency] = [await ledger.walletOf(E), await ledger.solvency()];
        const until = (await now()) + BigInt(10 * DAY);
        await expectEntries(ledger, () => asCompliance.hold(E, until, REASON), [
          ['HoldSet', ID.E, until, REASON],
        ]);
        expect(await ledger.walletOf(E)).to.deep.equal([before.id, before.enrolledAt, until, 0n]);
        expect(await ledger.solvency()).to.deep.equal(solvency);
        await asStranger.withdraw(F);
        // More is credited meanwhile.
        await company.record([{ seller: ID.F, volume: 10_000 }]);
        expect(await ledger.owedTo(E)).to.equal(20_000_000);
        await time.setNextBlockTimestamp(until - 1n);
        await expect(asStranger.withdraw(E))
          .to.be.revertedWithCustomError(ledger, 'PayoutHeld')
          .withArgs(E, until);
        await time.setNextBlockTimestamp(until);
        await expectEntries(ledger, () => asStranger.withdraw(E), [['Payout', ID.E, E, 20_000_000]]);
        expect(await token.balanceOf(E)).to.equal(20_000_000n * unit);
        await expectSound(company);
      });
    }

    it('follows a distributor who moves to another id, with its gap', async () => {
      const company = await loadFixture(readable);
      const { asCompliance, ledger, distributors } = company;
      const { F } = distributors.wallets;
      const until = (await now()) + BigInt(10 * DAY);
      await asCompliance.hold(F, until, REASON);
      await applySponsor(company, ID.F, F, ID.root);
      const moved = await ledger.movedTo(ID.F);
      expect([...(await ledger.walletOf(F))].slice(0, 3)).to.deep.equal([
        moved,
        (await ledger.walletOf(distributors.wallets.E)).enrolledAt,
        until,
      ]);
      await expectEntries(
        ledger,
        () => asCompliance.releaseHold(F, REASON),
        (at) => [['HoldSet', moved, at, REASON]],
      );
      await expect(asCompliance.hold(F, until, REASON)).to.be.revertedWithCustomError(ledger, 'HoldTooSoon');
    });
  });

  describe('releaseHold', () => {
    it('refuses a wallet that is nobody’s', async () => {
      const { asCompliance, ledger, distributors } = await loadFixture(readable);
      await expect(asCompliance.releaseHold(distributors.stranger, REASON))
        .to.be.revertedWithCustomError(ledger, 'UnknownWallet')
        .withArgs(distributors.stranger);
    });

    it('refuses what is not held: never, no longer, released', async () => {
      const company = await loadFixture(readable);
      const { asCompliance, ledger, distributors } = company;
      const { E } = distributors.wallets;
      const refuse = () =>
        expect(asCompliance.releaseHold(E, REASON))
          .to.be.revertedWithCustomError(ledger, 'NotHeld')
          .withArgs(E);
      await refuse();
      const until = await held(company, BigInt(DAY));
      await time.setNextBlockTimestamp(until);
      await refuse();
      await time.increaseTo(until + GAP);
      await held(company, BigInt(DAY));
      await asCompliance.releaseHold(E, REASON);
      await refuse();
    });

    for (const { form, fixture } of atOnce) {
      it(`ends a hold at once, and starts the gap, in ${form}`, async () => {
        const company = await loadFixture(fixture);
        const { asCompliance, asStranger, ledger, distributors } = company;
        const { E } = distributors.wallets;
        await company.record([{ seller: ID.F, volume: 10_000 }]);
        const until = await held(company, MAX_HOLD);
        await expectEntries(
          ledger,
          () => asCompliance.releaseHold(E, EVIDENCE),
          (at) => [['HoldSet', ID.E, at, EVIDENCE]],
        );
        const released = await now();
        expect((await ledger.walletOf(E)).heldUntil).to.equal(released);
        await expectEntries(ledger, () => asStranger.withdraw(E), [['Payout', ID.E, E, 10_000_000]]);
        await time.setNextBlockTimestamp(released + GAP - 1n);
        await expect(asCompliance.hold(E, until, REASON))
          .to.be.revertedWithCustomError(ledger, 'HoldTooSoon')
          .withArgs(E, released + GAP);
        await time.setNextBlockTimestamp(released + GAP);
        await asCompliance.hold(E, until, REASON);
        await expectSound(company);
      });
    }
  });
});
