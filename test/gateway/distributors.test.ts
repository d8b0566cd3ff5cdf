import { expect } from 'chai';
import { getAddress } from 'viem';
import { type Company, foundCompany, saleOf, walletOf } from './company.ts';

describe('gateway: distributors', () => {
  let company: Company;

  before(async function () {
    this.timeout(60_000);
    company = await foundCompany();
    await company.enrolLine(6);
  });
  after(() => company.stop());

  const submit = (...distributors: unknown[]) => company.post('/v1/distributors', { distributors });

  describe('refuses', () => {
    const list = { reference: 'new', sponsor: 'distributor-0' };
    const refusals: [string, unknown[], number, string, RegExp][] = [
      ['an empty list', [], 400, 'distributors', /fewer than 1/],
      ['a missing sponsor', [{ reference: 'new' }], 400, 'distributors.0.sponsor', /missing/],
      ['a wallet that is none', [{ ...list, wallet: '0x12' }], 400, 'distributors.0.wallet', /address/],
      [
        'the zero address as a wallet',
        [{ ...list, wallet: `0x${'0'.repeat(40)}` }],
        400,
        'distributors.0.wallet',
        /not all of them 0/,
      ],
      [
        'a reference with U+0000',
        [{ ...list, reference: 'a\u0000b' }],
        400,
        'distributors.0.reference',
        /whole characters/,
      ],
      ['an unknown field', [{ ...list, rank: 3 }], 400, 'distributors.0.rank', /not a field/],
      ['an unknown sponsor', [{ ...list, sponsor: 'nobody' }], 422, 'distributors.0.sponsor', /not known/],
      [
        'a sponsor who comes later',
        [
          { ...list, sponsor: 'later' },
          { reference: 'later', sponsor: null },
        ],
        422,
        'distributors.0.sponsor',
        /earlier in the list/,
      ],
      [
        'a wallet of another',
        [{ ...list, wallet: walletOf(1) }],
        422,
        'distributors.0.wallet',
        /distributor-1/,
      ],
      [
        'a wallet twice in a list',
        [
          { ...list, wallet: walletOf(50) },
          { ...list, reference: 'new-2', wallet: walletOf(50) },
        ],
        422,
        'distributors.1.wallet',
        /belongs to new/,
      ],
      [
        'another sponsor for a reference',
        [{ reference: 'distributor-2', sponsor: null, wallet: walletOf(2) }],
        422,
        'distributors.0.sponsor',
        /below distributor-1/,
      ],
      [
        'another wallet for a reference',
        [{ reference: 'distributor-0', sponsor: null }],
        422,
        'distributors.0.wallet',
        /another wallet/,
      ],
    ];
    for (const [title, distributors, expected, field, problem] of refusals) {
      it(title, async () => {
        const { status, body } = await submit(...distributors);
        expect(status).to.equal(expected);
        const found = body.errors.find((each: { field: string }) => each.field === field);
        expect(found?.problem, JSON.stringify(body.errors)).to.match(problem);
      });
    }

    it('the whole list for one bad entry', async () => {
      await submit({ reference: 'good', sponsor: null }, { reference: 'bad', sponsor: 'nobody' });
      expect((await company.get('/v1/distributors/ref:good')).status).to.equal(404);
    });

    it('to look for anybody by text that is none', async () => {
      for (const path of [
        'distributors/ref:a%00',
        'search?q=%00',
        'sales/a%00',
        'distributors/ref:%00/upline',
      ]) {
        const { status, type, body } = await company.get(`/v1/${path}`);
        expect([status, type], path).to.deep.equal([400, 'application/problem+json; charset=utf-8']);
        expect(body.errors[0].problem).to.match(/U\+0000/);
      }
    });

    it('to name anybody by something else', async () => {
      for (const name of ['0x12', '0', 'nobody', '999999999', 'ref:nobody', '4000', walletOf(99)]) {
        expect((await company.get(`/v1/distributors/${name}`)).status, name).to.equal(404);
      }
    });

    it('a page that does not exist', async () => {
      expect((await company.get('/v1/distributors/4/children?limit=201')).status).to.equal(400);
      expect((await company.get('/v1/distributors/4/children?limit=x')).status).to.equal(400);
      const { status, body } = await company.get('/v1/distributors/4/children?cursor=x');
      expect([status, body.errors[0].field]).to.deep.equal([400, 'cursor']);
    });
  });

  it('accepts a list once, in any case of the wallet', async () => {
    const wallet = walletOf(60);
    const first = await submit({ reference: 'twice', sponsor: 'distributor-5', wallet: getAddress(wallet) });
    const second = await submit({ reference: 'twice', sponsor: 'distributor-5', wallet });
    expect([first.status, first.body]).to.deep.equal([202, { accepted: 1, known: 0 }]);
    expect([second.status, second.body]).to.deep.equal([202, { accepted: 0, known: 1 }]);
    const { body } = await company.get('/v1/distributors/ref:twice');
    expect(body).to.include({ id: null, state: 'accepted', sponsorReference: 'distributor-5', wallet });
  });

  it('enrols them, a recruit into the fragment of the sponsor while there is room', async () => {
    const { fragments } = await company.onChain();
    await submit(
      { reference: 'root', sponsor: null },
      ...['a', 'b', 'c', 'd'].map((reference) => ({ reference, sponsor: 'root' })),
      { reference: 'e', sponsor: 'd' },
    );
    await company.work();
    const ids = await Promise.all(
      ['root', 'a', 'b', 'c', 'd', 'e'].map(
        async (reference) => (await company.get(`/v1/distributors/ref:${reference}`)).body.id,
      ),
    );
    const first = ids[0] ?? 0;
    expect(first % 4).to.equal(0);
    expect(ids).to.deep.equal([first, first + 1, first + 2, first + 3, first + 4, first + 5]);
    // Two for these six, and at most one for the distributor of the test before.
    expect((await company.onChain()).fragments).to.be.within(fragments + 2, fragments + 3);
    const { body } = await company.get(`/v1/distributors/${first}`);
    expect(body).to.include({
      reference: 'root',
      sponsor: 0,
      directs: 4,
      teamSize: 5,
      wallet: null,
      depth: 0,
    });
  });

  it('shows the line above, the distributors below page by page, and what is owed', async function () {
    this.timeout(60_000);
    const { body: distributor } = await company.get(`/v1/distributors/${walletOf(3)}`);
    expect(distributor).to.include({
      reference: 'distributor-3',
      sponsorReference: 'distributor-2',
      depth: 3,
      state: 'included',
    });
    const { body: upline } = await company.get(`/v1/distributors/${distributor.id}/upline`);
    expect(
      upline.path.map(({ reference, level }: Record<string, unknown>) => [reference, level]),
    ).to.deep.equal([
      ['distributor-2', 1],
      ['distributor-1', 2],
      ['distributor-0', 3],
    ]);
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await company.get(`/v1/distributors/ref:root/children?limit=3${cursor}`);
      seen.push(...body.children.map(({ reference }: { reference: string }) => reference));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor);
    expect(seen).to.deep.equal(['a', 'b', 'c', 'd']);

    const sales = [0, 1, 2].map((i) => saleOf(`own-${i}`, { seller: 'distributor-3' }));
    await company.post('/v1/sales/batch', { sales });
    await company.work();
    await company.passTime(3_700);
    await company.work();
    const { body: credited } = await company.get('/v1/distributors/ref:distributor-2');
    expect(credited).to.include({
      creditedUnits: '1500000',
      paidUnits: '0',
      owedUnits: '1500000',
      ownSales: 0,
    });
    const { body: page } = await company.get('/v1/distributors/ref:distributor-2/credits?limit=2');
    expect(page.credits).to.have.length(2);
    expect(page.credits[0]).to.include({ level: 1, bps: 500, units: '500000', seller: distributor.id });
    const next = await company.get(`/v1/distributors/ref:distributor-2/credits?cursor=${page.nextCursor}`);
    expect(next.body.credits).to.have.length(1);
    expect(next.body.nextCursor).to.equal(null);
  });
});
