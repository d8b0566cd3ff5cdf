import { expect } from 'chai';
import { DAY, loadFixture, time } from '../../support/contracts/chain.ts';
import { EVIDENCE, ID, openCompany, REASON, readable, withWindow } from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { expectSound } from '../../support/contracts/expect-sound.ts';
import { encodeStandings, INACTIVE } from '../../support/contracts/records.ts';
import { sign } from '../../support/contracts/signatures.ts';

const { A, B, C, D, E, F, root } = ID;
const SALE = { seller: F, volume: 10_000 };
const PAID = [20_000_000n, 10_000_000n, 5_000_000n];
const E_INACTIVE = [{ id: E, status: INACTIVE }];

/** One change of each kind is announced, by number. */
async function fourAnnounced() {
  const company = await openCompany();
  const { asCompliance, distributors } = company;
  await company.setStanding(E_INACTIVE);
  await company.correctSponsor(F, distributors.wallets.F, root);
  await company.leave(distributors.wallets.A);
  await asCompliance.endMembership(D, REASON, EVIDENCE);
  return company;
}

describe('LedgerChangeQueue', () => {
  describe('cancelChange', () => {
    it('refuses a change that was never announced, or was cancelled', async () => {
      const { asAdmin, asGuardian, ledger, distributors } = await loadFixture(fourAnnounced);
      await asGuardian.cancelChange(1);
      await expect(asAdmin.cancelChange(1))
        .to.be.revertedWithCustomError(ledger, 'ChangeMismatch')
        .withArgs(1);
      for (const change of [0n, 5n, 2n ** 255n]) {
        await expect(asAdmin.cancelChange(change))
          .to.be.revertedWithCustomError(ledger, 'ChangeMismatch')
          .withArgs(change);
        await expect(ledger.connect(distributors.stranger).cancelChange(change))
          .to.be.revertedWithCustomError(ledger, 'NotAnnouncer')
          .withArgs(distributors.stranger, change);
      }
    });

    it('refuses whoever may not announce the like, and a leaving to all but the distributor', async () => {
      const { ledger, distributors } = await loadFixture(fourAnnounced);
      const { admin, guardian, ranker, recorder, compliance, registrar, wallets } = distributors;
      for (const [change, callers] of [
        [1, [recorder, compliance, registrar, wallets.E]],
        [2, [ranker, compliance, registrar, wallets.F]],
        [3, [admin, guardian, ranker, recorder, compliance, wallets.A]],
        [4, [ranker, recorder, registrar, wallets.D]],
      ] as const) {
        for (const caller of callers) {
          await expect(ledger.connect(caller).cancelChange(change))
            .to.be.revertedWithCustomError(ledger, 'NotAnnouncer')
            .withArgs(caller, change);
        }
      }
    });

    it('refuses from the second in which it is effective', async () => {
      const { asAdmin, ledger } = await loadFixture(fourAnnounced);
      const { startsAt } = await ledger.changes();
      await time.setNextBlockTimestamp(startsAt - 1n);
      await asAdmin.cancelChange(2);
      await time.setNextBlockTimestamp(startsAt);
      await expect(asAdmin.cancelChange(1))
        .to.be.revertedWithCustomError(ledger, 'ChangeEffective')
        .withArgs(1, startsAt);
    });

    for (const [change, name] of [
      [1, 'ranker'],
      [2, 'recorder'],
      [4, 'compliance'],
      [1, 'guardian'],
      [2, 'admin'],
      [4, 'guardian'],
    ] as const) {
      it(`takes change ${change} back before it is effective, an entry, by the ${name}`, async () => {
        const { ledger, distributors } = await loadFixture(fourAnnounced);
        const before = await ledger.changeOf(change);
        await expectEntries(ledger, () => ledger.connect(distributors[name]).cancelChange(change), [
          ['ChangeCancelled', change, distributors[name]],
        ]);
        expect(await ledger.changeOf(change)).to.deep.equal([before.kind, before.size, 0n, true, false]);
      });
    }
  });

  describe('skipCancelled', () => {
    it('passes over cancelled changes, and stops at the first that was not', async () => {
      const company = await loadFixture(fourAnnounced);
      const { asAdmin, asStranger, ledger } = company;
      for (const change of [1, 2, 4]) await asAdmin.cancelChange(change);
      const { startsAt } = await ledger.changes();
      await expect(asStranger.skipCancelled(1))
        .to.be.revertedWithCustomError(ledger, 'ChangeTooEarly')
        .withArgs(1, startsAt);
      await time.increaseTo(startsAt);
      const head = await ledger.head();
      await asStranger.skipCancelled(1);
      expect((await ledger.changes()).next).to.equal(2);
      await asStranger.skipCancelled(99);
      expect((await ledger.changes()).next).to.equal(3);
      await asStranger.skipCancelled(99);
      expect((await ledger.changes()).next).to.equal(3);
      expect(await ledger.head()).to.equal(head);
      await asStranger.applyEnding(3, A);
      await asStranger.skipCancelled(1);
      expect(await ledger.changes()).to.deep.equal([5n, 4n, 0n, 0n, 1n]);
      expect((await ledger.changeOf(4)).applied).to.equal(true);
    });

    it('refuses while a batch recorded before is open', async () => {
      const company = await loadFixture(fourAnnounced);
      await company.asAdmin.cancelChange(1);
      await company.record([SALE]);
      await time.increaseTo((await company.ledger.changes()).startsAt);
      await expect(company.asStranger.skipCancelled(1))
        .to.be.revertedWithCustomError(company.ledger, 'BatchesOpen')
        .withArgs(1, 1);
    });
  });

  describe('a distributor who leaves and stays', () => {
    it('over and over, holds nobody up: passing over costs less than 7,000 gas a time', async () => {
      const company = await loadFixture(readable);
      const { asStranger, ledger, distributors } = company;
      const asF = ledger.connect(distributors.wallets.F);
      const { startsAt } = await company.leave(distributors.wallets.F).then(() => ledger.changes());
      for (let i = 0; i < 30; ++i) {
        await asF.cancelLeaving();
        await asF.leaveProgramme();
      }
      await asF.cancelLeaving();
      await time.increaseTo(startsAt + BigInt(DAY));
      const sent = await asStranger.skipCancelled(99);
      expect(Number((await sent.wait())!.gasUsed - 21_000n) / 31).to.be.below(7_000);
      expect((await ledger.changes()).next).to.equal(32);
    });

    it('stays with another wallet, which took the leaving along', async () => {
      const company = await loadFixture(readable);
      const { ledger, distributors } = company;
      const { F: from } = distributors.wallets;
      const to = distributors.free[0]!;
      await company.leave(from);
      const deadline = (await time.latest()) + DAY;
      const consent = { id: F, from: from.address, to: to.address, nonce: 0, deadline };
      await ledger.connect(from).changeWallet(to, deadline, await sign(ledger, to, 'WalletConsent', consent));
      await expect(ledger.connect(from).cancelLeaving()).to.be.revertedWithCustomError(
        ledger,
        'UnknownWallet',
      );
      await expectEntries(ledger, () => ledger.connect(to).cancelLeaving(), [['ChangeCancelled', 1, to]]);
    });
  });

  describe('settling between changes', () => {
    for (const { form, fixture } of withWindow) {
      it(`is in any order before a change, and waits for it afterwards, in ${form}`, async () => {
        const company = await loadFixture(fixture);
        const { asStranger, ledger } = company;
        const [first, second] = [await company.record([SALE]), await company.record([SALE])];
        await company.setStanding(E_INACTIVE);
        const third = await company.record([SALE]);
        const { startsAt } = await ledger.changes();
        await time.setNextBlockTimestamp(startsAt - 1n);
        const last = await company.record([SALE]);
        await time.setNextBlockTimestamp(startsAt);
        const after = await company.record([SALE]);
        expect((await ledger.changes()).openBatches).to.equal(4);
        await company.passWindow(after);
        await expect(company.settle(after))
          .to.be.revertedWithCustomError(ledger, 'ChangesPending')
          .withArgs(after.number, 1);
        for (const batch of [last, second, first, third]) {
          await expect(asStranger.applyStanding(1, encodeStandings(E_INACTIVE), 1))
            .to.be.revertedWithCustomError(ledger, 'BatchesOpen')
            .withArgs(1, (await ledger.changes()).openBatches);
          await company.settle(batch);
        }
        expect(await company.owed(F, E, D)).to.deep.equal(PAID.map((units) => 4n * units));
        await expect(company.settle(after)).to.be.revertedWithCustomError(ledger, 'ChangesPending');
        await asStranger.applyStanding(1, encodeStandings(E_INACTIVE), 1);
        await company.settle(after);
        expect(await company.owed(F, E, D)).to.deep.equal([100_000_000n, 40_000_000n, 25_000_000n]);
        await expectSound(company);
      });
    }

    it('goes on over many days of changes, each batch with exactly those before it', async () => {
      const company = await loadFixture(readable);
      const { asStranger, ledger } = company;
      const batches = [];
      const standings = [];
      for (let day = 0; day < 6; ++day) {
        const standing = [{ id: E, status: day % 2 === 0 ? INACTIVE : 1 }];
        await company.setStanding(standing);
        standings.push(standing);
        await time.increase(DAY);
        batches.push(await company.record([SALE]));
      }
      await company.passWindow(batches.at(-1)!);
      for (const [day, batch] of batches.entries()) {
        while ((await ledger.changes()).next <= BigInt(standings.length)) {
          const { next, startsAt, openBatches } = await ledger.changes();
          if (startsAt > batch.recordedAt || openBatches > 0n) break;
          await asStranger.applyStanding(next, encodeStandings(standings[Number(next) - 1]!), 1);
        }
        const before = (await company.owed(E))[0]!;
        await company.settle(batch);
        // The change of a day is effective from the second midnight on: what was announced a day before counts.
        const isActive = day === 0 || (day - 1) % 2 !== 0;
        expect((await company.owed(E))[0]! - before, `day ${day}`).to.equal(isActive ? PAID[1] : 0n);
      }
      await expectSound(company);
    });

    it('lapses a correction that would close a cycle with another', async () => {
      const company = await loadFixture(readable);
      const { asStranger, ledger, distributors } = company;
      // Each is right alone: A below root, and root below F, who stands below A.
      await company.correctSponsor(A, distributors.wallets.A, root);
      await company.correctSponsor(root, distributors.wallets.root, F);
      await time.increaseTo((await ledger.changes()).startsAt);
      expect(await asStranger.applyCorrection.staticCall(1, A, root, REASON)).to.equal(A);
      await asStranger.applyCorrection(1, A, root, REASON);
      expect(await asStranger.applyCorrection.staticCall(2, root, F, REASON)).to.equal(0);
      await expectEntries(ledger, () => asStranger.applyCorrection(2, root, F, REASON), [
        ['ChangeApplied', 2, 1, 0, true],
      ]);
      expect((await ledger.accountOf(root)).sponsor).to.equal(0);
      expect((await ledger.accountOf(A)).sponsor).to.equal(root);
    });

    it('moves a distributor whose sponsor has moved meanwhile below where the sponsor is now', async () => {
      const company = await loadFixture(readable);
      const { asStranger, ledger, distributors } = company;
      await company.correctSponsor(C, distributors.wallets.C, root);
      await company.correctSponsor(F, distributors.wallets.F, C);
      await time.increaseTo((await ledger.changes()).startsAt);
      await asStranger.applyCorrection(1, C, root, REASON);
      await expect(asStranger.applyCorrection(2, F, B, REASON)).to.be.revertedWithCustomError(
        ledger,
        'ChangeMismatch',
      );
      await asStranger.applyCorrection(2, F, C, REASON);
      const [moved, movedF] = [await ledger.movedTo(C), await ledger.movedTo(F)];
      expect((await ledger.accountOf(movedF)).sponsor).to.equal(moved);
      await expectSound(company);
    });
  });
});
