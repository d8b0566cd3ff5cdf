import { expect } from 'chai';
import { recordsAfter } from '../../support/contracts/batch-tree.ts';
import { DAY, ethers, loadFixture, time } from '../../support/contracts/chain.ts';
import {
  type Batch,
  type Company,
  ID,
  LEVELS_OF_F,
  openCompany,
  readable,
  withWindow,
} from '../../support/contracts/company.ts';
import { type ExpectedEvent, expectEntries } from '../../support/contracts/expect-entries.ts';
import { planOf, RATES } from '../../support/contracts/plan.ts';
import { encodeCredits, saleNumber } from '../../support/contracts/records.ts';

/** A batch of five sales whose window has ended. */
async function withBatch(company: Company): Promise<{ company: Company; batch: Batch }> {
  const batch = await company.record([
    { seller: ID.F, volume: 10_000 },
    { seller: ID.A, volume: 100 },
    { seller: ID.walletless, volume: 100 },
    { seller: ID.emptyLane, volume: 100 },
    { seller: ID.root, volume: 0, price: 100 },
  ]);
  await time.increaseTo(company.endOfWindow(batch));
  return { company, batch };
}

async function due() {
  return withBatch(await readable());
}

async function tenLevels() {
  return openCompany({ plan: planOf([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), returnWindow: 1 });
}

describe('LedgerSettlement', () => {
  describe('settle', () => {
    it('refuses a batch that is not open', async () => {
      const { company, batch } = await loadFixture(due);
      for (const number of [0n, 2n, ethers.MaxUint256]) {
        await expect(company.settle({ ...batch, number }))
          .to.be.revertedWithCustomError(company.ledger, 'BatchNotOpen')
          .withArgs(number);
      }
    });

    it('refuses any fact that is not the batch’s', async () => {
      const { company, batch } = await loadFixture(due);
      for (const change of [
        { plan: 0n },
        { plan: 2n },
        { recordedAt: batch.recordedAt - BigInt(DAY) },
        { records: batch.records.slice(0, -24) },
        { records: batch.records + batch.records.slice(-24) },
        { records: recordsAfter(batch.records, [{ index: 0, price: 1, volume: 1 }]) },
      ]) {
        await expect(company.settle({ ...batch, ...change }))
          .to.be.revertedWithCustomError(company.ledger, 'BatchMismatch')
          .withArgs(1);
      }
    });

    it('refuses a settlement that leaves out a reversal', async () => {
      const company = await loadFixture(readable);
      const batch = await company.record([{ seller: ID.F, volume: 10_000 }]);
      const { records } = batch;
      await company.reverse(batch, [{ index: 0, price: 10_000, volume: 10_000 }]);
      await company.passWindow(batch);
      await expect(company.settle({ ...batch, records }))
        .to.be.revertedWithCustomError(company.ledger, 'BatchMismatch')
        .withArgs(1);
    });

    it('refuses until the last second of the window is over', async () => {
      const company = await loadFixture(readable);
      const batch = await company.record([{ seller: ID.F, volume: 10_000 }]);
      const end = company.endOfWindow(batch);
      await expect(company.settle(batch))
        .to.be.revertedWithCustomError(company.ledger, 'ReturnWindowOpen')
        .withArgs(1, end);
      await time.setNextBlockTimestamp(end - 1n);
      await expect(company.settle(batch))
        .to.be.revertedWithCustomError(company.ledger, 'ReturnWindowOpen')
        .withArgs(1, end);
      await time.setNextBlockTimestamp(end);
      await company.settle(batch);
    });

    it('refuses to settle nothing', async () => {
      const { company, batch } = await loadFixture(due);
      await expect(company.settle(batch, 0))
        .to.be.revertedWithCustomError(company.ledger, 'NothingToSettle')
        .withArgs(1, 0);
      await company.settle(batch, 3);
      for (const until of [0, 2, 3]) {
        await expect(company.settle(batch, until))
          .to.be.revertedWithCustomError(company.ledger, 'NothingToSettle')
          .withArgs(1, 3);
      }
    });

    it('refuses a second time', async () => {
      const { company, batch } = await loadFixture(due);
      await company.settle(batch);
      await expect(company.settle(batch))
        .to.be.revertedWithCustomError(company.ledger, 'BatchNotOpen')
        .withArgs(1);
    });

    for (const { form, fixture } of withWindow) {
      async function dueIn() {
        return withBatch(await fixture());
      }

      it(`credits sellers and uplines and releases the rest, for a stranger, in ${form}`, async () => {
        const { company, batch } = await loadFixture(dueIn);
        const { ledger, options } = company;
        const reserved = 10_300n * 4100n;
        const [F, A, walletless] = [
          encodeCredits(LEVELS_OF_F),
          encodeCredits([[200_000n, ID.A]]),
          encodeCredits([
            [200_000n, ID.walletless],
            [100_000n, ID.E],
            [50_000n, ID.D],
            [30_000n, ID.C],
            [20_000n, ID.B],
            [10_000n, ID.A],
          ]),
        ];
        const credited = 41_000_000n + 200_000n + 410_000n;
        // Seller, volume, levels, then id and rate of each level; the empty lane and the sale without volume pay
        // nobody.
        const packed = ethers.concat([
          packLine(ID.F, 10_000, [ID.F, ID.E, ID.D, ID.C, ID.B, ID.A]),
          packLine(ID.A, 100, [ID.A]),
          packLine(ID.walletless, 100, [ID.walletless, ID.E, ID.D, ID.C, ID.B, ID.A]),
          packLine(ID.emptyLane, 100, []),
          packLine(ID.root, 0, []),
        ]);
        const lines: ExpectedEvent[] = [
          ['SaleSettled', saleNumber(1, 0), ID.F, 10_000, F],
          ['SaleSettled', saleNumber(1, 1), ID.A, 100, A],
          ['SaleSettled', saleNumber(1, 2), ID.walletless, 100, walletless],
          ['SaleSettled', saleNumber(1, 3), ID.emptyLane, 100, []],
          ['SaleSettled', saleNumber(1, 4), ID.root, 0, []],
        ];
        await expectEntries(ledger, () => company.settle(batch), [
          ...(options.compact ? [] : lines),
          ['BatchSettled', 1, 0, 5, credited, reserved - credited, options.compact ? packed : '0x'],
        ]);
        const { float } = options;
        expect(await ledger.solvency()).to.deep.equal([float, float - credited, 0n, credited]);
        expect(await ledger.batchOf(1)).to.deep.equal([false, 0n]);
        expect(await company.owed(ID.A, ID.B, ID.C, ID.D, ID.E, ID.F, ID.walletless, ID.root)).to.deep.equal([
          1_210_000n,
          2_020_000n,
          3_030_000n,
          5_050_000n,
          10_100_000n,
          20_000_000n,
          200_000n,
          0n,
        ]);
      });

      it(`settles in several calls what one call would settle, in ${form}`, async () => {
        const { company, batch } = await loadFixture(dueIn);
        const { ledger } = company;
        const parts = [
          [0, 1, 41_000_000n, 0n],
          [1, 4, 610_000n, 620_000n],
          [4, 5, 0n, 0n],
        ] as const;
        for (const [from, until, credited, released] of parts) {
          await expect(company.settle(batch, until === 5 ? 99 : until))
            .to.emit(ledger, 'BatchSettled')
            .withArgs(
              1,
              from,
              until,
              credited,
              released,
              () => true,
              () => true,
            );
          expect(await ledger.batchOf(1)).to.deep.equal(until === 5 ? [false, 0n] : [true, BigInt(until)]);
        }
        const { reserved, owed } = await ledger.solvency();
        expect([reserved, owed]).to.deep.equal([0n, 41_610_000n]);
      });

      it(`settles what reversals have left, in several calls, in ${form}`, async () => {
        const company = await loadFixture(fixture);
        const batch = await company.record([
          { seller: ID.F, volume: 10_000 },
          { seller: ID.F, volume: 10_000 },
          { seller: ID.F, volume: 10_000 },
        ]);
        await company.reverse(batch, [{ index: 1, price: 4_000, volume: 4_000 }]);
        await company.reverse(batch, [
          { index: 2, price: 10_000, volume: 10_000 },
          { index: 1, price: 1_000, volume: 1_000 },
        ]);
        await company.passWindow(batch);
        const owed: bigint[] = [];
        for (const until of [1, 2, 3]) {
          await company.settle(batch, until);
          owed.push(...(await company.owed(ID.F)));
        }
        expect(owed).to.deep.equal([20_000_000n, 30_000_000n, 30_000_000n]);
        expect((await company.ledger.solvency()).reserved).to.equal(0);
      });
    }

    it('settles batches in any order', async () => {
      const company = await loadFixture(readable);
      const first = await company.record([{ seller: ID.F, volume: 10_000 }]);
      const second = await company.record([{ seller: ID.root, volume: 10_000 }]);
      await company.passWindow(second);
      await company.settle(second);
      await company.settle(first);
      expect(await company.owed(ID.F, ID.root)).to.deep.equal([20_000_000n, 20_000_000n]);
    });

    it('goes by the tree as it stands at settlement', async () => {
      const { company, batch } = await loadFixture(due);
      const wallet = company.distributors.free[0]!;
      await company.enrol([{ id: ID.emptyLane, sponsor: ID.F, wallet: wallet.address }]);
      await company.settle(batch);
      expect(await company.ledger.owedTo(wallet)).to.equal(200_000);
      expect(await company.owed(ID.F)).to.deep.equal([20_100_000n]);
    });

    it('goes on while recording is paused', async () => {
      const { company, batch } = await loadFixture(due);
      await company.asGuardian.setPaused(true);
      await company.settle(batch);
      expect(await company.owed(ID.F)).to.deep.equal([20_000_000n]);
    });

    it('owes distributors without wallet what nobody can withdraw yet', async () => {
      const { company, batch } = await loadFixture(due);
      await company.settle(batch);
      expect(await company.owed(ID.walletless)).to.deep.equal([200_000n]);
      await expect(company.asStranger.withdraw(ethers.ZeroAddress))
        .to.be.revertedWithCustomError(company.ledger, 'UnknownWallet')
        .withArgs(ethers.ZeroAddress);
    });

    it('pays ten levels and the seller, and nobody beyond', async () => {
      const company = await loadFixture(tenLevels);
      // F is the sixth of the line; six more below make a line of twelve.
      const line: number[] = [ID.F, ID.emptyLane, 16, 17, 18, 19, 20];
      await company.enrol(line.slice(1).map((id, i) => ({ id, sponsor: line[i]! })));
      const batch = await company.record([{ seller: 20, volume: 10_000 }]);
      await company.passWindow(batch);
      await company.settle(batch);
      const upline = [19, 18, 17, 16, ID.emptyLane, ID.F, ID.E, ID.D, ID.C, ID.B];
      expect(await company.owed(20, ...upline, ID.A)).to.deep.equal([
        0n,
        ...[1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n].map((bps) => bps * 10_000n),
        0n,
      ]);
    });
  });

  describe('explain', () => {
    it('refuses a distributor who is not enrolled, a class and a volume that cannot be', async () => {
      const { ledger } = await loadFixture(readable);
      for (const id of [0, ID.emptyLane, 16, 2 ** 26, ethers.MaxUint256]) {
        await expect(ledger.explain(id, 0, 1))
          .to.be.revertedWithCustomError(ledger, 'UnknownDistributor')
          .withArgs(id);
      }
      await expect(ledger.explain(ID.F, 3, 1))
        .to.be.revertedWithCustomError(ledger, 'UnknownClass')
        .withArgs(0, 3);
      await expect(ledger.explain(ID.F, 0, 2 ** 32))
        .to.be.revertedWithCustomError(ledger, 'VolumeAbovePrice')
        .withArgs(0, 2 ** 32 - 1, 2 ** 32);
    });

    for (const [name, seller] of Object.entries(ID).filter(([name]) => name !== 'emptyLane')) {
      it(`says what settlement then does, for ${name} and each class of buyer`, async () => {
        for (const buyerClass of [0, 1, 2]) {
          for (const volume of [0, 1, 101, 2 ** 32 - 1]) {
            const company = await loadFixture(readable);
            const { ledger, distributors } = company;
            await company.setRecorder(distributors.recorder, 2n ** 50n - 1n);
            await company.fund(2n ** 32n * 5000n);
            const { payees, amounts } = await ledger.explain(seller, buyerClass, volume);
            const batch = await company.record([{ seller, volume, price: volume || 1, class: buyerClass }]);
            await company.passWindow(batch);
            await company.settle(batch);
            expect(await company.owed(...payees.map(Number))).to.deep.equal([...amounts]);
            const paid = amounts.reduce((sum, amount) => sum + amount, 0n);
            expect((await ledger.solvency()).owed).to.equal(paid);
          }
        }
      });
    }

    it('goes by the plan in force now and changes nothing', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger } = company;
      await asAdmin.announcePlan(planOf([0, 3000]));
      expect((await ledger.explain(ID.F, 0, 100)).payees).to.have.length(6);
      await time.increaseTo((await ledger.planOf(2)).startsAt);
      expect(await ledger.explain(ID.F, 0, 100)).to.deep.equal([
        [BigInt(ID.F), BigInt(ID.E)],
        [0n, 300_000n],
      ]);
      expect(await company.owed(ID.F, ID.E)).to.deep.equal([0n, 0n]);
    });
  });
});

function packLine(seller: number, volume: number, payees: number[]): string {
  return ethers.concat([
    ethers.solidityPacked(['uint32', 'uint32', 'uint8'], [seller, volume, payees.length]),
    ...payees.map((id, level) =>
      ethers.solidityPacked(['uint40'], [(BigInt(id) << 14n) | BigInt(RATES[level]!)]),
    ),
  ]);
}
