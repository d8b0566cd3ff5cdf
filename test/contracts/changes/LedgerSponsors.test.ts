import { expect } from 'chai';
import { ZeroAddress, ZeroHash } from 'ethers';
import { DAY, loadFixture, time } from '../../support/contracts/chain.ts';
import { ID, openCompany, REASON, readable } from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { ACTIVE, CLOSED, type Distributor, INACTIVE } from '../../support/contracts/records.ts';
import { setCounter } from '../../support/contracts/totals.ts';

const { A, B, C, D, E, F, walletless, emptyLane, root } = ID;
const WINDOW = BigInt(7 * DAY);
const MAX_UPLINE = 2000;
/** The id that the first distributor to move gets: three fragments are in use. */
const MOVED = 16;

/** F has sold for 100.00 and the sale is settled; B has rank 1 and is inactive now. */
async function earned() {
  const company = await openCompany({ returnWindow: 0 });
  await company.record([{ seller: F, volume: 10_000 }]);
  await company.setStanding([{ id: B, rank: 1, status: INACTIVE }]);
  return company;
}

/** D has moved to below `root`, and E, F and others with them. */
async function moved() {
  const company = await openCompany({ returnWindow: 0 });
  await company.correctSponsor(D, company.distributors.wallets.D, root);
  return company;
}

async function atOnce() {
  return openCompany({ returnWindow: 0 });
}

/** A line of as many distributors as a correction looks through, and one more at its end. */
async function deep() {
  const company = await openCompany({ float: 0n, returnWindow: 0 });
  const line: Distributor[] = Array.from({ length: MAX_UPLINE + 1 }, (_, i) => ({
    id: 16 + i,
    sponsor: i && 15 + i,
  }));
  for (let i = 0; i < line.length; i += 300) await company.enrol(line.slice(i, i + 300));
  return company;
}

const account = (...values: number[]) => values.map(BigInt);

