import { expect } from 'chai';
import { MaxUint256 } from 'ethers';
import { DAY, loadFixture, networkHelpers, time } from '../../support/contracts/chain.ts';
import { applySponsor } from '../../support/contracts/changes.ts';
import { atOnce, EVIDENCE, ID, REASON, readable } from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { expectSound } from '../../support/contracts/expect-sound.ts';
import { saleNumber } from '../../support/contracts/records.ts';
import { setCounter } from '../../support/contracts/totals.ts';

const MAX_REVIEW = BigInt(90 * DAY);
const DISTRIBUTOR = 0;
const SALE = 1;
const KIND = 7;
/** A flag on E, up to its date of review. */
const FLAG = [DISTRIBUTOR, ID.E, KIND, 1, EVIDENCE] as const;

/** Storage slot of the number of flags: it comes after the fragments, which begin at slot 7. */
const FLAGS_SLOT = 7 + 2 ** 24;

async function now(): Promise<bigint> {
  return BigInt(await time.latest());
}

async function soon(): Promise<bigint> {
  return (await now()) + BigInt(10 * DAY);
}

/** One sale is recorded, so that there is one to flag. */
async function withSale() {
  const company = await readable();
  await company.record([{ seller: ID.F, volume: 100 }]);
  return company;
}

/** E is flagged, as flag number 1. */
async function flagged() {
  const company = await readable();
  await company.asCompliance.raiseFlag(...FLAG, await soon());
  return company;
}

