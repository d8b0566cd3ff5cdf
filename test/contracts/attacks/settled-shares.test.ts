/** Who gets what from a sale is fixed when it is recorded: attacks on what is recorded and not settled. */
import { expect } from 'chai';
import { keccak256 } from 'ethers';
import { ethers, loadFixture, time } from '../../support/contracts/chain.ts';
import {
  type Batch,
  CAP,
  COUNT_CAP,
  type Company,
  EVIDENCE,
  ID,
  REASON,
  ROLES,
  readable,
} from '../../support/contracts/company.ts';
import { expectSound } from '../../support/contracts/expect-sound.ts';
import { encodeStandings, INACTIVE } from '../../support/contracts/records.ts';

const { A, B, C, D, E, F, root } = ID;
const LINE = [F, E, D, C, B, A];
const SHARES = [20n, 10n, 5n, 3n, 2n, 1n].map((dollars) => dollars * 1_000_000n);

/** F has sold for 100.00, and the window is open. */
async function recorded() {
  const company = await readable();
  const batch = await company.record([{ seller: F, volume: 10_000 }]);
  return { company, batch };
}

async function expectSharesPaid(company: Company, batch: Batch): Promise<void> {
  if (BigInt(await time.latest()) < company.endOfWindow(batch)) await company.passWindow(batch);
  await company.settle(batch);
  expect(await company.owed(...LINE)).to.deep.equal(SHARES);
  await expectSound(company);
}

