import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/types';
import { expect } from 'chai';
import { id as hashOf, keccak256 } from 'ethers';
import { DAY, ethers, loadFixture, secondBySecond, time } from '../../support/contracts/chain.ts';
import { applyLeaving, applySponsor } from '../../support/contracts/changes.ts';
import {
  atOnce,
  type Company,
  EVIDENCE,
  ID,
  openCompany,
  REASON,
  withWindow,
} from '../../support/contracts/company.ts';
import { type Fold, foldJournal, KIND_COUNT } from '../../support/contracts/journal.ts';
import { byDifference, COMPRESSION, planOf } from '../../support/contracts/plan.ts';
import {
  encodeBalances,
  encodeStandings,
  INACTIVE,
  PREFERRED,
  SELF,
  saleNumber,
} from '../../support/contracts/records.ts';
import { sign } from '../../support/contracts/signatures.ts';

/** The id that F moves to. */
const MOVED = 16;

/** Every kind of entry at least once, in an order in which each can go wrong. */
async function longScenario(company: Company): Promise<void> {
  const { asAdmin, asCompliance, asStranger, ledger, distributors, options } = company;
  const windowed = options.returnWindow !== 0;
  const [nextAdmin, newcomer] = distributors.free;
  await company.fund(5_000_000n);
  const balances = encodeBalances([
    { id: ID.F, units: 5n },
    { id: ID.A, units: 70_000n },
    { id: ID.F, units: 1n },
  ]);
  await company.prepare('openBalances', balances, EVIDENCE);
  await asAdmin.openBalances(balances, EVIDENCE);
  await company.token.mint(ledger, 7n * company.unit);
  await asStranger.sweep();
  await applySponsor(company, ID.F, distributors.wallets.F, ID.B);
  const first = await company.record([
    { seller: ID.F, volume: 10_000, price: 20_000 },
    { seller: ID.A, volume: 101, class: PREFERRED },
    { seller: ID.emptyLane, volume: 1_000 },
    { seller: ID.walletless, volume: 777, class: SELF },
  ]);
  await asAdmin.announcePlan(planOf([500, 400, 300, 200, 100, 90, 80, 70, 60, 50, 40], { ceilingBps: 1890 }));
  await asAdmin.announcePlan(
    byDifference(
      [
        [500, 400],
        [0, 1200],
      ],
      { compression: COMPRESSION.rollUp },
    ),
  );
  await asAdmin.announcePlan(planOf([1]));
  await asAdmin.cancelPlan(4);
  if (windowed) {
    await company.setStanding([{ id: ID.A, rank: 15 }]);
    await company.asRanker.cancelChange(2);
    await company.reverse(first, [
      { index: 0, price: 5_000, volume: 2_500 },
      { index: 3, price: 777, volume: 777 },
    ]);
    await time.increase(DAY);
    await company.reverse(first, [{ index: 0, price: 1, volume: 1 }]);
  }
  const standings = [
    { id: ID.E, rank: 1, status: INACTIVE },
    { id: ID.B, rank: 2 },
  ];
  await company.setStanding(standings);
  await company.enrol([
    { id: ID.emptyLane, sponsor: ID.E, wallet: newcomer!.address },
    { id: MOVED + 4, sponsor: ID.emptyLane },
    { id: MOVED + 5, sponsor: MOVED + 4 },
  ]);
  await powersScenario(company, nextAdmin!);
  await time.increase(options.planNotice);
  const second = await company.record([
    { seller: MOVED + 5, volume: 2 ** 20 },
    { seller: MOVED + 4, volume: 1 },
    { seller: ID.root, volume: 5, price: 9 },
    { seller: ID.root, volume: 0, price: 9 },
    { seller: ID.walletless, volume: 3, class: SELF },
    { seller: ID.F, volume: 8_000 },
  ]);
  if (windowed) {
    await company.settle(first, 1);
    await company.settle(first, 3);
    await company.settle(first);
    await asStranger.skipCancelled(5);
    await asStranger.applyStanding(3, encodeStandings(standings), 1);
    await asStranger.applyStanding(3, encodeStandings(standings), 2);
    await time.increase(options.returnWindow);
    await company.settle(second, 2);
    await company.settle(second);
  }
  await company.asRecorder.refundLate(saleNumber(1, 0), 5, EVIDENCE);
  await walletScenario(company, newcomer!);
  await asStranger.withdraw(distributors.wallets.B);
  await asStranger.payOut([distributors.wallets.A, distributors.wallets.B, distributors.wallets.C]);
  await applyLeaving(company, distributors.wallets.C);
  const reviewBy = (await time.latest()) + 30 * DAY;
  await asCompliance.raiseFlag(0, ID.C, 7, 1, EVIDENCE, reviewBy);
  await asCompliance.raiseFlag(1, saleNumber(1, 2), 8, 3, EVIDENCE, reviewBy);
  await asCompliance.closeFlag(2, 3, EVIDENCE);
  await ledger.connect(distributors.wallets.C).answerFlag(1, REASON);
  await company.prepare('setStandby', 1, distributors.stranger.address);
  await asAdmin.setStandby(1, distributors.stranger);
  await asAdmin.replaceRecorder(1);
  await asAdmin.setRecorder(distributors.stranger, 0, 0);
  await asAdmin.publishDisclosure(202_611, EVIDENCE, REASON);
  await asAdmin.setSuccessor(distributors.stranger);
  await asAdmin.beginDefaultAdminTransfer(nextAdmin!);
  await time.increase(3 * DAY);
  await ledger.connect(nextAdmin!).acceptDefaultAdminTransfer();
}

