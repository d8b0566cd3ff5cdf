import { expect } from 'chai';
import { type Company, foundCompany, saleOf, walletOf } from './company.ts';

describe('gateway: teams and figures', () => {
  let company: Company;
  let period: number;

  /** Six distributors in a line, of whom the last sold three times and bought once; all of it settled and one paid out. */
  before(async function () {
    this.timeout(120_000);
    company = await foundCompany();
    await company.enrolLine(6);
    const sales = [0, 1, 2].map((i) => saleOf(`own-${i}`, { seller: 'distributor-5' }));
    const bought = saleOf('bought', { seller: 'distributor-5', class: 'self' });
    await company.post('/v1/sales/batch', { sales: [...sales, bought] });
    await company.work();
    await company.passTime(3_700);
    await company.work();
    await company.callAs(walletOf(5), 'withdraw', [walletOf(5)]);
    await company.post('/v1/sales', saleOf('open', { seller: 'distributor-5' }));
    await company.work();
    const { body } = await company.get('/v1/ledger');
    const date = new Date(body.blockTime * 1000);
    period = date.getUTCFullYear() * 100 + date.getUTCMonth() + 1;
  });
  after(() => company.stop());

  const all = async (path: string, name: string): Promise<Record<string, unknown>[]> => {
    const items: Record<string, unknown>[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await company.get(`${path}${path.includes('?') ? '&' : '?'}limit=2${cursor}`);
      items.push(...body[name]);
      if (body.nextCursor === null) return items;
      cursor = `&cursor=${body.nextCursor}`;
    }
  };

  it('lists the line above and everybody below, page by page', async () => {
    const upline = await all('/v1/distributors/ref:distributor-5/upline', 'path');
    expect(upline.map(({ reference, level }) => [reference, level])).to.deep.equal(
      [4, 3, 2, 1, 0].map((i, level) => [`distributor-${i}`, level + 1]),
    );
    const downline = await all('/v1/distributors/ref:distributor-1/downline', 'distributors');
    expect(downline.map(({ reference, level, teamSize }) => [reference, level, teamSize])).to.deep.equal(
      [2, 3, 4, 5].map((i, level) => [`distributor-${i}`, level + 1, 5 - i]),
    );
    const third = await all('/v1/distributors/ref:distributor-1/downline?level=3', 'distributors');
    expect(third.map(({ reference }) => reference)).to.deep.equal(['distributor-4']);
  });

  it('says how large a team is and what it sold in a month', async () => {
    const { body } = await company.get('/v1/distributors/ref:distributor-0/team');
    expect(body).to.deep.equal({ directs: 1, size: 5, period, volumeCents: '5000', reversedCents: '0' });
    const other = await company.get('/v1/distributors/ref:distributor-0/team?period=202001');
    expect(other.body).to.include({ size: 5, period: 202_001, volumeCents: '0' });
  });

  it('adds up what a distributor sold, bought and got', async () => {
    const { body } = await company.get('/v1/distributors/ref:distributor-5/figures');
    const { lifetime, pending } = body;
    // 20 % of four sales of 10.00 are settled, of which they paid one themselves; the fifth is pending.
    expect(lifetime).to.deep.include({
      sales: 5,
      soldCents: { retail: '4000', preferred: '0', self: '1000' },
      creditedUnits: '8000000',
      paidUnits: '8000000',
      purchasesCents: '1000',
      netUnits: '-2000000',
    });
    expect(lifetime.creditedByLevel).to.deep.equal(['8000000', ...Array(11).fill('0')]);
    expect(pending).to.include({ units: '2000000', sales: 1 });
    expect(pending.unitsByLevel[0]).to.equal('2000000');
    const periods = await all('/v1/distributors/ref:distributor-5/periods', 'periods');
    expect(periods).to.deep.equal([{ period, ...lifetime }]);
    const above = await company.get('/v1/distributors/ref:distributor-4/figures');
    expect(above.body.lifetime).to.include({ teamCents: '5000', netUnits: '2000000' });
    expect(above.body.pending.unitsByLevel[1]).to.equal('500000');
  });

  it('lists who sold most, and no month that is none', async () => {
    const leaders = await all('/v1/leaders', 'leaders');
    expect(leaders.map(({ reference, netRetailCents }) => [reference, netRetailCents])).to.deep.equal([
      ['distributor-5', '4000'],
    ]);
    expect(await all('/v1/leaders?period=202001', 'leaders')).to.deep.equal([]);
    for (const path of [
      'leaders?period=202613',
      'distributors/4/team?period=2026',
      'distributors/4/downline?level=0',
    ]) {
      const { status, body } = await company.get(`/v1/${path}`);
      expect([status, body.errors.length], path).to.deep.equal([400, 1]);
    }
  });

  it('says of every block whether it is final', async () => {
    const { body: sale } = await company.get('/v1/sales/own-0');
    expect(sale.isFinal).to.be.a('boolean');
    expect(sale.settlement.blockNumber).to.be.greaterThan(sale.blockNumber);
    expect(sale.settlement.isFinal).to.be.a('boolean');
    const { body: open } = await company.get('/v1/sales/open');
    expect(open.settlement).to.equal(null);
    await company.database.updateTable('cursors').set({ final_number: sale.blockNumber }).execute();
    const { body: later } = await company.get('/v1/sales/own-0');
    expect([later.isFinal, later.settlement.isFinal]).to.deep.equal([true, false]);
    const { body: distributor } = await company.get('/v1/distributors/ref:distributor-5');
    expect(distributor.isFinal).to.equal(true);
    const [credit] = await all('/v1/distributors/ref:distributor-5/credits', 'credits');
    const [payout] = await all('/v1/distributors/ref:distributor-5/payouts', 'payouts');
    expect(payout).to.include({
      units: '8000000',
      wallet: walletOf(5),
      recipient: walletOf(5),
      isFinal: false,
    });
    expect(payout?.blockNumber).to.be.greaterThan(later.settlement.blockNumber);
    expect(credit).to.include({ settledBlock: later.settlement.blockNumber, isFinal: false });
  });
});
