import { expect } from 'chai';
import { keccak256, ZeroAddress, ZeroHash } from 'ethers';
import { DAY, loadFixture, time } from '../../support/contracts/chain.ts';
import { ALLOWANCE, CAP, COUNT_CAP, ID, openCompany, readable } from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { expectSound } from '../../support/contracts/expect-sound.ts';

const ADMIN = ZeroHash;
/** Volume in cents of which the plan can pay 41 units: 100 cents reserve 410,000. */
const SALE = { seller: ID.F, volume: 100 };
const RESERVE = 410_000n;
const MAX_UNIT_CAP = 2n ** 50n - 1n;
const MAX_COUNT_CAP = 2n ** 24n - 1n;

/** A recorder that can record two sales and a bit at once. */
async function capped() {
  const company = await openCompany();
  await company.asAdmin.setRecorder(company.distributors.recorder, 4n * RESERVE + 2n, 1_000);
  return company;
}

/** The recorder has a standby key, and one open batch. */
async function withStandby() {
  const company = await openCompany();
  const standby = company.distributors.free[0]!;
  await company.prepare('setStandby', 1, standby.address);
  await company.asAdmin.setStandby(1, standby);
  const batch = await company.record([SALE, SALE]);
  return { company, standby, batch };
}

describe('LedgerRoles', () => {
  describe('setRecorder', () => {
    it('refuses anybody but the admin', async () => {
      const { asRecorder, ledger, distributors } = await loadFixture(readable);
      await expect(asRecorder.setRecorder(distributors.recorder, 1, 1))
        .to.be.revertedWithCustomError(ledger, 'AccessControlUnauthorizedAccount')
        .withArgs(distributors.recorder, ADMIN);
    });

    it('refuses a new key, and either cap raised, that was not announced', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      for (const args of [
        [distributors.stranger.address, 0n, 0n],
        [distributors.recorder.address, CAP + 1n, COUNT_CAP],
        [distributors.recorder.address, CAP, COUNT_CAP + 1n],
        [distributors.recorder.address, 0n, COUNT_CAP + 1n],
      ] as const) {
        await expect(asAdmin.setRecorder(...args))
          .to.be.revertedWithCustomError(ledger, 'ActNotAnnounced')
          .withArgs(keccak256(company.dataOf('setRecorder', args)));
      }
    });

    it('refuses no key, and caps that the slot cannot hold', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      await expect(company.setRecorder(ZeroAddress, 1n))
        .to.be.revertedWithCustomError(ledger, 'UnusableWallet')
        .withArgs(ZeroAddress);
      await expect(company.setRecorder(distributors.recorder, MAX_UNIT_CAP + 1n))
        .to.be.revertedWithCustomError(ledger, 'CapTooHigh')
        .withArgs(MAX_UNIT_CAP + 1n, MAX_UNIT_CAP);
      await expect(company.setRecorder(distributors.recorder, 1n, MAX_COUNT_CAP + 1n))
        .to.be.revertedWithCustomError(ledger, 'CapTooHigh')
        .withArgs(MAX_COUNT_CAP + 1n, MAX_COUNT_CAP);
    });

    it('gives the next number and the power to enrol, record and reverse', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      const recorder = distributors.free[0]!;
      await company.prepare('setRecorder', recorder.address, MAX_UNIT_CAP, MAX_COUNT_CAP);
      await expectEntries(ledger, () => asAdmin.setRecorder(recorder, MAX_UNIT_CAP, MAX_COUNT_CAP), [
        ['RecorderSet', recorder, 2, MAX_UNIT_CAP, MAX_COUNT_CAP],
      ]);
      const [half, halfCount] = [MAX_UNIT_CAP / 2n, MAX_COUNT_CAP / 2n];
      expect(await ledger.recorderOf(recorder)).to.deep.equal([
        2n,
        0n,
        MAX_UNIT_CAP,
        MAX_COUNT_CAP,
        half,
        halfCount,
        half,
      ]);
      expect((await ledger.counts()).recorders).to.equal(2);
      expect(await ledger.recorderKey(2)).to.deep.equal([recorder.address, ZeroAddress]);
      const other = company.withRecorder(recorder);
      await other.enrol([{ id: 16, sponsor: 0 }]);
      await other.reverse(await other.record([SALE]), [{ index: 0, price: 100, volume: 100 }]);
    });

    it('lowers caps at once, down to none', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      const { recorder } = distributors;
      const batch = await company.record([SALE]);
      await expectEntries(ledger, () => asAdmin.setRecorder(recorder, 0, 0), [
        ['RecorderSet', recorder, 1, 0, 0],
      ]);
      expect(await ledger.recorderOf(recorder)).to.deep.equal([1n, 1n, 0n, 0n, 0n, 0n, 0n]);
      await expect(company.enrol([{ id: 16, sponsor: 0 }]))
        .to.be.revertedWithCustomError(ledger, 'CountExceeded')
        .withArgs(0, 1);
      await expect(company.record([SALE]))
        .to.be.revertedWithCustomError(ledger, 'CountExceeded')
        .withArgs(0, 1);
      await expect(company.reverse(batch, [{ index: 0, price: 100, volume: 100 }]))
        .to.be.revertedWithCustomError(ledger, 'CapExceeded')
        .withArgs(0, RESERVE);
    });

    it('keeps the used part of each allowance used', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      const { recorder } = distributors;
      await asAdmin.setRecorder(recorder, 8n * RESERVE, 8);
      await company.record([SALE, SALE]);
      const next = BigInt(await time.latest()) + 1n;
      await time.setNextBlockTimestamp(next);
      await asAdmin.setRecorder(recorder, 4n * RESERVE, 4);
      const { left, countLeft } = await ledger.recorderOf(recorder);
      // Half of four was used, so half of two is: but for what a second brings back.
      expect(left).to.be.within(RESERVE, RESERVE + (2n * RESERVE) / BigInt(DAY) + 1n);
      expect(countLeft).to.equal(1);
    });
  });

  describe('recorderOf and recorderKey', () => {
    it('give zeros for any other key, and refuse a number that no recorder has', async () => {
      const { ledger, distributors } = await loadFixture(readable);
      for (const key of [distributors.stranger, distributors.admin]) {
        expect(await ledger.recorderOf(key)).to.deep.equal(Array(7).fill(0n));
      }
      expect(await ledger.recorderOf(distributors.recorder)).to.deep.equal([
        1n,
        0n,
        CAP,
        COUNT_CAP,
        ALLOWANCE,
        (await ledger.recorderOf(distributors.recorder)).countLeft,
        ALLOWANCE,
      ]);
      for (const number of [0n, 2n, 2n ** 255n]) {
        await expect(ledger.recorderKey(number))
          .to.be.revertedWithCustomError(ledger, 'UnknownRecorder')
          .withArgs(number);
      }
    });

    it('let no more than the cap through in any stretch of one period', async () => {
      const company = await loadFixture(capped);
      const { ledger, distributors } = company;
      const { recorder } = distributors;
      const begin = BigInt(await time.latest()) + 100n;
      await time.setNextBlockTimestamp(begin);
      await company.record([SALE, SALE]);
      expect((await ledger.recorderOf(recorder)).left).to.be.at.most(1);
      await expect(company.record([SALE])).to.be.revertedWithCustomError(ledger, 'CapExceeded');
      // A quarter of the cap flows back in half a period, and the rest of the half in the other half.
      await time.setNextBlockTimestamp(begin + BigInt(DAY / 2));
      await company.record([SALE]);
      await time.setNextBlockTimestamp(begin + BigInt(DAY) - 2n);
      await expect(company.record([SALE, SALE])).to.be.revertedWithCustomError(ledger, 'CapExceeded');
      await time.setNextBlockTimestamp(begin + BigInt(DAY));
      await company.record([SALE]);
      await time.increase(50 * DAY);
      expect((await ledger.recorderOf(recorder)).left).to.equal(2n * RESERVE + 1n);
    });

    it('give nothing back for a reversal, which has its own allowance', async () => {
      const company = await loadFixture(capped);
      const { ledger, distributors } = company;
      const batch = await company.record([SALE, SALE]);
      await company.reverse(batch, [{ index: 0, price: 100, volume: 100 }]);
      const { left, returnsLeft } = await ledger.recorderOf(distributors.recorder);
      expect(left).to.be.below(RESERVE / 10n);
      expect(returnsLeft).to.be.within(RESERVE, RESERVE + 1n);
    });
  });

  describe('setStandby', () => {
    it('refuses anybody but the admin', async () => {
      const { asRecorder, ledger, distributors } = await loadFixture(readable);
      await expect(asRecorder.setStandby(1, distributors.stranger))
        .to.be.revertedWithCustomError(ledger, 'AccessControlUnauthorizedAccount')
        .withArgs(distributors.recorder, ADMIN);
    });

    it('refuses a number that no recorder has, a recorder’s key, and what was not announced', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      for (const number of [0n, 2n, 2n ** 255n]) {
        await expect(asAdmin.setStandby(number, distributors.stranger))
          .to.be.revertedWithCustomError(ledger, 'UnknownRecorder')
          .withArgs(number);
      }
      await expect(asAdmin.setStandby(1, distributors.recorder))
        .to.be.revertedWithCustomError(ledger, 'RecorderTaken')
        .withArgs(distributors.recorder, 1);
      await expect(asAdmin.setStandby(1, distributors.stranger)).to.be.revertedWithCustomError(
        ledger,
        'ActNotAnnounced',
      );
    });

    it('names a standby as announced, and takes it back at once', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      const standby = distributors.stranger;
      await company.prepare('setStandby', 1, standby.address);
      await expectEntries(ledger, () => asAdmin.setStandby(1, standby), [['StandbySet', 1, standby]]);
      expect((await ledger.recorderKey(1)).standby).to.equal(standby.address);
      expect((await ledger.recorderOf(standby)).number).to.equal(0);
      await expectEntries(ledger, () => asAdmin.setStandby(1, ZeroAddress), [['StandbySet', 1, ZeroAddress]]);
      expect((await ledger.recorderKey(1)).standby).to.equal(ZeroAddress);
    });
  });

  describe('replaceRecorder', () => {
    it('refuses a recorder without standby, and any number that is none', async () => {
      const { asAdmin, ledger } = await loadFixture(readable);
      for (const number of [0n, 1n, 2n, 2n ** 255n]) {
        await expect(asAdmin.replaceRecorder(number))
          .to.be.revertedWithCustomError(ledger, 'UnknownRecorder')
          .withArgs(number);
      }
    });

    it('refuses anybody but the standby and the admin', async () => {
      const { company, standby } = await loadFixture(withStandby);
      const { ledger, distributors } = company;
      for (const caller of [distributors.recorder, distributors.guardian, distributors.stranger]) {
        await expect(ledger.connect(caller).replaceRecorder(1))
          .to.be.revertedWithCustomError(ledger, 'NotStandby')
          .withArgs(caller, standby);
      }
    });

    it('refuses a standby that has become a recorder of its own', async () => {
      const { company, standby } = await loadFixture(withStandby);
      await company.setRecorder(standby, 1n);
      await expect(company.asAdmin.replaceRecorder(1))
        .to.be.revertedWithCustomError(company.ledger, 'RecorderTaken')
        .withArgs(standby, 2);
    });

    for (const by of ['the standby', 'the admin'] as const) {
      it(`moves number, sequence, caps and batches to the new key at once, by ${by}`, async () => {
        const { company, standby, batch } = await loadFixture(withStandby);
        const { ledger, distributors } = company;
        const { recorder, admin } = distributors;
        const before = await ledger.recorderOf(recorder);
        const caller = ledger.connect(by === 'the admin' ? admin : standby);
        await expectEntries(ledger, () => caller.replaceRecorder(1), [
          ['RecorderReplaced', 1, recorder, standby],
        ]);
        const after = await ledger.recorderOf(standby);
        expect([...after].slice(0, 4)).to.deep.equal([...before].slice(0, 4));
        expect(await ledger.recorderOf(recorder)).to.deep.equal(Array(7).fill(0n));
        expect(await ledger.recorderKey(1)).to.deep.equal([standby.address, ZeroAddress]);
        await expect(company.record([SALE]))
          .to.be.revertedWithCustomError(ledger, 'NotRecorder')
          .withArgs(recorder);
        const other = company.withRecorder(standby);
        await other.reverse({ ...batch }, [{ index: 1, price: 100, volume: 100 }]);
        expect((await other.record([SALE])).number).to.equal(2);
        await expectSound(company);
      });
    }
  });
});
