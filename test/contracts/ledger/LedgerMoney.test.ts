import { expect } from 'chai';
import { ZeroAddress } from 'ethers';
import type { FalseDollar } from '../../../types/mocks/FalseDollar.ts';
import type { FreezableDollar } from '../../../types/mocks/FreezableDollar.ts';
import type { ReentrantDollar } from '../../../types/mocks/ReentrantDollar.ts';
import { DAY, ethers, loadFixture, time } from '../../support/contracts/chain.ts';
import {
  type Company,
  ID,
  openCompany,
  REASON,
  readable,
  withWindow,
} from '../../support/contracts/company.ts';
import { libraries } from '../../support/contracts/errors.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';

const MAX_CUSTODY = 2n ** 50n - 1n;

/** F sold for 100.00 and the sale is settled: F is owed 20.000000, E 10, D 5, C 3, B 2, A 1. */
async function settledCompany(token: string, decimals = 6): Promise<Company> {
  const company = await openCompany({ token, decimals, returnWindow: 0 });
  await company.record([{ seller: ID.F, volume: 10_000 }]);
  return company;
}

async function feeOnTransfer() {
  return openCompany({ token: 'FeeDollar', float: 0n });
}
async function returnsFalse() {
  return settledCompany('FalseDollar');
}
async function returnsNothing() {
  return settledCompany('SilentDollar', 18);
}
async function freezes() {
  return settledCompany('FreezableDollar');
}
async function reenters() {
  return settledCompany('ReentrantDollar');
}

