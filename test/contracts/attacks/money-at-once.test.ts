/** Money that a key, or a buyer, could take at once, and keys that went on after they were stopped. */
import { expect } from 'chai';
import { type Interface, keccak256, ZeroAddress } from 'ethers';
import type { TreacherousDollar } from '../../../types/mocks/TreacherousDollar.ts';
import { DAY, ethers, loadFixture, time } from '../../support/contracts/chain.ts';
import { type Company, EVIDENCE, ID, REASON, readable } from '../../support/contracts/company.ts';
import { encodeBalances } from '../../support/contracts/records.ts';
import {
  hashOfQuote,
  openShop,
  PRICE,
  RESERVED,
  type Shop,
  STATE,
} from '../../support/contracts/storefront.ts';

const { A, F, root } = ID;
/** A distributor whose wallet is a contract that the token calls when it is paid. */
const HOOKED = 16;

/** The hooked distributor is owed something, and has bought an order. */
async function hookedBuyer() {
  const shop = await openShop({ token: 'TreacherousDollar' });
  const { company, storefront, buyer } = shop;
  const { token } = company;
  const hooked = await ethers.deployContract('SigningWallet', [buyer]);
  await company.enrol([{ id: HOOKED, sponsor: root, wallet: await hooked.getAddress() }]);
  const paid = await company.record([{ seller: HOOKED, volume: 10_000 }]);
  await company.passWindow(paid);
  await company.settle(paid);

  const quote = shop.quote({ seller: BigInt(HOOKED) });
  await token.mint(hooked, PRICE);
  const buys = [
    [token, token.interface.encodeFunctionData('approve', [await storefront.getAddress(), PRICE])],
    [storefront, storefront.interface.encodeFunctionData('buy', [quote, await shop.sign(quote)])],
  ] as const;
  for (const [target, data] of buys) await hooked.execute(target, data);
  return { shop, hooked, hash: hashOfQuote(quote) };
}

/** The next transfer of the token lets the hooked buyer call the storefront. */
async function plot(shop: Shop, hooked: Awaited<ReturnType<typeof hookedBuyer>>['hooked'], call: string) {
  const { company, storefront } = shop;
  const data = (hooked.interface as Interface).encodeFunctionData('execute', [
    await storefront.getAddress(),
    call,
  ]);
  await (company.token as unknown as TreacherousDollar).plot(hooked, data, false);
}

/** A key that was stolen is stopped with caps of zero; another recorder goes on. */
async function stopped() {
  const company = await readable();
  const { recorder, stranger } = company.distributors;
  await company.setRecorder(stranger, 10n ** 12n);
  await company.asAdmin.setRecorder(recorder, 0, 0);
  await company.withRecorder(stranger).enrol([{ id: HOOKED, sponsor: A }]);
  return company;
}

function correct(company: Company) {
  return company.asRecorder.correctSponsor(HOOKED, ZeroAddress, root, REASON);
}

describe('Attacks on money at once', () => {
  it('the admin and one distributor do not take the float as an opening balance in one block', async () => {
    const { asAdmin, asStranger, ledger, token, distributors, options, delay } = await loadFixture(readable);
    const records = encodeBalances([{ id: F, units: options.float }]);
    const act = (ledger.interface as Interface).encodeFunctionData('openBalances', [records, EVIDENCE]);
    await expect(asAdmin.openBalances(records, EVIDENCE))
      .to.be.revertedWithCustomError(ledger, 'ActNotAnnounced')
      .withArgs(keccak256(act));
    await asAdmin.announce(act);
    await expect(asAdmin.openBalances(records, EVIDENCE)).to.be.revertedWithCustomError(
      ledger,
      'ActTooEarly',
    );
    await time.increase(delay);
    await asAdmin.openBalances(records, EVIDENCE);
    await asStranger.withdraw(distributors.wallets.F);
    expect(await token.balanceOf(ledger)).to.equal(0);
  });

  it('a buyer whom the token calls does not return an order and keep its commission', async () => {
    const { shop, hooked, hash } = await loadFixture(hookedBuyer);
    const { company, storefront } = shop;
    const { ledger, token } = company;
    await plot(shop, hooked, storefront.interface.encodeFunctionData('returnOrder', [hash]));
    // The last second of the window: nobody can take the sale back after it.
    await time.setNextBlockTimestamp((await shop.endOfWindow(hash)) - 1n);
    await company.asStranger.withdraw(hooked);
    expect(await (token as unknown as TreacherousDollar).succeeded()).to.equal(false);
    expect((await storefront.orderOf(hash)).state).to.equal(STATE.paid);
    expect((await ledger.solvency()).reserved).to.equal(RESERVED);
    await storefront.complete(hash);
    expect((await storefront.orderOf(hash)).state).to.equal(STATE.completed);
  });

  it('a recorder’s key that was stopped moves nobody to another sponsor', async () => {
    const company = await loadFixture(stopped);
    await expect(correct(company))
      .to.be.revertedWithCustomError(company.ledger, 'CountExceeded')
      .withArgs(0, 1);
  });

  it('a recorder’s key that was stopped does not cancel what the others correct', async () => {
    const company = await loadFixture(stopped);
    const { ledger, distributors } = company;
    await correct(company.withRecorder(distributors.stranger));
    await expect(company.asRecorder.cancelChange(1))
      .to.be.revertedWithCustomError(ledger, 'NotAnnouncer')
      .withArgs(distributors.recorder, 1);
    await time.increase(2 * DAY);
    await company.asStranger.applyCorrection(1, HOOKED, root, REASON);
    expect((await ledger.accountOf(HOOKED)).sponsor).to.equal(root);
  });
});
