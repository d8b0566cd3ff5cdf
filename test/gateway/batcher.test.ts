import { connectChain } from '@plumbline/gateway';
import { findBadItem, raiseFees } from '@plumbline/gateway/testing';
import { expect } from 'chai';
import type { Hex } from 'viem';
import { type Company, foundCompany, saleOf, walletOf } from './company.ts';

describe('gateway: isolating a bad item', () => {
  it('finds each position in lists of every length up to 40, in few calls', async () => {
    for (let count = 1; count <= 40; count++) {
      for (let bad = 0; bad < count; bad++) {
        let calls = 0;
        const found = await findBadItem(count, async (n) => {
          calls++;
          return n <= bad;
        });
        expect(found).to.equal(bad);
        expect(calls).to.be.at.most(Math.ceil(Math.log2(count)));
      }
    }
  });
});

describe('gateway: fees of a replacement', () => {
  it('rise by an eighth or to the going rate, and the whole fee never below the tip', () => {
    const raised = raiseFees({ maxFee: 80n, maxPriorityFee: 8n }, { maxFee: 1n, maxPriorityFee: 1n });
    expect(raised).to.deep.equal({ maxFee: 91n, maxPriorityFee: 10n });
    const going = raiseFees({ maxFee: 8n, maxPriorityFee: 8n }, { maxFee: 100n, maxPriorityFee: 50n });
    expect(going).to.deep.equal({ maxFee: 100n, maxPriorityFee: 50n });
  });
});

