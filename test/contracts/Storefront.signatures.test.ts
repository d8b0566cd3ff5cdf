import { expect } from 'chai';
import { Signature, ZeroHash } from 'ethers';
import { ethers, loadFixture, time } from '../support/contracts/chain.ts';
import { expectBought, expectUntouched } from '../support/contracts/expect-purchase.ts';
import {
  feeShop,
  hashOfQuote,
  PRICE,
  shopsAtOnce,
  shopsWithWindow,
  silentShop,
  usualShop,
} from '../support/contracts/storefront.ts';

describe('Storefront', () => {
  describe('buyWithPermit', () => {
    it('refuses a permit that is not good, and no allowance either', async () => {
      const shop = await loadFixture(usualShop);
      const { token } = shop.company;
      const { storefront, buyer } = shop;
      const quote = shop.quote();
      const signed = await shop.sign(quote);
      const permits = [
        await shop.permit(quote, BigInt(await time.latest()) - 1n),
        await shop.permit(quote, undefined, shop.otherBuyer),
        await shop.permit(shop.quote({ priceCents: 19_999n })),
      ];
      for (const permit of permits) {
        await expectUntouched(shop, quote, () =>
          expect(storefront.connect(buyer).buyWithPermit(quote, signed, permit))
            .to.be.revertedWithCustomError(token, 'ERC20InsufficientAllowance')
            .withArgs(storefront, 0, PRICE),
        );
      }
    });

    it('refuses another account’s permit: the caller pays', async () => {
      const shop = await loadFixture(usualShop);
      const quote = shop.quote();
      await expect(
        shop.storefront
          .connect(shop.otherBuyer)
          .buyWithPermit(quote, await shop.sign(quote), await shop.permit(quote)),
      )
        .to.be.revertedWithCustomError(shop.company.token, 'ERC20InsufficientAllowance')
        .withArgs(shop.storefront, 0, PRICE);
    });

    it('refuses a price out of range before it looks at the permit', async () => {
      const shop = await loadFixture(usualShop);
      const quote = shop.quote({ priceCents: 2n ** 255n });
      const permit = await shop.permit(shop.quote());
      await expect(shop.storefront.connect(shop.buyer).buyWithPermit(quote, await shop.sign(quote), permit))
        .to.be.revertedWithCustomError(shop.storefront, 'QuoteOutOfRange')
        .withArgs('priceCents', 2n ** 255n, 2n ** 32n - 1n);
    });

    for (const { form, fixture } of [...shopsWithWindow, ...shopsAtOnce]) {
      it(`takes the price in one transaction in ${form}`, async () => {
        const shop = await loadFixture(fixture);
        const quote = shop.quote();
        const [signed, permit] = [await shop.sign(quote), await shop.permit(quote)];
        await expectBought(shop, quote, () =>
          shop.storefront.connect(shop.buyer).buyWithPermit(quote, signed, permit),
        );
        expect(await shop.company.token.allowance(shop.buyer, shop.storefront)).to.equal(0);
      });
    }

    it('works when another account has brought the permit before', async () => {
      const shop = await loadFixture(usualShop);
      const { storefront, buyer, company } = shop;
      const quote = shop.quote();
      const { deadline, v, r, s } = await shop.permit(quote);
      await company.token.permit(buyer, storefront, PRICE, deadline, v, r, s);
      const signed = await shop.sign(quote);
      await expectBought(shop, quote, () =>
        storefront.connect(buyer).buyWithPermit(quote, signed, { deadline, v, r, s }),
      );
    });

    it('works from an allowance with a token that knows no permits', async () => {
      const shop = await loadFixture(silentShop);
      const quote = shop.quote();
      await shop.allow(quote);
      const signed = await shop.sign(quote);
      const permit = { deadline: 0, v: 0, r: ZeroHash, s: ZeroHash };
      await expectBought(shop, quote, () =>
        shop.storefront.connect(shop.buyer).buyWithPermit(quote, signed, permit),
      );
    });
  });

  describe('buyWithAuthorization', () => {
    it('refuses an authorization for another quote, amount, receiver or time', async () => {
      const shop = await loadFixture(usualShop);
      const { storefront, company } = shop;
      const quote = shop.quote();
      const signed = await shop.sign(quote);
      const now = BigInt(await time.latest());
      const changes = [
        { nonce: hashOfQuote(shop.quote()) },
        { value: PRICE - 1n },
        { to: shop.relayer.address },
        { from: shop.otherBuyer.address },
      ];
      for (const change of changes) {
        const authorization = await shop.authorization(quote, change);
        await expectUntouched(shop, quote, () =>
          expect(storefront.buyWithAuthorization(quote, signed, authorization)).to.be.revertedWithCustomError(
            company.token,
            'ERC3009InvalidSignature',
          ),
        );
      }
      for (const times of [
        { validAfter: 0n, validBefore: now },
        { validAfter: now + 1_000n, validBefore: now + 2_000n },
      ]) {
        await expect(storefront.buyWithAuthorization(quote, signed, await shop.authorization(quote, times)))
          .to.be.revertedWithCustomError(company.token, 'ERC3009InvalidAuthorizationTime')
          .withArgs(times.validAfter, times.validBefore);
      }
    });

    it('refuses an authorization that names another account as the buyer', async () => {
      const shop = await loadFixture(usualShop);
      const quote = shop.quote();
      const authorization = await shop.authorization(quote);
      await expect(
        shop.storefront.buyWithAuthorization(quote, await shop.sign(quote), {
          ...authorization,
          buyer: shop.otherBuyer.address,
        }),
      ).to.be.revertedWithCustomError(shop.company.token, 'ERC3009InvalidSignature');
    });

    it('refuses one that was used: the quote is, and at the token the number is', async () => {
      const shop = await loadFixture(usualShop);
      const { storefront, company, buyer } = shop;
      const quote = shop.quote();
      const signed = await shop.sign(quote);
      const authorization = await shop.authorization(quote);
      await storefront.buyWithAuthorization(quote, signed, authorization);
      await expect(storefront.buyWithAuthorization(quote, signed, authorization))
        .to.be.revertedWithCustomError(storefront, 'QuoteUsed')
        .withArgs(hashOfQuote(quote));
      expect(await company.token.authorizationState(buyer, hashOfQuote(quote))).to.equal(true);

      // A number that the buyer has cancelled at the token.
      const second = shop.quote();
      const { v, r, s } = Signature.from(
        await buyer.signTypedData(
          await shop.tokenDomain(),
          {
            CancelAuthorization: [
              { name: 'authorizer', type: 'address' },
              { name: 'nonce', type: 'bytes32' },
            ],
          },
          { authorizer: buyer.address, nonce: hashOfQuote(second) },
        ),
      );
      await company.token.cancelAuthorization(buyer, hashOfQuote(second), v, r, s);
      await expect(
        storefront.buyWithAuthorization(second, await shop.sign(second), await shop.authorization(second)),
      )
        .to.be.revertedWithCustomError(company.token, 'ERC3009UsedAuthorization')
        .withArgs(buyer, hashOfQuote(second));
    });

    it('cannot be brought to the token without the storefront', async () => {
      const shop = await loadFixture(usualShop);
      const { storefront, company, buyer } = shop;
      const quote = shop.quote();
      const { validAfter, validBefore, v, r, s } = await shop.authorization(quote);
      const hash = hashOfQuote(quote);
      await expect(
        company.token
          .connect(shop.relayer)
          .receiveWithAuthorization(buyer, storefront, PRICE, validAfter, validBefore, hash, v, r, s),
      )
        .to.be.revertedWithCustomError(company.token, 'ERC20InvalidReceiver')
        .withArgs(storefront);
      await expect(
        company.token.transferWithAuthorization(
          buyer,
          storefront,
          PRICE,
          validAfter,
          validBefore,
          hash,
          v,
          r,
          s,
        ),
      ).to.be.revertedWithCustomError(company.token, 'ERC3009InvalidSignature');
    });

    it('refuses a token that takes a fee, and one that knows no authorizations', async () => {
      const fees = await loadFixture(feeShop);
      const quote = fees.quote({ volumeCents: 1_000n });
      await expect(
        fees.storefront.buyWithAuthorization(quote, await fees.sign(quote), await fees.authorization(quote)),
      )
        .to.be.revertedWithCustomError(fees.storefront, 'PriceNotReceived')
        .withArgs(198_000_000, 200_000_000);

      const silent = await loadFixture(silentShop);
      const other = silent.quote();
      const authorization = { ...(await fees.authorization(quote)), buyer: silent.buyer.address };
      await expectUntouched(silent, other, async () =>
        expect(
          silent.storefront.buyWithAuthorization(other, await silent.sign(other), authorization),
        ).to.be.revertedWithoutReason(ethers),
      );
    });

    for (const { form, fixture } of [...shopsWithWindow, ...shopsAtOnce]) {
      it(`takes the price when a relayer brings it in ${form}`, async () => {
        const shop = await loadFixture(fixture);
        const quote = shop.quote();
        const [signed, authorization] = [await shop.sign(quote), await shop.authorization(quote)];
        await expectBought(shop, quote, () =>
          shop.storefront.connect(shop.relayer).buyWithAuthorization(quote, signed, authorization),
        );
      });
    }
  });
});
