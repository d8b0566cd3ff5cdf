import { expect } from 'chai';
import { DAY, ethers, loadFixture, time } from '../../support/contracts/chain.ts';
import {
  ALLOWANCE,
  atOnce,
  CAP,
  COUNT_CAP,
  ID,
  LEVELS_OF_F,
  MANIFEST,
  openCompany,
  readable,
  withWindow,
} from '../../support/contracts/company.ts';
import { type ExpectedEvent, expectEntries } from '../../support/contracts/expect-entries.ts';
import { planOf, RATES } from '../../support/contracts/plan.ts';
import {
  encodeCredits,
  encodeSales,
  PREFERRED,
  type Sale,
  SELF,
  saleNumber,
} from '../../support/contracts/records.ts';
import { setCounter, setSequence } from '../../support/contracts/totals.ts';

const SALE = { seller: ID.F, volume: 10_000 };
/** The plan can pay 41% of the volume. */
const RESERVE = 41_000_000n;
const MAX_CENTS = 2 ** 32 - 1;

async function twoSalesOfFloat() {
  return openCompany({ float: 2n * RESERVE });
}

async function nothingCounts() {
  return openCompany({ float: 0n, plan: planOf(RATES, { weightsBps: [0, 0, 0] }) });
}

describe('LedgerSales', () => {
  describe('recordSales', () => {
    it('refuses anybody but a recorder', async () => {
      const { asStranger, asAdmin, ledger, distributors } = await loadFixture(readable);
      const records = encodeSales([SALE]);
      await expect(asStranger.recordSales(records, 1, MANIFEST, 1))
        .to.be.revertedWithCustomError(ledger, 'NotRecorder')
        .withArgs(distributors.stranger);
      await expect(asAdmin.recordSales(records, 1, MANIFEST, 1))
        .to.be.revertedWithCustomError(ledger, 'NotRecorder')
        .withArgs(distributors.admin);
    });

    it('refuses no sales and broken records', async () => {
      const { asRecorder, ledger } = await loadFixture(readable);
      const packed = encodeSales([SALE]);
      for (const [bytes, given] of [
        ['0x', 0],
        [packed.slice(0, -2), 11],
        [`${packed}00`, 13],
      ] as const) {
        await expect(asRecorder.recordSales(bytes, 1, MANIFEST, 1))
          .to.be.revertedWithCustomError(ledger, 'MalformedRecords')
          .withArgs(given, 12);
      }
    });

    it('refuses more sales than fit a batch, and takes as many as fit', async () => {
      const company = await loadFixture(readable);
      const sales = Array<Sale>(1001).fill({ seller: ID.A, volume: 1 });
      await expect(company.record(sales))
        .to.be.revertedWithCustomError(company.ledger, 'BatchTooLarge')
        .withArgs(1001, 1000);
      await company.record(sales.slice(1));
      expect((await company.ledger.solvency()).reserved).to.equal(1000 * 4100);
    });

    it('refuses a sequence that is not the next', async () => {
      const company = await loadFixture(readable);
      const { asRecorder, ledger } = company;
      const records = encodeSales([SALE]);
      for (const sequence of [0n, 2n, ethers.MaxUint256]) {
        await expect(asRecorder.recordSales(records, sequence, MANIFEST, 1))
          .to.be.revertedWithCustomError(ledger, 'UnexpectedSequence')
          .withArgs(sequence, 1);
      }
      await asRecorder.recordSales(records, 1, MANIFEST, 1);
      await expect(asRecorder.recordSales(records, 1, MANIFEST, 1))
        .to.be.revertedWithCustomError(ledger, 'UnexpectedSequence')
        .withArgs(1, 2);
    });

    const refused: [what: string, sale: Sale, error: string, args: (number | bigint)[]][] = [
      ['a sale of nobody', { seller: 0, volume: 1 }, 'UnknownSeller', [1, 0]],
      ['a sale of the fragment that stays empty', { seller: 3, volume: 1 }, 'UnknownSeller', [1, 3]],
      ['a seller beyond the tree', { seller: 16, volume: 1 }, 'UnknownSeller', [1, 16]],
      [
        'the largest seller there can be',
        { seller: 2 ** 26 - 1, volume: 1 },
        'UnknownSeller',
        [1, 2 ** 26 - 1],
      ],
      ['a class that does not exist', { ...SALE, class: 3 }, 'UnknownClass', [1, 3]],
      ['the largest class', { ...SALE, class: 63 }, 'UnknownClass', [1, 63]],
      ['a sale without price', { ...SALE, price: 0, volume: 0 }, 'ZeroPrice', [1]],
      ['a volume above the price', { ...SALE, price: 99, volume: 100 }, 'VolumeAbovePrice', [1, 99, 100]],
    ];
    for (const [what, sale, error, args] of refused) {
      it(`refuses ${what}, naming the record`, async () => {
        const company = await loadFixture(readable);
        await expect(company.record([SALE, sale]))
          .to.be.revertedWithCustomError(company.ledger, error)
          .withArgs(...args);
      });
    }

    it('refuses more than the recorder’s cap', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      await asAdmin.setRecorder(distributors.recorder, 2n * RESERVE - 2n, 1000);
      await expect(company.record([SALE]))
        .to.be.revertedWithCustomError(ledger, 'CapExceeded')
        .withArgs(RESERVE - 1n, RESERVE);
      await company.setRecorder(distributors.recorder, 2n * RESERVE);
      await company.record([SALE]);
      const { cap, left } = await ledger.recorderOf(distributors.recorder);
      expect([cap, left]).to.deep.equal([2n * RESERVE, 0n]);
    });

    it('refuses more than the float covers', async () => {
      const company = await loadFixture(twoSalesOfFloat);
      const { ledger, distributors } = company;
      await expect(company.record([SALE, SALE, { seller: ID.F, volume: 1 }]))
        .to.be.revertedWithCustomError(ledger, 'FloatTooLow')
        .withArgs(2n * RESERVE, 2n * RESERVE + 4_100n);
      expect((await ledger.recorderOf(distributors.recorder)).left).to.equal(ALLOWANCE);
      await company.record([SALE, SALE]);
      await expect(company.record([{ seller: ID.F, volume: 1 }]))
        .to.be.revertedWithCustomError(ledger, 'FloatTooLow')
        .withArgs(0, 4_100);
    });

    it('refuses while recording is paused', async () => {
      const company = await loadFixture(readable);
      await company.asGuardian.setPaused(true);
      await expect(company.record([SALE])).to.be.revertedWithCustomError(company.ledger, 'RecordingPaused');
      await company.asAdmin.setPaused(false);
      await company.record([SALE]);
    });

    it('refuses another plan than the one in force', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, asRecorder, ledger } = company;
      const records = encodeSales([SALE]);
      for (const plan of [0n, 2n, 2n ** 16n + 1n, ethers.MaxUint256]) {
        await expect(asRecorder.recordSales(records, 1, MANIFEST, plan))
          .to.be.revertedWithCustomError(ledger, 'UnexpectedPlan')
          .withArgs(plan, 1);
      }
      await asAdmin.announcePlan(planOf([1000]));
      await time.increaseTo((await ledger.planOf(2)).startsAt);
      await expect(asRecorder.recordSales(records, 1, MANIFEST, 1))
        .to.be.revertedWithCustomError(ledger, 'UnexpectedPlan')
        .withArgs(1, 2);
      await asRecorder.recordSales(records, 1, MANIFEST, 2);
    });

    it('refuses more sales than the recorder’s count cap, with volume or without', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      await asAdmin.setRecorder(distributors.recorder, CAP, 7);
      const free = { ...SALE, price: 1, volume: 0 };
      await expect(company.record(Array(4).fill(free)))
        .to.be.revertedWithCustomError(ledger, 'CountExceeded')
        .withArgs(3, 4);
      await company.record([free, SALE]);
      await expect(company.record([free, free]))
        .to.be.revertedWithCustomError(ledger, 'CountExceeded')
        .withArgs(1, 2);
      await expect(
        company.enrol([
          { id: 16, sponsor: 0 },
          { id: 17, sponsor: 16 },
        ]),
      )
        .to.be.revertedWithCustomError(ledger, 'CountExceeded')
        .withArgs(1, 2);
      await company.enrol([{ id: 16, sponsor: 0 }]);
      expect((await ledger.recorderOf(distributors.recorder)).countLeft).to.equal(0);
    });

    it('numbers the batches of each recorder alone', async () => {
      const company = await loadFixture(readable);
      const { asRecorder, ledger, distributors } = company;
      const other = company.withRecorder(distributors.stranger);
      await company.setRecorder(distributors.stranger, CAP);
      await other.record([SALE]);
      const records = encodeSales([SALE]);
      await expectEntries(
        ledger,
        () => asRecorder.recordSales(records, 1, MANIFEST, 1),
        (at) => [['BatchRecorded', 1, 1, distributors.recorder, at, RESERVE, MANIFEST, records]],
      );
      const second = await other.record([SALE]);
      expect(second.number).to.equal(2n ** 24n + 2n);
      expect(await ledger.batchOf(second.number)).to.deep.equal([true, 0n]);
      expect(await ledger.batchOf(2)).to.deep.equal([false, 0n]);
    });

    it('refuses a batch beyond the last number with an error of its own', async () => {
      const company = await loadFixture(readable);
      const last = 2n ** 24n - 1n;
      await setSequence(company.ledger, company.distributors.recorder.address, last);
      await expect(company.asRecorder.recordSales(encodeSales([SALE]), 0, MANIFEST, 1))
        .to.be.revertedWithCustomError(company.ledger, 'TooManyBatches')
        .withArgs(last);
    });

    it('leaves half of the journal to settlements and payouts', async () => {
      const company = await loadFixture(readable);
      const { asRecorder, ledger } = company;
      const open = await company.record([SALE]);
      await company.passWindow(open);
      const half = 2n ** 31n;
      await setCounter(ledger, 'entries', half);
      for (const call of [
        () => asRecorder.recordSales(encodeSales([SALE]), 2, MANIFEST, 1),
        () => company.enrol([{ id: 16, sponsor: 0 }]),
        () => company.fund(1n),
        () => company.setStanding([{ id: ID.F, rank: 1 }]),
        () => company.correctSponsor(ID.F, company.distributors.wallets.F, ID.A),
      ]) {
        await expect(call()).to.be.revertedWithCustomError(ledger, 'JournalFull').withArgs(half);
      }
      await company.settle(open);
      await ledger.withdraw(company.distributors.wallets.F);
      expect(await ledger.entryCount()).to.equal(half + 2n);
    });

    for (const { form, fixture } of withWindow) {
      it(`records a batch and reserves the most it can pay, in ${form}`, async () => {
        const company = await loadFixture(fixture);
        const { asRecorder, ledger, distributors, options } = company;
        const records = encodeSales([
          { seller: ID.F, volume: 10_000, price: 12_345 },
          { seller: ID.B, volume: 101, class: PREFERRED },
          { seller: ID.root, volume: 103, class: SELF },
          { seller: ID.A, volume: 0, price: 1 },
        ]);
        // Half of 101 is 50 cents, a quarter of 103 is 25: rounded down before any rate.
        const reserved = (10_000n + 50n + 25n) * 4100n;
        expect(await asRecorder.recordSales.staticCall(records, 1, MANIFEST, 1)).to.deep.equal([
          1n,
          reserved,
        ]);
        await expectEntries(
          ledger,
          () => asRecorder.recordSales(records, 1, MANIFEST, 1),
          (at) => [['BatchRecorded', 1, 1, distributors.recorder, at, reserved, MANIFEST, records]],
        );
        const { float } = options;
        expect(await ledger.solvency()).to.deep.equal([float, float - reserved, reserved, 0n]);
        const { number, sequence, left, countLeft, returnsLeft } = await ledger.recorderOf(
          distributors.recorder,
        );
        expect([number, sequence]).to.deep.equal([1n, 1n]);
        // Spending is rounded up to what flows back in a 256th of a second.
        expect(left).to.be.within(
          ALLOWANCE - reserved - ALLOWANCE / BigInt(256 * DAY) - 1n,
          ALLOWANCE - reserved,
        );
        expect(countLeft).to.be.within(COUNT_CAP / 2n - 12n, COUNT_CAP / 2n - 4n);
        expect(returnsLeft).to.equal(ALLOWANCE);
        expect(await ledger.batchOf(1)).to.deep.equal([true, 0n]);
        expect(await company.owed(ID.A, ID.B, ID.F, ID.root)).to.deep.equal([0n, 0n, 0n, 0n]);
      });
    }

    it('records the largest sale there can be', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      const reserved = BigInt(MAX_CENTS) * 4100n;
      await company.setRecorder(distributors.recorder, 2n ** 50n - 1n);
      await company.fund(reserved - company.options.float);
      const batch = await company.record([{ seller: ID.F, volume: MAX_CENTS }]);
      expect(await ledger.solvency()).to.deep.equal([reserved, 0n, reserved, 0n]);
      await company.passWindow(batch);
      await company.settle(batch);
      expect(await company.owed(ID.F, ID.A)).to.deep.equal([
        BigInt(MAX_CENTS) * 2000n,
        BigInt(MAX_CENTS) * 100n,
      ]);
    });

    it('records sales that count for nothing without any float', async () => {
      const company = await loadFixture(nothingCounts);
      await company.record([SALE, { ...SALE, class: SELF }]);
      expect((await company.ledger.solvency()).reserved).to.equal(0);
    });

    for (const { form, fixture } of atOnce) {
      it(`settles in the same call in ${form}`, async () => {
        const company = await loadFixture(fixture);
        const { asRecorder, ledger, options, distributors } = company;
        const records = encodeSales([SALE, { seller: ID.B, volume: 200, class: PREFERRED }]);
        const reserved = 10_100n * 4100n;
        // F's line is paid whole; above B there is only A.
        const [first, second] = [41_000_000n, 300_000n];
        const lines: ExpectedEvent[] = [
          ['SaleSettled', saleNumber(1, 0), ID.F, 10_000, encodeCredits(LEVELS_OF_F)],
          [
            'SaleSettled',
            saleNumber(1, 1),
            ID.B,
            100,
            encodeCredits([
              [200_000n, ID.B],
              [100_000n, ID.A],
            ]),
          ],
        ];
        await expectEntries(
          ledger,
          () => asRecorder.recordSales(records, 1, MANIFEST, 1),
          (at) => [
            ['BatchRecorded', 1, 1, distributors.recorder, at, reserved, MANIFEST, records],
            ...(options.compact ? [] : lines),
            [
              'BatchSettled',
              1,
              0,
              2,
              first + second,
              reserved - first - second,
              options.compact ? undefined : '0x',
            ],
          ],
        );
        const { float } = options;
        const owed = first + second;
        expect(await ledger.solvency()).to.deep.equal([float, float - owed, 0n, owed]);
        expect(await ledger.batchOf(1)).to.deep.equal([false, 0n]);
        expect(await company.owed(ID.F, ID.B, ID.A)).to.deep.equal([20_000_000n, 2_200_000n, 1_100_000n]);
      });
    }

    it('leaves nothing to settle or reverse in a ledger without window', async () => {
      const company = await loadFixture(atOnce[0]!.fixture);
      const batch = await company.record([SALE]);
      await expect(company.settle(batch))
        .to.be.revertedWithCustomError(company.ledger, 'BatchNotOpen')
        .withArgs(1);
      await expect(company.reverse(batch, [{ index: 0, price: 1, volume: 1 }]))
        .to.be.revertedWithCustomError(company.ledger, 'BatchNotOpen')
        .withArgs(1);
    });
  });

  describe('batchOf', () => {
    it('is closed for a batch that was never recorded', async () => {
      const { ledger } = await loadFixture(readable);
      expect(await ledger.batchOf(1)).to.deep.equal([false, 0n]);
      expect(await ledger.batchOf(ethers.MaxUint256)).to.deep.equal([false, 0n]);
    });
  });
});
