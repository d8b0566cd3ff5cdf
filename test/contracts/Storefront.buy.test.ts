import { expect } from 'chai';
import type { FalseDollar } from '../../types/mocks/FalseDollar.ts';
import type { ReentrantDollar } from '../../types/mocks/ReentrantDollar.ts';
import { loadFixture, time } from '../support/contracts/chain.ts';
import { ID } from '../support/contracts/company.ts';
import { expectBought, expectUntouched } from '../support/contracts/expect-purchase.ts';
import { foldJournal } from '../support/contracts/journal.ts';
import {
  FIRST_BATCH,
  feeShop,
  hashOfQuote,
  MARGIN,
  openShop,
  PRICE,
  shopAtOnce,
  shopsAtOnce,
  shopsWithWindow,
  silentShop,
  usualShop,
} from '../support/contracts/storefront.ts';

async function returnsFalse() {
  return openShop({ token: 'FalseDollar' });
}
async function reenters() {
  return openShop({ token: 'ReentrantDollar' });
}

describe('Storefront', () => {
  describe('buy', () => {
    it('refuses a buyer who has not allowed the price, or does not have it', async () => {
      const shop = await loadFixture(usualShop);
      const { token } = shop.company;
      const quote = shop.quote();
      await expectUntouched(shop, quote, async () => {
        await token.connect(shop.buyer).approve(shop.storefront, PRICE - 1n);
        await expect(shop.buy(quote))
          .to.be.revertedWithCustomError(token, 'ERC20InsufficientAllowance')
          .withArgs(shop.storefront, PRICE - 1n, PRICE);
      });
      await token.connect(shop.relayer).approve(shop.storefront, PRICE);
      await expect(shop.buy(quote, shop.relayer))
        .to.be.revertedWithCustomError(token, 'ERC20InsufficientBalance')
        .withArgs(shop.relayer, 0, PRICE);
    });

    it('refuses a token that takes a fee, naming both amounts', async () => {
      const shop = await loadFixture(feeShop);
      const quote = shop.quote({ volumeCents: 1_000n });
      await shop.allow(quote);
      await expectUntouched(shop, quote, () =>
        expect(shop.buy(quote))
          .to.be.revertedWithCustomError(shop.storefront, 'PriceNotReceived')
          .withArgs(198_000_000, 200_000_000),
      );
    });

    it('refuses a token that says false', async () => {
      const shop = await loadFixture(returnsFalse);
      const quote = shop.quote();
      await shop.allow(quote);
      await (shop.company.token as unknown as FalseDollar).setBroken(true);
      await expectUntouched(shop, quote, () =>
        expect(shop.buy(quote))
          .to.be.revertedWithCustomError(shop.storefront, 'SafeERC20FailedOperation')
          .withArgs(shop.company.token),
      );
    });

    it('refuses a token that calls back', async () => {
      const shop = await loadFixture(reenters);
      const { storefront, company } = shop;
      const paid = await shop.bought();
      const quote = shop.quote();
      await shop.allow(quote);
      const { interface: calls } = storefront;
      const token = company.token as unknown as ReentrantDollar;
      for (const data of [
        calls.encodeFunctionData('buy', [quote, await shop.sign(quote)]),
        calls.encodeFunctionData('returnOrder', [paid]),
        calls.encodeFunctionData('takeBack', [paid]),
        calls.encodeFunctionData('complete', [paid]),
        calls.encodeFunctionData('withdrawMargin', [ID.F, company.distributors.wallets.F.address]),
        calls.encodeFunctionData('withdrawProceeds', [shop.buyer.address]),
      ]) {
        await token.callBack(storefront, data);
        await expect(shop.buy(quote)).to.be.revertedWithCustomError(
          storefront,
          'ReentrancyGuardReentrantCall',
        );
      }
    });

    for (const { form, fixture } of [...shopsWithWindow, ...shopsAtOnce]) {
      it(`takes the price and records the sale in ${form}`, async () => {
        const shop = await loadFixture(fixture);
        const quote = shop.quote();
        await shop.allow(quote);
        await expectBought(shop, quote, () => shop.buy(quote));
      });
    }

    it('takes a token that returns nothing', async () => {
      const shop = await loadFixture(silentShop);
      const quote = shop.quote();
      await shop.allow(quote);
      await expectBought(shop, quote, () => shop.buy(quote));
    });

    it('returns the quote’s hash', async () => {
      const shop = await loadFixture(usualShop);
      const quote = shop.quote();
      await shop.allow(quote);
      const signed = await shop.sign(quote);
      expect(await shop.storefront.connect(shop.buyer).buy.staticCall(quote, signed)).to.equal(
        hashOfQuote(quote),
      );
    });

    it('takes its place among the batches of other recorders, and the plan then in force', async () => {
      const shop = await loadFixture(usualShop);
      const { company, storefront } = shop;
      await company.record([{ seller: ID.A, volume: 1 }]);
      await company.asAdmin.announcePlan({ ...company.options.plan, ratesBps: [[100]] });
      await time.increase(company.options.planNotice);
      const hash = await shop.bought();
      await company.record([{ seller: ID.A, volume: 1 }]);
      const order = await storefront.orderOf(hash);
      expect([order.batch, order.plan, order.reserved]).to.deep.equal([FIRST_BATCH, 2n, 1_000_000n]);
      await shop.passWindow(hash);
      await storefront.complete(hash);
      expect(await storefront.solvency()).to.deep.equal([199_000_000n, 0n, MARGIN, 149_000_000n]);
    });

    it('records buyer class and seller as they are quoted', async () => {
      const shop = await loadFixture(usualShop);
      const quote = shop.quote({ buyerClass: 2n, seller: BigInt(ID.walletless) });
      const hash = await shop.bought(quote);
      // Own purchases count a quarter.
      const order = await shop.storefront.orderOf(hash);
      expect([order.seller, order.reserved]).to.deep.equal([BigInt(ID.walletless), 10_250_000n]);
      await shop.passWindow(hash);
      await expect(shop.settle(quote)).to.emit(shop.company.ledger, 'SaleSettled');
      await foldJournal(shop.company.ledger);
    });

    it('sells at the highest price there is', async () => {
      const shop = await loadFixture(usualShop);
      const { company, storefront } = shop;
      const most = 2n ** 32n - 1n;
      await company.token.mint(shop.buyer, most * 10_000n);
      await company.fund(most * 4_100n);
      const quote = shop.quote({ priceCents: most, volumeCents: most, marginCents: most - 1_760_936_591n });
      const hash = await shop.bought(quote);
      await shop.passWindow(hash);
      await storefront.complete(hash);
      const { margins, rest } = await storefront.solvency();
      expect(margins + rest).to.equal(most * (10_000n - 4_100n));
      expect(await shop.isEven()).to.equal(true);
    });
  });

  describe('a shop without return window', () => {
    it('owes the commissions at once, and anyone completes the order at once', async () => {
      const shop = await loadFixture(shopAtOnce);
      const { company, storefront } = shop;
      const hash = await shop.bought();
      expect(await company.owed(ID.F, ID.E, ID.D, ID.C, ID.B, ID.A)).to.deep.equal(
        [20n, 10n, 5n, 3n, 2n, 1n].map((dollars) => dollars * 1_000_000n),
      );
      await expect(storefront.connect(shop.buyer).returnOrder(hash))
        .to.be.revertedWithCustomError(storefront, 'ReturnWindowOver')
        .withArgs(hash, await shop.endOfWindow(hash));
      await storefront.complete(hash);
      const { free } = await company.ledger.solvency();
      expect(free).to.equal(company.options.float);
      await foldJournal(company.ledger);
    });
  });
});
