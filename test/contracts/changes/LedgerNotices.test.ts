import { expect } from 'chai';
import { id as hashOf, ZeroAddress, ZeroHash } from 'ethers';
import { loadFixture } from '../../support/contracts/chain.ts';
import { applyLeaving } from '../../support/contracts/changes.ts';
import { EVIDENCE, ID, openCompany, readable, withWindow } from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { expectSound } from '../../support/contracts/expect-sound.ts';
import { encodeBalances } from '../../support/contracts/records.ts';
import { setCounter } from '../../support/contracts/totals.ts';

const { E, F, emptyLane, walletless } = ID;
const ROOT = hashOf('root');

async function poor() {
  return openCompany({ float: 100n });
}

describe('LedgerNotices', () => {
  it('refuses anybody but the admin', async () => {
    const { ledger, distributors } = await loadFixture(readable);
    for (const caller of [distributors.stranger, distributors.recorder, distributors.compliance]) {
      const as = ledger.connect(caller);
      for (const call of [
        () => as.openBalances(encodeBalances([{ id: F, units: 1n }]), EVIDENCE),
        () => as.publishDisclosure(2026, ROOT, EVIDENCE),
        () => as.setSuccessor(caller),
      ]) {
        await expect(call())
          .to.be.revertedWithCustomError(ledger, 'AccessControlUnauthorizedAccount')
          .withArgs(caller, ZeroHash);
      }
    }
  });

  it('refuses when the company has filled its half of the journal', async () => {
    const { asAdmin, ledger } = await loadFixture(readable);
    await setCounter(ledger, 'entries', 2n ** 31n);
    for (const call of [
      () => asAdmin.openBalances(encodeBalances([{ id: F, units: 1n }]), EVIDENCE),
      () => asAdmin.publishDisclosure(2026, ROOT, EVIDENCE),
    ]) {
      await expect(call())
        .to.be.revertedWithCustomError(ledger, 'JournalFull')
        .withArgs(2n ** 31n);
    }
  });

  describe('openBalances', () => {
    it('refuses no records and broken ones', async () => {
      const { asAdmin, ledger } = await loadFixture(readable);
      const packed = encodeBalances([{ id: F, units: 1n }]);
      for (const [records, bytes] of [
        ['0x', 0],
        [packed.slice(0, -2), 11],
        [`${packed}00`, 13],
      ] as const) {
        await expect(asAdmin.openBalances(records, EVIDENCE))
          .to.be.revertedWithCustomError(ledger, 'MalformedRecords')
          .withArgs(bytes, 12);
      }
    });

    it('refuses nobody, who has left, and nothing', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger, distributors } = company;
      const open = (id: number, units = 1n) =>
        asAdmin.openBalances(
          encodeBalances([
            { id: F, units: 1n },
            { id, units },
          ]),
          EVIDENCE,
        );
      for (const id of [0, emptyLane, 16, 2 ** 26 + F, 2 ** 32 - 1]) {
        await expect(open(id)).to.be.revertedWithCustomError(ledger, 'UnknownDistributorAt').withArgs(1, id);
      }
      await expect(open(E, 0n)).to.be.revertedWithCustomError(ledger, 'ZeroUnits');
      await applyLeaving(company, distributors.wallets.E);
      await expect(open(E)).to.be.revertedWithCustomError(ledger, 'DistributorGone').withArgs(E);
    });

    it('refuses more than the float, to the unit', async () => {
      const company = await loadFixture(poor);
      const { asAdmin, ledger } = company;
      const open = (units: bigint) =>
        asAdmin.openBalances(
          encodeBalances([
            { id: F, units: 60n },
            { id: E, units },
          ]),
          EVIDENCE,
        );
      await expect(open(41n)).to.be.revertedWithCustomError(ledger, 'FloatTooLow').withArgs(100, 101);
      await expect(open(2n ** 64n - 1n)).to.be.revertedWithCustomError(ledger, 'FloatTooLow');
      const rest = encodeBalances([
        { id: F, units: 60n },
        { id: E, units: 40n },
      ]);
      await company.prepare('openBalances', rest, EVIDENCE);
      await open(40n);
    });

    it('refuses after the first sale, for good', async () => {
      const company = await loadFixture(readable);
      const { asAdmin, ledger } = company;
      const batch = await company.record([{ seller: F, volume: 0, price: 1 }]);
      const open = () => asAdmin.openBalances(encodeBalances([{ id: F, units: 1n }]), EVIDENCE);
      await expect(open()).to.be.revertedWithCustomError(ledger, 'SalesRecorded');
      await company.reverse(batch, [{ index: 0, price: 1, volume: 0 }]);
      await company.passWindow(batch);
      await company.settle(batch);
      await expect(open()).to.be.revertedWithCustomError(ledger, 'SalesRecorded');
    });

    for (const { form, fixture } of withWindow) {
      it(`owes distributors what they are owed from before, out of the float, in ${form}`, async () => {
        const company = await loadFixture(fixture);
        const { asAdmin, asStranger, ledger, token, distributors, options, unit } = company;
        const records = encodeBalances([
          { id: F, units: 5_000_000n },
          { id: walletless, units: 7n },
          { id: F, units: 1n },
        ]);
        await company.prepare('openBalances', records, EVIDENCE);
        await expectEntries(ledger, () => asAdmin.openBalances(records, EVIDENCE), [
          ['BalancesOpened', 5_000_008, EVIDENCE, records],
        ]);
        expect(await company.owed(F, walletless, E)).to.deep.equal([5_000_001n, 7n, 0n]);
        const { float } = options;
        expect(await ledger.solvency()).to.deep.equal([float, float - 5_000_008n, 0n, 5_000_008n]);
        await asStranger.withdraw(distributors.wallets.F);
        expect(await token.balanceOf(distributors.wallets.F)).to.equal(5_000_001n * unit);
        await expectSound(company);
      });
    }
  });

  describe('publishDisclosure', () => {
    it('refuses a period that its entry cannot hold', async () => {
      const { asAdmin, ledger } = await loadFixture(readable);
      await expect(asAdmin.publishDisclosure(2n ** 32n, ROOT, EVIDENCE))
        .to.be.revertedWithCustomError(ledger, 'PeriodOutOfRange')
        .withArgs(2n ** 32n, 2n ** 32n - 1n);
    });

    it('enters period, root and hash', async () => {
      const { asAdmin, ledger } = await loadFixture(readable);
      for (const period of [2026, 202_611]) {
        await expectEntries(ledger, () => asAdmin.publishDisclosure(period, ROOT, EVIDENCE), [
          ['DisclosurePublished', period, ROOT, EVIDENCE],
        ]);
      }
    });
  });

  describe('setSuccessor', () => {
    it('refuses no ledger, and the ledger itself', async () => {
      const { asAdmin, ledger } = await loadFixture(readable);
      for (const successor of [ZeroAddress, await ledger.getAddress()]) {
        await expect(asAdmin.setSuccessor(successor))
          .to.be.revertedWithCustomError(ledger, 'UnusableWallet')
          .withArgs(successor);
      }
      expect(await ledger.successor()).to.equal(ZeroAddress);
    });

    it('names the successor once, and moves no money', async () => {
      const { asAdmin, ledger, distributors } = await loadFixture(readable);
      const before = await ledger.solvency();
      await expectEntries(ledger, () => asAdmin.setSuccessor(distributors.stranger), [
        ['SuccessorSet', distributors.stranger],
      ]);
      expect(await ledger.successor()).to.equal(distributors.stranger);
      expect(await ledger.solvency()).to.deep.equal(before);
      for (const other of [distributors.stranger, distributors.funder]) {
        await expect(asAdmin.setSuccessor(other))
          .to.be.revertedWithCustomError(ledger, 'SuccessorKnown')
          .withArgs(distributors.stranger);
      }
    });
  });
});