describe('LedgerCompliance', () => {
  describe('raiseFlag', () => {
    it('refuses a distributor or a sale that is not there, and any other kind', async () => {
      const { asCompliance, ledger } = await loadFixture(withSale);
      const refused: [kind: bigint | number, subject: bigint | number][] = [
        [DISTRIBUTOR, 0],
        [DISTRIBUTOR, ID.emptyLane],
        [DISTRIBUTOR, 16],
        [DISTRIBUTOR, 2 ** 26 + ID.E],
        [DISTRIBUTOR, 2n ** 32n + BigInt(ID.E)],
        [DISTRIBUTOR, MaxUint256],
        [SALE, 0],
        [SALE, saleNumber(0, 5)],
        [SALE, saleNumber(2, 0)],
        [SALE, saleNumber(2n ** 24n + 1n, 0)],
        [SALE, 2n ** 48n + saleNumber(1, 0)],
        [SALE, MaxUint256],
        [2, ID.E],
        [256, ID.E],
        [MaxUint256, saleNumber(1, 0)],
      ];
      const reviewBy = await soon();
      for (const [kind, subject] of refused) {
        await expect(asCompliance.raiseFlag(kind, subject, KIND, 2, EVIDENCE, reviewBy))
          .to.be.revertedWithCustomError(ledger, 'UnknownSubject')
          .withArgs(kind, subject);
      }
    });

    it('refuses a kind, a severity or a date of review out of range', async () => {
      const { asCompliance, ledger } = await loadFixture(withSale);
      const at = (await now()) + 10n;
      const refused: [kind: number, severity: number, reviewBy: bigint, error: string, args: unknown[]][] = [
        [256, 1, at + 1n, 'FlagKindOutOfRange', [256, 255]],
        [KIND, 0, at + 1n, 'SeverityOutOfRange', [0, 3]],
        [KIND, 4, at + 1n, 'SeverityOutOfRange', [4, 3]],
        [KIND, 1, at, 'ReviewOutOfRange', [at, at + MAX_REVIEW]],
        [KIND, 1, 0n, 'ReviewOutOfRange', [0, at + MAX_REVIEW]],
        [KIND, 1, at + MAX_REVIEW + 1n, 'ReviewOutOfRange', [at + MAX_REVIEW + 1n, at + MAX_REVIEW]],
      ];
      for (const [kind, severity, reviewBy, error, args] of refused) {
        const calls = await networkHelpers.takeSnapshot();
        await time.setNextBlockTimestamp(at);
        await expect(asCompliance.raiseFlag(DISTRIBUTOR, ID.E, kind, severity, EVIDENCE, reviewBy))
          .to.be.revertedWithCustomError(ledger, error)
          .withArgs(...args);
        await calls.restore();
      }
      await time.setNextBlockTimestamp(at);
      await asCompliance.raiseFlag(DISTRIBUTOR, ID.E, 255, 3, EVIDENCE, at + MAX_REVIEW);
    });

    it('refuses when the company has filled its half of the journal', async () => {
      const { asCompliance, ledger, distributors } = await loadFixture(withSale);
      await asCompliance.raiseFlag(...FLAG, await soon());
      await asCompliance.hold(distributors.wallets.E, (await now()) + BigInt(DAY), REASON);
      await setCounter(ledger, 'entries', 2n ** 31n);
      await expect(asCompliance.raiseFlag(...FLAG, await soon()))
        .to.be.revertedWithCustomError(ledger, 'JournalFull')
        .withArgs(2n ** 31n);
      // What ends a review or a hold is always possible.
      await asCompliance.closeFlag(1, 1, EVIDENCE);
      await asCompliance.releaseHold(distributors.wallets.E, REASON);
    });

    it('refuses more flags than have a number', async () => {
      const { asCompliance, ledger } = await loadFixture(withSale);
      const limit = 2n ** 32n - 1n;
      await networkHelpers.setStorageAt(await ledger.getAddress(), FLAGS_SLOT, limit);
      await expect(asCompliance.raiseFlag(...FLAG, await soon()))
        .to.be.revertedWithCustomError(ledger, 'TooManyFlags')
        .withArgs(limit);
      await networkHelpers.setStorageAt(await ledger.getAddress(), FLAGS_SLOT, limit - 1n);
      const reviewBy = await soon();
      await expectEntries(ledger, () => asCompliance.raiseFlag(...FLAG, reviewBy), [
        ['FlagRaised', limit, ...FLAG, reviewBy],
      ]);
    });

    for (const { form, fixture } of atOnce) {
      it(`flags distributors and sales in public, by number, and changes nobody’s money, in ${form}`, async () => {
        const company = await loadFixture(fixture);
        const { asCompliance, asStranger, ledger, distributors } = company;
        await company.record([{ seller: ID.F, volume: 10_000 }]);
        await company.leave(distributors.wallets.root);
        const subjects: [kind: number, subject: bigint | number][] = [
          [DISTRIBUTOR, ID.E],
          [SALE, saleNumber(1, 0)],
          // The same again, who has left, and who has no wallet.
          [DISTRIBUTOR, ID.E],
          [DISTRIBUTOR, ID.root],
          [DISTRIBUTOR, ID.walletless],
        ];
        const solvency = await ledger.solvency();
        const reviewBy = await soon();
        for (const [i, [kind, subject]] of subjects.entries()) {
          expect(
            await asCompliance.raiseFlag.staticCall(kind, subject, KIND, 2, EVIDENCE, reviewBy),
          ).to.equal(i + 1);
          await expectEntries(
            ledger,
            () => asCompliance.raiseFlag(kind, subject, KIND, 2, EVIDENCE, reviewBy),
            [['FlagRaised', i + 1, kind, subject, KIND, 2, EVIDENCE, reviewBy]],
          );
          expect(await ledger.flagOf(i + 1)).to.deep.equal([0n, reviewBy, true]);
        }
        expect(await ledger.solvency()).to.deep.equal(solvency);
        await asStranger.withdraw(distributors.wallets.E);
        await expectSound(company);
      });
    }
  });

  describe('closeFlag', () => {
    it('refuses what is not open', async () => {
      const { asCompliance, ledger } = await loadFixture(readable);
      await asCompliance.raiseFlag(...FLAG, await soon());
      for (const flag of [0n, 2n, 2n ** 32n + 1n, MaxUint256]) {
        await expect(asCompliance.closeFlag(flag, 1, EVIDENCE))
          .to.be.revertedWithCustomError(ledger, 'FlagNotOpen')
          .withArgs(flag);
      }
      await asCompliance.closeFlag(1, 1, EVIDENCE);
      for (const outcome of [1, 2, 0]) {
        await expect(asCompliance.closeFlag(1, outcome, EVIDENCE))
          .to.be.revertedWithCustomError(ledger, 'FlagNotOpen')
          .withArgs(1);
      }
    });

    it('refuses a flag that has ended by itself, from its date on', async () => {
      const { asCompliance, ledger } = await loadFixture(flagged);
      const { reviewBy } = await ledger.flagOf(1);
      await time.increaseTo(reviewBy - 1n);
      expect((await ledger.flagOf(1)).isOpen).to.equal(true);
      await time.setNextBlockTimestamp(reviewBy);
      await expect(asCompliance.closeFlag(1, 1, EVIDENCE))
        .to.be.revertedWithCustomError(ledger, 'FlagNotOpen')
        .withArgs(1);
      await time.increaseTo(reviewBy + 1n);
      expect(await ledger.flagOf(1)).to.deep.equal([0n, reviewBy, false]);
    });

    it('refuses an outcome that is none', async () => {
      const { asCompliance, ledger } = await loadFixture(readable);
      await asCompliance.raiseFlag(...FLAG, await soon());
      for (const outcome of [0n, 4n, 257n, MaxUint256]) {
        await expect(asCompliance.closeFlag(1, outcome, EVIDENCE))
          .to.be.revertedWithCustomError(ledger, 'UnknownOutcome')
          .withArgs(outcome);
      }
    });

    for (const { form, fixture } of atOnce) {
      it(`ends a review with each of the outcomes, in ${form}`, async () => {
        const company = await loadFixture(fixture);
        const { asCompliance, ledger } = company;
        for (let flag = 1; flag <= 3; ++flag) await asCompliance.raiseFlag(...FLAG, await soon());
        for (const [flag, outcome] of [
          [2, 3],
          [3, 1],
          [1, 2],
        ] as const) {
          await expectEntries(ledger, () => asCompliance.closeFlag(flag, outcome, EVIDENCE), [
            ['FlagClosed', flag, outcome, EVIDENCE],
          ]);
        }
        const outcomes = await Promise.all([1, 2, 3].map((flag) => ledger.flagOf(flag)));
        expect(outcomes.map(({ outcome, isOpen }) => [outcome, isOpen])).to.deep.equal([
          [2n, false],
          [3n, false],
          [1n, false],
        ]);
        await expectSound(company);
      });
    }
  });

  describe('answerFlag', () => {
    it('refuses a flag that is not open: unknown, decided, ended', async () => {
      const { asCompliance, ledger, distributors } = await loadFixture(flagged);
      const asE = ledger.connect(distributors.wallets.E);
      for (const flag of [0n, 2n, MaxUint256]) {
        await expect(asE.answerFlag(flag, REASON))
          .to.be.revertedWithCustomError(ledger, 'FlagNotOpen')
          .withArgs(flag);
      }
      await asCompliance.raiseFlag(...FLAG, await soon());
      await asCompliance.closeFlag(2, 1, EVIDENCE);
      await expect(asE.answerFlag(2, REASON))
        .to.be.revertedWithCustomError(ledger, 'FlagNotOpen')
        .withArgs(2);
      await time.setNextBlockTimestamp((await ledger.flagOf(1)).reviewBy);
      await expect(asE.answerFlag(1, REASON))
        .to.be.revertedWithCustomError(ledger, 'FlagNotOpen')
        .withArgs(1);
    });

    it('refuses anybody but the flagged distributor, and any answer to a flag of a sale', async () => {
      const { asCompliance, ledger, distributors } = await loadFixture(withSale);
      await asCompliance.raiseFlag(...FLAG, await soon());
      await asCompliance.raiseFlag(SALE, saleNumber(1, 0), KIND, 1, EVIDENCE, await soon());
      const { stranger, compliance, wallets } = distributors;
      for (const [flag, caller] of [
        [1, stranger],
        [1, compliance],
        [1, wallets.F],
        [2, wallets.F],
      ] as const) {
        await expect(ledger.connect(caller).answerFlag(flag, REASON))
          .to.be.revertedWithCustomError(ledger, 'NotFlagged')
          .withArgs(caller, flag);
      }
    });

    it('enters the answer once', async () => {
      const { ledger, distributors } = await loadFixture(flagged);
      const asE = ledger.connect(distributors.wallets.E);
      const { reviewBy } = await ledger.flagOf(1);
      await expectEntries(ledger, () => asE.answerFlag(1, REASON), [['FlagAnswered', 1, ID.E, REASON]]);
      expect(await ledger.flagOf(1)).to.deep.equal([0n, reviewBy, true]);
      await expect(asE.answerFlag(1, REASON))
        .to.be.revertedWithCustomError(ledger, 'AlreadyAnswered')
        .withArgs(1);
    });

    it('is open to a distributor who has moved to another id since', async () => {
      const company = await loadFixture(readable);
      const { asCompliance, ledger, distributors } = company;
      const { F } = distributors.wallets;
      await asCompliance.raiseFlag(DISTRIBUTOR, ID.F, KIND, 1, EVIDENCE, await soon());
      await applySponsor(company, ID.F, F, ID.root);
      const moved = await ledger.movedTo(ID.F);
      await expectEntries(ledger, () => ledger.connect(F).answerFlag(1, REASON), [
        ['FlagAnswered', 1, moved, REASON],
      ]);
    });
  });

  describe('flagOf', () => {
    it('refuses a number that no flag has', async () => {
      const { asCompliance, ledger } = await loadFixture(readable);
      await asCompliance.raiseFlag(...FLAG, await soon());
      for (const flag of [0n, 2n, MaxUint256]) {
        await expect(ledger.flagOf(flag)).to.be.revertedWithCustomError(ledger, 'FlagNotOpen').withArgs(flag);
      }
    });
  });
});