describe('LedgerSponsors', () => {
  describe('correctSponsor', () => {
    it('refuses anybody but a recorder', async () => {
      const { ledger, distributors } = await loadFixture(readable);
      const { admin, ranker, stranger, wallets } = distributors;
      for (const caller of [admin, ranker, stranger, wallets.E]) {
        await expect(ledger.connect(caller).correctSponsor(E, wallets.E, A, REASON))
          .to.be.revertedWithCustomError(ledger, 'NotRecorder')
          .withArgs(caller);
      }
    });

    it('refuses a correction without a reason', async () => {
      const { asRecorder, ledger, distributors } = await loadFixture(readable);
      await expect(
        asRecorder.correctSponsor(E, distributors.wallets.E, A, ZeroHash),
      ).to.be.revertedWithCustomError(ledger, 'ReasonMissing');
    });

    it('refuses while recording is paused', async () => {
      const company = await loadFixture(readable);
      await company.asGuardian.setPaused(true);
      await expect(
        company.correctSponsor(E, company.distributors.wallets.E, A),
      ).to.be.revertedWithCustomError(company.ledger, 'RecordingPaused');
    });

    it('refuses a wallet that is not the distributor’s', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      const { wallets, stranger } = distributors;
      for (const [id, wallet] of [
        [E, wallets.F], // another distributor's
        [E, stranger], // nobody's
        [E, undefined], // none, of a distributor who has one
        [walletless, wallets.E], // one, of a distributor who has none
        [walletless, stranger],
        [emptyLane, undefined], // none, of nobody
        [0, undefined],
        [0, stranger],
        [2 ** 26 + E, wallets.E], // an id that cannot be
      ] as const) {
        await expect(company.correctSponsor(id, wallet, A))
          .to.be.revertedWithCustomError(ledger, 'WalletMismatch')
          .withArgs(id, wallet ?? ZeroAddress);
      }
    });

    it('refuses the id that a distributor has moved from', async () => {
      const company = await loadFixture(moved);
      const { ledger, distributors } = company;
      await company.correctSponsor(walletless, undefined, A);
      for (const [id, wallet] of [
        [D, distributors.wallets.D],
        [walletless, undefined],
      ] as const) {
        await expect(company.correctSponsor(id, wallet, B))
          .to.be.revertedWithCustomError(ledger, 'WalletMismatch')
          .withArgs(id, wallet ?? ZeroAddress);
      }
    });

    it('refuses from the second in which seven days after enrolment are over', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      const { enrolledAt } = await ledger.walletOf(distributors.wallets.E);
      const end = enrolledAt + WINDOW;
      await time.setNextBlockTimestamp(end - 1n);
      await company.correctSponsor(E, distributors.wallets.E, A);
      await time.setNextBlockTimestamp(end);
      await expect(company.correctSponsor(E, distributors.wallets.E, B))
        .to.be.revertedWithCustomError(ledger, 'SponsorWindowOver')
        .withArgs(E, end);
      expect(await ledger.unclaimedSince(walletless)).to.equal(enrolledAt);
      await expect(company.correctSponsor(walletless, undefined, F))
        .to.be.revertedWithCustomError(ledger, 'SponsorWindowOver')
        .withArgs(walletless, end);
    });

    it('refuses a distributor who has left', async () => {
      const company = await loadFixture(atOnce);
      await company.leave(company.distributors.wallets.F);
      await expect(company.correctSponsor(F, company.distributors.wallets.F, A))
        .to.be.revertedWithCustomError(company.ledger, 'DistributorGone')
        .withArgs(F);
    });

    it('refuses the sponsor the distributor has', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      const { wallets } = distributors;
      for (const [id, wallet, sponsor] of [
        [A, wallets.A, 0],
        [E, wallets.E, D],
        [C, wallets.C, B],
        [walletless, undefined, E],
      ] as const) {
        await expect(company.correctSponsor(id, wallet, sponsor))
          .to.be.revertedWithCustomError(ledger, 'SponsorUnchanged')
          .withArgs(id, sponsor);
      }
    });

    it('refuses a sponsor whom nobody is', async () => {
      const company = await loadFixture(readable);
      for (const sponsor of [1, emptyLane, root + 1, 16, 2 ** 26, 2n ** 256n - 1n]) {
        await expect(company.asRecorder.correctSponsor(F, company.distributors.wallets.F, sponsor, REASON))
          .to.be.revertedWithCustomError(company.ledger, 'UnknownSponsor')
          .withArgs(F, sponsor);
      }
    });

    it('refuses a sponsor who has left or has moved to another id', async () => {
      const company = await loadFixture(moved);
      const { ledger, distributors } = company;
      await company.leave(distributors.wallets.A);
      for (const sponsor of [A, D]) {
        await expect(company.correctSponsor(F, distributors.wallets.F, sponsor))
          .to.be.revertedWithCustomError(ledger, 'SponsorGone')
          .withArgs(F, sponsor);
      }
    });

    it('refuses the distributor themself and everybody below them', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      await company.enrol([{ id: 16, sponsor: walletless }]);
      const { wallets } = distributors;
      for (const [id, wallet, sponsor] of [
        [A, wallets.A, A],
        [A, wallets.A, B],
        [A, wallets.A, F],
        [A, wallets.A, 16],
        [C, wallets.C, C],
        [C, wallets.C, D],
        [D, wallets.D, 16],
        [walletless, undefined, 16],
      ] as const) {
        await expect(company.correctSponsor(id, wallet, sponsor))
          .to.be.revertedWithCustomError(ledger, 'SponsorBelow')
          .withArgs(id, sponsor);
      }
    });

    it('refuses a distributor who stands below through a distributor who has moved', async () => {
      const company = await loadFixture(moved);
      const { ledger, distributors } = company;
      for (const [id, wallet, sponsor] of [
        [MOVED, distributors.wallets.D, F],
        [root, distributors.wallets.root, F],
        [root, distributors.wallets.root, MOVED],
      ] as const) {
        await expect(company.correctSponsor(id, wallet, sponsor))
          .to.be.revertedWithCustomError(ledger, 'SponsorBelow')
          .withArgs(id, sponsor);
      }
      // A's line no longer has them.
      await company.correctSponsor(A, distributors.wallets.A, F);
      expect((await ledger.accountOf(A)).sponsor).to.equal(F);
    });

    it('refuses a sponsor whose upline is longer than a call can look through', async () => {
      const company = await loadFixture(deep);
      const { ledger, distributors } = company;
      const last = 16 + MAX_UPLINE;
      await expect(company.correctSponsor(F, distributors.wallets.F, last))
        .to.be.revertedWithCustomError(ledger, 'UplineTooLong')
        .withArgs(last, MAX_UPLINE);
      await company.correctSponsor(F, distributors.wallets.F, last - 1);
      expect((await ledger.accountOf(await ledger.movedTo(F))).sponsor).to.equal(last - 1);
    });

    it('lapses if it takes a fragment and none is left, and puts right in place', async () => {
      const company = await loadFixture(atOnce);
      const { ledger, distributors } = company;
      const full = 2n ** 24n - 1n;
      await setCounter(ledger, 'fragments', full);
      await expectEntries(ledger, () => company.correctSponsor(F, distributors.wallets.F, A), [
        ['CorrectionAnnounced', 1, F, A, REASON, undefined],
        ['ChangeApplied', 1, 1, 0, true],
      ]);
      expect(await ledger.movedTo(F)).to.equal(0);
      await company.correctSponsor(E, distributors.wallets.E, A);
    });

    /** Corrections after which the distributor keeps their id. */
    const inPlace: [what: string, id: number, name: 'A' | 'C' | 'D' | 'E' | 'root', sponsor: number][] = [
      ['a distributor in the first lane', E, 'E', A],
      ['a distributor in the first lane who becomes a root', E, 'E', 0],
      ['a root', root, 'root', F],
      ['a distributor in the third lane, to the first', C, 'C', A],
      ['a distributor in the last lane, to the second', D, 'D', B],
    ];
    for (const [what, id, name, sponsor] of inPlace) {
      it(`puts right in place ${what}`, async () => {
        const company = await loadFixture(earned);
        const { asRecorder, ledger, distributors } = company;
        const wallet = distributors.wallets[name];
        const [owed] = await company.owed(id);
        const { fragments } = await ledger.counts();
        expect(await asRecorder.correctSponsor.staticCall(id, wallet, sponsor, REASON)).to.equal(2);
        await expectEntries(ledger, () => company.correctSponsor(id, wallet, sponsor), [
          ['CorrectionAnnounced', undefined, id, sponsor, REASON, undefined],
          ['ChangeApplied', undefined, 1, id, false],
        ]);
        expect(await ledger.accountOf(id)).to.deep.equal([BigInt(sponsor), owed, 0n, BigInt(ACTIVE)]);
        expect((await ledger.counts()).fragments).to.equal(fragments);
        expect([await ledger.movedTo(id), await ledger.idOf(wallet)]).to.deep.equal([0n, BigInt(id)]);
      });
    }

    it('pays by the right sponsor from then on', async () => {
      const company = await loadFixture(atOnce);
      await company.correctSponsor(D, company.distributors.wallets.D, A);
      await company.record([{ seller: F, volume: 10_000 }]);
      const bps = [2000n, 1000n, 500n, 300n, 0n, 0n];
      expect(await company.owed(F, E, D, A, B, C)).to.deep.equal(bps.map((rate) => rate * 10_000n));
    });

    it('moves a distributor with balance, rank, status and wallet', async () => {
      const company = await loadFixture(earned);
      const { asRecorder, asStranger, ledger, token, distributors } = company;
      const wallet = distributors.wallets.B;
      const word = await ledger.walletOf(wallet);
      const before = await ledger.solvency();
      expect(await asRecorder.correctSponsor.staticCall(B, wallet, root, REASON)).to.equal(2);
      await expectEntries(ledger, () => company.correctSponsor(B, wallet, root), [
        ['CorrectionAnnounced', undefined, B, root, REASON, undefined],
        ['ChangeApplied', undefined, 1, MOVED, false],
      ]);
      expect(await ledger.accountOf(MOVED)).to.deep.equal(account(root, 2_000_000, 1, INACTIVE));
      expect(await ledger.accountOf(B)).to.deep.equal(account(A, 0, 1, CLOSED));
      expect([await ledger.movedTo(B), await ledger.movedTo(MOVED)]).to.deep.equal([BigInt(MOVED), 0n]);
      expect(await ledger.walletOf(wallet)).to.deep.equal([BigInt(MOVED), word.enrolledAt, 0n, 0n]);
      expect((await ledger.counts()).fragments).to.equal(4);
      expect(await ledger.solvency()).to.deep.equal(before);
      expect((await ledger.accountOf(C)).sponsor).to.equal(B);
      await expectEntries(ledger, () => asStranger.withdraw(wallet), [['Payout', MOVED, wallet, 2_000_000]]);
      expect(await token.balanceOf(wallet)).to.equal(2_000_000);
      expect(await company.owed(A, C, D)).to.deep.equal([1_000_000n, 3_000_000n, 5_000_000n]);
    });

    it('moves a distributor without a wallet, with their mark', async () => {
      const company = await loadFixture(atOnce);
      const { ledger } = company;
      const since = await ledger.unclaimedSince(walletless);
      await expectEntries(ledger, () => company.correctSponsor(walletless, undefined, A), [
        ['CorrectionAnnounced', undefined, walletless, A, REASON, undefined],
        ['ChangeApplied', undefined, 1, MOVED, false],
      ]);
      expect(await ledger.unclaimedSince(walletless)).to.equal(0);
      expect(await ledger.unclaimedSince(MOVED)).to.equal(since);
      expect(await ledger.idOf(ZeroAddress)).to.equal(0);
    });

    it('moves a distributor who becomes a root, or is sponsored by a higher lane of their fragment', async () => {
      const company = await loadFixture(atOnce);
      const { ledger, distributors } = company;
      await company.correctSponsor(C, distributors.wallets.C, 0);
      expect(await ledger.accountOf(MOVED)).to.deep.equal(account(0, 0, 0, ACTIVE));
      await company.correctSponsor(F, distributors.wallets.F, walletless);
      expect(await ledger.accountOf(MOVED + 4)).to.deep.equal(account(walletless, 0, 0, ACTIVE));
    });

    it('puts a distributor right again who has moved, under the id they have now', async () => {
      const company = await loadFixture(moved);
      const { ledger, distributors } = company;
      await expectEntries(ledger, () => company.correctSponsor(MOVED, distributors.wallets.D, C), [
        ['CorrectionAnnounced', undefined, MOVED, C, REASON, undefined],
        ['ChangeApplied', undefined, 1, MOVED, false],
      ]);
      await company.record([{ seller: D, volume: 10_000 }]);
      expect(await company.owed(MOVED, C, root)).to.deep.equal([20_000_000n, 10_000_000n, 0n]);
    });

    it('lets the next distributor enrolled follow with the next fragment, and be sponsored by the moved', async () => {
      const company = await loadFixture(moved);
      await company.enrol([
        { id: 17, sponsor: MOVED },
        { id: 20, sponsor: 17 },
      ]);
      expect((await company.ledger.accountOf(20)).sponsor).to.equal(17);
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
