import { expect } from 'chai';
import { keccak256 } from 'viem';
import { type Company, foundCompany, saleOf, walletOf } from './company.ts';

const REASON = keccak256('0x01');

/** By generation from rank 1 up, rolled up; the seller is paid 10 %. */
const BY_GENERATION = {
  kind: 2,
  compression: 1,
  boundaryRank: 1,
  reach: 64,
  ceilingBps: 3_000,
  weightsBps: [10_000, 10_000, 10_000] as [number, number, number],
  ratesBps: [[1_000], [1_000, 500, 200]],
};

describe('gateway: where distributors stand', () => {
  let company: Company;

  before(async function () {
    this.timeout(60_000);
    company = await foundCompany({ request: { plan: BY_GENERATION } });
    await company.enrolLine(6);
  });
  after(() => company.stop());

  const read = async (name: string) => (await company.get(`/v1/distributors/${name}`)).body;
  const idOf = async (i: number): Promise<number> => (await read(`ref:distributor-${i}`)).id;

  /** Lets time pass until what is announced is effective, and the gateway apply it. */
  async function takeEffect(): Promise<void> {
    await company.passToChange();
    await company.work();
  }

  /** Announces another sponsor of a distributor. */
  async function correct(i: number, sponsor: number): Promise<number> {
    const id = await idOf(i);
    await company.call('correctSponsor', [id, walletOf(i), sponsor, REASON]);
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
      'At most 64 distributors above the seller are looked at.',
      'What counts of a purchase: 100% from a retail customer, 100% from a preferred customer, 100% from the distributor.',
    ]);
    expect(body.paused).to.equal(false);
  });

  it('tells rank, activity, hold, recovery and flags', async function () {
    this.timeout(60_000);
    const [first, second] = [await idOf(0), await idOf(1)];
    await company.announceStanding([
      { id: first, rank: 3, status: 1 },
      { id: second, rank: 2, status: 2 },
    ]);
    await company.index();
    expect(await read('ref:distributor-0'), 'not effective').to.deep.include({ rank: 0, status: 'active' });
    await takeEffect();
    const now = (await company.chain.latest()).timestamp;
    const [until, reviewBy] = [now + 86_400, now + 30 * 86_400];
    await company.call('hold', [walletOf(0), until, REASON]);
    await company.call('proposeRecovery', [walletOf(1), walletOf(901)]);
    await company.call('raiseFlag', [0, second, 7, 1, REASON, reviewBy]);
    await company.call('raiseFlag', [0, second, 8, 3, REASON, reviewBy]);
    await company.call('closeFlag', [2, 1, keccak256('0x02')]);
    await company.index();
    expect(await read('ref:distributor-0')).to.deep.include({
      rank: 3,
      status: 'active',
      hold: { until, reason: REASON },
    });
    const distributor = await read('ref:distributor-1');
    expect(distributor).to.deep.include({ rank: 2, status: 'inactive', hold: null });
    expect(distributor.recovery).to.include({ wallet: walletOf(901) });
    const raised = { evidence: REASON, reviewBy, answer: null };
    expect(distributor.flags).to.deep.equal([
      { flag: 1, flagKind: 7, severity: 1, ...raised, isOpen: true, outcome: null, outcomeEvidence: null },
      {
        flag: 2,
        flagKind: 8,
        severity: 3,
        ...raised,
        isOpen: false,
        outcome: 'cleared',
        outcomeEvidence: keccak256('0x02'),
      },
    ]);
    await company.call('releaseHold', [walletOf(0), REASON]);
    await company.index();
    expect((await read('ref:distributor-0')).hold).to.equal(null);
  });

  it('says what is pending as the plan, ranks and activity stand, which is what a sale recorded now will pay', async function () {
    this.timeout(60_000);
    const pending = async (i: number) => (await read(`ref:distributor-${i}`)).pendingUnits;
    const owed = (i: number) => company.owedTo(walletOf(i));
    await company.post('/v1/sales', saleOf('of-5', { seller: 'distributor-5' }));
    await company.work();
    expect(await Promise.all([0, 1, 2, 5].map(pending))).to.deep.equal(['500000', '0', '0', '1000000']);
    await company.announceStanding([{ id: await idOf(1), rank: 2, status: 1 }]);
    await takeEffect();
    expect(await Promise.all([0, 1, 2, 5].map(owed))).to.deep.equal([500_000n, 0n, 0n, 1_000_000n]);
    await company.post('/v1/sales', saleOf('of-5-later', { seller: 'distributor-5' }));
    await company.work();
    expect(await Promise.all([0, 1, 2, 5].map(pending))).to.deep.equal(['200000', '500000', '0', '1000000']);
  });

  it('points from the id of a distributor who has moved to the new one, and knows them by reference', async () => {
    const { id: root } = await read('ref:waiting');
    const before = await correct(2, root);
    await takeEffect();
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
    await company.passTime(3_700);
    await company.work();
    const recruit = { reference: 'recruit-of-1', sponsor: 'distributor-1', wallet: walletOf(41) };
    await company.post('/v1/distributors', { distributors: [recruit] });
    const root = (await read('ref:waiting')).id;
    const id = await correct(1, root);
    const change = await company.passToChange();
    await company.callAs(walletOf(902), 'applyCorrection', [change, id, root, REASON]);
    await company.work();
    const { id: now } = await read('ref:distributor-1');
    expect(now).not.to.equal(id);
    expect(await read('ref:recruit-of-1')).to.include({ state: 'included', sponsor: now });
  });

  it('refuses recruits of a distributor who has left, and records their sales for those above', async function () {
    this.timeout(60_000);
    const second = { id: await idOf(2), rank: 1, status: 1 };
    await company.announceStanding([second]);
    await company.callAs(walletOf(5), 'leaveProgramme', []);
    await company.post('/v1/sales', saleOf('before-leaving', { seller: 'distributor-5' }));
    await company.work();
    const distributor = await read('ref:distributor-5');
    expect(distributor, 'not effective').to.include({ status: 'active', pendingUnits: '1000000' });
    const owed = await company.owedTo(walletOf(5));
    await takeEffect();
    expect(await company.owedTo(walletOf(5)), 'by the sale from before').to.equal(owed + 1_000_000n);
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
    expect((await read('ref:distributor-5')).pendingUnits).to.equal('0');
    await company.passTime(3_700);
    await company.work();
    const { body: sale } = await company.get('/v1/sales/after-leaving');
    expect(sale).to.include({ state: 'included', seller: distributor.id, settled: true });
    expect(sale.credits).to.deep.equal([{ level: 1, id: second.id, bps: 500, units: '500000' }]);
    expect(await company.owedTo(walletOf(5))).to.equal(owed + 1_000_000n);
  });
});
