import { expect } from 'chai';
import { chunkReversals } from '../../support/contracts/batch-tree.ts';
import { DAY, loadFixture, time } from '../../support/contracts/chain.ts';
import { type Batch, type Company, ID, readable, withWindow } from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { encodeReversals, PREFERRED, type Reversal, saleNumber } from '../../support/contracts/records.ts';

/** A company with one batch of three sales, and a second batch. */
async function withBatch(company: Company): Promise<{ company: Company; batch: Batch }> {
  const batch = await company.record([
    { seller: ID.F, price: 12_000, volume: 10_000 },
    { seller: ID.B, price: 101, volume: 101, class: PREFERRED },
    { seller: ID.A, price: 500, volume: 0 },
  ]);
  await company.record([{ seller: ID.F, volume: 10_000 }]);
  return { company, batch };
}

/** A test's reversals go into its own copy of the batch. */
async function load(fixture: () => ReturnType<typeof withBatch>) {
  const { company, batch } = await loadFixture(fixture);
  return { company, batch: { ...batch } };
}

async function recorded() {
  return withBatch(await readable());
}

const ONE_CENT: Reversal[] = [{ index: 0, price: 1, volume: 1 }];

describe('LedgerSales', () => {
  describe('reverse', () => {
    it('refuses anybody but a recorder', async () => {
      const { company, batch } = await load(recorded);
      const { distributors, ledger } = company;
      for (const caller of [distributors.stranger, distributors.admin, distributors.wallets.F]) {
        await expect(company.withRecorder(caller).reverse({ ...batch }, ONE_CENT))
          .to.be.revertedWithCustomError(ledger, 'NotRecorder')
          .withArgs(caller);
      }
    });

    it('refuses no reversals and broken records', async () => {
      const { company, batch } = await load(recorded);
      const { number, plan, recordedAt, records } = batch;
      const packed = encodeReversals(ONE_CENT);
      for (const [bytes, given] of [
        ['0x', 0],
        [packed.slice(0, -2), 11],
        [`${packed}00`, 13],
      ] as const) {
        await expect(company.asRecorder.reverse(number, plan, recordedAt, records, '0x', bytes))
          .to.be.revertedWithCustomError(company.ledger, 'MalformedRecords')
          .withArgs(given, 12);
      }
    });

    it('refuses a batch that is not open', async () => {
      const { company, batch } = await load(recorded);
      for (const number of [0n, 3n]) {
        await expect(company.reverse({ ...batch, number }, ONE_CENT))
          .to.be.revertedWithCustomError(company.ledger, 'BatchNotOpen')
          .withArgs(number);
      }
    });

    it('refuses any fact that is not the batch’s', async () => {
      const { company, batch } = await load(recorded);
      const earlier = encodeReversals(ONE_CENT);
      for (const change of [
        { number: 2n },
        { plan: 2n },
        { recordedAt: batch.recordedAt + BigInt(DAY) },
        { records: batch.records.slice(0, -24) },
        { records: batch.records.replace(/.$/, '1') },
        { reversals: earlier },
      ]) {
        const wrong = { ...batch, ...change };
        await expect(company.reverse(wrong, ONE_CENT))
          .to.be.revertedWithCustomError(company.ledger, 'BatchMismatch')
          .withArgs(wrong.number);
      }
      await company.reverse({ ...batch }, ONE_CENT);
      // The batch as it was before its first reversal is not the batch any more.
      await expect(company.reverse({ ...batch }, ONE_CENT))
        .to.be.revertedWithCustomError(company.ledger, 'BatchMismatch')
        .withArgs(1);
      await company.reverse({ ...batch, reversals: earlier }, ONE_CENT);
    });

    it('refuses from the second in which the window has ended', async () => {
      const { company, batch } = await load(recorded);
      await time.setNextBlockTimestamp(company.endOfWindow(batch) - 1n);
      await company.reverse(batch, ONE_CENT);
      await time.setNextBlockTimestamp(company.endOfWindow(batch));
      await expect(company.reverse({ ...batch }, ONE_CENT))
        .to.be.revertedWithCustomError(company.ledger, 'ReturnWindowOver')
        .withArgs(1, company.endOfWindow(batch));
    });

    it('refuses a sale that is not in the batch', async () => {
      const { company, batch } = await load(recorded);
      for (const index of [3, 1000, 65_536, 2 ** 32 - 1]) {
        await expect(company.reverse({ ...batch }, [{ index, price: 1, volume: 1 }]))
          .to.be.revertedWithCustomError(company.ledger, 'UnknownSale')
          .withArgs(1, index);
      }
    });

    const outOfRange: [what: string, reversal: Reversal, left: [number, number]][] = [
      ['nothing', { index: 0, price: 0, volume: 0 }, [12_000, 10_000]],
      ['volume without price', { index: 0, price: 0, volume: 1 }, [12_000, 10_000]],
      ['more price than there is', { index: 0, price: 12_001, volume: 10_000 }, [12_000, 10_000]],
      ['more volume than there is', { index: 0, price: 12_000, volume: 10_001 }, [12_000, 10_000]],
      ['so much price that volume is above it', { index: 0, price: 2_001, volume: 0 }, [12_000, 10_000]],
      ['volume of a sale without', { index: 2, price: 1, volume: 1 }, [500, 0]],
      ['the largest amounts', { index: 1, price: 2 ** 32 - 1, volume: 2 ** 32 - 1 }, [101, 101]],
    ];
    for (const [what, reversal, left] of outOfRange) {
      it(`refuses to take back ${what}`, async () => {
        const { company, batch } = await load(recorded);
        await expect(company.reverse({ ...batch }, [reversal]))
          .to.be.revertedWithCustomError(company.ledger, 'ReversalOutOfRange')
          .withArgs(saleNumber(1, reversal.index), ...left);
      });
    }

    it('refuses more than earlier reversals have left, in other calls and in its own', async () => {
      const { company, batch } = await load(recorded);
      await company.reverse(batch, [{ index: 1, price: 60, volume: 60 }]);
      await expect(company.reverse({ ...batch }, [{ index: 1, price: 42, volume: 41 }]))
        .to.be.revertedWithCustomError(company.ledger, 'ReversalOutOfRange')
        .withArgs(saleNumber(1, 1), 41, 41);
      await expect(
        company.reverse({ ...batch }, [
          { index: 1, price: 40, volume: 40 },
          { index: 1, price: 1, volume: 1 },
          { index: 1, price: 1, volume: 0 },
        ]),
      )
        .to.be.revertedWithCustomError(company.ledger, 'ReversalOutOfRange')
        .withArgs(saleNumber(1, 1), 0, 0);
    });

    for (const { form, fixture } of withWindow) {
      async function recordedIn() {
        return withBatch(await fixture());
      }

      it(`takes back parts of several sales and frees their reservation, in ${form}`, async () => {
        const { company, batch } = await load(recordedIn);
        const { ledger, options } = company;
        const before = await ledger.solvency();
        expect(before.reserved).to.equal((10_000n + 50n + 10_000n) * 4100n);
        await expectEntries(
          ledger,
          () =>
            company.reverse(batch, [
              { index: 0, price: 2_000, volume: 0 },
              { index: 0, price: 4_000, volume: 4_000 },
              { index: 1, price: 1, volume: 1 },
              { index: 2, price: 500, volume: 0 },
            ]),
          [
            ['SaleReversed', saleNumber(1, 0), ID.F, 2_000, 0],
            ['SaleReversed', saleNumber(1, 0), ID.F, 4_000, 4_000],
            ['SaleReversed', saleNumber(1, 1), ID.B, 1, 1],
            ['SaleReversed', saleNumber(1, 2), ID.A, 500, 0],
          ],
        );
        // Half of 101 and half of 100 are both 50 whole cents, so the preferred sale frees nothing yet.
        const freed = 4_000n * 4100n;
        const after = await ledger.solvency();
        expect(after.reserved).to.equal(before.reserved - freed);
        expect(after.free).to.equal(before.free + freed);
        expect(after.held).to.equal(options.float);
        expect(await ledger.batchOf(1)).to.deep.equal([true, 0n]);

        await company.passWindow(batch);
        await company.settle(batch);
        expect(await company.owed(ID.F, ID.E)).to.deep.equal([6_000n * 2000n, 6_000n * 1000n]);
        expect(await company.owed(ID.B)).to.deep.equal([6_000n * 200n + 50n * 2000n]);
        expect((await ledger.solvency()).reserved).to.equal(41_000_000);
      });

      it(`takes back a whole sale in many small parts without a rest, in ${form}`, async () => {
        const { company, batch } = await load(recordedIn);
        const { ledger } = company;
        const before = await ledger.solvency();
        for (const price of [33, 33, 33, 1, 1]) {
          await company.reverse(batch, [{ index: 1, price, volume: price }]);
        }
        expect((await ledger.solvency()).reserved).to.equal(before.reserved - 50n * 4100n);
        await company.reverse(batch, [{ index: 0, price: 12_000, volume: 10_000 }]);
        await company.reverse(batch, [{ index: 2, price: 500, volume: 0 }]);
        expect((await ledger.solvency()).reserved).to.equal(41_000_000);
        await company.passWindow(batch);
        await company.settle(batch);
        expect((await ledger.solvency()).owed).to.equal(0);
        expect(await ledger.batchOf(1)).to.deep.equal([false, 0n]);
      });
    }

    it('goes on while recording is paused', async () => {
      const { company, batch } = await load(recorded);
      await company.asGuardian.setPaused(true);
      const { reserved } = await company.ledger.solvency();
      await company.reverse(batch, [{ index: 0, price: 12_000, volume: 10_000 }]);
      expect((await company.ledger.solvency()).reserved).to.equal(reserved - 10_000n * 4100n);
    });

    it('refuses more reversals than a settlement can carry', async () => {
      const { company, batch } = await load(recorded);
      const some = Array.from({ length: 1_000 }, () => ({ index: 0, price: 1, volume: 1 }));
      await company.reverse(batch, some);
      await company.reverse(batch, some);
      await expect(company.reverse({ ...batch }, ONE_CENT))
        .to.be.revertedWithCustomError(company.ledger, 'TooManyReversals')
        .withArgs(2_001, 2_000);
      // What takes back the rest of a sale is still accepted, so small reversals cannot shut out a real return.
      await expect(
        company.reverse({ ...batch }, [
          { index: 0, price: 10_000, volume: 8_000 },
          { index: 1, price: 50, volume: 50 },
          { index: 1, price: 51, volume: 51 },
        ]),
      )
        .to.be.revertedWithCustomError(company.ledger, 'TooManyReversals')
        .withArgs(2_002, 2_000);
      await company.reverse(batch, [{ index: 0, price: 10_000, volume: 8_000 }]);
      await company.passWindow(batch);
      await company.settle(batch);
      expect(await company.owed(ID.F)).to.deep.equal([0n]);
    });

    it('refuses to free more in a period than the recorder could have reserved', async () => {
      const { company, batch } = await load(recorded);
      const { asAdmin, ledger, distributors } = company;
      const freed = 10_000n * 4100n;
      await asAdmin.setRecorder(distributors.stranger, freed - 1n);
      const weak = company.withRecorder(distributors.stranger);
      const whole = [{ index: 0, price: 12_000, volume: 10_000 }];
      await expect(weak.reverse({ ...batch }, whole))
        .to.be.revertedWithCustomError(ledger, 'CapExceeded')
        .withArgs(freed - 1n, freed);
      await weak.reverse(batch, [{ index: 0, price: 6_000, volume: 5_000 }]);
      await expect(weak.reverse({ ...batch }, [{ index: 0, price: 6_000, volume: 5_000 }]))
        .to.be.revertedWithCustomError(ledger, 'CapExceeded')
        .withArgs(freed / 2n - 1n, freed / 2n);
      // The next period begins anew, and reserving is counted apart.
      await time.increase(DAY);
      await weak.reverse(batch, [{ index: 0, price: 6_000, volume: 5_000 }]);
      expect((await ledger.recorderOf(distributors.stranger)).left).to.equal(freed - 1n);
    });

    it('refuses once any of the batch is settled, because the window has ended', async () => {
      const { company, batch } = await load(recorded);
      await company.passWindow(batch);
      await company.settle(batch, 1);
      await expect(company.reverse({ ...batch }, [{ index: 1, price: 1, volume: 1 }]))
        .to.be.revertedWithCustomError(company.ledger, 'ReturnWindowOver')
        .withArgs(1, company.endOfWindow(batch));
      await company.settle(batch);
      await expect(company.reverse({ ...batch }, [{ index: 1, price: 1, volume: 1 }]))
        .to.be.revertedWithCustomError(company.ledger, 'BatchNotOpen')
        .withArgs(1);
    });
  });
});
