import { expect } from 'chai';
import { ZeroHash } from 'ethers';
import type { FreezableDollar } from '../../types/mocks/FreezableDollar.ts';
import type { ReentrantDollar } from '../../types/mocks/ReentrantDollar.ts';
import { chunkReversals, recordsAfter } from '../support/contracts/batch-tree.ts';
import { loadFixture, time } from '../support/contracts/chain.ts';
import { ID } from '../support/contracts/company.ts';
import { expectEntries } from '../support/contracts/expect-entries.ts';
import { foldJournal } from '../support/contracts/journal.ts';
import { type Reversal, saleNumber } from '../support/contracts/records.ts';
import { outcomesByGas } from '../support/contracts/starve.ts';
import {
  FIRST_BATCH,
  hashOfQuote,
  openShop,
  PRICE,
  type Quote,
  RESERVED,
  recordsOf,
  type Shop,
  STATE,
  STOREFRONT_CAP,
  shopAtOnce,
  shopsWithWindow,
  usualShop,
} from '../support/contracts/storefront.ts';

async function freezes() {
  return openShop({ token: 'FreezableDollar' });
}
async function reenters() {
  return openShop({ token: 'ReentrantDollar' });
}

const WHOLE: Reversal = { index: 0, price: 20_000, volume: 10_000 };

/** The buyer is paid although the ledger refuses, for this reason, to take the sale back. */
async function expectRefundedOnly(
  shop: Shop,
  quote: Quote,
  error: string,
  argsOf: () => Promise<unknown[]>,
): Promise<void> {
  const { storefront, buyer, company } = shop;
  const { ledger, token } = company;
  const hash = hashOfQuote(quote);
  const { batch } = await storefront.orderOf(hash);
  const [had, head] = [await token.balanceOf(buyer), await ledger.head()];
  const sent = await storefront.connect(buyer).returnOrder(hash);
  await expect(sent).to.emit(storefront, 'OrderReturned').withArgs(hash, buyer, PRICE);
  await expect(sent)
    .to.emit(storefront, 'TakingBackFailed')
    .withArgs(
      hash,
      batch,
      ledger.interface.encodeErrorResult(error as 'CapExceeded', (await argsOf()) as never),
    );
  await expect(sent).not.to.emit(storefront, 'SaleTakenBack');
  expect(await token.balanceOf(buyer)).to.equal(had + PRICE);
  expect(await ledger.head()).to.equal(head);
  const order = await storefront.orderOf(hash);
  expect([order.state, order.takenBack]).to.deep.equal([STATE.returned, false]);
  expect(await shop.isEven()).to.equal(true);
}

