import { expect } from 'chai';
import { ZeroHash } from 'ethers';
import { DAY, loadFixture, time } from '../../support/contracts/chain.ts';
import { EVIDENCE, ID, openCompany, REASON, ROLES, readable } from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { ACTIVE, CLOSED, encodeStandings, INACTIVE } from '../../support/contracts/records.ts';

const { A, B, C, D, E, F, walletless, emptyLane, root } = ID;

async function atOnce() {
  return openCompany({ returnWindow: 0 });
}

/** A sale of F of 100.00 is settled: F is owed 20.000000, E 10, D 5, C 3, B 2, A 1. */
async function earned() {
  const company = await openCompany({ returnWindow: 0 });
  await company.record([{ seller: F, volume: 10_000 }]);
  return company;
}

describe('LedgerStanding', () => {
  describe('setStanding', () => {
    it('refuses anybody but a ranker', async () => {
      const { ledger, distributors } = await loadFixture(readable);
      const records = encodeStandings([{ id: F, rank: 1 }]);
      const { admin, recorder, stranger, compliance, guardian, registrar, quoter } = distributors;
      for (const caller of [admin, recorder, stranger, compliance, guardian, registrar, quoter]) {
        await expect(ledger.connect(caller).setStanding(records, EVIDENCE))
          .to.be.revertedWithCustomError(ledger, 'AccessControlUnauthorizedAccount')
          .withArgs(caller, ROLES.ranker);
      }
    });

    it('refuses no records and broken ones', async () => {
      const { asRanker, ledger } = await loadFixture(readable);
      const packed = encodeStandings([{ id: F, rank: 1 }]);
      for (const [bytes, given] of [
        ['0x', 0],
        [packed.slice(0, -2), 3],
        [`${packed}00`, 5],
      ] as const) {
        await expect(asRanker.setStanding(bytes, EVIDENCE))
          .to.be.revertedWithCustomError(ledger, 'MalformedRecords')
          .withArgs(given, 4);
      }
    });

    it('refuses a status that nobody can be given, naming the record', async () => {
      const company = await loadFixture(readable);
      for (const status of [0, CLOSED]) {
        await expect(company.setStanding([{ id: F }, { id: E, status }]))
          .to.be.revertedWithCustomError(company.ledger, 'UnknownStatus')
          .withArgs(1, status);
      }
    });

    it('refuses an id that nobody has, naming the record', async () => {
      const company = await loadFixture(readable);
      for (const id of [0, 3, emptyLane, root + 1, 16, 2 ** 26 - 1]) {
        await expect(company.setStanding([{ id: F }, { id: E }, { id }]))
          .to.be.revertedWithCustomError(company.ledger, 'UnknownDistributorAt')
          .withArgs(2, id);
      }
    });

    it('refuses somebody who has left or has moved to another id', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      await company.leave(distributors.wallets.E);
      await company.correctSponsor(B, distributors.wallets.B, root);
      for (const id of [E, B]) {
        await expect(company.setStanding([{ id: F }, { id }]))
          .to.be.revertedWithCustomError(ledger, 'DistributorGone')
          .withArgs(id);
      }
    });

    it('changes nothing when one record is refused', async () => {
      const company = await loadFixture(readable);
      const [head, words] = [await company.ledger.head(), await company.ledger.fragmentsOf(0, 5)];
      await expect(company.setStanding([{ id: F, rank: 9 }, { id: 0 }])).to.be.revertedWithCustomError(
        company.ledger,
        'UnknownDistributorAt',
      );
      expect(await company.ledger.head()).to.equal(head);
      expect(await company.ledger.fragmentsOf(0, 5)).to.deep.equal(words);
    });

    it('sets ranks and statuses, one entry for all', async () => {
      const company = await loadFixture(earned);
      const { asRanker, ledger, distributors } = company;
      const records = encodeStandings([
        { id: A, rank: 15, status: INACTIVE },
        { id: D, rank: 1 },
        { id: walletless, rank: 7 },
        { id: root, status: INACTIVE },
        // The last one counts.
        { id: D, rank: 2 },
      ]);
      await expectEntries(ledger, () => asRanker.setStanding(records, EVIDENCE), [
        ['StandingSet', distributors.ranker, EVIDENCE, records],
      ]);
      for (const [id, account] of [
        [A, [0, 1_000_000, 15, INACTIVE]],
        [B, [A, 2_000_000, 0, ACTIVE]],
        [C, [B, 3_000_000, 0, ACTIVE]],
        [D, [C, 5_000_000, 2, ACTIVE]],
        [walletless, [E, 0, 7, ACTIVE]],
        [root, [0, 0, 0, INACTIVE]],
      ] as const) {
        expect(await ledger.accountOf(id), `distributor ${id}`).to.deep.equal(account.map(BigInt));
      }
      await asRanker.setStanding(encodeStandings([{ id: A, rank: 3 }]), ZeroHash);
      expect(await ledger.accountOf(A)).to.deep.equal([0n, 1_000_000n, 3n, BigInt(ACTIVE)]);
    });

    it('pays nobody who is inactive until they are active again', async () => {
      const company = await loadFixture(atOnce);
      await company.setStanding([{ id: E, status: INACTIVE }]);
      await company.record([{ seller: F, volume: 100 }]);
      expect(await company.owed(F, E, D)).to.deep.equal([200_000n, 0n, 50_000n]);
      await company.setStanding([{ id: E }]);
      await company.record([{ seller: F, volume: 100 }]);
      expect(await company.owed(F, E, D)).to.deep.equal([400_000n, 100_000n, 100_000n]);
    });

    it('leaves what is owed to somebody inactive theirs to withdraw', async () => {
      const company = await loadFixture(earned);
      const { asStranger, token, distributors } = company;
      await company.setStanding([{ id: E, rank: 4, status: INACTIVE }]);
      await asStranger.withdraw(distributors.wallets.E);
      expect(await token.balanceOf(distributors.wallets.E)).to.equal(10_000_000);
    });

    it('goes on while recording is paused', async () => {
      const company = await loadFixture(readable);
      await company.asGuardian.setPaused(true);
      await company.setStanding([{ id: E, rank: 1 }]);
      expect((await company.ledger.accountOf(E)).rank).to.equal(1);
    });
  });

  describe('leaveProgramme', () => {
    it('refuses a wallet that is nobody’s', async () => {
      const { asStranger, ledger, distributors } = await loadFixture(readable);
      await expect(asStranger.leaveProgramme())
        .to.be.revertedWithCustomError(ledger, 'UnknownWallet')
        .withArgs(distributors.stranger);
    });

    it('refuses a second time', async () => {
      const company = await loadFixture(readable);
      await company.leave(company.distributors.wallets.E);
      await expect(company.leave(company.distributors.wallets.E))
        .to.be.revertedWithCustomError(company.ledger, 'DistributorGone')
        .withArgs(E);
    });

    it('closes the distributor’s account and leaves them what they are owed', async () => {
      const company = await loadFixture(earned);
      const { ledger, token, distributors, asStranger } = company;
      const wallet = distributors.wallets.E;
      // A rank, so that it can be seen that somebody who left does not look like somebody who moved.
      await company.setStanding([{ id: E, rank: 1 }]);
      const before = await ledger.solvency();
      await expectEntries(ledger, () => company.leave(wallet), [['DistributorLeft', E]]);
      expect(await ledger.accountOf(E)).to.deep.equal([D, 10_000_000, 0, CLOSED].map(BigInt));
      expect(await ledger.movedTo(E)).to.equal(0);
      expect(await ledger.solvency()).to.deep.equal(before);
      expect(await ledger.idOf(wallet)).to.equal(E);
      await expectEntries(ledger, () => asStranger.withdraw(wallet), [['Payout', E, wallet, 10_000_000]]);
      expect(await token.balanceOf(wallet)).to.equal(10_000_000);
      expect(await company.owed(D, E, F, walletless)).to.deep.equal([5_000_000n, 0n, 20_000_000n, 0n]);
    });

    it('ends commissions for good, of their own sales too, and leaves the downline its place', async () => {
      const company = await loadFixture(earned);
      await company.leave(company.distributors.wallets.E);
      await company.record([
        { seller: F, volume: 10_000 },
        { seller: E, volume: 10_000 },
      ]);
      // E's level stays unpaid; D has the second level of the one sale and the first of the other.
      expect(await company.owed(F, E, D)).to.deep.equal([40_000_000n, 10_000_000n, 20_000_000n]);
      expect((await company.ledger.accountOf(F)).sponsor).to.equal(E);
    });

    it('cannot be undone by rank or by another sponsor', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      await company.leave(distributors.wallets.E);
      await expect(company.setStanding([{ id: E, status: ACTIVE }]))
        .to.be.revertedWithCustomError(ledger, 'DistributorGone')
        .withArgs(E);
      await expect(company.asRecorder.correctSponsor(E, distributors.wallets.E, A, REASON))
        .to.be.revertedWithCustomError(ledger, 'DistributorGone')
        .withArgs(E);
    });

    it('keeps the wallet from being enrolled again', async () => {
      const company = await loadFixture(readable);
      const wallet = company.distributors.wallets.E;
      await company.leave(wallet);
      await expect(company.enrol([{ id: 16, sponsor: 0, wallet: wallet.address }]))
        .to.be.revertedWithCustomError(company.ledger, 'WalletTaken')
        .withArgs(wallet, E);
    });

    it('is open to somebody inactive and held, while recording is paused', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      await company.setStanding([{ id: F, status: INACTIVE }]);
      await company.asCompliance.hold(distributors.wallets.F, (await time.latest()) + DAY, REASON);
      await company.asGuardian.setPaused(true);
      await company.leave(distributors.wallets.F);
      expect((await ledger.accountOf(F)).status).to.equal(CLOSED);
    });
  });

  describe('movedTo', () => {
    it('is 0 for anybody who has not moved and for ids that cannot be', async () => {
      const { ledger } = await loadFixture(earned);
      for (const id of [0, A, E, emptyLane, 16, 2 ** 26, 2n ** 256n - 1n]) {
        expect(await ledger.movedTo(id)).to.equal(0);
      }
    });
  });
});
