import { expect } from 'chai';
import { ZeroAddress, ZeroHash } from 'ethers';
import type { FalseDollar } from '../../types/mocks/FalseDollar.ts';
import type { FreezableDollar } from '../../types/mocks/FreezableDollar.ts';
import type { ReentrantDollar } from '../../types/mocks/ReentrantDollar.ts';
import { DAY, loadFixture, time } from '../support/contracts/chain.ts';
import { applySponsor } from '../support/contracts/changes.ts';
import { ID, REASON } from '../support/contracts/company.ts';
import { expectEntries } from '../support/contracts/expect-entries.ts';
import { foldJournal } from '../support/contracts/journal.ts';
import { sign } from '../support/contracts/signatures.ts';
import { outcomesByGas } from '../support/contracts/starve.ts';
import {
  MARGIN,
  openShop,
  PRICE,
  RESERVED,
  REST,
  type Shop,
  STATE,
  shopsAtOnce,
  shopsWithWindow,
  usualShop,
} from '../support/contracts/storefront.ts';

const MAX_CUSTODY = 2n ** 50n - 1n;

async function freezes() {
  return openShop({ token: 'FreezableDollar' });
}
async function returnsFalse() {
  return openShop({ token: 'FalseDollar' });
}
async function reenters() {
  return openShop({ token: 'ReentrantDollar' });
}
async function afterShortWindow() {
  return openShop({ returnWindow: DAY });
}

/** The order is completed although the float cannot be funded, for this reason; that part becomes the company's. */
async function expectNotFunded(shop: Shop, hash: string, reason: string): Promise<void> {
  const { storefront, company } = shop;
  const before = await storefront.solvency();
  const head = await company.ledger.head();
  const sent = await storefront.complete(hash);
  await expect(sent).to.emit(storefront, 'OrderCompleted').withArgs(hash, ID.F, MARGIN, RESERVED, REST);
  await expect(sent).to.emit(storefront, 'FundingFailed').withArgs(hash, RESERVED, reason);
  expect(await company.ledger.head()).to.equal(head);
  expect(await storefront.solvency()).to.deep.equal([
    before.held,
    before.open - PRICE,
    before.margins + MARGIN,
    before.rest + REST + RESERVED,
  ]);
  expect((await storefront.orderOf(hash)).state).to.equal(STATE.completed);
  expect(await shop.isEven()).to.equal(true);
}

