import { expect } from 'chai';
import { ZeroAddress, ZeroHash } from 'ethers';
import { ethers, HOUR, loadFixture, time } from '../support/contracts/chain.ts';
import { applyLeaving } from '../support/contracts/changes.ts';
import { ID } from '../support/contracts/company.ts';
import { refusesOtherSignatures } from '../support/contracts/signature.behavior.ts';
import {
  hashOfQuote,
  openShop,
  type Quote,
  type Shop,
  STATE,
  usualShop,
} from '../support/contracts/storefront.ts';

const MAX = 2n ** 32n - 1n;

async function withoutFloat() {
  return openShop({ float: 40_999_999n });
}

describe('Storefront', () => {
  describe('a quote', () => {
    const ranges: [field: keyof Quote, most: bigint][] = [
      ['seller', 2n ** 26n - 1n],
      ['buyerClass', 2n],
      ['priceCents', MAX],
      ['volumeCents', MAX],
      ['marginCents', MAX],
    ];
    for (const [field, most] of ranges) {
      it(`is refused with ${field} above ${most}`, async () => {
        const shop = await loadFixture(usualShop);
        for (const given of [most + 1n, 2n ** 255n]) {
          await expect(shop.buy(shop.quote({ [field]: given })))
            .to.be.revertedWithCustomError(shop.storefront, 'QuoteOutOfRange')
            .withArgs(field, given, most);
        }
      });
    }

    it('is refused to anybody but the buyer it names', async () => {
      const shop = await loadFixture(usualShop);
      const quote = shop.quote({ buyer: shop.buyer.address });
      await shop.allow(quote, shop.otherBuyer);
      await expect(shop.buy(quote, shop.otherBuyer))
        .to.be.revertedWithCustomError(shop.storefront, 'WrongBuyer')
        .withArgs(shop.otherBuyer, shop.buyer);
      const authorization = await shop.authorization(quote, {}, shop.otherBuyer);
      await expect(shop.storefront.buyWithAuthorization(quote, await shop.sign(quote), authorization))
        .to.be.revertedWithCustomError(shop.storefront, 'WrongBuyer')
        .withArgs(shop.otherBuyer, shop.buyer);
      await shop.bought(quote);
    });

    it('is refused when it has been bought, by whomever and in whatever state the order is', async () => {
      const shop = await loadFixture(usualShop);
      const { storefront } = shop;
      const [paid, returned, completed] = [shop.quote(), shop.quote(), shop.quote()];
      await shop.completed(completed);
      await shop.bought(paid);
      await storefront.connect(shop.buyer).returnOrder(await shop.bought(returned));
      for (const quote of [paid, returned, completed]) {
        await shop.allow(quote, shop.otherBuyer);
        await expect(shop.buy(quote, shop.otherBuyer))
          .to.be.revertedWithCustomError(storefront, 'QuoteUsed')
          .withArgs(hashOfQuote(quote));
      }
    });

    it('is refused when its signer is no quoter, or no longer', async () => {
      const shop = await loadFixture(usualShop);
      const { storefront, company, quoter } = shop;
      const quote = shop.quote();
      for (const signer of [company.distributors.admin, company.distributors.recorder, shop.buyer]) {
        await expect(storefront.connect(shop.buyer).buy(quote, await shop.sign(quote, signer)))
          .to.be.revertedWithCustomError(storefront, 'NotQuoter')
          .withArgs(signer);
      }
      await company.asAdmin.revokeRole(await company.ledger.QUOTER_ROLE(), quoter);
      await expect(shop.buy(quote)).to.be.revertedWithCustomError(storefront, 'NotQuoter').withArgs(quoter);
    });

    it('is refused for a seller who is nobody', async () => {
      const shop = await loadFixture(usualShop);
      for (const seller of [0, 3, ID.emptyLane, 20, 2 ** 26 - 1]) {
        await expect(shop.buy(shop.quote({ seller: BigInt(seller) })))
          .to.be.revertedWithCustomError(shop.company.ledger, 'UnknownDistributor')
          .withArgs(seller);
      }
    });

    it('is refused for a seller who has left', async () => {
      const shop = await loadFixture(usualShop);
      const { distributors } = shop.company;
      await applyLeaving(shop.company, distributors.wallets.F);
      await expect(shop.buy(shop.quote()))
        .to.be.revertedWithCustomError(shop.storefront, 'SellerGone')
        .withArgs(ID.F);
    });

    it('is refused without price, or with more volume than price, as the ledger says', async () => {
      const shop = await loadFixture(usualShop);
      const { ledger } = shop.company;
      await expect(shop.buy(shop.quote({ priceCents: 0n, volumeCents: 0n })))
        .to.be.revertedWithCustomError(ledger, 'ZeroPrice')
        .withArgs(0);
      await expect(shop.buy(shop.quote({ volumeCents: 20_001n })))
        .to.be.revertedWithCustomError(ledger, 'VolumeAbovePrice')
        .withArgs(0, 20_000, 20_001);
    });

    it('is refused when margin and commissions could be more than the price, by a cent', async () => {
      const shop = await loadFixture(usualShop);
      // 10,000 cents of volume reserve 4,100 cents.
      const quote = shop.quote({ marginCents: 15_901n });
      await shop.allow(quote);
      await expect(shop.buy(quote))
        .to.be.revertedWithCustomError(shop.storefront, 'PriceTooLow')
        .withArgs(200_000_000, 159_010_000, 41_000_000);
      const hash = await shop.bought(shop.quote({ marginCents: 15_900n }));
      await shop.passWindow(hash);
      await expect(shop.storefront.complete(hash))
        .to.emit(shop.storefront, 'OrderCompleted')
        .withArgs(hash, ID.F, 159_000_000, 41_000_000, 0);
      expect(await shop.isEven()).to.equal(true);
    });

    it('is refused while the ledger is paused, has too little float, or does not let the storefront record', async () => {
      const shop = await loadFixture(withoutFloat);
      const { ledger, asAdmin } = shop.company;
      const { storefront } = shop;
      const quote = shop.quote();
      await shop.allow(quote);
      await expect(shop.buy(quote))
        .to.be.revertedWithCustomError(ledger, 'FloatTooLow')
        .withArgs(40_999_999, 41_000_000);
      await shop.company.fund(1n);
      await asAdmin.setRecorder(storefront, 2 * 40_999_999, 10);
      await expect(shop.buy(quote))
        .to.be.revertedWithCustomError(ledger, 'CapExceeded')
        .withArgs(40_999_999, 41_000_000);
      await asAdmin.setRecorder(storefront, 0, 0);
      await expect(shop.buy(quote)).to.be.revertedWithCustomError(ledger, 'CountExceeded').withArgs(0, 1);
      await shop.company.setRecorder(storefront, 82_000_000n);
      await asAdmin.setPaused(true);
      await expect(shop.buy(quote)).to.be.revertedWithCustomError(ledger, 'RecordingPaused');
      await asAdmin.setPaused(false);
      expect(await shop.company.token.balanceOf(storefront)).to.equal(0);
      await expect(shop.buy(quote)).to.emit(storefront, 'OrderPaid');
    });

    it('may be signed by a contract that is a quoter', async () => {
      const shop = await loadFixture(usualShop);
      const { company, storefront, buyer } = shop;
      const contract = await ethers.deployContract('SigningWallet', [shop.relayer]);
      const quoter = await contract.getAddress();
      const quote = shop.quote();
      await shop.allow(quote);
      const { signature } = await shop.sign(quote, shop.relayer);
      await expect(storefront.connect(buyer).buy(quote, { quoter, signature }))
        .to.be.revertedWithCustomError(storefront, 'NotQuoter')
        .withArgs(quoter);
      const grant = [await company.ledger.QUOTER_ROLE(), quoter] as const;
      await company.prepare('grantRole', ...grant);
      await company.asAdmin.grantRole(...grant);
      const wrong = await shop.sign(quote, shop.quoter);
      await expect(storefront.connect(buyer).buy(quote, { quoter, signature: wrong.signature }))
        .to.be.revertedWithCustomError(storefront, 'WrongSignature')
        .withArgs(quoter);
      await storefront.connect(buyer).buy(quote, { quoter, signature });
      expect((await storefront.orderOf(hashOfQuote(quote))).state).to.equal(STATE.paid);
    });
  });

  describe('the signature of a quote', () => {
    refusesOtherSignatures<Shop, Quote>({
      by: 'the quoter',
      fixture: usualShop,
      contractOf: ({ storefront }) => storefront,
      messageOf: async (shop) => {
        const quote = shop.quote({ expiry: BigInt(await time.latest()) + BigInt(HOUR) });
        await shop.allow(quote);
        return quote;
      },
      signerOf: ({ quoter }) => quoter,
      signed: async (shop, quote, signer, domain) => (await shop.sign(quote, signer, domain)).signature,
      send: ({ storefront, buyer, quoter }, quote, signature) =>
        storefront.connect(buyer).buy(quote, { quoter: quoter.address, signature }),
      othersOf: ({ buyer }) => [buyer],
      elsewhere: async ({ company }) => {
        const other = await ethers.deployContract('Storefront', [company.ledger]);
        return other.getAddress();
      },
      changesOf: ({ buyer }) => [
        { product: ZeroHash },
        { seller: BigInt(ID.E) },
        { buyerClass: 1n },
        { priceCents: 19_999n },
        { volumeCents: 9_999n },
        { marginCents: 5_001n },
        { buyer: buyer.address },
        { expiry: 2n ** 41n },
        { salt: ZeroHash },
      ],
      deadline: { field: 'expiry', error: 'QuoteExpired' },
      expectDone: async ({ storefront }, quote) => {
        expect((await storefront.orderOf(hashOfQuote(quote))).state).to.equal(STATE.paid);
      },
    });
  });

  describe('quoteHash', () => {
    it('is the struct hash by EIP-712, under the domain that the storefront names', async () => {
      const shop = await loadFixture(usualShop);
      const quote = shop.quote({ buyer: shop.buyer.address });
      expect(await shop.storefront.quoteHash(quote)).to.equal(hashOfQuote(quote));
      const { name, version, chainId, verifyingContract } = await shop.storefront.eip712Domain();
      expect({ name, version, chainId, verifyingContract }).to.deep.equal(await shop.domain());
    });
  });

  describe('orderOf', () => {
    it('is all zeros for a quote that has not been bought', async () => {
      const shop = await loadFixture(usualShop);
      const order = await shop.storefront.orderOf(hashOfQuote(shop.quote()));
      expect(order).to.deep.equal([0n, ZeroAddress, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, false]);
    });
  });

  describe('the storefront itself', () => {
    it('cannot be without ledger', async () => {
      const shop = await loadFixture(usualShop);
      for (const ledger of [ZeroAddress, shop.buyer.address, await shop.company.token.getAddress()]) {
        await expect(ethers.deployContract('Storefront', [ledger])).to.revert(ethers);
      }
    });

    it('names its ledger and takes no ether', async () => {
      const shop = await loadFixture(usualShop);
      expect(await shop.storefront.ledger()).to.equal(shop.company.ledger);
      await expect(shop.relayer.sendTransaction({ to: shop.storefront, value: 1 })).to.revert(ethers);
    });
  });
});
