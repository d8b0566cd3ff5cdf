import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/types';
import { expect } from 'chai';
import type { TypedDataDomain } from 'ethers';
import type { FalseDollar } from '../../../types/mocks/FalseDollar.ts';
import type { FreezableDollar } from '../../../types/mocks/FreezableDollar.ts';
import { DAY, ethers, HOUR, loadFixture, time } from '../../support/contracts/chain.ts';
import { atOnce, type Company, ID, REASON } from '../../support/contracts/company.ts';
import {
  earned,
  earnedAtOnce,
  earnedInFalse,
  earnedInFreezable,
  earnedInSilent,
  OWED_TO_E,
} from '../../support/contracts/earned.ts';
import { libraries } from '../../support/contracts/errors.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { expectSound } from '../../support/contracts/expect-sound.ts';
import { refusesLostWallets, refusesOtherSignatures } from '../../support/contracts/signature.behavior.ts';
import { sign } from '../../support/contracts/signatures.ts';

interface Order {
  id: number;
  wallet: string;
  to: string;
  nonce: number;
  deadline: bigint;
}

/** The usual order: what E is owed goes to the first free wallet. */
async function orderOf(company: Company, changes: Partial<Order> = {}): Promise<Order> {
  const { wallets, free } = company.distributors;
  const deadline = BigInt(await time.latest()) + BigInt(HOUR);
  return { id: ID.E, wallet: wallets.E.address, to: free[0]!.address, nonce: 0, deadline, ...changes };
}

function signed(
  company: Company,
  order: Order,
  signer: HardhatEthersSigner = company.distributors.wallets.E,
  domain: TypedDataDomain = {},
): Promise<string> {
  return sign(company.ledger, signer, 'WithdrawTo', { ...order }, domain);
}

/** Sends an order as a stranger, because anyone may. */
function send(company: Company, { wallet, to, deadline }: Order, signature: string) {
  return company.asStranger.withdrawTo(wallet, to, deadline, signature);
}