describe('LedgerMoney', () => {
  describe('fund', () => {
    it('refuses more than the ledger can ever hold', async () => {
      const { asStranger, ledger } = await loadFixture(readable);
      for (const units of [MAX_CUSTODY + 1n, ethers.MaxUint256]) {
        await expect(asStranger.fund(units))
          .to.be.revertedWithCustomError(ledger, 'CustodyLimit')
          .withArgs(units, MAX_CUSTODY);
      }
    });

    it('refuses what the caller does not have or has not allowed', async () => {
      const { asStranger, ledger, token, distributors } = await loadFixture(readable);
      await expect(asStranger.fund(1))
        .to.be.revertedWithCustomError(token, 'ERC20InsufficientAllowance')
        .withArgs(ledger, 0, 1);
      await token.connect(distributors.stranger).approve(ledger, 1);
      await expect(asStranger.fund(1))
        .to.be.revertedWithCustomError(token, 'ERC20InsufficientBalance')
        .withArgs(distributors.stranger, 0, 1);
    });

    it('refuses nothing', async () => {
      const { asStranger, ledger } = await loadFixture(readable);
      await expect(asStranger.fund(0)).to.be.revertedWithCustomError(ledger, 'NothingReceived');
    });

    it('refuses what together with float, reserved and owed is more than the ledger can hold', async () => {
      const company = await loadFixture(readable);
      const { ledger, token, distributors, options } = company;
      const settled = await company.record([{ seller: ID.F, volume: 10_000 }]);
      await company.passWindow(settled);
      await company.settle(settled);
      await company.record([{ seller: ID.F, volume: 10_000 }]);
      const room = MAX_CUSTODY - options.float;
      await token.mint(distributors.stranger, room + 1n);
      await token.connect(distributors.stranger).approve(ledger, room + 1n);
      await expect(company.asStranger.fund(room + 1n))
        .to.be.revertedWithCustomError(ledger, 'CustodyLimit')
        .withArgs(MAX_CUSTODY + 1n, MAX_CUSTODY);
      await company.asStranger.fund(room);
      const { held, free, reserved, owed } = await ledger.solvency();
      expect(held).to.equal(MAX_CUSTODY);
      expect(free + reserved + owed).to.equal(held);
    });

    for (const { form, fixture } of withWindow) {
      it(`adds anybody's tokens to the float of ${form}`, async () => {
        const { asStranger, ledger, token, distributors, unit, options } = await loadFixture(fixture);
        await token.mint(distributors.stranger, 7n * unit);
        await token.connect(distributors.stranger).approve(ledger, 7n * unit);
        expect(await asStranger.fund.staticCall(7)).to.equal(7);
        await expectEntries(ledger, () => asStranger.fund(7), [['FloatFunded', distributors.stranger, 7]]);
        expect(await token.balanceOf(distributors.stranger)).to.equal(0);
        expect(await token.balanceOf(ledger)).to.equal((options.float + 7n) * unit);
        const total = options.float + 7n;
        expect(await ledger.solvency()).to.deep.equal([total, total, 0n, 0n]);
      });
    }

    it('counts only what arrives of a token with a fee', async () => {
      const { asStranger, ledger, token, distributors } = await loadFixture(feeOnTransfer);
      await token.mint(distributors.stranger, 1_001);
      await token.connect(distributors.stranger).approve(ledger, 1_001);
      expect(await asStranger.fund.staticCall(1_000)).to.equal(990);
      await expectEntries(ledger, () => asStranger.fund(1_000), [
        ['FloatFunded', distributors.stranger, 990],
      ]);
      expect(await ledger.solvency()).to.deep.equal([990n, 990n, 0n, 0n]);
      await expect(asStranger.fund(1)).to.be.revertedWithCustomError(ledger, 'NothingReceived');
    });

    it('refuses when the token says false', async () => {
      const { asStranger, token } = await loadFixture(returnsFalse);
      await (token as unknown as FalseDollar).setBroken(true);
      await expect(asStranger.fund(1))
        .to.be.revertedWithCustomError(libraries, 'SafeERC20FailedOperation')
        .withArgs(token);
    });

    it('counts no tokens that are sent without it', async () => {
      const { ledger, token, options } = await loadFixture(readable);
      await token.mint(ledger, 5);
      expect(await ledger.solvency()).to.deep.equal([options.float + 5n, options.float, 0n, 0n]);
    });

    it('refuses to be entered from inside a transfer', async () => {
      const company = await loadFixture(reenters);
      const { ledger, token, distributors } = company;
      await token.mint(distributors.stranger, 10);
      await token.connect(distributors.stranger).approve(ledger, 10);
      for (const call of [
        ledger.interface.encodeFunctionData('fund', [1]),
        ledger.interface.encodeFunctionData('withdraw', [distributors.wallets.F.address]),
      ]) {
        await (token as unknown as ReentrantDollar).callBack(ledger, call);
        await expect(company.asStranger.fund(10)).to.be.revertedWithCustomError(
          libraries,
          'ReentrancyGuardReentrantCall',
        );
      }
    });
  });

  describe('withdraw', () => {
    it('refuses a wallet that is nobody’s', async () => {
      const { asStranger, ledger, distributors } = await loadFixture(readable);
      for (const wallet of [distributors.stranger.address, ZeroAddress]) {
        await expect(asStranger.withdraw(wallet))
          .to.be.revertedWithCustomError(ledger, 'UnknownWallet')
          .withArgs(wallet);
      }
    });

    it('refuses when nothing is owed', async () => {
      const { asStranger, ledger, distributors } = await loadFixture(readable);
      await expect(asStranger.withdraw(distributors.wallets.F))
        .to.be.revertedWithCustomError(ledger, 'NothingOwed')
        .withArgs(distributors.wallets.F);
    });

    it('refuses until the second in which a hold ends', async () => {
      const { asCompliance, asStranger, ledger, distributors } = await loadFixture(returnsNothing);
      const wallet = distributors.wallets.F;
      const until = (await time.latest()) + DAY;
      await asCompliance.hold(wallet, until, REASON);
      await time.setNextBlockTimestamp(until - 1);
      await expect(asStranger.withdraw(wallet))
        .to.be.revertedWithCustomError(ledger, 'PayoutHeld')
        .withArgs(wallet, until);
      await time.setNextBlockTimestamp(until);
      await asStranger.withdraw(wallet);
    });

    it('goes on while recording is paused', async () => {
      const { asGuardian, asStranger, ledger, distributors } = await loadFixture(returnsNothing);
      await asGuardian.setPaused(true);
      await asStranger.withdraw(distributors.wallets.F);
      expect(await ledger.owedTo(distributors.wallets.F)).to.equal(0);
    });

    it('refuses a second time until more is earned', async () => {
      const company = await loadFixture(returnsNothing);
      await company.asStranger.withdraw(company.distributors.wallets.F);
      await expect(company.asStranger.withdraw(company.distributors.wallets.F))
        .to.be.revertedWithCustomError(company.ledger, 'NothingOwed')
        .withArgs(company.distributors.wallets.F);
      await company.record([{ seller: ID.F, volume: 1 }]);
      expect(await company.asStranger.withdraw.staticCall(company.distributors.wallets.F)).to.equal(2_000);
    });

    for (const { form, fixture } of withWindow) {
      it(`pays everything owed to the wallet, whoever asks, from ${form}`, async () => {
        const company = await loadFixture(fixture);
        const { ledger, token, distributors, unit, options, asStranger } = company;
        const batch = await company.record([{ seller: ID.F, volume: 10_000 }]);
        await company.passWindow(batch);
        await company.settle(batch);
        const wallet = distributors.wallets.E;
        expect(await asStranger.withdraw.staticCall(wallet)).to.equal(10_000_000);
        await expectEntries(ledger, () => asStranger.withdraw(wallet), [
          ['Payout', ID.E, wallet, 10_000_000],
        ]);
        expect(await token.balanceOf(wallet)).to.equal(10_000_000n * unit);
        expect(await token.balanceOf(distributors.stranger)).to.equal(0);
        expect(await ledger.owedTo(wallet)).to.equal(0);
        const rest = [20_000_000n, 5_000_000n, 3_000_000n, 2_000_000n, 1_000_000n];
        expect(await company.owed(ID.F, ID.D, ID.C, ID.B, ID.A)).to.deep.equal(rest);
        const held = options.float - 10_000_000n;
        const owed = 31_000_000n;
        expect(await ledger.solvency()).to.deep.equal([held, held - owed, 0n, owed]);
      });
    }

    it('pays with a token whose transfers return nothing', async () => {
      const { asStranger, token, distributors, unit } = await loadFixture(returnsNothing);
      await asStranger.withdraw(distributors.wallets.F);
      expect(await token.balanceOf(distributors.wallets.F)).to.equal(20_000_000n * unit);
    });

    it('leaves the debt when the token says false', async () => {
      const company = await loadFixture(returnsFalse);
      const { asStranger, ledger, token, distributors } = company;
      const broken = token as unknown as FalseDollar;
      const [before, head] = [await ledger.solvency(), await ledger.head()];
      await broken.setBroken(true);
      await expect(asStranger.withdraw(distributors.wallets.F))
        .to.be.revertedWithCustomError(libraries, 'SafeERC20FailedOperation')
        .withArgs(token);
      expect(await ledger.owedTo(distributors.wallets.F)).to.equal(20_000_000);
      expect(await ledger.solvency()).to.deep.equal(before);
      expect(await ledger.head()).to.equal(head);
      await broken.setBroken(false);
      await asStranger.withdraw(distributors.wallets.F);
      expect(await token.balanceOf(distributors.wallets.F)).to.equal(20_000_000);
    });

    it('leaves a frozen payee’s debt and harms nobody else', async () => {
      const company = await loadFixture(freezes);
      const { asStranger, ledger, token, distributors } = company;
      const { D, E, F } = distributors.wallets;
      const issuer = token as unknown as FreezableDollar;
      await issuer.setFrozen(E, true);
      await expect(asStranger.withdraw(E)).to.be.revertedWithCustomError(issuer, 'Frozen').withArgs(E);
      expect(await ledger.owedTo(E)).to.equal(10_000_000);
      // Their neighbours in the same fragment and up the line are paid, and sales through them settle.
      for (const wallet of [D, F]) await asStranger.withdraw(wallet);
      await company.record([{ seller: ID.F, volume: 10_000 }]);
      expect(await ledger.owedTo(E)).to.equal(20_000_000);
      expect(await ledger.owedTo(D)).to.equal(5_000_000);
      await issuer.setFrozen(E, false);
      await asStranger.withdraw(E);
      expect(await token.balanceOf(E)).to.equal(20_000_000);
    });

    it('refuses to be entered from inside a transfer', async () => {
      const { asStranger, ledger, token, distributors } = await loadFixture(reenters);
      const attacker = token as unknown as ReentrantDollar;
      const { E, F } = distributors.wallets;
      for (const call of [
        ledger.interface.encodeFunctionData('withdraw', [F.address]),
        ledger.interface.encodeFunctionData('withdraw', [E.address]),
        ledger.interface.encodeFunctionData('fund', [1]),
      ]) {
        await attacker.callBack(ledger, call);
        await expect(asStranger.withdraw(F)).to.be.revertedWithCustomError(
          libraries,
          'ReentrancyGuardReentrantCall',
        );
      }
      expect(await ledger.owedTo(F)).to.equal(20_000_000);
    });
  });

  describe('solvency', () => {
    it('is covered to the unit through recording, settlement and payout', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors, options } = company;
      const at = () => ledger.solvency();
      expect(await at()).to.deep.equal([options.float, options.float, 0n, 0n]);
      const batch = await company.record([
        { seller: ID.F, volume: 10_000 },
        { seller: ID.B, volume: 10_000 },
      ]);
      const reserved = 82_000_000n;
      expect(await at()).to.deep.equal([options.float, options.float - reserved, reserved, 0n]);
      await company.passWindow(batch);
      await company.settle(batch);
      // B's line has one distributor above: 20 + 10 of the 41 that were set aside.
      const owed = 71_000_000n;
      expect(await at()).to.deep.equal([options.float, options.float - owed, 0n, owed]);
      await company.asStranger.withdraw(distributors.wallets.F);
      const paid = 20_000_000n;
      expect(await at()).to.deep.equal([options.float - paid, options.float - owed, 0n, owed - paid]);
    });

    it('rounds what is held down to whole units', async () => {
      const { ledger, token } = await loadFixture(returnsNothing);
      const { held } = await ledger.solvency();
      await token.mint(ledger, 10n ** 12n - 1n);
      expect((await ledger.solvency()).held).to.equal(held);
    });
  });
});