describe('Storefront', () => {
  describe('returnOrder', () => {
    it('refuses an order that was not paid, or not any more', async () => {
      const shop = await loadFixture(usualShop);
      const asBuyer = shop.storefront.connect(shop.buyer);
      const completed = await shop.completed();
      const returned = await shop.bought();
      await asBuyer.returnOrder(returned);
      for (const [hash, state] of [
        [ZeroHash, STATE.none],
        [hashOfQuote(shop.quote()), STATE.none],
        [returned, STATE.returned],
        [completed, STATE.completed],
      ] as const) {
        await expect(asBuyer.returnOrder(hash))
          .to.be.revertedWithCustomError(shop.storefront, 'UnexpectedState')
          .withArgs(hash, state, STATE.paid);
      }
    });

    it('refuses anybody but the buyer', async () => {
      const shop = await loadFixture(usualShop);
      const { storefront, company } = shop;
      const quote = shop.quote();
      await storefront.buyWithAuthorization(quote, await shop.sign(quote), await shop.authorization(quote));
      for (const caller of [
        shop.relayer,
        shop.otherBuyer,
        company.distributors.admin,
        company.distributors.recorder,
      ]) {
        await expect(storefront.connect(caller).returnOrder(hashOfQuote(quote)))
          .to.be.revertedWithCustomError(storefront, 'NotBuyer')
          .withArgs(caller, shop.buyer);
      }
    });

    it('refuses from the second in which the window ends', async () => {
      const shop = await loadFixture(usualShop);
      const hash = await shop.bought();
      await shop.passWindow(hash);
      await expect(shop.storefront.connect(shop.buyer).returnOrder(hash))
        .to.be.revertedWithCustomError(shop.storefront, 'ReturnWindowOver')
        .withArgs(hash, await shop.endOfWindow(hash));
    });

    it('refuses at once where there is no window', async () => {
      const shop = await loadFixture(shopAtOnce);
      const hash = await shop.bought();
      await expect(shop.storefront.connect(shop.buyer).returnOrder(hash))
        .to.be.revertedWithCustomError(shop.storefront, 'ReturnWindowOver')
        .withArgs(hash, await shop.endOfWindow(hash));
    });

    it('refuses while the token does not pay the buyer, and the order stays paid', async () => {
      const shop = await loadFixture(freezes);
      const token = shop.company.token as unknown as FreezableDollar;
      const hash = await shop.bought();
      await token.setFrozen(shop.buyer, true);
      await expect(shop.storefront.connect(shop.buyer).returnOrder(hash))
        .to.be.revertedWithCustomError(token, 'Frozen')
        .withArgs(shop.buyer);
      expect((await shop.storefront.orderOf(hash)).state).to.equal(STATE.paid);
      await token.setFrozen(shop.buyer, false);
      await shop.storefront.connect(shop.buyer).returnOrder(hash);
    });

    it('refuses a token that calls back', async () => {
      const shop = await loadFixture(reenters);
      const hash = await shop.bought();
      const data = shop.storefront.interface.encodeFunctionData('returnOrder', [hash]);
      await (shop.company.token as unknown as ReentrantDollar).callBack(shop.storefront, data);
      await expect(shop.storefront.connect(shop.buyer).returnOrder(hash)).to.be.revertedWithCustomError(
        shop.storefront,
        'ReentrancyGuardReentrantCall',
      );
    });

    for (const { form, fixture } of shopsWithWindow) {
      it(`pays back the whole price and takes the sale back in ${form}`, async () => {
        const shop = await loadFixture(fixture);
        const { storefront, buyer, company } = shop;
        const { ledger, token, unit, options } = company;
        const had = await token.balanceOf(buyer);
        const kept = await shop.bought();
        const quote = shop.quote();
        const hash = await shop.bought(quote);
        // The last second in which it can be returned; the other order's ends before it.
        await time.setNextBlockTimestamp((await shop.endOfWindow(hash)) - 1n);
        const returning = storefront.connect(buyer);
        let sent: Awaited<ReturnType<typeof returning.returnOrder>> | undefined;
        await expectEntries(ledger, async () => {
          sent = await returning.returnOrder(hash);
          return sent;
        }, [['SaleReversed', saleNumber(FIRST_BATCH + 1n, 0), ID.F, 20_000, 10_000]]);
        await expect(sent).to.emit(storefront, 'OrderReturned').withArgs(hash, buyer, PRICE);
        await expect(sent)
          .to.emit(storefront, 'SaleTakenBack')
          .withArgs(hash, FIRST_BATCH + 1n);
        await expect(sent).not.to.emit(storefront, 'TakingBackFailed');
        expect(await token.balanceOf(buyer)).to.equal(had - PRICE * unit);
        expect(await storefront.solvency()).to.deep.equal([PRICE, PRICE, 0n, 0n]);
        const order = await storefront.orderOf(hash);
        expect([order.state, order.takenBack]).to.deep.equal([STATE.returned, true]);
        expect((await storefront.orderOf(kept)).state).to.equal(STATE.paid);
        const { free, reserved } = await ledger.solvency();
        expect([free, reserved]).to.deep.equal([options.float - RESERVED, RESERVED]);

        await time.increase(1);
        await shop.settle(quote, recordsAfter(recordsOf(quote), [WHOLE]));
        expect((await foldJournal(ledger)).head).to.equal(await ledger.head());
        expect(await company.owed(ID.F, ID.E)).to.deep.equal([0n, 0n]);
      });
    }

    it('pays while recording is paused', async () => {
      const shop = await loadFixture(usualShop);
      const hash = await shop.bought();
      await shop.company.asAdmin.setPaused(true);
      await shop.storefront.connect(shop.buyer).returnOrder(hash);
      expect((await shop.storefront.orderOf(hash)).takenBack).to.equal(true);
    });

    it('does not let the buyer keep the sale in the ledger with too little gas', async () => {
      const shop = await loadFixture(usualShop);
      const hash = await shop.bought();
      const { returnOrder, orderOf, interface: contract } = shop.storefront.connect(shop.buyer);
      const outcomes = await outcomesByGas({
        needed: await returnOrder.estimateGas(hash),
        ask: (gasLimit) => returnOrder.staticCall(hash, { gasLimit }),
        send: async (gasLimit) => (await returnOrder(hash, { gasLimit })).wait(),
        look: async () => ((await orderOf(hash)).takenBack ? 'taken back' : 'kept'),
        interface: contract,
      });
      expect(outcomes).to.deep.equal(['TooLittleGas', 'taken back', 'without a word']);
    });

    it('is the only way to take the sale back: no other recorder can', async () => {
      const shop = await loadFixture(usualShop);
      const { company, storefront } = shop;
      const quote = shop.quote();
      const hash = await shop.bought(quote);
      const { batch, plan, recordedAt } = await storefront.orderOf(hash);
      const chunks = chunkReversals(recordsOf(quote), [WHOLE]);
      await expect(company.asRecorder.reverse(batch, plan, recordedAt, 1, chunks))
        .to.be.revertedWithCustomError(company.ledger, 'NotBatchRecorder')
        .withArgs(batch, company.distributors.recorder);
      await storefront.connect(shop.buyer).returnOrder(hash);
      expect((await storefront.orderOf(hash)).takenBack).to.equal(true);
    });

    it('pays although the storefront’s allowance for returns is used up, or was taken away', async () => {
      const shop = await loadFixture(usualShop);
      const { company, storefront, buyer } = shop;
      const [first, second, third] = [shop.quote(), shop.quote(), shop.quote()];
      for (const quote of [first, second, third]) await shop.bought(quote);
      await company.asAdmin.setRecorder(storefront, 2n * (RESERVED + 1n), 10);
      await storefront.connect(buyer).returnOrder(hashOfQuote(first));
      await expectRefundedOnly(shop, second, 'CapExceeded', async () => [
        (await company.ledger.recorderOf(storefront)).returnsLeft,
        RESERVED,
      ]);
      await company.asAdmin.setRecorder(storefront, 0, 0);
      await expectRefundedOnly(shop, third, 'CapExceeded', async () => [0n, RESERVED]);
    });

    it('costs the company the commissions of a sale that is never taken back, and no more', async () => {
      const shop = await loadFixture(usualShop);
      const { company, storefront } = shop;
      const quote = shop.quote();
      const hash = await shop.bought(quote);
      await company.asAdmin.setRecorder(storefront, 0, 0);
      await storefront.connect(shop.buyer).returnOrder(hash);
      await shop.passWindow(hash);
      await shop.settle(quote);
      const { free, reserved, owed } = await company.ledger.solvency();
      expect([free, reserved, owed]).to.deep.equal([company.options.float - RESERVED, 0n, RESERVED]);
      expect(await storefront.solvency()).to.deep.equal([0n, 0n, 0n, 0n]);
      await foldJournal(company.ledger);
    });
  });

  describe('takeBack', () => {
    /** An order that was returned while the storefront was no recorder; it is one again. */
    async function returnedOnly() {
      const shop = await usualShop();
      const { company, storefront } = shop;
      const quote = shop.quote();
      const hash = await shop.bought(quote);
      await company.asAdmin.setRecorder(storefront, 0, 0);
      await storefront.connect(shop.buyer).returnOrder(hash);
      await company.setRecorder(storefront, 2n * RESERVED);
      return { shop, quote, hash };
    }

    it('refuses an order that was not returned', async () => {
      const shop = await loadFixture(usualShop);
      const completed = await shop.completed();
      for (const [hash, state] of [
        [ZeroHash, STATE.none],
        [await shop.bought(), STATE.paid],
        [completed, STATE.completed],
      ] as const) {
        await expect(shop.storefront.takeBack(hash))
          .to.be.revertedWithCustomError(shop.storefront, 'UnexpectedState')
          .withArgs(hash, state, STATE.returned);
      }
    });

    it('refuses a second time', async () => {
      const { shop, hash } = await loadFixture(returnedOnly);
      await shop.company.setRecorder(shop.storefront, STOREFRONT_CAP);
      const taken = await shop.bought();
      await shop.storefront.connect(shop.buyer).returnOrder(taken);
      await shop.storefront.takeBack(hash);
      for (const quote of [hash, taken]) {
        await expect(shop.storefront.takeBack(quote))
          .to.be.revertedWithCustomError(shop.storefront, 'AlreadyTakenBack')
          .withArgs(quote);
      }
    });

    it('refuses what the ledger refuses: above the allowance for returns, and too late', async () => {
      const { shop, hash } = await loadFixture(returnedOnly);
      const { storefront, company } = shop;
      await company.asAdmin.setRecorder(storefront, 2n * RESERVED - 2n, 10);
      await expect(storefront.takeBack(hash))
        .to.be.revertedWithCustomError(company.ledger, 'CapExceeded')
        .withArgs(RESERVED - 1n, RESERVED);
      await company.asAdmin.setRecorder(storefront, 0, 0);
      await expect(storefront.takeBack(hash))
        .to.be.revertedWithCustomError(company.ledger, 'CapExceeded')
        .withArgs(0, RESERVED);
      await company.setRecorder(storefront, 2n * RESERVED);
      await shop.passWindow(hash);
      await expect(storefront.takeBack(hash))
        .to.be.revertedWithCustomError(company.ledger, 'ReturnWindowOver')
        .withArgs(FIRST_BATCH, await shop.endOfWindow(hash));
      expect((await storefront.orderOf(hash)).takenBack).to.equal(false);
    });

    it('lets anyone take the sale back inside the window, at no cost', async () => {
      const { shop, hash } = await loadFixture(returnedOnly);
      const { storefront, company } = shop;
      await time.setNextBlockTimestamp((await shop.endOfWindow(hash)) - 1n);
      let sent: Awaited<ReturnType<typeof storefront.takeBack>> | undefined;
      await expectEntries(company.ledger, async () => {
        sent = await storefront.takeBack(hash);
        return sent;
      }, [['SaleReversed', saleNumber(FIRST_BATCH, 0), ID.F, 20_000, 10_000]]);
      await expect(sent).to.emit(storefront, 'SaleTakenBack').withArgs(hash, FIRST_BATCH);
      expect((await storefront.orderOf(hash)).takenBack).to.equal(true);
      const { free, reserved } = await company.ledger.solvency();
      expect([free, reserved]).to.deep.equal([company.options.float, 0n]);
    });
  });
});
