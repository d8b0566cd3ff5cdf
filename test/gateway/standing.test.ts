import { encodeStandings } from '@plumbline/protocol';
import { expect } from 'chai';
import { keccak256, toHex } from 'viem';
import { type Company, foundCompany, saleOf, walletOf } from './company.ts';

const REASON = keccak256('0x01');

/** By generation from rank 1 up, rolled up; the seller is paid 10 %. */
const BY_GENERATION = {
  kind: 2,
  compression: 1,
  boundaryRank: 1,
  ceilingBps: 3_000,
  weightsBps: [10_000, 10_000, 10_000] as [number, number, number],
  ratesBps: [[1_000], [1_000, 500, 200]],
};

describe('gateway: where distributors stand', () => {
  let company: Company;
  let admin: string;

  before(async function () {
    this.timeout(60_000);
    company = await foundCompany({ request: { plan: BY_GENERATION } });
    admin = company.anvil.accounts[0]?.address ?? '';
    for (const role of ['RANKER_ROLE', 'COMPLIANCE_ROLE']) {
      await company.callAs(admin, 'grantRole', [keccak256(toHex(role)), admin]);
    }
    await company.enrolLine(6);
  });
  after(() => company.stop());

  const read = async (name: string) => (await company.get(`/v1/distributors/${name}`)).body;
  const idOf = async (i: number): Promise<number> => (await read(`ref:distributor-${i}`)).id;

  /** Puts a distributor below another sponsor, past the gateway. */
  async function correct(i: number, sponsor: number): Promise<number> {
    const id = await idOf(i);
    await company.callAs(admin, 'correctSponsor', [BigInt(id), walletOf(i), BigInt(sponsor), REASON]);
    await company.index();
    return id;
  }

  it('tells of nobody what has not happened', async () => {
    expect(await read('ref:distributor-0')).to.deep.include({
      rank: 0,
      status: 'active',
      movedTo: null,
      wallet: walletOf(0),
      hold: null,
      recovery: null,
      flags: [],
    });
    await company.post('/v1/distributors', { distributors: [{ reference: 'waiting', sponsor: null }] });
    expect(await read('ref:waiting')).to.deep.include({ rank: null, status: null, movedTo: null, flags: [] });
    await company.work();
  });

  it('says what the plan is, in words and numbers', async () => {
    const { body } = await company.get('/v1/ledger');
    expect(body.plan).to.deep.include({ kind: 'generation', compression: 'rollUp', maxTotalBps: 1_700 });
    expect(body.plan.plan).to.deep.equal(BY_GENERATION);
    expect(body.plan.words).to.deep.equal([
      'By generation: each distributor of rank 1 or above is a generation and is paid its rate.',
      'Inactive distributors are passed over: the next active distributor gets the generation.',
      'Rank 0: 10% to the seller.',
      'Rank 1 and above: 10% to the seller, 5% to generation 1, 2% to generation 2.',
      'At most 17% of the counted volume is paid; the ceiling is 30%.',
      'What counts of a purchase: 100% from a retail customer, 100% from a preferred customer, 100% from the distributor.',
    ]);
    expect(body.paused).to.equal(false);
  });

  it('tells rank, activity, hold, recovery and flags', async () => {
    const [first, second] = [await idOf(0), await idOf(1)];
    const records = encodeStandings([
      { id: first, rank: 3, status: 1 },
      { id: second, rank: 2, status: 2 },
    ]);
    await company.callAs(admin, 'setStanding', [records, REASON]);
    const until = (await company.chain.latest()).timestamp + 86_400;
    await company.callAs(admin, 'hold', [walletOf(0), BigInt(until), REASON]);
    await company.callAs(admin, 'proposeRecovery', [walletOf(1), walletOf(901)]);
    await company.callAs(admin, 'raiseFlag', [0n, BigInt(second), REASON]);
    await company.callAs(admin, 'raiseFlag', [0n, BigInt(second), REASON]);
    await company.callAs(admin, 'closeFlag', [2n, 1n, keccak256('0x02')]);
    await company.index();
    expect(await read('ref:distributor-0')).to.deep.include({
      rank: 3,
      status: 'active',
      hold: { until, reason: REASON },
    });
    const distributor = await read('ref:distributor-1');
    expect(distributor).to.deep.include({ rank: 2, status: 'inactive', hold: null });
    expect(distributor.recovery).to.include({ wallet: walletOf(901) });
    expect(distributor.flags).to.deep.equal([
      { flag: 1, reason: REASON, outcome: null, evidence: null },
      { flag: 2, reason: REASON, outcome: 'cleared', evidence: keccak256('0x02') },
    ]);
    await company.callAs(admin, 'releaseHold', [walletOf(0), REASON]);
    await company.index();
    expect((await read('ref:distributor-0')).hold).to.equal(null);
  });

  it('says what is pending as the plan, ranks and activity stand', async function () {
    this.timeout(60_000);
    await company.post('/v1/sales', saleOf('of-5', { seller: 'distributor-5' }));
    await company.work();
    const pending = async (i: number) => (await read(`ref:distributor-${i}`)).pendingUnits;
    expect(await Promise.all([0, 1, 2, 5].map(pending))).to.deep.equal(['500000', '0', '0', '1000000']);
    const records = encodeStandings([{ id: await idOf(1), rank: 2, status: 1 }]);
    await company.callAs(admin, 'setStanding', [records, REASON]);
    await company.index();
    expect(await Promise.all([0, 1, 2, 5].map(pending))).to.deep.equal(['200000', '500000', '0', '1000000']);
  });

  it('points from the id of a distributor who has moved to the new one, and knows them by reference', async () => {
    const { id: root } = await read('ref:waiting');
    const before = await correct(2, root);
    const distributor = await read('ref:distributor-2');
    expect(distributor.id).not.to.equal(before);
    expect(distributor).to.include({
      reference: 'distributor-2',
      status: 'active',
      movedTo: null,
      sponsor: root,
      sponsorReference: 'waiting',
      depth: 1,
      wallet: walletOf(2),
      directs: 1,
      teamSize: 3,
    });
    expect(await read(String(before))).to.deep.include({
      id: before,
      reference: 'distributor-2',
      status: 'moved',
      movedTo: distributor.id,
      wallet: null,
      directs: 0,
    });
    expect(await read(walletOf(2))).to.deep.equal(distributor);
    expect(await read(String(distributor.id))).to.deep.equal(distributor);
    for (const list of ['upline', 'children', 'credits']) {
      const of = async (id: number) => (await company.get(`/v1/distributors/${id}/${list}`)).body;
      expect(await of(before), list).to.deep.equal(await of(distributor.id));
    }
    const { body: search } = await company.get('/v1/search?q=distributor-2');
    expect(search.results).to.deep.equal([
      { type: 'distributor', id: distributor.id, label: `distributor-2 (${distributor.id})` },
    ]);
    expect((await read('ref:distributor-3')).sponsor).to.equal(distributor.id);
  });

  it('records sales of a distributor who has moved under the new id, and places recruits below it', async function () {
    this.timeout(60_000);
    const { id } = await read('ref:distributor-2');
    await company.post('/v1/sales', saleOf('of-2', { seller: 'distributor-2' }));
    const recruit = { reference: 'recruit-of-2', sponsor: 'distributor-2', wallet: walletOf(40) };
    await company.post('/v1/distributors', { distributors: [recruit] });
    await company.work();
    const { body: sale } = await company.get('/v1/sales/of-2');
    expect(sale).to.include({ state: 'included', seller: id, sellerReference: 'distributor-2' });
    expect(sale.document.seller).to.equal(id);
    expect(await read('ref:recruit-of-2')).to.include({ state: 'included', sponsor: id });
  });

  it('asks the chain, not its books, where a sponsor is', async function () {
    this.timeout(60_000);
    const recruit = { reference: 'recruit-of-1', sponsor: 'distributor-1', wallet: walletOf(41) };
    await company.post('/v1/distributors', { distributors: [recruit] });
    const id = await idOf(1);
    const root = (await read('ref:waiting')).id;
    await company.callAs(admin, 'correctSponsor', [BigInt(id), walletOf(1), BigInt(root), REASON]);
    await company.work();
    const { id: now } = await read('ref:distributor-1');
    expect(now).not.to.equal(id);
    expect(await read('ref:recruit-of-1')).to.include({ state: 'included', sponsor: now });
  });

  it('refuses recruits of a distributor who has left, and records their sales for those above', async function () {
    this.timeout(60_000);
    const second = { id: await idOf(2), rank: 1, status: 1 };
    await company.callAs(admin, 'setStanding', [encodeStandings([second]), REASON]);
    await company.callAs(walletOf(5), 'leaveProgramme', []);
    const list = [
      { reference: 'late', sponsor: 'distributor-5' },
      { reference: 'later', sponsor: 'late' },
      { reference: 'other', sponsor: 'distributor-4' },
    ];
    await company.post('/v1/distributors', { distributors: list });
    await company.post('/v1/sales', saleOf('after-leaving', { seller: 'distributor-5' }));
    await company.work();
    expect(await read('ref:distributor-5')).to.include({ status: 'left', rank: 0, wallet: walletOf(5) });
    expect((await read('ref:late')).refusal).to.equal('the sponsor distributor-5 has left the programme');
    expect((await read('ref:later')).refusal).to.equal('the sponsor late was refused');
    expect((await read('ref:other')).state).to.equal('included');
    const distributor = await read('ref:distributor-5');
    expect(distributor.pendingUnits, 'nothing, not even for the sale from before').to.equal('0');
    await company.passTime(3_700);
    await company.work();
    const { body: sale } = await company.get('/v1/sales/after-leaving');
    expect(sale).to.include({ state: 'included', seller: distributor.id, settled: true });
    expect(sale.credits).to.deep.equal([{ level: 1, id: second.id, bps: 500, units: '500000' }]);
    expect(await company.owedTo(walletOf(5))).to.equal(0n);
  });
});
