import { expect } from 'chai';
import { ZeroHash } from 'ethers';
import { loadFixture, time } from '../../support/contracts/chain.ts';
import { midnightAfter } from '../../support/contracts/changes.ts';
import { EVIDENCE, ID, openCompany, REASON, ROLES, readable } from '../../support/contracts/company.ts';
import { earnedInSixDecimals } from '../../support/contracts/earned.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { ACTIVE, CLOSED, encodeStandings, INACTIVE } from '../../support/contracts/records.ts';
import { setCounter } from '../../support/contracts/totals.ts';

const { A, B, C, D, E, F, walletless, emptyLane, root } = ID;

async function atOnce() {
  return openCompany({ returnWindow: 0 });
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

    it('refuses a distributor who has left or has moved to another id', async () => {
      const company = await loadFixture(atOnce);
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

    it('sets ranks and statuses at once where there is no window', async () => {
      const company = await loadFixture(earnedInSixDecimals);
      const { asRanker, ledger, distributors } = company;
      const records = encodeStandings([
        { id: A, rank: 15, status: INACTIVE },
        { id: D, rank: 1 },
        { id: walletless, rank: 7 },
        { id: root, status: INACTIVE },
        // The last one counts.
        { id: D, rank: 2 },
      ]);
      expect(await asRanker.setStanding.staticCall(records, EVIDENCE)).to.equal(1);
      await expectEntries(
        ledger,
        () => asRanker.setStanding(records, EVIDENCE),
        (at) => [
          ['StandingAnnounced', 1, distributors.ranker, EVIDENCE, records, at],
          ['ChangeApplied', 1, 5, 0, false],
        ],
      );
      expect(await ledger.changeOf(1)).to.deep.equal([1n, 5n, 5n, false, true]);
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

    it('announces records for a midnight at least the delay away, and changes nobody yet', async () => {
      const company = await loadFixture(readable);
      const { asRanker, ledger, distributors } = company;
      const records = encodeStandings([{ id: A, rank: 15, status: INACTIVE }]);
      await expectEntries(
        ledger,
        () => asRanker.setStanding(records, EVIDENCE),
        (at) => [['StandingAnnounced', 1, distributors.ranker, EVIDENCE, records, midnightAfter(at)]],
      );
      expect(await ledger.accountOf(A)).to.deep.equal([0n, 0n, 0n, BigInt(ACTIVE)]);
      expect(await ledger.changeOf(1)).to.deep.equal([1n, 1n, 0n, false, false]);
      const startsAt = midnightAfter(BigInt(await time.latest()));
      expect(await ledger.changes()).to.deep.equal([1n, 1n, startsAt, 0n, 0n]);
    });

    it('refuses more than 20,000 records that are not applied', async () => {
      const company = await loadFixture(readable);
      const records = (count: number) => encodeStandings(Array(count).fill({ id: F, rank: 1 }));
      for (let i = 0; i < 4; ++i) await company.asRanker.setStanding(records(5_000), EVIDENCE);
      await expect(company.asRanker.setStanding(records(1), EVIDENCE))
        .to.be.revertedWithCustomError(company.ledger, 'TooManyPending')
        .withArgs(20_001, 20_000);
      await company.asRanker.cancelChange(2);
      await company.asRanker.setStanding(records(5_000), EVIDENCE);
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

    it('leaves what is owed to an inactive distributor theirs to withdraw', async () => {
      const company = await loadFixture(earnedInSixDecimals);
      const { asStranger, token, distributors } = company;
      await company.setStanding([{ id: E, rank: 4, status: INACTIVE }]);
      await asStranger.withdraw(distributors.wallets.E);
      expect(await token.balanceOf(distributors.wallets.E)).to.equal(10_000_000);
    });

    it('goes on while recording is paused', async () => {
      const company = await loadFixture(atOnce);
      await company.asGuardian.setPaused(true);
      await company.setStanding([{ id: E, rank: 1 }]);
      expect((await company.ledger.accountOf(E)).rank).to.equal(1);
    });
  });

  describe('applyStanding', () => {
    const three = [
      { id: E, rank: 1 },
      { id: F, rank: 2, status: INACTIVE },
      { id: root, rank: 3 },
    ];
    const records = encodeStandings(three);

    /** Ranks of three are announced. */
    async function announced() {
      const company = await openCompany();
      await company.setStanding(three);
      return company;
    }

    it('refuses before its time, for anyone', async () => {
      const { asRanker, asStranger, ledger } = await loadFixture(announced);
      const { startsAt } = await ledger.changes();
      await time.setNextBlockTimestamp(startsAt - 1n);
      await expect(asStranger.applyStanding(1, records, 3))
        .to.be.revertedWithCustomError(ledger, 'ChangeTooEarly')
        .withArgs(1, startsAt);
      await time.setNextBlockTimestamp(startsAt);
      await asRanker.applyStanding(1, records, 3);
    });

    it('refuses while a batch recorded before is open, to the last sale', async () => {
      const company = await loadFixture(announced);
      const { asStranger, ledger } = company;
      const batch = await company.record([
        { seller: F, volume: 100 },
        { seller: F, volume: 100 },
      ]);
      await company.passWindow(batch);
      await company.settle(batch, 1);
      await expect(asStranger.applyStanding(1, records, 3))
        .to.be.revertedWithCustomError(ledger, 'BatchesOpen')
        .withArgs(1, 1);
      await company.settle(batch);
      await asStranger.applyStanding(1, records, 3);
    });

    it('refuses another number, other records, and nothing', async () => {
      const company = await loadFixture(announced);
      const { asStranger, ledger } = company;
      await time.increaseTo((await ledger.changes()).startsAt);
      for (const change of [0n, 2n, 2n ** 32n + 1n]) {
        await expect(asStranger.applyStanding(change, records, 3))
          .to.be.revertedWithCustomError(ledger, 'NotNextChange')
          .withArgs(change, 1);
      }
      for (const other of ['0x', records.slice(0, -8), encodeStandings([{ id: E, rank: 2 }])]) {
        await expect(asStranger.applyStanding(1, other, 3))
          .to.be.revertedWithCustomError(ledger, 'ChangeMismatch')
          .withArgs(1);
      }
      await expect(asStranger.applyEnding(1, E)).to.be.revertedWithCustomError(ledger, 'ChangeMismatch');
      await expect(asStranger.applyStanding(1, records, 0))
        .to.be.revertedWithCustomError(ledger, 'NothingToApply')
        .withArgs(1, 0);
      await asStranger.applyStanding(1, records, 2);
      await expect(asStranger.applyStanding(1, records, 2))
        .to.be.revertedWithCustomError(ledger, 'NothingToApply')
        .withArgs(1, 2);
      await asStranger.applyStanding(1, records, 3);
      await expect(asStranger.applyStanding(1, records, 3)).to.be.revertedWithCustomError(
        ledger,
        'NoChangePending',
      );
    });

    it('applies in portions, each an entry, while recording is paused and the journal is full', async () => {
      const company = await loadFixture(announced);
      const { asGuardian, asStranger, ledger } = company;
      await asGuardian.setPaused(true);
      await setCounter(ledger, 'entries', 2n ** 31n);
      await time.increaseTo((await ledger.changes()).startsAt);
      await expectEntries(ledger, () => asStranger.applyStanding(1, records, 2), [
        ['ChangeApplied', 1, 2, 0, false],
      ]);
      expect(await ledger.changeOf(1)).to.deep.equal([1n, 3n, 2n, false, false]);
      expect((await ledger.accountOf(F)).rank).to.equal(2);
      expect((await ledger.accountOf(root)).rank).to.equal(0);
      await expectEntries(ledger, () => asStranger.applyStanding(1, records, 99), [
        ['ChangeApplied', 1, 3, 0, false],
      ]);
      expect(await ledger.changeOf(1)).to.deep.equal([1n, 3n, 3n, false, true]);
      expect(await ledger.accountOf(root)).to.deep.equal([0n, 0n, 3n, BigInt(ACTIVE)]);
      expect(await ledger.changes()).to.deep.equal([2n, 1n, 0n, 0n, 1n]);
    });

    it('follows a distributor who has moved, and passes over one who has left', async () => {
      const company = await loadFixture(readable);
      const { asStranger, ledger, distributors } = company;
      await company.leave(distributors.wallets.E);
      await company.correctSponsor(F, distributors.wallets.F, A);
      await company.setStanding(three);
      await time.increaseTo((await ledger.changes()).startsAt);
      await asStranger.applyEnding(1, E);
      await asStranger.applyCorrection(2, F, A, REASON);
      await asStranger.applyStanding(3, records, 3);
      const moved = await ledger.movedTo(F);
      expect(await ledger.accountOf(moved)).to.deep.equal([BigInt(A), 0n, 2n, BigInt(INACTIVE)]);
      expect(await ledger.accountOf(E)).to.deep.equal([BigInt(D), 0n, 0n, BigInt(CLOSED)]);
      expect((await ledger.accountOf(root)).rank).to.equal(3);
    });
  });
});
