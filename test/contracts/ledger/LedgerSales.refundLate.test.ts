import { expect } from 'chai';
import { loadFixture } from '../../support/contracts/chain.ts';
import {
  type Batch,
  CAP,
  type Company,
  EVIDENCE,
  ID,
  readable,
  withWindow,
} from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { expectSound } from '../../support/contracts/expect-sound.ts';
import { saleNumber } from '../../support/contracts/records.ts';

const SALE = { seller: ID.F, volume: 100 };

/** A batch of two sales, of which the first is settled. */
async function halfSettled(company: Company): Promise<{ company: Company; batch: Batch }> {
  const batch = await company.record([SALE, SALE]);
  await company.passWindow(batch);
  await company.settle(batch, 1);
  return { company, batch };
}

async function due() {
  return halfSettled(await readable());
}

describe('LedgerSales', () => {
  describe('refundLate', () => {
    it('refuses anybody but the batch’s recorder', async () => {
      const { company } = await loadFixture(due);
      const { asAdmin, ledger, distributors } = company;
      await expect(asAdmin.refundLate(saleNumber(1, 0), 1, EVIDENCE))
        .to.be.revertedWithCustomError(ledger, 'NotRecorder')
        .withArgs(distributors.admin);
      await company.setRecorder(distributors.stranger, CAP);
      await expect(company.asStranger.refundLate(saleNumber(1, 0), 1, EVIDENCE))
        .to.be.revertedWithCustomError(ledger, 'NotBatchRecorder')
        .withArgs(1, distributors.stranger);
    });

    it('refuses a sale that was never recorded', async () => {
      const { company } = await loadFixture(due);
      for (const [batch, index] of [
        [0n, 0],
        [2n, 0],
        [1n, 1000],
        [1n, 65_535],
      ] as const) {
        await expect(company.asRecorder.refundLate(saleNumber(batch, index), 1, EVIDENCE))
          .to.be.revertedWithCustomError(company.ledger, 'UnknownSale')
          .withArgs(batch, index);
      }
    });

    it('refuses a sale that is not settled, and an amount out of range', async () => {
      const { company } = await loadFixture(due);
      await expect(company.asRecorder.refundLate(saleNumber(1, 1), 1, EVIDENCE))
        .to.be.revertedWithCustomError(company.ledger, 'SaleNotSettled')
        .withArgs(saleNumber(1, 1));
      for (const price of [0n, 2n ** 32n, 2n ** 255n]) {
        await expect(company.asRecorder.refundLate(saleNumber(1, 0), price, EVIDENCE))
          .to.be.revertedWithCustomError(company.ledger, 'ReversalOutOfRange')
          .withArgs(saleNumber(1, 0), 2n ** 32n - 1n, 0);
      }
    });

    for (const { form, fixture } of withWindow) {
      async function dueIn() {
        return halfSettled(await fixture());
      }

      it(`enters a refund and changes nobody’s commission, in ${form}`, async () => {
        const { company, batch } = await loadFixture(dueIn);
        const { asRecorder, ledger } = company;
        const before = [await ledger.solvency(), await company.owed(ID.F, ID.E)];
        await expectEntries(ledger, () => asRecorder.refundLate(saleNumber(1, 0), 100, EVIDENCE), [
          ['RefundedLate', saleNumber(1, 0), 100, EVIDENCE],
        ]);
        expect([await ledger.solvency(), await company.owed(ID.F, ID.E)]).to.deep.equal(before);
        await company.settle(batch);
        await asRecorder.refundLate(saleNumber(1, 1), 2n ** 32n - 1n, EVIDENCE);
        await expectSound(company);
      });
    }
  });
});
