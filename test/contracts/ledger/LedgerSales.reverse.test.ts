import { expect } from 'chai';
import { chunkReversals } from '../../support/contracts/batch-tree.ts';
import { DAY, loadFixture, time } from '../../support/contracts/chain.ts';
import { type Batch, CAP, type Company, ID, readable, withWindow } from '../../support/contracts/company.ts';
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

/** A batch of seventy sales: four full leaves and one of six. */
async function recordedLarge() {
  const company = await readable();
  const batch = await company.record(
    Array.from({ length: 70 }, (_, i) => ({ seller: ID.F, volume: 100, price: 100 + i })),
  );
  return { company, batch };
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

    it('refuses a recorder that has not recorded the batch', async () => {
      const { company, batch } = await load(recorded);
      const { ledger, distributors } = company;
      await company.setRecorder(distributors.stranger, CAP);
      await expect(company.withRecorder(distributors.stranger).reverse({ ...batch }, ONE_CENT))
        .to.be.revertedWithCustomError(ledger, 'NotBatchRecorder')
        .withArgs(1, distributors.stranger);
      const number = 2n ** 24n + 1n;
      await expect(company.reverse({ ...batch, number }, ONE_CENT))
        .to.be.revertedWithCustomError(ledger, 'NotBatchRecorder')
        .withArgs(number, distributors.recorder);
    });

    it('refuses no reversals and broken records', async () => {
      const { company, batch } = await load(recorded);
      const { number, plan, recordedAt, records } = batch;
      const [chunk] = chunkReversals(records, ONE_CENT);
      const packed = encodeReversals(ONE_CENT);
      for (const [chunks, given] of [
        [[], 0],
        [[{ ...chunk!, reversals: '0x' }], 0],
        [[{ ...chunk!, reversals: packed.slice(0, -2) }], 11],
        [[{ ...chunk!, reversals: `${packed}00` }], 13],
      ] as const) {
        await expect(company.asRecorder.reverse(number, plan, recordedAt, 3, [...chunks]))
          .to.be.revertedWithCustomError(company.ledger, 'MalformedRecords')
          .withArgs(given, 12);
      }
    });

    it('refuses a leaf, a proof or a number of sales that is not the batch’s', async () => {
      const { company, batch } = await load(recordedLarge);
      const { number, plan, recordedAt, records } = batch;
      const count = 70;
      const [chunk] = chunkReversals(records, [{ index: 17, price: 1, volume: 1 }]);
      const { proof } = chunk!;
      const wrong = [
        { ...chunk!, proof: proof.slice(0, -1) },
        { ...chunk!, proof: [] },
        { ...chunk!, proof: proof.toReversed() },
        { ...chunk!, records: chunk!.records.replace(/.$/, '1') },
        { ...chunk!, records: chunk!.records.slice(0, -24) },
        // A leaf in another's place.
        {
          ...chunkReversals(records, [{ index: 33, price: 1, volume: 1 }])[0]!,
          chunk: 1,
          reversals: chunk!.reversals,
        },
      ];
      for (const bad of wrong) {
        await expect(company.asRecorder.reverse(number, plan, recordedAt, count, [bad]))
          .to.be.revertedWithCustomError(company.ledger, 'BatchMismatch')
          .withArgs(number);
      }
      for (const otherCount of [69, 71, 64, 1000, 0]) {
        await expect(company.asRecorder.reverse(number, plan, recordedAt, otherCount, [chunk!]))
          .to.be.revertedWithCustomError(company.ledger, 'BatchMismatch')
          .withArgs(number);
      }
      // The second leaf must prove the root that the first leaves.
      const [second] = chunkReversals(records, [{ index: 20, price: 1, volume: 1 }]);
      await expect(company.asRecorder.reverse(number, plan, recordedAt, count, [chunk!, second!]))
        .to.be.revertedWithCustomError(company.ledger, 'BatchMismatch')
        .withArgs(number);
    });

    it('takes back sales of every leaf in one call, and then settles what is left', async () => {
      const { company, batch } = await load(recordedLarge);
      const { ledger } = company;
      const indexes = [0, 15, 16, 31, 47, 63, 64, 69];
      const { reserved } = await ledger.solvency();
      await expectEntries(
        ledger,
        () =>
          company.reverse(
            batch,
            indexes.map((index) => ({ index, price: 100, volume: 100 })),
          ),
        indexes.map((index) => ['SaleReversed', saleNumber(batch.number, index), ID.F, 100, 100]),
      );
      expect((await ledger.solvency()).reserved).to.equal(reserved - 8n * 410_000n);
      await company.reverse(batch, [{ index: 1, price: 50, volume: 50 }]);
      await company.passWindow(batch);
      await company.settle(batch);
      expect(await company.owed(ID.F)).to.deep.equal([(70n - 8n) * 200_000n - 100_000n]);
      expect((await ledger.solvency()).reserved).to.equal(0);
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
      for (const change of [
        { number: 2n },
        { plan: 2n },
        { recordedAt: batch.recordedAt + BigInt(DAY) },
        { records: batch.records.slice(0, -24) },
        { records: batch.records.replace(/.$/, '1') },
      ]) {
        const wrong = { ...batch, ...change };
        await expect(company.reverse(wrong, ONE_CENT))
          .to.be.revertedWithCustomError(company.ledger, 'BatchMismatch')
          .withArgs(wrong.number);
      }
      const reversed = { ...batch };
      await company.reverse(reversed, ONE_CENT);
      // The batch as it was before its first reversal is not the batch any more.
      await expect(company.reverse({ ...batch }, ONE_CENT))
        .to.be.revertedWithCustomError(company.ledger, 'BatchMismatch')
        .withArgs(1);
      await company.reverse(reversed, ONE_CENT);
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

    it('takes back a sale however many reversals came before', async () => {
      const { company, batch } = await load(recorded);
      const some = Array.from({ length: 1_000 }, () => ({ index: 0, price: 1, volume: 1 }));
      for (let i = 0; i < 3; ++i) await company.reverse(batch, some);
      await company.reverse(batch, [{ index: 0, price: 9_000, volume: 7_000 }]);
      await company.passWindow(batch);
      await company.settle(batch);
      expect(await company.owed(ID.F)).to.deep.equal([0n]);
    });

    it('refuses to free more in a period than the recorder could have reserved, and counts that apart', async () => {
      const { company, batch } = await load(recorded);
      const { asAdmin, ledger, distributors } = company;
      const freed = 10_000n * 4100n;
      await asAdmin.setRecorder(distributors.recorder, 2n * freed - 20_000n, 1000);
      const half = [{ index: 0, price: 6_000, volume: 5_000 }];
      await expect(company.reverse({ ...batch }, [{ index: 0, price: 12_000, volume: 10_000 }]))
        .to.be.revertedWithCustomError(ledger, 'CapExceeded')
        .withArgs(freed - 10_000n, freed);
      const before = await ledger.recorderOf(distributors.recorder);
      await company.reverse(batch, half);
      const after = await ledger.recorderOf(distributors.recorder);
      expect(after.returnsLeft).to.be.within(freed / 2n - 10_010n, freed / 2n - 10_000n);
      expect(after.left).to.be.at.least(before.left);
      await expect(company.reverse({ ...batch }, half)).to.be.revertedWithCustomError(ledger, 'CapExceeded');
      // The allowance fills evenly in a period.
      await time.increase(DAY / 2);
      await company.reverse(batch, half);
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
