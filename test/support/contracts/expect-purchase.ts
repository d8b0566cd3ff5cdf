import { expect } from 'chai';
import type { ContractTransactionResponse } from 'ethers';
import { time } from './chain.ts';
import { ID } from './company.ts';
import { type ExpectedEvent, expectEntries } from './expect-entries.ts';
import { saleNumber } from './records.ts';
import {
  hashOfQuote,
  MARGIN,
  manifestOf,
  PRICE,
  type Quote,
  RESERVED,
  recordsOf,
  type Shop,
  STATE,
  STOREFRONT_CAP,
} from './storefront.ts';

/** Neither money nor order nor entry: as if nothing had been tried. */
export async function expectUntouched(shop: Shop, quote: Quote, call: () => Promise<unknown>): Promise<void> {
  const { ledger, token } = shop.company;
  const facts = async () => [
    await ledger.head(),
    await ledger.recorderOf(shop.storefront),
    await ledger.solvency(),
    await token.balanceOf(shop.buyer),
    await shop.storefront.solvency(),
    (await shop.storefront.orderOf(hashOfQuote(quote))).state,
  ];
  const before = await facts();
  await call();
  expect(await facts()).to.deep.equal(before);
}

/** The purchase has all its effects, and takes exactly the price. */
export async function expectBought(
  shop: Shop,
  quote: Quote,
  send: () => Promise<ContractTransactionResponse>,
) {
  const { storefront, buyer, company } = shop;
  const { ledger, token, unit, options } = company;
  const hash = hashOfQuote(quote);
  const atOnce = options.returnWindow === 0;
  const batch = await company.nextBatch(storefront);
  const before = await ledger.solvency();
  const had = await token.balanceOf(buyer);
  const held = await token.balanceOf(storefront);
  let sent: ContractTransactionResponse | undefined;
  await expectEntries(
    ledger,
    async () => {
      sent = await send();
      return sent;
    },
    (at) => [
      ['BatchRecorded', batch, 1, storefront, at, RESERVED, manifestOf(quote), recordsOf(quote)],
      ...(atOnce ? settled(batch, options.compact) : []),
    ],
  );
  await expect(sent)
    .to.emit(storefront, 'OrderPaid')
    .withArgs(hash, buyer, batch, quote.product, ID.F, PRICE, MARGIN, RESERVED);
  expect(await token.balanceOf(buyer)).to.equal(had - PRICE * unit);
  expect(await token.balanceOf(storefront)).to.equal(held + PRICE * unit);
  const recordedAt = BigInt(await time.latest());
  expect(await storefront.orderOf(hash)).to.deep.equal([
    STATE.paid,
    buyer.address,
    BigInt(ID.F),
    batch,
    1n,
    recordedAt,
    recordedAt + BigInt(options.returnWindow),
    PRICE,
    MARGIN,
    RESERVED,
    false,
  ]);
  expect(await storefront.solvency()).to.deep.equal([PRICE, PRICE, 0n, 0n]);
  const after = await ledger.solvency();
  expect(after.held).to.equal(before.held);
  expect(after.free).to.equal(before.free - RESERVED);
  expect(after.reserved + after.owed).to.equal(RESERVED);
  // What is spent is rounded up to what flows back in a 256th of a second.
  const { left, sequence } = await ledger.recorderOf(storefront);
  const drop = STOREFRONT_CAP / 2n / BigInt(256 * options.capPeriod) + 1n;
  expect(left).to.be.within(STOREFRONT_CAP / 2n - RESERVED - drop, STOREFRONT_CAP / 2n - RESERVED);
  expect(sequence).to.equal(batch & 0xffffffn);
}

/** What a ledger without window logs besides; what each level is paid is the ledger's own tests' business. */
function settled(batch: bigint, compact: boolean): ExpectedEvent[] {
  const end: ExpectedEvent = ['BatchSettled', batch, 0, 1, RESERVED, 0, undefined];
  return compact ? [end] : [['SaleSettled', saleNumber(batch, 0), ID.F, 10_000, undefined], end];
}
