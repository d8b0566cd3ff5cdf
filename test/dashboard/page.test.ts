import type { DistributorResponse, SaleResponse } from '@plumbline/protocol/api';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { openSite, type Site } from './site.ts';
import { sharedBrowser } from './stage.ts';
import { listFaintTexts, type Visit, verdictOf, visit } from './visit.ts';

describe('the dashboard in a browser', function () {
  this.timeout(120_000);
  let site: Site;
  let browser: Browser;
  let visited: Visit | undefined;

  before(async () => {
    site = await openSite();
    browser = await sharedBrowser();
    await site.enrolLine(['ada', 'ben', 'cleo']);
    await site.sell('order-1', 'cleo');
  });

  afterEach(async () => {
    await visited?.page.context().close();
    visited = undefined;
  });

  after(() => site?.stop());

  async function open(hash = '', colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    visited = await visit(browser, `${site.url}${hash}`, colorScheme);
    return visited.page;
  }

  /** Lets the gateway's answer through, changed. */
  async function tamper<T>(page: Page, path: string, change: (answer: T) => Partial<T>): Promise<void> {
    await page.route(`${site.url}v1/${path}`, async (route) => {
      const response = await route.fetch();
      const answer = (await response.json()) as T;
      await route.fulfill({ response, json: { ...answer, ...change(answer) } });
    });
    await page.reload();
  }

  const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

  describe('before a sale has settled', () => {
    it('says what it would pay and until when it can be reversed', async () => {
      const page = await open('#/sales/order-1');
      expect(await verdictOf(page)).to.deep.equal({
        verdict: 'agrees',
        checks: { settlement: 'noted', shown: 'noted' },
      });
      const verdict = await page.locator('[data-verdict]').textContent();
      expect(verdict).to.match(/If nothing is returned.*it can be reversed until/);
      expect(await page.getByRole('table', { name: 'Who is paid' }).locator('tfoot').textContent()).to.equal(
        'Total42.00',
      );
    });
  });

  describe('after a sale has settled', () => {
    let sale: SaleResponse;
    const verifyTampered = async (change: (answer: SaleResponse) => Partial<SaleResponse>) => {
      const page = await open('#/sales/order-1');
      await tamper(page, 'sales/order-1', change);
      return { page, ...(await verdictOf(page)) };
    };

    before(async () => {
      sale = await site.settle('order-1');
    });

    it('disagrees with an altered credit, naming the check and both amounts', async () => {
      const { page, verdict, checks } = await verifyTampered(({ credits }) => ({
        credits: credits!.map((credit) => (credit.level === 1 ? { ...credit, units: '7500001' } : credit)),
      }));
      expect({ verdict, checks }).to.deep.equal({ verdict: 'disagrees', checks: { shown: 'differs' } });
      expect(await page.locator('[data-verdict]').textContent()).to.include('What the gateway showed');
      expect(await page.locator('[data-check="shown"] tbody').textContent()).to.equal(
        'Level 1: Amount7.507.500001',
      );
    });

    it('disagrees with an altered price and an altered receipt, naming the checks', async () => {
      const price = await verifyTampered(() => ({ priceCents: '29999' }));
      expect(price.checks).to.deep.equal({ record: 'differs' });
      await price.page.context().close();
      const receipt = await verifyTampered(({ document }) => ({
        document: { ...document!, items: document!.items.slice(1) },
      }));
      expect(receipt.checks).to.deep.equal({ document: 'differs' });
    });

    it('shows the title and the detail of a refusal by the gateway', async () => {
      const page = await open('#/sales/no-such-sale');
      const alert = await page.getByRole('alert').textContent();
      expect(alert).to.include('Not found');
      expect(alert).to.include('no-such-sale');
    });

    it('says which figure of a distributor differs', async () => {
      const page = await open('#/distributors/6');
      await page.getByText('Chain and gateway agree').waitFor();
      await tamper<DistributorResponse>(page, 'distributors/6', () => ({ owedUnits: '1' }));
      await page.getByText('The gateway says 0.000001 TUSD').waitFor();
    });

    it('finds a sale by keyboard and recomputes it, without a complaint or a third party', async () => {
      const page = await open();
      await page.getByText('Yes, to the unit.').waitFor();
      await page.getByLabel('Find a distributor or a sale').focus();
      await page.keyboard.type('order-1');
      await page.keyboard.press('Enter');
      await heading(page, `Sale ${sale.ref}`);
      expect(await verdictOf(page)).to.deep.equal({ verdict: 'agrees', checks: {} });
      const payout = page.getByRole('table', { name: 'Who is paid' });
      expect(await payout.locator('tbody tr').allTextContents()).to.deep.equal([
        'SellerDistributor\u00a0620%30.0030.00',
        '1Distributor\u00a055%7.507.50',
        '2Distributor\u00a043%4.504.50',
      ]);
      await payout.getByRole('link', { name: 'Distributor 6' }).press('Enter');
      await heading(page, 'Distributor cleo');
      await page.getByText('Chain and gateway agree').waitFor();
      expect(await page.locator('.owed-amount').textContent()).to.equal('30.00 TUSD');
      await page.getByRole('link', { name: 'ada' }).click();
      await heading(page, 'Distributor ada');
      expect(visited?.complaints).to.deep.equal([]);
      expect([...visited!.hosts].sort()).to.deep.equal(
        [new URL(site.url).host, new URL(site.anvil.rpcUrl).host].sort(),
      );
    });

    it('verifies with the gateway down, and by a node of the reader’s choice', async () => {
      const page = await open('#/sales/order-1');
      await verdictOf(page);
      await page.route(`${site.url}v1/**`, (route) => route.abort());
      await page.getByRole('button', { name: 'Verify again' }).click();
      expect((await verdictOf(page)).verdict).to.equal('agrees');
      const node = page.getByLabel('Node (RPC address)');
      await node.fill('nonsense');
      await node.press('Enter');
      await page.getByText('The address of a node begins with').waitFor();
      await node.fill('http://127.0.0.1:9');
      await node.press('Enter');
      await page.locator('[data-verdict="unverified"]').waitFor();
      const own = site.anvil.rpcUrl.replace('127.0.0.1', 'localhost');
      await node.fill(own);
      await node.press('Enter');
      await page.locator('[data-verdict="agrees"]').waitFor();
      await page.unroute(`${site.url}v1/**`);
      await page.reload();
      expect((await verdictOf(page)).verdict).to.equal('agrees');
      expect(await node.inputValue()).to.equal(own);
    });

    it('keeps its content security policy', async () => {
      const page = await open();
      await heading(page, 'Every commission, to the last unit.');
      expect(visited?.complaints).to.deep.equal([]);
      await page.evaluate(() => {
        const script = document.createElement('script');
        script.textContent = 'window.intruded = true';
        document.body.append(script);
      });
      expect(await page.evaluate(() => 'intruded' in window)).to.equal(false);
      expect(visited?.complaints.join()).to.include('Content Security Policy');
    });

    for (const scheme of ['light', 'dark'] as const) {
      it(`can be read in ${scheme} colours, and on a small screen`, async () => {
        const page = await open('', scheme);
        const grounds = { light: 'rgb(247, 246, 242)', dark: 'rgb(16, 21, 20)' };
        for (const hash of [
          '#/',
          '#/distributors/6',
          '#/sales/order-1',
          '#/search/nothing',
          '#/sales/none',
        ]) {
          await page.goto(`${site.url}${hash}`);
          await page.reload({ waitUntil: 'networkidle' });
          await page.getByRole('heading', { level: 1 }).waitFor();
          await page.waitForFunction(
            () => document.querySelector('.pulse, [data-verdict="running"]') === null,
          );
          expect(await listFaintTexts(page), hash).to.deep.equal([]);
          await page.setViewportSize({ width: 360, height: 800 });
          const width = await page.evaluate(() => document.documentElement.scrollWidth);
          expect(width, `width of ${hash}`).to.be.at.most(360);
          await page.setViewportSize({ width: 1280, height: 900 });
        }
        const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
        expect(ground).to.equal(grounds[scheme]);
      });
    }

    it('says when the ledger holds more than it must', async () => {
      const page = await open();
      await page.getByText('Yes, to the unit.').waitFor();
      const { token, ledger } = site.deployment;
      const mint = `0x40c10f19${ledger.slice(2).padStart(64, '0')}${5n.toString(16).padStart(64, '0')}`;
      const from = site.anvil.accounts[1]!.address;
      await site.anvil.rpc('eth_sendTransaction', [{ from, to: token, data: mint }]);
      await page.reload();
      await page.getByText('which is 0.000005 TUSD more than it must.').waitFor();
    });
  });
});