describe('LedgerWallets', () => {
  describe('withdrawTo', () => {
    it('refuses a wallet that is nobody’s', async () => {
      const company = await loadFixture(earnedAtOnce);
      const { ledger, distributors } = company;
      const order = await orderOf(company, { wallet: distributors.stranger.address });
      await expect(send(company, order, await signed(company, order, distributors.stranger)))
        .to.be.revertedWithCustomError(ledger, 'UnknownWallet')
        .withArgs(distributors.stranger);
    });

    it('refuses while payouts are held, until the second in which the hold ends', async () => {
      const company = await loadFixture(earnedAtOnce);
      const until = BigInt(await time.latest()) + BigInt(DAY);
      await company.asCompliance.hold(company.distributors.wallets.E, until, REASON);
      const order = await orderOf(company, { deadline: until });
      const signature = await signed(company, order);
      await time.setNextBlockTimestamp(until - 1n);
      await expect(send(company, order, signature))
        .to.be.revertedWithCustomError(company.ledger, 'PayoutHeld')
        .withArgs(order.wallet, until);
      await time.setNextBlockTimestamp(until);
      await send(company, order, signature);
      expect(await company.ledger.owedTo(order.wallet)).to.equal(0);
    });

    refusesLostWallets(async (company, to) => {
      const order = await orderOf(company, { to });
      return send(company, order, await signed(company, order));
    }, earnedAtOnce);

    refusesOtherSignatures<Company, Order>({
      by: 'the owner',
      fixture: earnedAtOnce,
      contractOf: ({ ledger }) => ledger,
      messageOf: orderOf,
      signerOf: ({ distributors }) => distributors.wallets.E,
      signed,
      send,
      othersOf: ({ distributors }) => [distributors.wallets.F, distributors.admin],
      elsewhere: async ({ distributors }) => distributors.stranger.address,
      changesOf: ({ distributors }, { deadline }) => [
        { id: ID.F },
        { wallet: distributors.wallets.F.address },
        { to: distributors.stranger.address },
        { nonce: 1 },
        { deadline: deadline + 1n },
      ],
      deadline: { field: 'deadline', error: 'SignatureExpired' },
      expectDone: async ({ ledger, token }, { wallet, to }) => {
        expect([await ledger.owedTo(wallet), (await token.balanceOf(to)) > 0n]).to.deep.equal([0n, true]);
      },
    });

    it('refuses when nothing is owed, and leaves the signature for when something is', async () => {
      const company = await loadFixture(earnedAtOnce);
      const { asStranger, ledger } = company;
      const order = await orderOf(company);
      const signature = await signed(company, order);
      await asStranger.withdraw(order.wallet);
      await expect(send(company, order, signature))
        .to.be.revertedWithCustomError(ledger, 'NothingOwed')
        .withArgs(order.wallet);
      expect((await ledger.walletOf(order.wallet)).nonce).to.equal(0);
      await earned(company);
      await send(company, order, signature);
    });

    it('takes each signature once, and with it every other of the same nonce', async () => {
      const company = await loadFixture(earnedAtOnce);
      const { ledger, distributors } = company;
      const order = await orderOf(company);
      const signature = await signed(company, order);
      const consent = {
        id: ID.E,
        from: order.wallet,
        to: distributors.free[1]!.address,
        nonce: 0,
        deadline: order.deadline,
      };
      const agreed = await sign(ledger, distributors.free[1]!, 'WalletConsent', consent);
      await send(company, order, signature);
      await earned(company);
      await expect(send(company, order, signature))
        .to.be.revertedWithCustomError(ledger, 'WrongSignature')
        .withArgs(order.wallet);
      await expect(ledger.connect(distributors.wallets.E).changeWallet(consent.to, consent.deadline, agreed))
        .to.be.revertedWithCustomError(ledger, 'WrongSignature')
        .withArgs(consent.to);
      const next = await orderOf(company, { nonce: 1 });
      await send(company, next, await signed(company, next));
      expect((await ledger.walletOf(order.wallet)).nonce).to.equal(2);
    });

    it('refuses an order signed under an id that the distributor has left', async () => {
      const company = await loadFixture(earnedAtOnce);
      const { ledger, distributors } = company;
      const { F } = distributors.wallets;
      const order = await orderOf(company, { id: ID.F, wallet: F.address });
      const signature = await signed(company, order, F);
      await company.correctSponsor(ID.F, F, ID.root);
      await expect(send(company, order, signature))
        .to.be.revertedWithCustomError(ledger, 'WrongSignature')
        .withArgs(F);
      const moved = await orderOf(company, { ...order, id: Number(await ledger.movedTo(ID.F)) });
      await expectEntries(ledger, async () => send(company, moved, await signed(company, moved, F)), [
        ['PayoutRedirected', moved.id, F, moved.to, 20_000_000],
      ]);
      await expectSound(company);
    });

    for (const { form, fixture } of atOnce) {
      it(`pays everything owed to whom the owner has named, from ${form}`, async () => {
        const company = await earned(await loadFixture(fixture));
        const { asStranger, ledger, token, unit } = company;
        const order = await orderOf(company);
        const { wallet, to, deadline } = order;
        const signature = await signed(company, order);
        const before = await ledger.solvency();
        const [, enrolledAt] = await ledger.walletOf(wallet);
        expect(await asStranger.withdrawTo.staticCall(wallet, to, deadline, signature)).to.equal(OWED_TO_E);
        await expectEntries(ledger, () => send(company, order, signature), [
          ['PayoutRedirected', ID.E, wallet, to, OWED_TO_E],
        ]);
        expect(await token.balanceOf(to)).to.equal(OWED_TO_E * unit);
        expect(await token.balanceOf(wallet)).to.equal(0);
        expect(await token.balanceOf(company.distributors.stranger)).to.equal(0);
        expect(await ledger.walletOf(wallet)).to.deep.equal([BigInt(ID.E), enrolledAt, 0n, 1n]);
        expect(await company.owed(ID.E, ID.F, ID.D)).to.deep.equal([0n, 20_000_000n, 5_000_000n]);
        const { held, free, reserved, owed } = await ledger.solvency();
        expect([held, free, reserved, owed]).to.deep.equal([
          before.held - OWED_TO_E,
          before.free,
          before.reserved,
          before.owed - OWED_TO_E,
        ]);
        await expectSound(company);
      });
    }

    it('asks an owner that is a contract', async () => {
      const company = await loadFixture(earnedAtOnce);
      const { ledger, distributors } = company;
      const owner = distributors.free[1]!;
      const wallet = await (await ethers.deployContract('SigningWallet', [owner])).getAddress();
      await company.enrol([{ id: 16, sponsor: ID.root, wallet }]);
      await company.record([{ seller: 16, volume: 1 }]);
      const order = await orderOf(company, { id: 16, wallet });
      await expect(send(company, order, await signed(company, order, distributors.free[2]!)))
        .to.be.revertedWithCustomError(ledger, 'WrongSignature')
        .withArgs(wallet);
      await expectEntries(ledger, async () => send(company, order, await signed(company, order, owner)), [
        ['PayoutRedirected', 16, wallet, order.to, 2_000],
      ]);
    });

    it('pays with a token whose transfers return nothing', async () => {
      const company = await loadFixture(earnedInSilent);
      const order = await orderOf(company);
      await send(company, order, await signed(company, order));
      expect(await company.token.balanceOf(order.to)).to.equal(OWED_TO_E * company.unit);
    });

    it('leaves debt and signature when the token says false', async () => {
      const company = await loadFixture(earnedInFalse);
      const { ledger, token } = company;
      const order = await orderOf(company);
      const signature = await signed(company, order);
      await (token as unknown as FalseDollar).setBroken(true);
      await expect(send(company, order, signature))
        .to.be.revertedWithCustomError(libraries, 'SafeERC20FailedOperation')
        .withArgs(token);
      expect(await ledger.owedTo(order.wallet)).to.equal(OWED_TO_E);
      await expectSound(company);
      await (token as unknown as FalseDollar).setBroken(false);
      await send(company, order, signature);
      expect(await token.balanceOf(order.to)).to.equal(OWED_TO_E);
    });

    it('lets a distributor whose wallet is frozen have their money elsewhere', async () => {
      const company = await loadFixture(earnedInFreezable);
      const { token } = company;
      const issuer = token as unknown as FreezableDollar;
      const order = await orderOf(company);
      const signature = await signed(company, order);
      await issuer.setFrozen(order.to, true);
      await expect(send(company, order, signature))
        .to.be.revertedWithCustomError(issuer, 'Frozen')
        .withArgs(order.to);
      await issuer.setFrozen(order.to, false);
      await issuer.setFrozen(order.wallet, true);
      await send(company, order, signature);
      expect(await token.balanceOf(order.to)).to.equal(OWED_TO_E);
      await expectSound(company);
    });
  });
});