describe('gateway: batcher', () => {
  let company: Company;

  before(async function () {
    this.timeout(60_000);
    // Covers three sales of 10.00 at 32 %.
    company = await foundCompany({ floatUnits: 9_600_000n });
    await company.enrolLine(2);
  });
  after(() => company.stop());

  async function stateOf(externalId: string): Promise<{ state: string; refusal: string | null }> {
    const { body } = await company.get(`/v1/sales/${externalId}`);
    return { state: body.state, refusal: body.refusal };
  }

  async function fund(units: bigint): Promise<void> {
    await company.mint(company.admin, units);
    await company.call('fund', [units]);
  }

  it('refuses a distributor whom the ledger refuses, and those below; the others go on', async function () {
    this.timeout(60_000);
    const { fragments } = await company.onChain();
    const stranger = { id: (fragments + 1) * 4, sponsor: 0, wallet: walletOf(500) as Hex };
    await company.enrol([stranger]);
    await company.index();
    const distributors = Array.from({ length: 9 }, (_, i) => ({
      reference: `mixed-${i}`,
      sponsor: i === 5 ? 'mixed-4' : 'distributor-0',
      wallet: i === 4 ? walletOf(500) : walletOf(600 + i),
    }));
    await company.post('/v1/distributors', { distributors });
    await company.post('/v1/sales', saleOf('of-nobody', { seller: 'mixed-5' }));
    await company.work();
    for (const [i] of distributors.entries()) {
      const { body } = await company.get(`/v1/distributors/ref:mixed-${i}`);
      if (i === 4) expect(body.refusal).to.match(/WalletTaken/);
      else if (i === 5) expect(body.refusal).to.match(/sponsor mixed-4 was refused/);
      else expect(body.state, `mixed-${i}`).to.equal('included');
    }
    expect(await stateOf('of-nobody')).to.deep.equal({ state: 'refused', refusal: 'the seller was refused' });
    const later = await company.post('/v1/sales', saleOf('of-nobody-2', { seller: 'mixed-4' }));
    expect(later.status).to.equal(422);
  });

  it('refuses a sale that the ledger refuses; the others go on', async () => {
    const sales = [0, 1, 2].map((i) => saleOf(`good-${i}`, { volumeCents: '0' }));
    await company.post('/v1/sales/batch', { sales });
    // Damage that no request can do.
    await company.database
      .updateTable('submissions')
      .set({ price_cents: 0n })
      .where('external_id', '=', 'good-1')
      .execute();
    await company.work();
    expect((await stateOf('good-0')).state).to.equal('included');
    expect(await stateOf('good-1')).to.deep.equal({
      state: 'refused',
      refusal: 'the ledger refuses the sale: ZeroPrice(1)',
    });
    expect((await stateOf('good-2')).state).to.equal('included');
  });

  it('refuses sales of an id that nobody has, which the ledger would take; the others go on', async function () {
    this.timeout(60_000);
    const { body: seller } = await company.get('/v1/distributors/ref:distributor-1');
    await company.post('/v1/distributors', { distributors: [{ reference: 'lost', sponsor: null }] });
    await company.work();
    // Damage that no request can do: the id next to a root's, in a fragment that is there.
    const free = (await company.get('/v1/distributors/ref:lost')).body.id + 1;
    await company.database
      .updateTable('enrolments')
      .set({ distributor_id: free })
      .where('reference', '=', 'lost')
      .execute();
    await company.post('/v1/sales/batch', {
      sales: [
        saleOf('of-lost', { seller: 'lost', volumeCents: '0' }),
        saleOf('of-known', { seller: 'distributor-1', volumeCents: '0' }),
      ],
    });
    await company.work();
    expect(await stateOf('of-lost')).to.deep.equal({
      state: 'refused',
      refusal: 'the seller is not enrolled in the ledger',
    });
    const { body: known } = await company.get('/v1/sales/of-known');
    expect(known).to.include({ state: 'included', seller: seller.id });
  });

  it('records what the float covers, waits with the rest, says so, and goes on when it is funded', async function () {
    this.timeout(60_000);
    const { batches } = await company.onChain();
    const sales = [0, 1, 2, 3].map((i) => saleOf(`dear-${i}`));
    await company.post('/v1/sales/batch', { sales });
    await company.work();
    const states = await Promise.all(sales.map(async ({ externalId }) => (await stateOf(externalId)).state));
    expect(states).to.deep.equal(['included', 'included', 'included', 'accepted']);
    const { body: status } = await company.get('/v1/status');
    expect(status.queue).to.deep.equal({ distributors: 0, sales: 1, reversals: 0, transactions: 0 });
    expect(status.batcher.waiting).to.deep.equal([
      {
        step: 'record',
        reason: 'the float of 0 units does not cover 3200000 units; fund the ledger',
      },
    ]);
    await fund(3_200_000n);
    await company.work();
    for (const { externalId } of sales) expect((await stateOf(externalId)).state).to.equal('included');
    const after = await company.onChain();
    expect(after).to.include({ batches: batches + 3, free: 0n, reserved: 12_800_000n });
    expect((await company.get('/v1/status')).body.batcher.waiting).to.deep.equal([]);
  });

  it('records no more distributors and sales than the count cap lets through, and goes on when it fills again', async function () {
    this.timeout(60_000);
    await company.passTime(3_700);
    await company.work();
    const { cap } = await company.chain.recorderOf(company.admin);
    await company.call('setRecorder', [company.admin, cap, 1n]);
    const recruits = [0, 1, 2].map((i) => ({ reference: `counted-${i}`, sponsor: 'distributor-0' }));
    await company.post('/v1/distributors', { distributors: recruits });
    await company.work();
    expect(company.batcher.status().waiting).to.deep.equal([
      {
        step: 'enrol',
        reason: "the recorder's count cap of 1 lets half of it through at once, not 1; raise the cap",
      },
    ]);
    await company.callAnnounced('setRecorder', [company.admin, cap, 4n]);
    await company.work();
    const states = await Promise.all(
      recruits.map(
        async ({ reference }) => (await company.get(`/v1/distributors/ref:${reference}`)).body.state,
      ),
    );
    expect(states).to.deep.equal(['included', 'included', 'accepted']);
    await company.post('/v1/sales', saleOf('counted', { volumeCents: '0' }));
    await company.work();
    const reason =
      "the recorder's count cap leaves room for 0 distributors or sales now, not for 1; wait or raise the cap";
    expect(company.batcher.status().waiting).to.have.deep.members([
      { step: 'enrol', reason },
      { step: 'record', reason },
    ]);
    await company.passTime(86_400);
    await company.work();
    expect((await company.get('/v1/distributors/ref:counted-2')).body.state).to.equal('included');
    expect((await stateOf('counted')).state).to.equal('included');
    expect(company.batcher.status().waiting).to.deep.equal([]);
    await company.passTime(86_400);
  });

  it('says when a sale is above half the cap, and waits while the cap is used up', async function () {
    this.timeout(60_000);
    await company.work();
    await company.call('setRecorder', [company.admin, 1n, 4n]);
    await company.post(
      '/v1/sales',
      saleOf('capped', {
        priceCents: '10',
        volumeCents: '10',
        items: [{ product: 'P', quantity: 1, amountCents: '10' }],
      }),
    );
    await company.work();
    expect(company.batcher.status().waiting[0]?.reason).to.equal(
      "the recorder's cap of 1 lets half of it through at once, not 32000; raise the cap",
    );
    expect((await stateOf('capped')).state).to.equal('accepted');
    await fund(64_000n);
    await company.callAnnounced('setRecorder', [company.admin, 66_000n, 4n]);
    const small = {
      priceCents: '10',
      volumeCents: '10',
      items: [{ product: 'P', quantity: 1, amountCents: '10' }],
    };
    await company.post('/v1/sales', saleOf('capped-2', small));
    await company.work();
    expect((await stateOf('capped')).state).to.equal('included');
    expect((await stateOf('capped-2')).state).to.equal('accepted');
    expect(company.batcher.status().waiting[0]?.reason).to.match(
      /cap leaves (999|10\d\d) units now and 32000 are needed/,
    );
  });

  it('says what is wrong with the node without its address or what was sent', async () => {
    const secret = 'http://127.0.0.1:9/v3/secret-key';
    await company.expireLease();
    const chain = connectChain(secret, company.ledger, company.deployment.startBlock);
    const batcher = company.newBatcher({}, chain);
    const stop = new AbortController();
    const running = batcher.run(stop.signal);
    while (batcher.status().problem === null) await new Promise((resolve) => setTimeout(resolve, 10));
    stop.abort();
    await running;
    expect(batcher.status().problem).to.match(/^HTTP request failed/);
    expect(batcher.status().problem).not.to.match(/secret|127\.0\.0\.1|eth_|body/i);
  });

  it('tells Prometheus and probes', async () => {
    const response = await company.app.inject('/metrics');
    expect(response.headers['content-type']).to.match(/^text\/plain/);
    expect(response.body).to.match(/^plumbline_queue_sales 1$/m);
    expect((await company.get('/livez')).body).to.deep.equal({ status: 'ok' });
    expect((await company.get('/readyz')).body).to.deep.equal({ status: 'ok' });
  });
});
