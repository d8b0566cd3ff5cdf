import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp, createLog } from '@plumbline/gateway';
import { expect } from 'chai';
import { API_KEY, type Company, foundCompany, saleOf } from './company.ts';

describe('gateway: what it says of itself', () => {
  let company: Company;

  before(async function () {
    this.timeout(60_000);
    company = await foundCompany();
  });
  after(() => company.stop());

  const routes: [string, string][] = [
    ['get', '/v1/ledger'],
    ['get', '/v1/search'],
    ['get', '/v1/distributors/{id}'],
    ['get', '/v1/distributors/{id}/upline'],
    ['get', '/v1/distributors/{id}/children'],
    ['get', '/v1/distributors/{id}/downline'],
    ['get', '/v1/distributors/{id}/team'],
    ['get', '/v1/distributors/{id}/figures'],
    ['get', '/v1/distributors/{id}/periods'],
    ['get', '/v1/distributors/{id}/credits'],
    ['get', '/v1/distributors/{id}/payouts'],
    ['get', '/v1/leaders'],
    ['post', '/v1/distributors'],
    ['post', '/v1/sales'],
    ['post', '/v1/sales/batch'],
    ['get', '/v1/sales/{ref}'],
    ['post', '/v1/sales/{externalId}/reversals'],
    ['get', '/v1/status'],
    ['get', '/livez'],
    ['get', '/readyz'],
    ['get', '/metrics'],
  ];

  it('is an OpenAPI 3.1 document of exactly the routes there are', async () => {
    const { body } = await company.get('/openapi.json');
    expect(body.openapi).to.equal('3.1.0');
    expect(body.info).to.include.keys('title', 'version');
    const described = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(described.sort()).to.deep.equal(routes.map(([method, path]) => `${method} ${path}`).sort());
  });

  for (const [method, path] of routes) {
    it(`describes ${method} ${path}`, async () => {
      const { body } = await company.get('/openapi.json');
      const route = body.paths[path][method];
      expect(route.summary).to.be.a('string');
      const success = Object.keys(route.responses).filter((status) => status.startsWith('2'));
      expect(success).not.to.have.length(0);
      for (const name of path.match(/(?<=\{)\w+/g) ?? []) {
        const parameter = route.parameters.find((each: { name: string }) => each.name === name);
        expect(parameter).to.include({ in: 'path', required: true });
      }
      if (method !== 'post') return;
      expect(route.security).to.deep.equal([{ apiKey: [] }]);
      expect(Object.keys(route.responses)).to.include.members(['400', '401', '422']);
      expect(route.requestBody.content['application/json'].schema.type).to.equal('object');
    });
  }

  it('has a page for readers', async () => {
    for (const path of ['/docs', '/docs/', '/docs?x']) {
      const { headers } = await company.app.inject(path);
      expect(headers, path).to.include({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
    }
    const { statusCode, headers } = await company.app.inject('/docs/');
    expect(statusCode).to.equal(200);
    // Its own policy, which lets its own scripts run.
    expect(headers['content-security-policy'])
      .to.be.a('string')
      .and.not.match(/connect-src 'self' http:/);
  });

  it('answers what does not exist as a problem', async () => {
    const { status, type, body } = await company.get('/v1/nothing');
    expect([status, body.status]).to.deep.equal([404, 404]);
    expect(type).to.match(/^application\/problem\+json/);
  });

  it('lets every page load scripts from here only', async () => {
    const { headers } = await company.app.inject('/v1/ledger');
    expect(headers['content-security-policy']).to.match(
      /^default-src 'self'; connect-src 'self' http: https:;/,
    );
    expect(headers['content-security-policy']).not.to.contain('unsafe');
  });

  describe('with a dashboard', () => {
    let folder: string;
    let app: Awaited<ReturnType<typeof buildApp>>;

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'plumbline-'));
      await writeFile(join(folder, 'index.html'), '<!doctype html><title>page</title>');
      await writeFile(join(folder, 'app.js'), 'export {};');
      app = await buildApp({
        database: company.database,
        chain: company.chain,
        terms: await company.chain.terms(),
        startBlock: company.deployment.startBlock,
        apiKey: API_KEY,
        publicRpcUrl: null,
        batcherStatus: () => company.batcher.status(),
        dashboard: folder,
        log: createLog('silent'),
      });
    });
    after(async () => {
      await app.close();
      await rm(folder, { recursive: true });
    });

    it('serves its files, and the page for every path that is none', async () => {
      expect((await app.inject('/app.js')).headers['content-type']).to.match(/javascript/);
      for (const path of [
        '/',
        '/sales/12-7',
        '/distributors/4?tab=credits',
        '/sales/INV.2026.1',
        '/docsomething',
      ]) {
        const { statusCode, body, headers } = await app.inject(path);
        expect([statusCode, body], path).to.deep.equal([200, '<!doctype html><title>page</title>']);
        expect(headers['content-security-policy'], path).to.contain("default-src 'self'");
      }
    });

    it('names no node to browsers unless it is told one', async () => {
      expect((await app.inject('/v1/ledger')).json().rpcUrl).to.equal(null);
      expect((await company.get('/v1/ledger')).body.rpcUrl).to.equal(company.anvil.rpcUrl);
    });

    it('but not for a file or a route that is missing, nor for writing', async () => {
      expect((await app.inject('/assets/gone.js')).statusCode).to.equal(404);
      expect((await app.inject('/v1/gone')).statusCode).to.equal(404);
      expect((await app.inject({ method: 'POST', url: '/distributors' })).statusCode).to.equal(404);
    });
  });

  it('finds distributors, sales and transactions', async function () {
    this.timeout(60_000);
    await company.enrolLine(3);
    await company.post('/v1/sales', saleOf('INV-7', { seller: 'distributor-2' }));
    await company.work();
    const search = async (q: string) =>
      (await company.get(`/v1/search?q=${encodeURIComponent(q)}`)).body.results;
    const { body: distributor } = await company.get('/v1/distributors/ref:distributor-2');
    const { body: sale } = await company.get('/v1/sales/INV-7');
    const found = { type: 'distributor', id: distributor.id, label: `distributor-2 (${distributor.id})` };
    expect(await search('distributor-2')).to.deep.equal([found]);
    expect(await search(String(distributor.id))).to.deep.equal([found]);
    expect(await search(distributor.wallet.toUpperCase().replace('0X', '0x'))).to.deep.equal([found]);
    expect(await search('INV-7')).to.deep.equal([{ type: 'sale', ref: 'INV-7', label: 'INV-7' }]);
    expect(await search(sale.ref)).to.deep.equal([
      { type: 'sale', ref: sale.ref, label: `sale ${sale.ref}` },
    ]);
    expect(await search(sale.transactionHash)).to.deep.include({
      type: 'sale',
      ref: sale.ref,
      label: `sale ${sale.ref}`,
    });
    expect(await search(distributor.wallet.slice(0, 40))).to.deep.include(found);
    expect(
      (await search('distributor-')).map(({ label }: { label: string }) => label.split(' ')[0]),
    ).to.deep.equal(['distributor-0', 'distributor-1', 'distributor-2']);
    const [batch, index] = sale.ref.split('-').map(Number);
    expect(await search(String(batch * 65_536 + index))).to.deep.include({
      type: 'sale',
      ref: sale.ref,
      label: `sale ${sale.ref}`,
    });
    expect(await search('nothing like it')).to.deep.equal([]);
    const { body: ledger } = await company.get('/v1/ledger');
    expect(ledger.totals).to.include({
      distributors: 3,
      sales: 1,
      batches: 1,
      priceCents: '1000',
      pendingSales: 1,
    });
    expect(ledger.head).to.equal((await company.onChain()).head);
    expect(ledger.solvency.reservedUnits).to.equal('3200000');
  });
});
