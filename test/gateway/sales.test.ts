import { decodeSales, verifyDocument } from '@plumbline/protocol';
import { expect } from 'chai';
import type { Hex } from 'viem';
import { API_KEY, type Company, foundCompany, saleOf, walletOf } from './company.ts';

describe('gateway: sales', () => {
  let company: Company;

  before(async function () {
    this.timeout(60_000);
    company = await foundCompany();
    await company.enrolLine(3);
  });
  after(() => company.stop());

  describe('refuses', () => {
    const refusals: { title: string; changes: Record<string, unknown>; field: string; problem: RegExp }[] = [
      { title: 'a missing field', changes: { buyer: undefined }, field: 'buyer', problem: /missing/ },
      { title: 'an unknown field', changes: { discount: 1 }, field: 'discount', problem: /not a field/ },
      {
        title: 'an unknown class',
        changes: { class: 'gift' },
        field: 'class',
        problem: /retail, preferred, self/,
      },
      {
        title: 'a price that is a number',
        changes: { priceCents: 1000 },
        field: 'priceCents',
        problem: /string/,
      },
      {
        title: 'a price with decimals',
        changes: { priceCents: '10.00' },
        field: 'priceCents',
        problem: /cents/,
      },
      { title: 'no price', changes: { priceCents: '0' }, field: 'priceCents', problem: /from 1/ },
      {
        title: 'a price above 32 bits',
        changes: { priceCents: '4294967296' },
        field: 'priceCents',
        problem: /4294967295/,
      },
      {
        title: 'a volume above the price',
        changes: { volumeCents: '1001' },
        field: 'volumeCents',
        problem: /at most/,
      },
      {
        title: 'items that do not add up',
        changes: { priceCents: '1001' },
        field: 'items',
        problem: /1000 cents.*1001/,
      },
      { title: 'no items', changes: { items: [] }, field: 'items', problem: /fewer than 1/ },
      {
        title: 'half an item',
        changes: { items: [{ product: 'P', quantity: 0.5, amountCents: '1000' }] },
        field: 'items.0.quantity',
        problem: /integer/,
      },
      {
        title: 'a date that is none',
        changes: { soldAt: 'yesterday' },
        field: 'soldAt',
        problem: /date-time/,
      },
      {
        title: 'a leap second',
        changes: { soldAt: '2026-12-31T23:59:60Z' },
        field: 'soldAt',
        problem: /00 to 59/,
      },
      { title: 'a buyer with U+0000', changes: { buyer: 'a\u0000' }, field: 'buyer', problem: /U\+0000/ },
      { title: 'half a character', changes: { externalId: 'a\ud83d' }, field: 'externalId', problem: /half/ },
      {
        title: 'half a character in a name',
        changes: { items: [{ product: 'P', quantity: 1, amountCents: '1000', name: '\udc00' }] },
        field: 'items.0.name',
        problem: /half/,
      },
      {
        title: 'a quantity beyond what a number holds',
        changes: { items: [{ product: 'P', quantity: 2 ** 53, amountCents: '1000' }] },
        field: 'items.0.quantity',
        problem: /9007199254740991/,
      },
    ];
    for (const { title, changes, field, problem } of refusals) {
      it(title, async () => {
        const { status, type, body } = await company.post('/v1/sales', saleOf('refused', changes));
        expect(status).to.equal(400);
        expect(type).to.match(/^application\/problem\+json/);
        expect(body).to.include({ type: 'about:blank', status: 400 });
        const found = body.errors.find((each: { field: string }) => each.field === field);
        expect(found?.problem, JSON.stringify(body.errors)).to.match(problem);
      });
    }

    it('a seller nobody has submitted', async () => {
      const { status, body } = await company.post('/v1/sales', saleOf('refused', { seller: 'stranger' }));
      expect(status).to.equal(422);
      expect(body.errors[0].field).to.equal('seller');
      expect(body.errors[0].problem).to.match(/stranger is not known/);
    });

    it('a request without the API key, or with another', async () => {
      const sent = (authorization: string) =>
        company.post('/v1/sales', saleOf('refused'), { authorization }).then(({ status }) => status);
      expect(await sent('')).to.equal(401);
      expect(await sent(API_KEY)).to.equal(401);
      expect(await sent('Bearer another')).to.equal(401);
    });

    it('a body that is no JSON, without repeating it', async () => {
      const response = await company.app.inject({
        method: 'POST',
        url: '/v1/sales',
        headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
        payload: '{"buyer": secret-buyer}',
      });
      expect(response.statusCode).to.equal(400);
      expect(response.body).not.to.contain('secret-buyer');
    });

    it('in a list only the sales that a database cannot hold', async () => {
      const sales = [
        saleOf('whole-\u{1f600}', { buyer: '\u{1f600}' }),
        saleOf('refused', { buyer: '\ud83d' }),
        saleOf('refused', { soldAt: '2026-12-31T23:59:60Z' }),
        saleOf('refused\u0000'),
      ];
      const { status, body } = await company.post('/v1/sales/batch', { sales });
      expect([status, body.accepted]).to.deep.equal([200, 1]);
      const fields = body.refused.map(({ index, field }: { index: number; field: string }) => [index, field]);
      expect(fields).to.deep.equal([
        [1, 'buyer'],
        [2, 'soldAt'],
        [3, 'externalId'],
      ]);
    });

    it('and leaves nothing behind', async () => {
      expect((await company.get('/v1/sales/refused')).status).to.equal(404);
    });
  });

  describe('accepts', () => {
    it('a sale once: the same body gets the same answer, another body 422', async () => {
      const first = await company.post('/v1/sales', saleOf('once'));
      const second = await company.post('/v1/sales', saleOf('once'));
      expect(first.status).to.equal(202);
      expect(second.status).to.equal(200);
      expect(second.body).to.deep.equal(first.body);
      for (const changes of [
        { buyer: 'somebody else' },
        { volumeCents: '999' },
        { soldAt: '2026-03-01T12:00:01Z' },
      ]) {
        const other = await company.post('/v1/sales', saleOf('once', changes));
        expect(other.status, JSON.stringify(changes)).to.equal(422);
        expect(other.body.errors[0].field).to.equal('externalId');
      }
      const rows = await company.database
        .selectFrom('submissions')
        .selectAll()
        .where('external_id', '=', 'once')
        .execute();
      expect(rows).to.have.length(1);
    });

    it('the same time in another zone as the same body', async () => {
      await company.post('/v1/sales', saleOf('zone'));
      const again = await company.post('/v1/sales', saleOf('zone', { soldAt: '2026-03-01T13:00:00+01:00' }));
      expect(again.status).to.equal(200);
    });

    it('one of many that arrive at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => company.post('/v1/sales', saleOf('at once'))),
      );
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([
        200, 200, 200, 200, 200, 200, 200, 202,
      ]);
      expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).to.equal(1);
    });

    it('a request under a key once, and refuses the key for another request', async () => {
      const key = { 'idempotency-key': 'key-1' };
      const first = await company.post('/v1/sales', saleOf('keyed'), key);
      const second = await company.post('/v1/sales', saleOf('keyed'), key);
      expect([first.status, second.status]).to.deep.equal([202, 202]);
      expect(second.body).to.deep.equal(first.body);
      const other = await company.post('/v1/sales', saleOf('keyed too'), key);
      expect(other.status).to.equal(422);
      expect(other.body.errors[0].field).to.equal('Idempotency-Key');
      expect((await company.get('/v1/sales/keyed%20too')).status).to.equal(404);
    });

    it('the good sales of a list and says what is wrong with the others', async () => {
      const { status, body } = await company.post('/v1/sales/batch', {
        sales: [
          saleOf('list-0'),
          saleOf('list-1', { priceCents: 'ten' }),
          saleOf('list-2', { seller: 'stranger' }),
          saleOf('once'),
          saleOf('list-0'),
          saleOf('list-0', { buyer: 'another' }),
          'nonsense',
        ],
      });
      expect(status).to.equal(200);
      expect(body).to.include({ accepted: 1, repeated: 2 });
      expect(
        body.refused.map(({ index, field }: { index: number; field: string }) => [index, field]),
      ).to.deep.equal([
        [1, 'priceCents'],
        [2, 'seller'],
        [5, 'externalId'],
        [6, 'sale'],
      ]);
    });

    it('no list that is empty, too long, or not a list', async () => {
      const long = Array.from({ length: 1_001 }, (_, i) => saleOf(`long-${i}`));
      for (const sales of [[], long, 'all']) {
        const { status, body } = await company.post('/v1/sales/batch', { sales });
        expect(status).to.equal(400);
        expect(body.errors[0].field).to.equal('sales');
      }
      const { status, body } = await company.post('/v1/sales/batch', { sales: [saleOf('x')], more: 1 });
      expect([status, body.errors[0].field]).to.deep.equal([400, 'more']);
    });
  });

  it('shows a sale from acceptance to settlement, with a document that proves itself and never the buyer', async function () {
    this.timeout(60_000);
    const secret = 'Grandmother Elvira, 4 Elm Street';
    const receipt = await company.post(
      '/v1/sales',
      saleOf('shown', { seller: 'distributor-2', buyer: secret }),
    );
    const accepted = await company.get('/v1/sales/shown');
    expect(accepted.body).to.include({
      state: 'accepted',
      ref: null,
      settled: false,
      credits: null,
      document: null,
    });

    await company.work();
    const { body: recorded } = await company.get('/v1/sales/shown');
    expect(recorded).to.include({
      state: 'included',
      settled: false,
      plan: 1,
      sellerReference: 'distributor-2',
    });
    expect(recorded.settlesAt - recorded.recordedAt).to.equal(3_600);
    const { document, manifest } = recorded;
    expect(document.buyerCommitment).to.equal(receipt.body.buyerCommitment);
    const [batch] = recorded.ref.split('-').map(Number);
    const onChain = await company.database
      .selectFrom('batches')
      .select(['manifest_root', 'records'])
      .where('batch', '=', batch)
      .executeTakeFirstOrThrow();
    expect(verifyDocument(onChain.manifest_root as Hex, manifest.index, document, manifest.proof)).to.equal(
      true,
    );
    expect(decodeSales(onChain.records as Hex)[manifest.index]?.seller).to.equal(document.seller);
    const forged = { ...document, priceCents: '999' };
    expect(verifyDocument(manifest.root, manifest.index, forged, manifest.proof)).to.equal(false);

    const { body: pending } = await company.get('/v1/distributors/ref:distributor-1');
    expect(pending).to.include({ creditedUnits: '0', pendingUntil: recorded.settlesAt });
    expect(pending.pendingUnits).to.equal('500000');
    await company.passTime(3_601);
    await company.work();
    const { body: settled } = await company.get(`/v1/sales/${recorded.ref}`);
    expect(settled).to.include({ externalId: 'shown', settled: true, countedCents: '1000' });
    expect(
      settled.credits.map(({ level, bps, units }: Record<string, unknown>) => [level, bps, units]),
    ).to.deep.equal([
      [0, 2000, '2000000'],
      [1, 500, '500000'],
      [2, 300, '300000'],
    ]);
    expect(await company.owedTo(walletOf(2))).to.equal(2_000_000n);
    const pages = [recorded, settled, (await company.get(`/v1/search?q=shown`)).body, receipt.body];
    expect(JSON.stringify(pages)).not.to.contain('Elvira');
  });
});
