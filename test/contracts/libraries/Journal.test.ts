import { expect } from 'chai';
import { id as hashOf } from 'ethers';
import { DAY, ethers, loadFixture, time } from '../../support/contracts/chain.ts';
import { atOnce, type Company, ID, openCompany, withWindow } from '../../support/contracts/company.ts';
import { foldJournal } from '../../support/contracts/journal.ts';
import { planOf } from '../../support/contracts/plan.ts';
import { PREFERRED, SELF } from '../../support/contracts/records.ts';

/** Every kind of entry at least once, in an order in which each can go wrong. */
async function longScenario(company: Company): Promise<void> {
  const { asAdmin, asStranger, ledger, people, options } = company;
  const windowed = options.returnWindow !== 0;
  const [nextAdmin, newcomer] = people.free;
  await company.fund(5_000_000n);
  const first = await company.record([
    { seller: ID.F, volume: 10_000, price: 20_000 },
    { seller: ID.A, volume: 101, class: PREFERRED },
    { seller: ID.emptyLane, volume: 1_000 },
    { seller: ID.walletless, volume: 777, class: SELF },
  ]);
  await asAdmin.announcePlan(planOf([500, 400, 300, 200, 100, 90, 80, 70, 60, 50, 40], { ceilingBps: 1890 }));
  if (windowed) {
    await company.reverse(first, [
      { index: 0, price: 5_000, volume: 2_500 },
      { index: 3, price: 777, volume: 777 },
    ]);
    await time.increase(DAY);
    await company.reverse(first, [{ index: 0, price: 1, volume: 1 }]);
  }
  await company.enrol([
    { id: ID.emptyLane, sponsor: ID.F, wallet: newcomer!.address },
    { id: 16, sponsor: ID.emptyLane },
    { id: 17, sponsor: 16 },
  ]);
  await asAdmin.beginDefaultAdminTransfer(nextAdmin!);
  await asAdmin.cancelDefaultAdminTransfer();
  await asAdmin.changeDefaultAdminDelay(3 * DAY);
  await asAdmin.rollbackDefaultAdminDelay();
  await asAdmin.grantRole(hashOf('role'), people.stranger);
  await time.increase(options.planNotice);
  const second = await company.record([
    { seller: 17, volume: 2 ** 20 },
    { seller: 16, volume: 1 },
    { seller: ID.root, volume: 5, price: 9 },
    { seller: ID.root, volume: 0, price: 9 },
    { seller: ID.walletless, volume: 3, class: SELF },
  ]);
  if (windowed) {
    await company.settle(first, 1);
    await company.settle(first, 3);
    await time.increase(options.returnWindow);
    await company.settle(second, 2);
    await company.settle(first);
    await company.settle(second);
  }
  await asStranger.withdraw(people.wallets.E);
  await asStranger.withdraw(newcomer!);
  await asAdmin.setRecorder(people.recorder, 0);
  await asAdmin.beginDefaultAdminTransfer(nextAdmin!);
  await time.increase(3 * DAY);
  await ledger.connect(nextAdmin!).acceptDefaultAdminTransfer();
}

const IDS = [...Object.values(ID), 16, 17];

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
      it('folds to the head and the number of entries', async () => {
        const { ledger } = await loadFixture(scenario);
        const { head, entries } = await foldJournal(ledger);
        expect(head).to.equal(await ledger.head());
        expect(entries).to.equal(await ledger.entryCount());
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
      const folds = [];
      for (const compact of [false, true]) {
        const snapshot = await ethers.provider.send('evm_snapshot', []);
        await time.increaseTo(begin);
        const company = await openCompany({ returnWindow, compact });
        await longScenario(company);
        folds.push(await foldJournal(company.ledger));
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
