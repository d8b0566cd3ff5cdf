import { decodeSales } from '@plumbline/protocol';
import { findBatch } from '@plumbline/store';
import { expect } from 'chai';
import { API_KEY, type Company, foundCompany, saleOf, walletOf } from './company.ts';

describe('gateway: reversals', () => {
  let company: Company;

  before(async function () {
    this.timeout(60_000);
    company = await foundCompany();
    await company.enrolLine(2);
    await company.post('/v1/sales', saleOf('sale', { volumeCents: '800' }));
  });
  after(() => company.stop());

  const reverse = (sale: string, reversalId: string, priceCents: string, volumeCents: string) =>
    company.post(`/v1/sales/${sale}/reversals`, { reversalId, priceCents, volumeCents });

  describe('refuses', () => {
    const refusals: [string, string, string, string, number, RegExp][] = [
      ['of a sale nobody submitted', 'nothing', '1', '0', 404, /no sale nothing/],
      ['of nothing', 'sale', '0', '0', 400, /at least 1/],
      ['of more than the price', 'sale', '1001', '0', 422, /1000 cents of the price are left/],
      ['of more than the volume', 'sale', '1000', '801', 422, /800 cents of the volume are left/],
      ['that leaves more volume than price', 'sale', '500', '299', 422, /at least 300/],
      ['of an amount that is none', 'sale', '-1', '0', 400, /cents/],
    ];
    for (const [title, sale, price, volume, expected, problem] of refusals) {
      it(title, async () => {
        const { status, type, body } = await reverse(sale, 'refused', price, volume);
        expect([status, type]).to.deep.equal([expected, 'application/problem+json; charset=utf-8']);
        expect(body.detail).to.match(problem);
      });
    }
  });

  it('refuses a reason that a database cannot hold, naming it', async () => {
    const request = { reversalId: 'r', priceCents: '1', volumeCents: '0', reason: 'a\u0000' };
    const { status, body } = await company.post('/v1/sales/sale/reversals', request);
    expect([status, body.errors[0].field]).to.deep.equal([400, 'reason']);
  });

  it('tells the reason only to who has the API key', async () => {
    await company.post('/v1/sales', saleOf('reasoned', { volumeCents: '0' }));
    const request = { reversalId: 'reasoned-r', priceCents: '1', volumeCents: '0', reason: 'she moved away' };
    expect((await company.post('/v1/sales/reasoned/reversals', request)).status).to.equal(202);
    expect((await company.get('/v1/sales/reasoned')).body.reversals[0].reason).to.equal(null);
    const headers = { authorization: `Bearer ${API_KEY}` };
    const { body } = await company.app
      .inject({ url: '/v1/sales/reasoned', headers })
      .then((r) => ({ body: r.json() }));
    expect(body.reversals[0].reason).to.equal('she moved away');
  });

  describe('accepts', () => {
    it('one once, waits for the sale, and takes it back on chain', async function () {
      this.timeout(60_000);
      const first = await reverse('sale', 'r-1', '400', '300');
      const second = await reverse('sale', 'r-1', '400', '300');
      expect([first.status, second.status]).to.deep.equal([202, 200]);
      expect(second.body).to.deep.equal(first.body);
      expect((await reverse('sale', 'r-1', '401', '300')).status).to.equal(422);
      expect((await reverse('sale', 'r-2', '601', '500')).status).to.equal(422);
      await company.work();
      const { body } = await company.get('/v1/sales/sale');
      expect(body.reversed).to.deep.equal({ priceCents: '400', volumeCents: '300' });
      expect(body.reversals[0]).to.include({ reversalId: 'r-1', state: 'included', refusal: null });

      expect((await reverse('sale', 'r-3', '100', '100')).status).to.equal(202);
      await company.work();
      const { body: again } = await company.get('/v1/sales/sale');
      expect(again.reversed).to.deep.equal({ priceCents: '500', volumeCents: '400' });
    });

    it('many of one batch and takes them back in one transaction', async () => {
      const sales = Array.from({ length: 20 }, (_, i) => saleOf(`many-${i}`));
      await company.post('/v1/sales/batch', { sales });
      await company.work();
      await Promise.all(
        sales.map(({ externalId }) => reverse(externalId, `${externalId}-r`, '1000', '1000')),
      );
      await company.work();
      const hashes = new Set<string>();
      for (const { externalId } of sales) {
        const { body } = await company.get(`/v1/sales/${externalId}`);
        expect(body.reversed, externalId).to.deep.equal({ priceCents: '1000', volumeCents: '1000' });
        hashes.add(body.reversals[0].transactionHash);
      }
      expect(hashes.size).to.equal(1);
    });
  });

  describe('ends with the return window', () => {
    it('settles what was left, and then refuses', async function () {
      this.timeout(60_000);
      await company.passTime(3_700);
      await company.work();
      const { body } = await company.get('/v1/sales/sale');
      expect(body).to.include({ settled: true, countedCents: '400' });
      expect(await company.owedTo(walletOf(0))).to.equal(800_000n);
      const late = await reverse('sale', 'r-4', '100', '100');
      expect(late.status).to.equal(409);
      expect(late.body.detail).to.match(/return window ended at .*; the sale is final/);
      expect((await company.onChain()).reserved).to.equal(0n);
    });

    it('refuses one that waited until the window was over, and says so', async function () {
      this.timeout(60_000);
      await company.post('/v1/sales', saleOf('slow'));
      await company.work();
      expect((await reverse('slow', 'slow-r', '100', '100')).status).to.equal(202);
      await company.passTime(3_700);
      await company.work();
      const { body } = await company.get('/v1/sales/slow');
      expect(body.reversed.priceCents).to.equal('0');
      expect(body.reversals[0]).to.include({ reversalId: 'slow-r', state: 'refused' });
      expect(body.reversals[0].refusal).to.match(/return window ended/);
      expect(body.countedCents).to.equal('1000');
    });
  });

  describe('beside what the recorder does past the gateway', () => {
    it('refuses one that no longer fits, because its sale was reversed past the gateway; the others go on', async function () {
      this.timeout(60_000);
      await company.post('/v1/sales/batch', { sales: [saleOf('shared'), saleOf('untouched')] });
      await company.work();
      const { body } = await company.get('/v1/sales/shared');
      const [batch, index] = body.ref.split('-').map(Number);
      const recorded = await findBatch(company.database, company.ledger, batch);
      const sales = decodeSales(recorded?.records ?? '0x');
      const facts = { batch, plan: body.plan, recordedAt: body.recordedAt, sales, reversals: [], settled: 0 };
      await company.reverse(facts, [{ index, priceCents: 600n, volumeCents: 600n }]);
      expect((await reverse('shared', 'beyond', '500', '500')).status).to.equal(202);
      expect((await reverse('untouched', 'within', '500', '500')).status).to.equal(202);
      await company.index();
      await company.work();
      const { body: after } = await company.get('/v1/sales/shared');
      expect(after.reversed).to.deep.equal({ priceCents: '600', volumeCents: '600' });
      expect(after.reversals[0]).to.include({
        reversalId: 'beyond',
        state: 'refused',
        refusal: 'the sale has less left than the reversal takes back',
      });
      const { body: other } = await company.get('/v1/sales/untouched');
      expect(other.reversals[0]).to.include({ reversalId: 'within', state: 'included' });
      expect((await reverse('shared', 'fits', '400', '400')).status).to.equal(202);
      await company.work();
      expect((await company.get('/v1/sales/shared')).body.reversed.priceCents).to.equal('1000');
    });
  });
});
