import { expect } from 'chai';
import { type AddressLike, resolveAddress, ZeroAddress, ZeroHash } from 'ethers';
import type { FalseDollar } from '../../../types/mocks/FalseDollar.ts';
import type { FreezableDollar } from '../../../types/mocks/FreezableDollar.ts';
import { loadFixture } from '../../support/contracts/chain.ts';
import { type Company, ID, openCompany, readable, withWindow } from '../../support/contracts/company.ts';
import { libraries } from '../../support/contracts/errors.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { expectSound } from '../../support/contracts/expect-sound.ts';

const ADMIN = ZeroHash;

async function returnsFalse() {
  return openCompany({ token: 'FalseDollar' });
}
async function returnsNothing() {
  return openCompany({ token: 'SilentDollar', decimals: 18 });
}
async function freezes() {
  return openCompany({ token: 'FreezableDollar' });
}
async function takesFees() {
  return openCompany({ token: 'FeeDollar' });
}

/** Takes float out as announced. */
async function withdrawn(company: Company, units: bigint | number, to: AddressLike) {
  const address = await resolveAddress(to);
  await company.prepare('withdrawFloat', units, address);
  return company.asAdmin.withdrawFloat(units, address);
}

describe('LedgerWallets', () => {
  describe('withdrawFloat', () => {
    it('refuses anybody but the admin', async () => {
      const { ledger, distributors } = await loadFixture(readable);
      for (const caller of [
        distributors.stranger,
        distributors.recorder,
        distributors.funder,
        distributors.guardian,
      ]) {
        await expect(ledger.connect(caller).withdrawFloat(1, caller))
          .to.be.revertedWithCustomError(ledger, 'AccessControlUnauthorizedAccount')
          .withArgs(caller, ADMIN);
      }
    });

    it('refuses nothing', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      await expect(withdrawn(company, 0, distributors.admin)).to.be.revertedWithCustomError(
        ledger,
        'ZeroUnits',
      );
    });

    it('refuses an address at which tokens would be lost', async () => {
      const company = await loadFixture(readable);
      const { ledger, token } = company;
      for (const to of [ZeroAddress, ledger, token]) {
        await expect(withdrawn(company, 1, to))
          .to.be.revertedWithCustomError(ledger, 'UnusableWallet')
          .withArgs(to);
      }
    });

    for (const { form, fixture } of withWindow) {
      it(`pays out free float and never what is reserved or owed, in ${form}`, async () => {
        const company = await loadFixture(fixture);
        const { asAdmin, asStranger, ledger, token, distributors, options, unit } = company;
        const to = distributors.free[0]!;
        const settled = await company.record([{ seller: ID.F, volume: 10_000 }]);
        await company.passWindow(settled);
        await company.settle(settled);
        const open = await company.record([{ seller: ID.F, volume: 10_000 }]);
        const promised = 41_000_000n;
        const free = options.float - 2n * promised;
        for (const units of [free + 1n, free + promised, options.float, 2n ** 50n, 2n ** 256n - 1n]) {
          await expect(withdrawn(company, units, to))
            .to.be.revertedWithCustomError(ledger, 'FloatExceeded')
            .withArgs(free, units);
        }
        await company.prepare('withdrawFloat', 1, to.address);
        await expectEntries(ledger, () => asAdmin.withdrawFloat(1, to), [['FloatWithdrawn', to, 1]]);
        await company.prepare('withdrawFloat', free - 1n, to.address);
        await expectEntries(ledger, () => asAdmin.withdrawFloat(free - 1n, to), [
          ['FloatWithdrawn', to, free - 1n],
        ]);
        expect(await token.balanceOf(to)).to.equal(free * unit);
        expect(await ledger.solvency()).to.deep.equal([2n * promised, 0n, promised, promised]);
        await expectSound(company);
        await expect(withdrawn(company, 2, to))
          .to.be.revertedWithCustomError(ledger, 'FloatExceeded')
          .withArgs(0, 2);
        await expect(company.record([{ seller: ID.F, volume: 1 }]))
          .to.be.revertedWithCustomError(ledger, 'FloatTooLow')
          .withArgs(0, 4_100);
        // All that was promised is there, to the last unit.
        await company.passWindow(open);
        await company.settle(open);
        const { A, B, C, D, E, F } = distributors.wallets;
        await asStranger.payOut([A, B, C, D, E, F]);
        expect(await ledger.solvency()).to.deep.equal([0n, 0n, 0n, 0n]);
        expect(await token.balanceOf(ledger)).to.equal(0);
        await expectSound(company);
      });
    }

    it('counts no tokens that were sent without `fund`', async () => {
      const company = await loadFixture(readable);
      const { ledger, token, distributors, options } = company;
      await token.mint(ledger, 5);
      await expect(withdrawn(company, options.float + 1n, distributors.admin))
        .to.be.revertedWithCustomError(ledger, 'FloatExceeded')
        .withArgs(options.float, options.float + 1n);
    });

    it('pays with a token whose transfers return nothing', async () => {
      const company = await loadFixture(returnsNothing);
      const { token, distributors, unit } = company;
      await withdrawn(company, 7, distributors.free[0]!);
      expect(await token.balanceOf(distributors.free[0]!)).to.equal(7n * unit);
    });

    it('lets the receiver bear a fee of the token', async () => {
      const company = await loadFixture(takesFees);
      const { token, distributors } = company;
      await company.prepare('withdrawFloat', 1_000, distributors.free[0]!.address);
      await expectEntries(company.ledger, () => company.asAdmin.withdrawFloat(1_000, distributors.free[0]!), [
        ['FloatWithdrawn', distributors.free[0]!, 1_000],
      ]);
      expect(await token.balanceOf(distributors.free[0]!)).to.equal(990);
      await expectSound(company);
    });

    it('leaves the float when the token says false or refuses', async () => {
      const broken = await loadFixture(returnsFalse);
      await (broken.token as unknown as FalseDollar).setBroken(true);
      await expect(withdrawn(broken, 1, broken.distributors.admin))
        .to.be.revertedWithCustomError(libraries, 'SafeERC20FailedOperation')
        .withArgs(broken.token);
      await expectSound(broken);
      const frozen = await loadFixture(freezes);
      const issuer = frozen.token as unknown as FreezableDollar;
      await issuer.setFrozen(frozen.distributors.admin, true);
      await expect(withdrawn(frozen, 1, frozen.distributors.admin))
        .to.be.revertedWithCustomError(issuer, 'Frozen')
        .withArgs(frozen.distributors.admin);
      await expectSound(frozen);
    });
  });
});
