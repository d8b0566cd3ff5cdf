import { expect } from 'chai';
import { ZeroAddress } from 'ethers';
import { ethers, loadFixture, time } from '../../support/contracts/chain.ts';
import { applyLeaving, applySponsor } from '../../support/contracts/changes.ts';
import { ID, openCompany, openLedger, readable } from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { encodeDistributors } from '../../support/contracts/records.ts';
import { setCounter } from '../../support/contracts/totals.ts';

async function empty() {
  return openLedger();
}

async function crowded() {
  const company = await openCompany({ float: 0n });
  await company.enrol([{ id: 16, sponsor: ID.A }]);
  return company;
}

describe('LedgerDistributors', () => {
  describe('enrol', () => {
    it('refuses anybody but a recorder', async () => {
      const { asStranger, asAdmin, ledger, distributors } = await loadFixture(readable);
      const packed = encodeDistributors([{ id: 16, sponsor: ID.A }]);
      await expect(asStranger.enrol(packed))
        .to.be.revertedWithCustomError(ledger, 'NotRecorder')
        .withArgs(distributors.stranger);
      await expect(asAdmin.enrol(packed))
        .to.be.revertedWithCustomError(ledger, 'NotRecorder')
        .withArgs(distributors.admin);
    });

    it('refuses no distributors and broken records', async () => {
      const { asRecorder, ledger } = await loadFixture(readable);
      const packed = encodeDistributors([{ id: 16, sponsor: ID.A }]);
      for (const [bytes, given] of [
        ['0x', 0],
        [packed.slice(0, -2), 27],
        [`${packed}00`, 29],
      ] as const) {
        await expect(asRecorder.enrol(bytes))
          .to.be.revertedWithCustomError(ledger, 'MalformedRecords')
          .withArgs(given, 28);
      }
    });

    it('refuses an id that is not the next free one', async () => {
      const company = await loadFixture(readable);
      const { ledger } = company;
      // Three fragments are in use; lane 3 of the second and lanes 1 to 3 of the third are free.
      for (const [id, sponsor, expected] of [
        [20, ID.A, 16], // a fragment is left out
        [0, 0, 16], // nobody's id
        [1, 0, 16], // the fragment that stays empty
        [ID.A, 0, 16], // taken, first lane
        [ID.B, ID.A, 16], // taken, in a full fragment
        [ID.F, ID.E, 11], // taken, in a fragment with room
        [14, 12, 13], // a lane is left out
        [17, 16, 16], // a lane of a fragment that is not open
        [2 ** 32 - 1, 0, 16],
      ] as const) {
        await expect(company.enrol([{ id, sponsor }]))
          .to.be.revertedWithCustomError(ledger, 'UnexpectedId')
          .withArgs(id, expected);
      }
    });

    it('refuses a first lane below a distributor who is not enrolled', async () => {
      const company = await loadFixture(readable);
      for (const sponsor of [16, 11, 13, 1, 400, 2 ** 26, 2 ** 32 - 1]) {
        await expect(company.enrol([{ id: 16, sponsor }]))
          .to.be.revertedWithCustomError(company.ledger, 'UnknownSponsor')
          .withArgs(16, sponsor);
      }
    });

    it('refuses another lane below anybody outside its fragment or not below it', async () => {
      const company = await loadFixture(readable);
      for (const sponsor of [0, ID.A, ID.root, ID.emptyLane, 2 ** 26 + ID.E]) {
        await expect(company.enrol([{ id: ID.emptyLane, sponsor }]))
          .to.be.revertedWithCustomError(company.ledger, 'SponsorOutsideFragment')
          .withArgs(ID.emptyLane, sponsor);
      }
    });

    it('refuses a sponsor who has left or has moved to another id, in either lane', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      await applyLeaving(company, distributors.wallets.E);
      await applySponsor(company, ID.B, distributors.wallets.B, ID.root);
      for (const [id, sponsor] of [
        [20, ID.E],
        [20, ID.B],
        [ID.emptyLane, ID.E],
      ] as const) {
        await expect(company.enrol([{ id, sponsor }]))
          .to.be.revertedWithCustomError(ledger, 'SponsorGone')
          .withArgs(id, sponsor);
      }
    });

    it('refuses while recording is paused', async () => {
      const company = await loadFixture(readable);
      await company.asGuardian.setPaused(true);
      await expect(company.enrol([{ id: 16, sponsor: 0 }])).to.be.revertedWithCustomError(
        company.ledger,
        'RecordingPaused',
      );
      await company.asAdmin.setPaused(false);
      await company.enrol([{ id: 16, sponsor: 0 }]);
    });

    it('refuses a wallet that is taken, also within one call', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      await expect(company.enrol([{ id: 16, sponsor: 0, wallet: distributors.wallets.C.address }]))
        .to.be.revertedWithCustomError(ledger, 'WalletTaken')
        .withArgs(distributors.wallets.C, ID.C);
      const wallet = distributors.free[0]!.address;
      await expect(
        company.enrol([
          { id: 16, sponsor: 0, wallet },
          { id: 17, sponsor: 16, wallet },
        ]),
      )
        .to.be.revertedWithCustomError(ledger, 'WalletTaken')
        .withArgs(wallet, 16);
    });

    it('refuses the ledger and its token as a wallet, because a payout to them would be lost', async () => {
      const company = await loadFixture(readable);
      for (const wallet of [await company.ledger.getAddress(), (await company.ledger.terms()).token]) {
        await expect(company.enrol([{ id: 16, sponsor: 0, wallet }]))
          .to.be.revertedWithCustomError(company.ledger, 'UnusableWallet')
          .withArgs(wallet);
      }
    });

    it('refuses a new fragment when all are used', async () => {
      const company = await loadFixture(readable);
      const full = 2n ** 24n - 1n;
      await setCounter(company.ledger, 'fragments', full);
      await expect(company.enrol([{ id: 2 ** 26, sponsor: 0 }]))
        .to.be.revertedWithCustomError(company.ledger, 'LedgerFull')
        .withArgs(full);
    });

    it('refuses the same distributors a second time', async () => {
      const company = await loadFixture(readable);
      const distributors = [{ id: 16, sponsor: ID.A }];
      await company.enrol(distributors);
      await expect(company.enrol(distributors))
        .to.be.revertedWithCustomError(company.ledger, 'UnexpectedId')
        .withArgs(16, 20);
    });

    it('refuses all distributors of a call when one is refused', async () => {
      const company = await loadFixture(readable);
      const head = await company.ledger.head();
      await expect(
        company.enrol([
          { id: 16, sponsor: ID.A },
          { id: 17, sponsor: ID.A },
        ]),
      ).to.be.revertedWithCustomError(company.ledger, 'SponsorOutsideFragment');
      expect(await company.ledger.head()).to.equal(head);
      await expect(company.ledger.accountOf(16)).to.be.revertedWithCustomError(
        company.ledger,
        'UnknownDistributor',
      );
    });

    it('enrols the first distributor as a root', async () => {
      const company = await loadFixture(empty);
      const { ledger, distributors } = company;
      await company.setRecorder(distributors.recorder, 1n, 2n);
      const wallet = distributors.free[0]!.address;
      await expectEntries(ledger, () => company.enrol([{ id: 4, sponsor: 0, wallet }]), [
        ['Enrolled', 4, 0, wallet],
      ]);
      expect(await ledger.accountOf(4)).to.deep.equal([0n, 0n, 0n, 1n]);
      expect(await ledger.idOf(wallet)).to.equal(4);
      expect((await ledger.counts()).fragments).to.equal(1);
    });

    it('enrols distributors in every lane, each an entry', async () => {
      const company = await loadFixture(crowded);
      const { ledger } = company;
      const tree: [id: number, sponsor: number][] = [
        [17, 16],
        [18, 17],
        [19, 17],
        [20, 19],
        [21, 20],
        [22, 20],
        [23, 20],
      ];
      await expectEntries(
        ledger,
        () => company.enrol(tree.map(([id, sponsor]) => ({ id, sponsor }))),
        tree.map(([id, sponsor]) => ['Enrolled', id, sponsor, ZeroAddress]),
      );
      expect((await ledger.counts()).fragments).to.equal(5);
      for (const [id, sponsor] of tree) expect((await ledger.accountOf(id)).sponsor).to.equal(sponsor);
    });

    it('enrols distributors below those of the same call', async () => {
      const company = await loadFixture(readable);
      await company.enrol([
        { id: ID.emptyLane, sponsor: ID.F },
        { id: 16, sponsor: ID.emptyLane },
        { id: 13, sponsor: ID.root },
        { id: 20, sponsor: 13 },
      ]);
      expect((await company.ledger.accountOf(16)).sponsor).to.equal(ID.emptyLane);
      expect((await company.ledger.accountOf(20)).sponsor).to.equal(13);
    });

    it('enrols distributors without wallets, any number of them', async () => {
      const company = await loadFixture(readable);
      const { ledger } = company;
      const distributors = [
        { id: 16, sponsor: ID.A },
        { id: 17, sponsor: 16 },
      ];
      await expectEntries(ledger, () => company.enrol(distributors), [
        ['Enrolled', 16, ID.A, ZeroAddress],
        ['Enrolled', 17, 16, ZeroAddress],
      ]);
      expect(await ledger.idOf(ZeroAddress)).to.equal(0);
      expect(await ledger.owedTo(ZeroAddress)).to.equal(0);
    });

    it('keeps the time of enrolment, with the wallet or with the mark of a distributor without one', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      const wallet = distributors.free[0]!.address;
      await company.enrol([
        { id: 16, sponsor: ID.A, wallet },
        { id: 17, sponsor: 16 },
      ]);
      const at = BigInt(await time.latest());
      expect(await ledger.walletOf(wallet)).to.deep.equal([16n, at, 0n, 0n]);
      expect([await ledger.unclaimedSince(16), await ledger.unclaimedSince(17)]).to.deep.equal([0n, at]);
    });

    it('pays nobody and moves no money', async () => {
      const company = await loadFixture(readable);
      const before = await company.ledger.solvency();
      await company.enrol([{ id: 16, sponsor: ID.F }]);
      expect(await company.ledger.solvency()).to.deep.equal(before);
      expect(await company.owed(...[4, 5, 6, 7, 8, 9, 16])).to.deep.equal(Array(7).fill(0n));
    });
  });

  describe('accountOf', () => {
    it('refuses an id that nobody has', async () => {
      const { ledger } = await loadFixture(readable);
      for (const id of [0, 3, ID.emptyLane, 13, 16, 2 ** 26, ethers.MaxUint256]) {
        await expect(ledger.accountOf(id))
          .to.be.revertedWithCustomError(ledger, 'UnknownDistributor')
          .withArgs(id);
      }
    });

    it('gives sponsor, owed, rank and status', async () => {
      const company = await loadFixture(readable);
      const batch = await company.record([{ seller: ID.F, volume: 10_000 }]);
      await company.passWindow(batch);
      await company.settle(batch);
      expect(await company.ledger.accountOf(ID.F)).to.deep.equal([BigInt(ID.E), 20_000_000n, 0n, 1n]);
      expect(await company.ledger.accountOf(ID.A)).to.deep.equal([0n, 1_000_000n, 0n, 1n]);
    });
  });

  describe('idOf and owedTo', () => {
    it('give nothing for a wallet that is nobody’s', async () => {
      const { ledger, distributors } = await loadFixture(readable);
      expect(await ledger.idOf(distributors.stranger)).to.equal(0);
      expect(await ledger.owedTo(distributors.stranger)).to.equal(0);
    });

    it('give the id and what is owed', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      const batch = await company.record([{ seller: ID.E, volume: 100 }]);
      await company.passWindow(batch);
      await company.settle(batch);
      expect(await ledger.idOf(distributors.wallets.E)).to.equal(ID.E);
      expect(await ledger.owedTo(distributors.wallets.E)).to.equal(200_000);
    });
  });

  describe('fragmentsOf', () => {
    it('refuses fragments that cannot exist', async () => {
      const { ledger } = await loadFixture(readable);
      await expect(ledger.fragmentsOf(2 ** 24 - 1, 2)).to.be.revertedWithPanic(0x32);
    });

    it('gives the packed accounts', async () => {
      const company = await loadFixture(readable);
      const batch = await company.record([{ seller: ID.E, volume: 100 }]);
      await company.passWindow(batch);
      await company.settle(batch);
      const active = 1n << 54n;
      const words = await company.ledger.fragmentsOf(0, 5);
      // Lane 2 of the first fragment is sponsored by lane 1, lane 3 by lane 2; the second's lanes 1 and 2 by lane 0.
      const [A, B, C, D, E] = [20_000n, 30_000n, 50_000n, 100_000n, 200_000n];
      const first =
        A |
        active |
        ((B | active) << 56n) |
        ((C | active) << 112n) |
        ((D | active) << 168n) |
        (1n << 252n) |
        (2n << 254n);
      const second = E | active | (active << 56n) | (active << 112n) | (BigInt(ID.D) << 224n);
      expect(words).to.deep.equal([0n, first, second, active, 0n]);
      expect(await company.ledger.fragmentsOf(1, 0)).to.deep.equal([]);
    });
  });
});