describe('Attacks on what is recorded', () => {
  it('the admin alone takes nothing in one block, and is seen a day before anything', async () => {
    const { company, batch } = await loadFixture(recorded);
    const { asAdmin, ledger, token, distributors, options } = company;
    const { admin } = distributors;
    const plot: [name: 'setRecorder' | 'grantRole' | 'withdrawFloat', args: unknown[]][] = [
      ['setRecorder', [admin.address, CAP, COUNT_CAP]],
      ['grantRole', [ROLES.ranker, admin.address]],
      ['withdrawFloat', [options.float - 41_000_000n, admin.address]],
    ];
    for (const [name, args] of plot) {
      const data = company.dataOf(name, args);
      await expect(admin.sendTransaction({ to: ledger, data })).to.be.revertedWithCustomError(
        ledger,
        'ActNotAnnounced',
      );
    }
    // With everything announced and waited for, the admin is recorder and ranker, and has the free float.
    for (const [name, args] of plot) await asAdmin.announce(company.dataOf(name, args));
    await time.increase(company.delay);
    for (const [name, args] of plot)
      await admin.sendTransaction({ to: ledger, data: company.dataOf(name, args) });
    await expect(
      company.withRecorder(admin).reverse({ ...batch }, [{ index: 0, price: 10_000, volume: 10_000 }]),
    )
      .to.be.revertedWithCustomError(ledger, 'NotBatchRecorder')
      .withArgs(1, admin);
    const everybody = encodeStandings(LINE.map((id) => ({ id, status: INACTIVE })));
    await asAdmin.setStanding(everybody, EVIDENCE);
    await time.increaseTo(company.endOfWindow(batch));
    await expect(asAdmin.applyStanding(1, everybody, 99))
      .to.be.revertedWithCustomError(ledger, 'BatchesOpen')
      .withArgs(1, 1);
    await expect(asAdmin.withdrawFloat(1, admin)).to.be.revertedWithCustomError(ledger, 'ActNotAnnounced');
    expect(await token.balanceOf(ledger)).to.equal(41_000_000);
    await expectSharesPaid(company, batch);
  });

  it('a guardian cancels all that a stolen admin’s key has announced', async () => {
    const company = await loadFixture(readable);
    const { asAdmin, asGuardian, ledger, distributors } = company;
    const data = company.dataOf('withdrawFloat', [1, distributors.stranger.address]);
    await asAdmin.announce(data);
    await asGuardian.cancel(keccak256(data));
    await time.increase(company.delay);
    await expect(asAdmin.withdrawFloat(1, distributors.stranger)).to.be.revertedWithCustomError(
      ledger,
      'ActNotAnnounced',
    );
  });

  it('the ranker alone demotes, settles and restores, and nobody loses by it', async () => {
    const { company, batch } = await loadFixture(recorded);
    const { asRanker, ledger } = company;
    const inactive = encodeStandings(LINE.map((id) => ({ id, status: INACTIVE })));
    const active = encodeStandings(LINE.map((id) => ({ id })));
    await time.increaseTo(company.endOfWindow(batch));
    await asRanker.setStanding(inactive, EVIDENCE);
    await expect(asRanker.applyStanding(1, inactive, 99)).to.be.revertedWithCustomError(
      ledger,
      'ChangeTooEarly',
    );
    await asRanker.setStanding(active, EVIDENCE);
    await time.increaseTo((await ledger.changes()).startsAt);
    await expect(asRanker.applyStanding(1, inactive, 99)).to.be.revertedWithCustomError(
      ledger,
      'BatchesOpen',
    );
    await expectSharesPaid(company, batch);
  });

  it('a recorder who moves a recruit below a shell takes nothing of the recruit’s sales before', async () => {
    const { company, batch } = await loadFixture(recorded);
    const { ledger, distributors } = company;
    await company.correctSponsor(F, distributors.wallets.F, root);
    await time.increaseTo(company.endOfWindow(batch));
    await expect(company.asRecorder.applyCorrection(1, F, root, REASON)).to.be.revertedWithCustomError(
      ledger,
      'BatchesOpen',
    );
    await expectSharesPaid(company, batch);
    expect(await company.owed(root)).to.deep.equal([0n]);
  });

  it('a guardian cancels such a correction', async () => {
    const company = await loadFixture(readable);
    await company.correctSponsor(F, company.distributors.wallets.F, root);
    await company.asGuardian.cancelChange(1);
    await time.increaseTo((await company.ledger.changes()).startsAt);
    await expect(company.asRecorder.applyCorrection(1, F, root, REASON)).to.be.revertedWithCustomError(
      company.ledger,
      'ChangeMismatch',
    );
  });

  it('all keys together change nothing of what is recorded, but for the recorder’s return', async () => {
    const { company, batch } = await loadFixture(recorded);
    const { asAdmin, asCompliance, ledger, distributors } = company;
    await company.setStanding(LINE.map((id) => ({ id, status: INACTIVE })));
    await company.correctSponsor(F, distributors.wallets.F, root);
    for (const id of LINE) await asCompliance.endMembership(id, REASON, EVIDENCE);
    await asAdmin.announcePlan({ ...company.options.plan, ratesBps: [[0]] });
    await company.asGuardian.setPaused(true);
    await company.prepare(
      'withdrawFloat',
      company.options.float - 41_000_000n,
      distributors.stranger.address,
    );
    await asAdmin.withdrawFloat(company.options.float - 41_000_000n, distributors.stranger);
    await company.asAdmin.setRecorder(distributors.recorder, 0, 0);
    await expect(company.reverse({ ...batch }, [{ index: 0, price: 10_000, volume: 10_000 }]))
      .to.be.revertedWithCustomError(ledger, 'CapExceeded')
      .withArgs(0, 41_000_000);
    await expectSharesPaid(company, batch);
  });

  it('no credit is lost to the id that a distributor has moved from', async () => {
    const { company, batch } = await loadFixture(recorded);
    const { asStranger, ledger, distributors } = company;
    await company.correctSponsor(D, distributors.wallets.D, root);
    await company.passWindow(batch);
    await company.settle(batch);
    await asStranger.applyCorrection(1, D, root, REASON);
    const moved = Number(await ledger.movedTo(D));
    expect(await company.owed(D, moved)).to.deep.equal([0n, 5_000_000n]);
    const next = await company.record([{ seller: D, volume: 10_000 }]);
    await company.passWindow(next);
    await company.settle(next);
    expect(await company.owed(D, moved, root)).to.deep.equal([0n, 25_000_000n, 10_000_000n]);
    expect((await ledger.solvency()).owed).to.equal(41_000_000n + 30_000_000n);
    await expectSound(company);
  });

  it('a distributor who leaves for another programme keeps what was sold before', async () => {
    const { company, batch } = await loadFixture(recorded);
    await company.leave(company.distributors.wallets.F);
    await expectSharesPaid(company, batch);
    await company.asStranger.applyEnding(1, F);
    expect(await ethers.provider.getBalance(company.ledger)).to.equal(0);
  });
});
