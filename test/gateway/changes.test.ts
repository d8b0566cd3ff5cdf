import { commissionLedgerAbi } from '@plumbline/protocol';
import { expect } from 'chai';
import { decodeFunctionData, keccak256 } from 'viem';
import { DAY, EVIDENCE } from '../support/company/company.ts';
import { type Company, foundCompany, saleOf, walletOf } from './company.ts';

const REASON = keccak256('0x01');
const HOUR = 3_600;

/** Roll-up: an inactive distributor is passed over. */
const ROLL_UP = {
  kind: 0,
  compression: 1,
  boundaryRank: 0,
  reach: 64,
  ceilingBps: 3_000,
  weightsBps: [10_000, 10_000, 10_000] as [number, number, number],
  ratesBps: [[1_000, 500]],
};

describe('gateway: changes of who stands where', () => {
  let company: Company;
  let ids: number[];

  before(async function () {
    this.timeout(60_000);
    company = await foundCompany({ request: { plan: ROLL_UP } });
    await company.enrolLine(5);
    ids = await Promise.all(
      [0, 1, 2, 3, 4].map(async (i) => (await company.get(`/v1/distributors/ref:distributor-${i}`)).body.id),
    );
  });
  after(() => company.stop());

  const id = (i: number) => ids[i] ?? 0;
  const standing = (i: number, status: number, rank = 0) => ({ id: id(i), rank, status });
  const nextChange = async () => (await company.chain.changes()).next;

  /** The transactions that the gateway made to apply changes so far. */
  async function countApplications(): Promise<number> {
    const rows = await company.database.selectFrom('transactions').select(['kind', 'state']).execute();
    return rows.filter(({ kind, state }) => kind === 'apply' && state !== 'failed').length;
  }

  const statusOf = async (i: number) => (await company.get(`/v1/distributors/${id(i)}`)).body.status;

  async function creditsOf(externalId: string): Promise<unknown> {
    const { body } = await company.get(`/v1/sales/${externalId}`);
    return body.credits?.map((credit: { id: number; units: string }) => [credit.id, credit.units]);
  }

  it('does nothing while none is effective', async () => {
    await company.announceStanding([standing(1, 2)]);
    await company.work();
    await company.passTime(HOUR);
    await company.work();
    expect(await countApplications()).to.equal(0);
    expect(company.batcher.status().waiting).to.deep.equal([]);
  });

  it('settles what was recorded before by the old standing, applies the change, and only then settles the rest', async function () {
    this.timeout(60_000);
    const { startsAt } = await company.chain.changes();
    await company.passTime(startsAt - 600 - (await company.now()));
    await company.post('/v1/sales', saleOf('before', { seller: 'distributor-2' }));
    await company.work();
    await company.passTime(1_200);
    await company.post('/v1/sales', saleOf('after', { seller: 'distributor-2' }));
    await company.work();
    expect(await countApplications(), 'while the sale from before is open').to.equal(0);
    expect(await statusOf(1)).to.equal('active');
    await company.passTime(2 * HOUR);
    await company.work();
    expect(await creditsOf('before')).to.deep.equal([
      [id(2), '1000000'],
      [id(1), '500000'],
    ]);
    expect(await creditsOf('after')).to.deep.equal([
      [id(2), '1000000'],
      [id(0), '500000'],
    ]);
    expect(await countApplications()).to.equal(1);
    expect(await statusOf(1)).to.equal('inactive');
    expect(company.batcher.status().waiting).to.deep.equal([]);
  });

  it('says what it waits for: first for the books, and with later batches for the change', async function () {
    this.timeout(60_000);
    await company.announceStanding([standing(1, 1)]);
    await company.passToChange();
    await company.batcher.tick();
    const change = await nextChange();
    const behind = { step: 'apply', reason: `the books are behind the chain on change ${change}` };
    expect(company.batcher.status().waiting).to.deep.equal([behind]);

    await company.expireLease();
    // A node that finds no gas for the application, and else is the real one.
    const stuck = company.newBatcher(
      {},
      {
        ...company.chain,
        async simulate(from, data) {
          const { functionName } = decodeFunctionData({ abi: commissionLedgerAbi, data });
          const refusal = { name: 'OutOfGas', args: [], text: 'out of gas' };
          return functionName === 'applyStanding' ? { refusal } : company.chain.simulate(from, data);
        },
      },
    );
    await company.post('/v1/sales', saleOf('waits', { seller: 'distributor-2' }));
    await company.work(stuck);
    await company.passTime(2 * HOUR);
    await company.work(stuck);
    const { body: sale } = await company.get('/v1/sales/waits');
    const [batch] = sale.ref.split('-');
    expect(sale.settled).to.equal(false);
    expect(stuck.status().waiting).to.have.deep.members([
      { step: 'apply', reason: 'the call needs more gas than a transaction may use' },
      { step: 'settle', reason: `batch ${batch} settles after change ${change}, which is not applied yet` },
    ]);

    await company.work(await company.restart());
    expect(await creditsOf('waits')).to.deep.equal([
      [id(2), '1000000'],
      [id(1), '500000'],
    ]);
    expect(company.batcher.status().waiting).to.deep.equal([]);
  });

  it('applies corrections and endings, each in its turn', async function () {
    this.timeout(60_000);
    await company.call('correctSponsor', [id(4), walletOf(4), id(2), REASON]);
    await company.callAs(walletOf(3), 'leaveProgramme', []);
    await company.passToChange();
    await company.work();
    expect(await nextChange()).to.equal(5);
    const { body: moved } = await company.get('/v1/distributors/ref:distributor-4');
    expect(moved).to.include({ sponsor: id(2), wallet: walletOf(4) });
    expect(await statusOf(3)).to.equal('left');
    await company.call('endMembership', [moved.id, REASON, EVIDENCE]);
    await company.passToChange();
    await company.work();
    expect((await company.get('/v1/distributors/ref:distributor-4')).body.status).to.equal('left');
  });

  it('passes over what was cancelled, in one transaction as far as it is due', async function () {
    this.timeout(60_000);
    // Not at midnight itself, so that a day later is one midnight later.
    await company.passTime(60);
    const first = await nextChange();
    for (const status of [2, 1, 2]) await company.announceStanding([standing(1, status)]);
    for (const change of [first, first + 1]) await company.call('cancelChange', [change]);
    await company.passTime(DAY);
    await company.announceStanding([standing(1, 1)]);
    await company.call('cancelChange', [first + 3]);
    await company.work();
    const before = await countApplications();
    await company.passToChange();
    await company.work();
    expect(await nextChange()).to.equal(first + 3);
    expect(await countApplications()).to.equal(before + 2);
    expect(await statusOf(1)).to.equal('inactive');
    await company.passToChange();
    await company.work();
    expect(await nextChange()).to.equal(first + 4);
    expect(await countApplications()).to.equal(before + 3);
    expect(await statusOf(1)).to.equal('inactive');
  });

  it('applies in portions what is too large for one transaction', async function () {
    this.timeout(120_000);
    const records = Array.from({ length: 20_000 }, (_, i) => standing(i % 3, 1, i % 16));
    await company.announceStanding(records);
    await company.passToChange();
    const before = await countApplications();
    await company.work();
    expect(await countApplications()).to.equal(before + 2);
    expect(company.batcher.status().waiting).to.deep.equal([]);
    const ranks = await Promise.all(
      [0, 1, 2].map(async (i) => (await company.get(`/v1/distributors/${id(i)}`)).body.rank),
    );
    const lastOf = (i: number) => records.findLast((record) => record.id === id(i))?.rank;
    expect(ranks).to.deep.equal([0, 1, 2].map(lastOf));
  });

  it('goes on when another account applies the change first', async function () {
    this.timeout(60_000);
    await company.setStanding([standing(1, 2)]);
    await company.announceStanding([standing(2, 2)]);
    await company.work();
    await company.passToChange();
    const before = await countApplications();
    await company.work();
    expect(await countApplications()).to.equal(before + 1);
    expect([await statusOf(1), await statusOf(2)]).to.deep.equal(['inactive', 'inactive']);
  });
});