describe('Storefront', () => {
  describe('complete', () => {
    it('refuses an order that was not paid, or not any more', async () => {
      const shop = await loadFixture(usualShop);
      const completed = await shop.completed();
      const returned = await shop.bought();
      await shop.storefront.connect(shop.buyer).returnOrder(returned);
      for (const [hash, state] of [
        [ZeroHash, STATE.none],
        [returned, STATE.returned],
        [completed, STATE.completed],
      ] as const) {
        await expect(shop.storefront.complete(hash))
          .to.be.revertedWithCustomError(shop.storefront, 'UnexpectedState')
          .withArgs(hash, state, STATE.paid);
      }
    });

    it('refuses in the last second of the window', async () => {
      const shop = await loadFixture(usualShop);
      const hash = await shop.bought();
      const endsAt = await shop.endOfWindow(hash);
      await time.setNextBlockTimestamp(endsAt - 1n);
      await expect(shop.storefront.complete(hash))
        .to.be.revertedWithCustomError(shop.storefront, 'ReturnWindowOpen')
        .withArgs(hash, endsAt);
    });

    for (const { form, fixture } of [...shopsWithWindow, ...shopsAtOnce]) {
      it(`divides the price and funds the float in ${form}`, async () => {
        const shop = await loadFixture(fixture);
        const { storefront, company } = shop;
        const { ledger, token, unit, options } = company;
        const quote = shop.quote();
        const hash = await shop.bought(quote);
        const custody = await token.balanceOf(ledger);
        if (options.returnWindow !== 0) await shop.passWindow(hash);
        let sent: Awaited<ReturnType<typeof storefront.complete>> | undefined;
        await expectEntries(ledger, async () => {
          sent = await storefront.connect(shop.relayer).complete(hash);
          return sent;
        }, [['FloatFunded', storefront, RESERVED]]);
        await expect(sent).to.emit(storefront, 'OrderCompleted').withArgs(hash, ID.F, MARGIN, RESERVED, REST);
        await expect(sent).not.to.emit(storefront, 'FundingFailed');
        expect(await storefront.solvency()).to.deep.equal([MARGIN + REST, 0n, MARGIN, REST]);
        expect(await storefront.marginOf(ID.F)).to.equal(MARGIN);
        expect(await storefront.proceeds()).to.equal(REST);
        expect(await token.balanceOf(ledger)).to.equal(custody + RESERVED * unit);
        expect((await storefront.orderOf(hash)).state).to.equal(STATE.completed);

        if (options.returnWindow !== 0) await shop.settle(quote);
        const { free, owed } = await ledger.solvency();
        expect([free, owed]).to.deep.equal([options.float, RESERVED]);
        expect((await foldJournal(ledger)).head).to.equal(await ledger.head());
      });
    }

    it('sets aside for the company what the commissions do not need', async () => {
      const shop = await loadFixture(usualShop);
      const hash = await shop.bought(shop.quote({ volumeCents: 0n, marginCents: 0n }));
      const entries = await shop.company.ledger.entryCount();
      await shop.passWindow(hash);
      await shop.storefront.complete(hash);
      expect(await shop.storefront.solvency()).to.deep.equal([PRICE, 0n, 0n, PRICE]);
      expect(await shop.company.ledger.entryCount()).to.equal(entries);
    });

    it('goes on when the ledger can hold no more', async () => {
      const shop = await loadFixture(usualShop);
      const { company } = shop;
      const hash = await shop.bought();
      await company.fund(MAX_CUSTODY - company.options.float - RESERVED + 1n);
      await shop.passWindow(hash);
      const args = [MAX_CUSTODY + 1n, MAX_CUSTODY] as const;
      await expectNotFunded(
        shop,
        hash,
        company.ledger.interface.encodeErrorResult('CustodyLimit', [...args]),
      );
    });

    it('goes on when the token does not pay the ledger, and pays the next order’s part again', async () => {
      const shop = await loadFixture(freezes);
      const token = shop.company.token as unknown as FreezableDollar;
      const ledger = await shop.company.ledger.getAddress();
      const [hash, next] = [await shop.bought(), await shop.bought()];
      await token.setFrozen(ledger, true);
      await shop.passWindow(next);
      await expectNotFunded(shop, hash, token.interface.encodeErrorResult('Frozen', [ledger]));
      await token.setFrozen(ledger, false);
      await expect(shop.storefront.complete(next)).to.emit(shop.company.ledger, 'FloatFunded');
      expect(await shop.isEven()).to.equal(true);
    });

    it('goes on when the token says false, or calls back', async () => {
      const broken = await loadFixture(returnsFalse);
      const hash = await broken.bought();
      await broken.passWindow(hash);
      await (broken.company.token as unknown as FalseDollar).setBroken(true);
      const tokenAddress = await broken.company.token.getAddress();
      const failed = broken.storefront.interface.encodeErrorResult('SafeERC20FailedOperation', [
        tokenAddress,
      ]);
      await expectNotFunded(broken, hash, failed);

      const shop = await loadFixture(reenters);
      const order = await shop.bought();
      await shop.passWindow(order);
      const again = shop.storefront.interface.encodeFunctionData('complete', [order]);
      await (shop.company.token as unknown as ReentrantDollar).callBack(shop.storefront, again);
      const guarded = shop.storefront.interface.encodeErrorResult('ReentrancyGuardReentrantCall');
      await expectNotFunded(shop, order, guarded);
    });

    it('does not let the caller keep the float from being funded with too little gas', async () => {
      const shop = await loadFixture(usualShop);
      const hash = await shop.bought();
      await time.increaseTo(await shop.endOfWindow(hash));
      const { complete, proceeds, interface: contract } = shop.storefront;
      const outcomes = await outcomesByGas({
        needed: await complete.estimateGas(hash),
        ask: (gasLimit) => complete.staticCall(hash, { gasLimit }),
        send: async (gasLimit) => (await complete(hash, { gasLimit })).wait(),
        look: async () => ((await proceeds()) === REST ? 'funded' : 'not funded'),
        interface: contract,
      });
      expect(outcomes).to.deep.equal(['TooLittleGas', 'funded', 'without a word']);
    });
  });

  describe('withdrawMargin', () => {
    it('refuses a wallet that is not the seller’s', async () => {
      const shop = await loadFixture(usualShop);
      await shop.completed();
      const { wallets, admin } = shop.company.distributors;
      for (const wallet of [wallets.E.address, admin.address, ZeroAddress]) {
        for (const seller of [ID.F, 0, ID.emptyLane, ID.walletless]) {
          await expect(shop.storefront.withdrawMargin(seller, wallet))
            .to.be.revertedWithCustomError(shop.storefront, 'WalletMismatch')
            .withArgs(seller, wallet);
        }
      }
    });

    it('refuses while payouts to the wallet are held', async () => {
      const shop = await loadFixture(usualShop);
      await shop.completed();
      const { F } = shop.company.distributors.wallets;
      const until = BigInt(await time.latest()) + 1_000n;
      await shop.company.asCompliance.hold(F, until, REASON);
      await time.setNextBlockTimestamp(until - 1n);
      await expect(shop.storefront.withdrawMargin(ID.F, F))
        .to.be.revertedWithCustomError(shop.storefront, 'PayoutHeld')
        .withArgs(F, until);
      await time.setNextBlockTimestamp(until);
      await shop.storefront.withdrawMargin(ID.F, F);
    });

    it('refuses when nothing is set aside, before and after', async () => {
      const shop = await loadFixture(usualShop);
      const { F } = shop.company.distributors.wallets;
      const withdrawing = () => shop.storefront.withdrawMargin(ID.F, F);
      await shop.bought();
      await expect(withdrawing()).to.be.revertedWithCustomError(shop.storefront, 'NothingSetAside');
      await shop.completed();
      await withdrawing();
      await expect(withdrawing()).to.be.revertedWithCustomError(shop.storefront, 'NothingSetAside');
    });

    it('refuses while the token does not pay the wallet, which harms nobody else', async () => {
      const shop = await loadFixture(freezes);
      const { storefront, company } = shop;
      const { wallets, admin } = company.distributors;
      const token = company.token as unknown as FreezableDollar;
      await token.setFrozen(wallets.F, true);
      await shop.completed();
      await shop.completed(shop.quote({ seller: BigInt(ID.E) }));
      await expect(storefront.withdrawMargin(ID.F, wallets.F))
        .to.be.revertedWithCustomError(token, 'Frozen')
        .withArgs(wallets.F);
      await storefront.withdrawMargin(ID.E, wallets.E);
      await storefront.connect(admin).withdrawProceeds(admin);
      expect(await storefront.solvency()).to.deep.equal([MARGIN, 0n, MARGIN, 0n]);
      await token.setFrozen(wallets.F, false);
      await storefront.withdrawMargin(ID.F, wallets.F);
    });

    it('refuses a token that calls back', async () => {
      const shop = await loadFixture(reenters);
      await shop.completed();
      const { F } = shop.company.distributors.wallets;
      const again = shop.storefront.interface.encodeFunctionData('withdrawMargin', [ID.F, F.address]);
      await (shop.company.token as unknown as ReentrantDollar).callBack(shop.storefront, again);
      await expect(shop.storefront.withdrawMargin(ID.F, F)).to.be.revertedWithCustomError(
        shop.storefront,
        'ReentrancyGuardReentrantCall',
      );
    });

    for (const { form, fixture } of [...shopsWithWindow, ...shopsAtOnce]) {
      it(`pays what several orders have set aside, whoever asks, in ${form}`, async () => {
        const shop = await loadFixture(fixture);
        const { storefront, company } = shop;
        const { F } = company.distributors.wallets;
        await shop.completed();
        await shop.completed(shop.quote({ marginCents: 1n }));
        const units = MARGIN + 10_000n;
        expect(await storefront.withdrawMargin.staticCall(ID.F, F)).to.equal(units);
        await expect(storefront.withdrawMargin(ID.F, F))
          .to.emit(storefront, 'MarginWithdrawn')
          .withArgs(ID.F, F, units);
        expect(await company.token.balanceOf(F)).to.equal(units * company.unit);
        expect(await storefront.marginOf(ID.F)).to.equal(0);
        expect((await storefront.solvency()).margins).to.equal(0);
        expect(await shop.isEven()).to.equal(true);
      });
    }

    it('follows a seller who has moved to another id, in the storefront’s quotes too', async () => {
      const shop = await loadFixture(afterShortWindow);
      const { storefront, company } = shop;
      const { F } = company.distributors.wallets;
      const quote = shop.quote();
      await shop.completed(quote);
      await shop.settle(quote);
      await applySponsor(company, ID.F, F, ID.root);
      const moved = await company.ledger.idOf(F);
      expect(moved).to.equal(16);
      await shop.completed();
      await shop.completed(shop.quote({ seller: moved, marginCents: 1n }));
      expect(await storefront.withdrawMargin.staticCall(ID.F, F)).to.equal(2n * MARGIN);
      await storefront.withdrawMargin(ID.F, F);
      await storefront.withdrawMargin(moved, F);
      expect(await company.token.balanceOf(F)).to.equal(2n * MARGIN + 10_000n);
    });

    it('pays a seller who has left what was sold before', async () => {
      const shop = await loadFixture(usualShop);
      const { F } = shop.company.distributors.wallets;
      const hash = await shop.bought();
      await shop.company.leave(F);
      await shop.passWindow(hash);
      await shop.storefront.complete(hash);
      await shop.storefront.withdrawMargin(ID.F, F);
      expect(await shop.company.token.balanceOf(F)).to.equal(MARGIN);
    });

    it('pays a seller without wallet once they have claimed one', async () => {
      const shop = await loadFixture(usualShop);
      const { ledger, distributors, token } = shop.company;
      await shop.completed(shop.quote({ seller: BigInt(ID.walletless) }));
      const message = { id: ID.walletless, wallet: shop.relayer.address, deadline: 2n ** 40n };
      const voucher = await sign(ledger, distributors.registrar, 'ClaimVoucher', message);
      await ledger.claimWallet(message.id, message.wallet, message.deadline, distributors.registrar, voucher);
      await shop.storefront.withdrawMargin(ID.walletless, shop.relayer);
      expect(await token.balanceOf(shop.relayer)).to.equal(MARGIN);
    });
  });

  describe('withdrawProceeds', () => {
    it('refuses anybody but the ledger’s admin', async () => {
      const shop = await loadFixture(usualShop);
      await shop.completed();
      const { recorder, quoter, wallets } = shop.company.distributors;
      for (const caller of [recorder, quoter, wallets.F, shop.relayer]) {
        await expect(shop.storefront.connect(caller).withdrawProceeds(caller))
          .to.be.revertedWithCustomError(shop.storefront, 'NotAdmin')
          .withArgs(caller);
      }
    });

    it('refuses an address from which nothing comes back', async () => {
      const shop = await loadFixture(usualShop);
      await shop.completed();
      const { admin } = shop.company.distributors;
      for (const to of [ZeroAddress, shop.storefront, shop.company.ledger, shop.company.token]) {
        await expect(shop.storefront.connect(admin).withdrawProceeds(to))
          .to.be.revertedWithCustomError(shop.storefront, 'UnusableAddress')
          .withArgs(to);
      }
    });

    it('refuses when nothing is set aside', async () => {
      const shop = await loadFixture(usualShop);
      await shop.bought();
      const { admin } = shop.company.distributors;
      await expect(shop.storefront.connect(admin).withdrawProceeds(admin)).to.be.revertedWithCustomError(
        shop.storefront,
        'NothingSetAside',
      );
    });

    for (const { form, fixture } of [...shopsWithWindow, ...shopsAtOnce]) {
      it(`pays the company's rest of completed orders and no more in ${form}`, async () => {
        const shop = await loadFixture(fixture);
        const { storefront, company } = shop;
        const asAdmin = storefront.connect(company.distributors.admin);
        await shop.completed();
        await shop.completed();
        await shop.bought();
        expect(await asAdmin.withdrawProceeds.staticCall(shop.relayer)).to.equal(2n * REST);
        await expect(asAdmin.withdrawProceeds(shop.relayer))
          .to.emit(storefront, 'ProceedsWithdrawn')
          .withArgs(shop.relayer, 2n * REST);
        expect(await company.token.balanceOf(shop.relayer)).to.equal(2n * REST * company.unit);
        expect(await storefront.solvency()).to.deep.equal([PRICE + 2n * MARGIN, PRICE, 2n * MARGIN, 0n]);
        expect(await shop.isEven()).to.equal(true);
      });
    }
  });
});
