import { expect } from 'chai';
import { ZeroAddress } from 'ethers';
import type { FalseDollar } from '../../../types/mocks/FalseDollar.ts';
import type { FreezableDollar } from '../../../types/mocks/FreezableDollar.ts';
import { DAY, loadFixture, time } from '../../support/contracts/chain.ts';
import { atOnce, ID, openCompany, REASON } from '../../support/contracts/company.ts';
import {
  earned,
  earnedAtOnce,
  earnedInFalse,
  earnedInFreezable,
  earnedInSilent,
} from '../../support/contracts/earned.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { expectSound } from '../../support/contracts/expect-sound.ts';

async function takesFees() {
  return earned(await openCompany({ token: 'FeeDollar', returnWindow: 0, compact: true }));
}

describe('LedgerMoney', () => {
  describe('payOut', () => {
    it('skips a wallet that is nobody’s, so that nobody spoils a payout by changing theirs ahead of it', async () => {
      const company = await loadFixture(earnedAtOnce);
      const { asStranger, ledger, token, distributors } = company;
      const { E, F } = distributors.wallets;
      const wallets = [
        F.address,
        distributors.stranger.address,
        ZeroAddress,
        await ledger.getAddress(),
        E.address,
      ];
      const paying = asStranger.payOut(wallets);
      for (const wallet of wallets.slice(1, 4)) {
        await expect(paying).to.emit(ledger, 'PayoutSkipped').withArgs(0, wallet, 0);
      }
      expect(await token.balanceOf(F)).to.equal(20_000_000n * company.unit);
      expect(await ledger.owedTo(F)).to.equal(0);
      expect(await ledger.owedTo(E)).to.equal(0);
      await expectSound(company);
    });

    it('does nothing for nobody', async () => {
      const { asStranger, ledger } = await loadFixture(earnedAtOnce);
      const [head, solvency] = [await ledger.head(), await ledger.solvency()];
      expect(await asStranger.payOut.staticCall([])).to.equal(0);
      await expectEntries(ledger, () => asStranger.payOut([]), []);
      expect(await ledger.head()).to.equal(head);
      expect(await ledger.solvency()).to.deep.equal(solvency);
    });

    for (const { form, fixture } of atOnce) {
      it(`pays each everything owed, whoever asks, in the order of the list, from ${form}`, async () => {
        const company = await earned(await loadFixture(fixture));
        const { asStranger, ledger, token, distributors, options, unit } = company;
        const { A, E, F } = distributors.wallets;
        expect(await asStranger.payOut.staticCall([F, A, E])).to.equal(31_000_000);
        await expectEntries(ledger, () => asStranger.payOut([F, A, E]), [
          ['Payout', ID.F, F, 20_000_000],
          ['Payout', ID.A, A, 1_000_000],
          ['Payout', ID.E, E, 10_000_000],
        ]);
        expect(await token.balanceOf(F)).to.equal(20_000_000n * unit);
        expect(await token.balanceOf(A)).to.equal(1_000_000n * unit);
        expect(await token.balanceOf(E)).to.equal(10_000_000n * unit);
        expect(await token.balanceOf(distributors.stranger)).to.equal(0);
        expect(await company.owed(ID.A, ID.B, ID.C, ID.D, ID.E, ID.F)).to.deep.equal(
          [0, 2_000_000, 3_000_000, 5_000_000, 0, 0].map(BigInt),
        );
        expect(await ledger.solvency()).to.deep.equal([
          options.float - 31_000_000n,
          options.float - 41_000_000n,
          0n,
          10_000_000n,
        ]);
        await expectSound(company);
      });

      it(`skips whom nothing is owed and who is named again, in ${form}`, async () => {
        const company = await earned(await loadFixture(fixture));
        const { asStranger, ledger, token, distributors, unit } = company;
        const { F, root } = distributors.wallets;
        const wallets = [root, F, F, root, F];
        expect(await asStranger.payOut.staticCall(wallets)).to.equal(20_000_000);
        await expectEntries(ledger, () => asStranger.payOut(wallets), [
          ['PayoutSkipped', ID.root, root, 0],
          ['Payout', ID.F, F, 20_000_000],
          ['PayoutSkipped', ID.F, F, 0],
          ['PayoutSkipped', ID.root, root, 0],
          ['PayoutSkipped', ID.F, F, 0],
        ]);
        expect(await token.balanceOf(F)).to.equal(20_000_000n * unit);
        expect((await ledger.solvency()).owed).to.equal(21_000_000);
        await expectSound(company);
      });
    }

    it('skips whose payouts are held, until the second in which the hold ends', async () => {
      const company = await loadFixture(earnedAtOnce);
      const { asCompliance, asStranger, ledger, distributors } = company;
      const { E, F } = distributors.wallets;
      const until = BigInt(await time.latest()) + BigInt(DAY);
      await asCompliance.hold(F, until, REASON);
      await time.setNextBlockTimestamp(until - 1n);
      await expectEntries(ledger, () => asStranger.payOut([F, E]), [
        ['PayoutSkipped', ID.F, F, 20_000_000],
        ['Payout', ID.E, E, 10_000_000],
      ]);
      expect(await ledger.owedTo(F)).to.equal(20_000_000);
      await time.setNextBlockTimestamp(until);
      await expectEntries(ledger, () => asStranger.payOut([F, E]), [
        ['Payout', ID.F, F, 20_000_000],
        ['PayoutSkipped', ID.E, E, 0],
      ]);
      await expectSound(company);
    });

    it('pays who has left and who is inactive what they have earned', async () => {
      const company = await loadFixture(earnedAtOnce);
      const { asStranger, ledger, distributors } = company;
      const { E, F } = distributors.wallets;
      await company.leave(E);
      await company.setStanding([{ id: ID.F, rank: 3, status: 2 }]);
      await expectEntries(ledger, () => asStranger.payOut([E, F]), [
        ['Payout', ID.E, E, 10_000_000],
        ['Payout', ID.F, F, 20_000_000],
      ]);
      const [, , rank, status] = await ledger.accountOf(ID.F);
      expect([rank, status]).to.deep.equal([3n, 2n]);
      expect((await ledger.accountOf(ID.E)).status).to.equal(3);
      await expectSound(company);
    });

    it('skips a frozen payee and harms nobody else', async () => {
      const company = await loadFixture(earnedInFreezable);
      const { asStranger, ledger, token, distributors } = company;
      const { D, E, F } = distributors.wallets;
      const issuer = token as unknown as FreezableDollar;
      await issuer.setFrozen(E, true);
      expect(await asStranger.payOut.staticCall([F, E, D])).to.equal(25_000_000);
      await expectEntries(ledger, () => asStranger.payOut([F, E, D]), [
        ['Payout', ID.F, F, 20_000_000],
        ['PayoutSkipped', ID.E, E, 10_000_000],
        ['Payout', ID.D, D, 5_000_000],
      ]);
      expect(await company.owed(ID.D, ID.E, ID.F)).to.deep.equal([0n, 10_000_000n, 0n]);
      await expectSound(company);
      await issuer.setFrozen(E, false);
      await expectEntries(ledger, () => asStranger.payOut([E]), [['Payout', ID.E, E, 10_000_000]]);
      expect(await token.balanceOf(E)).to.equal(10_000_000);
      await expectSound(company);
    });

    it('keeps rank and status of a skipped payee, and what neighbours of the fragment are owed', async () => {
      const company = await loadFixture(earnedInFreezable);
      const { asStranger, ledger, token, distributors } = company;
      const { E } = distributors.wallets;
      await company.setStanding([
        { id: ID.E, rank: 15, status: 1 },
        { id: ID.F, rank: 1, status: 1 },
      ]);
      const [before] = await ledger.fragmentsOf(ID.E >> 2, 1);
      await (token as unknown as FreezableDollar).setFrozen(E, true);
      await expectEntries(ledger, () => asStranger.payOut([E]), [['PayoutSkipped', ID.E, E, 10_000_000]]);
      expect(await ledger.fragmentsOf(ID.E >> 2, 1)).to.deep.equal([before]);
    });

    it('skips everybody while the token says false', async () => {
      const company = await loadFixture(earnedInFalse);
      const { asStranger, ledger, token, distributors } = company;
      const { E, F } = distributors.wallets;
      const broken = token as unknown as FalseDollar;
      await broken.setBroken(true);
      expect(await asStranger.payOut.staticCall([F, E])).to.equal(0);
      await expectEntries(ledger, () => asStranger.payOut([F, E]), [
        ['PayoutSkipped', ID.F, F, 20_000_000],
        ['PayoutSkipped', ID.E, E, 10_000_000],
      ]);
      expect(await token.balanceOf(F)).to.equal(0);
      await expectSound(company);
      await broken.setBroken(false);
      await asStranger.payOut([F, E]);
      expect(await token.balanceOf(F)).to.equal(20_000_000);
      await expectSound(company);
    });

    it('pays with a token whose transfers return nothing', async () => {
      const company = await loadFixture(earnedInSilent);
      const { asStranger, ledger, token, distributors, unit } = company;
      const { E, F } = distributors.wallets;
      await expectEntries(ledger, () => asStranger.payOut([E, F]), [
        ['Payout', ID.E, E, 10_000_000],
        ['Payout', ID.F, F, 20_000_000],
      ]);
      expect(await token.balanceOf(F)).to.equal(20_000_000n * unit);
      await expectSound(company);
    });

    it('lets the payee bear a fee of the token', async () => {
      const company = await loadFixture(takesFees);
      const { asStranger, ledger, token, distributors } = company;
      const { F } = distributors.wallets;
      await expectEntries(ledger, () => asStranger.payOut([F]), [['Payout', ID.F, F, 20_000_000]]);
      expect(await token.balanceOf(F)).to.equal(19_800_000);
      await expectSound(company);
    });

    it('cannot be starved of gas so that a debt is gone and nothing paid', async () => {
      const { asStranger, distributors } = await loadFixture(earnedInFreezable);
      const { E, F } = distributors.wallets;
      const full = await asStranger.payOut.estimateGas([F, E]);
      let undone = 0;
      for (let gasLimit = full; gasLimit > full / 2n; gasLimit -= 5_000n) {
        const company = await loadFixture(earnedInFreezable);
        const { ledger, token } = company;
        try {
          await (await company.asStranger.payOut([F, E], { gasLimit })).wait();
        } catch {
          undone += 1;
        }
        expect((await ledger.owedTo(F)) + (await token.balanceOf(F)), `with ${gasLimit}`).to.equal(
          20_000_000,
        );
        expect((await ledger.owedTo(E)) + (await token.balanceOf(E)), `with ${gasLimit}`).to.equal(
          10_000_000,
        );
        await expectSound(company);
      }
      expect(undone).to.be.greaterThan(0);
    });
  });
});