/** What the admin and the guardian do, and take back. */
async function powersScenario(company: Company, nextAdmin: HardhatEthersSigner): Promise<void> {
  const { asAdmin, distributors } = company;
  await asAdmin.beginDefaultAdminTransfer(nextAdmin);
  await asAdmin.cancelDefaultAdminTransfer();
  await asAdmin.changeDefaultAdminDelay(3 * DAY);
  await asAdmin.rollbackDefaultAdminDelay();
  await asAdmin.announce('0x01020304');
  await asAdmin.cancel(keccak256('0x01020304'));
  await company.prepare('grantRole', hashOf('role'), distributors.stranger.address);
  await asAdmin.grantRole(hashOf('role'), distributors.stranger);
  await company.prepare('withdrawFloat', 1_234_567, distributors.stranger.address);
  await asAdmin.withdrawFloat(1_234_567, distributors.stranger);
  await company.asGuardian.setPaused(true);
  await asAdmin.setPaused(false);
}

/** Wallets held, claimed, changed, recovered, and paid past. */
async function walletScenario(company: Company, newcomer: HardhatEthersSigner): Promise<void> {
  const { asAdmin, asCompliance, asStranger, ledger, distributors } = company;
  const { registrar, quoter: recovered, wallets } = distributors;
  const [, , claimed, changed] = distributors.free;
  const deadline = (await time.latest()) + DAY;
  await asCompliance.hold(wallets.E, deadline, REASON);
  await asCompliance.releaseHold(wallets.E, REASON);
  const voucher = await sign(ledger, registrar, 'ClaimVoucher', {
    id: ID.walletless,
    wallet: claimed!.address,
    deadline,
  });
  await asStranger.claimWallet(ID.walletless, claimed!, deadline, registrar, voucher);
  const consent = { id: ID.D, from: wallets.D.address, to: changed!.address, nonce: 0, deadline };
  const agreed = await sign(ledger, changed!, 'WalletConsent', consent);
  await ledger.connect(wallets.D).changeWallet(changed!, deadline, agreed);
  const order = {
    id: MOVED,
    wallet: wallets.F.address,
    to: distributors.stranger.address,
    nonce: 0,
    deadline,
  };
  const ordered = await sign(ledger, wallets.F, 'WithdrawTo', order);
  await asStranger.withdrawTo(wallets.F, distributors.stranger, deadline, ordered);
  await asAdmin.proposeRecovery(wallets.E, recovered);
  await ledger.connect(wallets.E).cancelRecovery();
  await asAdmin.proposeRecovery(newcomer, recovered);
  await time.increase(14 * DAY);
  await asAdmin.recoverWallet(newcomer);
  await asStranger.withdraw(recovered);
}
const IDS = [...Object.values(ID), MOVED, MOVED + 4, MOVED + 5];

async function played(fixture: () => Promise<Company>): Promise<Company> {
  const company = await fixture();
  await longScenario(company);
  return company;
}

describe('Journal', () => {
  for (const { form, fixture } of [...withWindow, ...atOnce]) {
    async function scenario() {
      return played(fixture);
    }

    describe(`of ${form} after a long scenario`, () => {
      it('has every kind of entry and folds to the head and their number', async () => {
        const company = await loadFixture(scenario);
        const { ledger } = company;
        const { head, entries, kinds } = await foldJournal(ledger);
        expect(head).to.equal(await ledger.head());
        expect(entries).to.equal(await ledger.entryCount());
        expect(kinds.size).to.equal(KIND_COUNT - (company.options.returnWindow === 0 ? 2 : 0));
      });

      it('says what everybody is owed', async () => {
        const company = await loadFixture(scenario);
        const { owed } = await foldJournal(company.ledger);
        const byLogs = IDS.map((id) => owed.get(BigInt(id)) ?? 0n);
        expect(byLogs).to.deep.equal(await company.owed(...IDS));
        expect(byLogs.reduce((sum, units) => sum + units)).to.equal((await company.ledger.solvency()).owed);
      });
    });
  }

  it('is the same in both forms but for the terms', async () => {
    for (const returnWindow of [14 * DAY, 0]) {
      // The same calls at the same times, on one chain that is set back in between.
      const begin = (await time.latest()) + DAY;
      const folds: Fold[] = [];
      for (const compact of [false, true]) {
        const snapshot = await ethers.provider.send('evm_snapshot', []);
        await time.increaseTo(begin);
        await secondBySecond(async () => {
          const company = await openCompany({ returnWindow, compact });
          await longScenario(company);
          folds.push(await foldJournal(company.ledger));
        });
        await ethers.provider.send('evm_revert', [snapshot]);
      }
      const [readable, compact] = folds;
      expect(readable!.contents.slice(1)).to.deep.equal(compact!.contents.slice(1));
      expect(readable!.contents[0]).not.to.equal(compact!.contents[0]);
      expect(readable!.lines).to.deep.equal(compact!.lines);
      expect(readable!.owed).to.deep.equal(compact!.owed);
    }
  });
});
