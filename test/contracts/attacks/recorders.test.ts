/** Recorders are apart from one another: attacks by one key on the work of another, and beyond its caps. */
import { expect } from 'chai';
import { chunkReversals } from '../../support/contracts/batch-tree.ts';
import { DAY, loadFixture, time } from '../../support/contracts/chain.ts';
import { CAP, ID, MANIFEST, openCompany, readable } from '../../support/contracts/company.ts';
import { planOf } from '../../support/contracts/plan.ts';
import { encodeSales } from '../../support/contracts/records.ts';
import { recordsOf, usualShop } from '../../support/contracts/storefront.ts';

const SALE = { seller: ID.F, volume: 100 };
const RESERVE = 410_000n;

/** A recorder that may reserve 20 sales a period and record 20 distributors and sales. */
async function capped() {
  const company = await openCompany();
  await company.asAdmin.setRecorder(company.distributors.recorder, 20n * RESERVE, 20);
  await time.increase(DAY);
  return company;
}

describe('Attacks by recorders', () => {
  it('a purchase at a storefront does not make the gateway’s batch in flight revert', async () => {
    const shop = await loadFixture(usualShop);
    const { asRecorder, ledger } = shop.company;
    const inFlight = [encodeSales([SALE]), 1, MANIFEST, 1] as const;
    await shop.bought();
    await shop.bought();
    await expect(asRecorder.recordSales(...inFlight)).to.emit(ledger, 'BatchRecorded');
  });

  it('a batch that is delayed past a plan’s start does not change plan', async () => {
    const { asAdmin, asRecorder, ledger } = await loadFixture(readable);
    const delayed = [encodeSales([SALE]), 1, MANIFEST, 1] as const;
    await asAdmin.announcePlan(planOf([1000]));
    await time.increaseTo((await ledger.planOf(2)).startsAt);
    await expect(asRecorder.recordSales(...delayed))
      .to.be.revertedWithCustomError(ledger, 'UnexpectedPlan')
      .withArgs(1, 2);
  });

  it('a stolen key enrols and records no more than its count cap, with volume or without', async () => {
    const company = await loadFixture(capped);
    const { ledger } = company;
    const shells = Array.from({ length: 11 }, (_, i) => ({ id: 16 + 4 * i, sponsor: 0 }));
    await expect(company.enrol(shells))
      .to.be.revertedWithCustomError(ledger, 'CountExceeded')
      .withArgs(10, 11);
    await company.enrol(shells.slice(0, 5));
    const free = { seller: ID.F, price: 1, volume: 0 };
    await company.record(Array(5).fill(free));
    await expect(company.record([free]))
      .to.be.revertedWithCustomError(ledger, 'CountExceeded')
      .withArgs(0, 1);
  });

  it('twice the cap does not go through across the end of a period', async () => {
    const company = await loadFixture(capped);
    const { ledger } = company;
    // The old periods began at multiples of the period.
    const end = (Math.floor((await time.latest()) / DAY) + 2) * DAY;
    await time.setNextBlockTimestamp(end - 1);
    await company.record(Array(10).fill(SALE));
    await time.setNextBlockTimestamp(end + 60);
    await expect(company.record([SALE]))
      .to.be.revertedWithCustomError(ledger, 'CountExceeded')
      .withArgs(0, 1);
    await time.setNextBlockTimestamp(end + DAY / 2);
    await company.record(Array(5).fill(SALE));
    await time.setNextBlockTimestamp(end + DAY - 2);
    await expect(company.record(Array(6).fill(SALE))).to.be.revertedWithCustomError(ledger, 'CountExceeded');
  });

  it('honest returns are possible when the cap for sales is used up', async () => {
    const company = await loadFixture(capped);
    const batch = await company.record(Array(10).fill(SALE));
    const whole = Array.from({ length: 10 }, (_, index) => ({ index, price: 100, volume: 100 }));
    await company.reverse(batch, whole);
    expect((await company.ledger.solvency()).reserved).to.equal(0);
  });

  it('the gateway’s key does not reverse a storefront’s sale', async () => {
    const shop = await loadFixture(usualShop);
    const { company, storefront } = shop;
    const quote = shop.quote();
    const { batch, plan, recordedAt } = await storefront.orderOf(await shop.bought(quote));
    const chunks = chunkReversals(recordsOf(quote), [{ index: 0, price: 20_000, volume: 10_000 }]);
    await expect(company.asRecorder.reverse(batch, plan, recordedAt, 1, chunks))
      .to.be.revertedWithCustomError(company.ledger, 'NotBatchRecorder')
      .withArgs(batch, company.distributors.recorder);
  });

  it('two recorders with the same records have batches apart', async () => {
    const company = await loadFixture(readable);
    const { distributors } = company;
    await company.setRecorder(distributors.stranger, CAP);
    const mine = await company.record([SALE]);
    const theirs = await company.withRecorder(distributors.stranger).record([SALE]);
    await expect(company.settle({ ...mine, number: theirs.number })).to.be.revertedWithCustomError(
      company.ledger,
      'BatchMismatch',
    );
    await expect(
      company.withRecorder(distributors.stranger).reverse({ ...mine }, [{ index: 0, price: 1, volume: 1 }]),
    ).to.be.revertedWithCustomError(company.ledger, 'NotBatchRecorder');
  });
});
