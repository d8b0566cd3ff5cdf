/** Limits that cut honest programmes short, or let them be cut short. */
import { expect } from 'chai';
import { artifacts } from 'hardhat';
import { DAY, ethers, loadFixture, time } from '../../support/contracts/chain.ts';
import { deployFactory, ID, openCompany, readable, requestOf } from '../../support/contracts/company.ts';
import { COMPRESSION, planOf } from '../../support/contracts/plan.ts';
import { INACTIVE } from '../../support/contracts/records.ts';

const VOLUME = 10_000;
const TOP = 16;
const DEPTH = 100;

/** A line of a hundred below nobody, of whom every seventh is active, by a dynamic plan of ten levels. */
async function sparse(reach: number) {
  const plan = planOf([], {
    compression: COMPRESSION.dynamic,
    reach,
    ratesBps: [
      [0, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100],
      [0, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100],
    ],
  });
  const company = await openCompany({ returnWindow: 0, plan });
  const line = Array.from({ length: DEPTH }, (_, i) => ({ id: TOP + i, sponsor: i && TOP + i - 1 }));
  await company.enrol(line);
  const seller = TOP + DEPTH - 1;
  await company.setStanding(
    line.filter(({ id }) => (seller - id) % 7 !== 0).map(({ id }) => ({ id, status: INACTIVE })),
  );
  await company.record([{ seller, volume: VOLUME }]);
  return (await company.ledger.solvency()).owed;
}

/** Gas of returning one sale of a batch of `count`. */
async function gasOfReturn(count: number): Promise<bigint> {
  const company = await loadFixture(readable);
  const batch = await company.record(Array(count).fill({ seller: ID.F, volume: 100 }));
  // Another sale was returned before, as in use.
  await company.reverse(batch, [{ index: 0, price: 100, volume: 100 }]);
  const sent = await company.reverse(batch, [{ index: count - 1, price: 100, volume: 100 }]);
  return (await sent.wait())!.gasUsed;
}

/** Gas of settling one sale of each of forty lines of eleven, by a plan of ten levels. */
async function gasOfSettling(rows: number): Promise<bigint> {
  const row = [0, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100];
  const company = await openCompany({ plan: planOf([], { ratesBps: Array(rows).fill(row) }), compact: true });
  const starts = Array.from({ length: 40 }, (_, line) => TOP + 12 * line);
  for (const start of starts) {
    await company.enrol(
      Array.from({ length: 11 }, (_, i) => ({ id: start + i, sponsor: i && start + i - 1 })),
    );
  }
  const sales = starts.map((start) => ({ seller: start + 10, volume: 100 }));
  // The second settlement finds balances, as in use.
  const [first, second] = [await company.record(sales), await company.record(sales)];
  await company.passWindow(second);
  await company.settle(first);
  return (await (await company.settle(second)).wait())!.gasUsed;
}

describe('Limits of honest programmes', () => {
  it('a deep line of which one in seven is active is paid whole with a reach of 1,000', async () => {
    expect(await sparse(64)).to.equal(9n * BigInt(VOLUME) * 100n);
    expect(await sparse(1000)).to.equal(10n * BigInt(VOLUME) * 100n);
  });

  it('two equal rows cost little more to settle than one', async () => {
    const [plain, ranked] = [await gasOfSettling(1), await gasOfSettling(2)];
    expect(Number(ranked) / Number(plain)).to.be.below(1.5);
  });

  it('one return costs at most 75,000 gas in a batch of 1,000, and about as much in any', async () => {
    const [few, some, many] = [await gasOfReturn(100), await gasOfReturn(500), await gasOfReturn(1000)];
    expect(many).to.be.below(75_000);
    expect(many - few).to.be.below(10_000);
    expect(some).to.be.below(75_000);
  });

  it('plans go on after 254 announcements, and none has to start', async () => {
    const { asAdmin, asGuardian, ledger } = await openCompany({ planNotice: DAY });
    for (let version = 2; version <= 300; ++version) {
      await asAdmin.announcePlan(planOf([version]));
      if (version % 2 === 0) await asGuardian.cancelPlan(version);
      if (version % 8 === 1) await time.increase(DAY);
    }
    await time.increase(DAY);
    expect((await ledger.counts()).plans).to.equal(300);
    expect(await ledger.currentPlan()).to.equal(299);
  });

  it('no ledger is created with a notice of zero', async () => {
    const { options, token, distributors } = await loadFixture(readable);
    const factory = await deployFactory();
    const request = requestOf({ ...options, planNotice: 0 }, token, distributors, true);
    await expect(factory.createLedger(request, ethers.ZeroHash))
      .to.be.revertedWithCustomError(factory, 'DurationOutOfRange')
      .withArgs('planNotice', 0, DAY, 365 * DAY);
  });

  it('the code at a ledger’s address shows every function of the manual', async () => {
    const manual = new ethers.Interface((await artifacts.readArtifact('ICommissionLedger')).abi);
    const code = new ethers.Interface((await artifacts.readArtifact('CommissionLedger')).abi);
    const missing: string[] = [];
    manual.forEachFunction(({ selector, name }) => {
      if (code.getFunction(selector) === null) missing.push(name);
    });
    expect(missing).to.deep.equal([]);
  });

  it('a programme in rupiah holds billions of them and records a sale of a hundred million', async () => {
    // 18 decimals; 10,000 units are 100 rupiah.
    const rupiah = 10n ** 18n;
    const units = 100n;
    const company = await openCompany({
      decimals: 18,
      unit: rupiah / units,
      returnWindow: 0,
      float: 10n ** 14n,
    });
    const { asStranger, ledger, token, distributors } = company;
    expect(await token.balanceOf(ledger)).to.equal(10n ** 12n * rupiah);
    await company.record([{ seller: ID.F, volume: 1_000_000 }]);
    await asStranger.withdraw(distributors.wallets.F);
    expect(await token.balanceOf(distributors.wallets.F)).to.equal(20_000_000n * rupiah);
  });
});
