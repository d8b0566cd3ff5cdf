import { encodeBalances, encodeStandings } from '@plumbline/protocol';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { keccak256, zeroAddress } from 'viem';
import { encodeCall } from '../support/company/calls.ts';
import { openSite, type Site } from './site.ts';
import { sharedBrowser } from './stage.ts';
import { listFaintTexts, type Visit, verdictOf, visit } from './visit.ts';

const DAY = 86_400;
const REASON = keccak256('0x01');

/** By generation from rank 1 up, rolled up. */
const PLAN = {
  kind: 2,
  compression: 1,
  boundaryRank: 1,
  reach: 64,
  ceilingBps: 3_000,
  weightsBps: [10_000, 10_000, 10_000] as const,
  ratesBps: [[1_000], [1_000, 500, 200], [1_000, 600, 300, 100]],
};

describe('the dashboard of a company with ranks, in a browser', function () {
  this.timeout(120_000);
  let site: Site;
  let browser: Browser;
  let visited: Visit | undefined;

  /** 4 is at the top, 5 below it, and so on up to 8 in a fragment of its own. */
  before(async () => {
    site = await openSite(PLAN);
    browser = await sharedBrowser();
    await site.enrolLine(['ada', 'ben', 'cleo', 'dan', 'eve']);
    const balances = [encodeBalances([{ id: 5, units: 12_500_000n }]), REASON];
    await site.call('announce', [encodeCall(['openBalances', ...balances])]);
    await site.passTime(DAY);
    await site.call('openBalances', balances);
    const records = encodeStandings([
      { id: 4, rank: 2, status: 1 },
      { id: 5, rank: 1, status: 1 },
      { id: 6, rank: 1, status: 2 },
    ]);
    await site.call('setStanding', [records, REASON]);
    await site.passTime(2 * DAY);
    await site.distributorWhen('4', ({ rank }) => rank === 2);
    await site.sell('order-1', 'eve');
    await site.settle('order-1');
  });

  afterEach(async () => {
    await visited?.page.context().close();
    visited = undefined;
  });

  after(() => site?.stop());

  async function open(hash = ''): Promise<Page> {
    visited = await visit(browser, `${site.url}${hash}`);
    return visited.page;
  }

  it('shows whom a sale pays by generation, and whom it passes over and why', async () => {
    const page = await open('#/sales/order-1');
    expect(await verdictOf(page)).to.deep.equal({ verdict: 'agrees', checks: {} });
    const payout = page.getByRole('table', { name: 'Who is paid' });
    expect(await payout.locator('tbody tr').allTextContents()).to.deep.equal([
      'SellerDistributor\u00a0810%15.0015.00',
      'passed overDistributor\u00a07 rank too low',
      'passed overDistributor\u00a06 not active',
      'Generation 1Distributor\u00a055%7.507.50',
      'Generation 2Distributor\u00a043%4.504.50',
    ]);
    expect(visited?.complaints).to.deep.equal([]);
  });

  it('shows the plan with a row for each rank', async () => {
    const page = await open();
    const ranks = page.getByRole('table', { name: 'Rates by rank' });
    await ranks.waitFor();
    expect(await ranks.locator('tr').allTextContents()).to.deep.equal([
      'RankSellerGeneration 1Generation 2Generation 3',
      '010%–––',
      '110%5%2%–',
      '2 and above10%6%3%1%',
    ]);
    const card = await page.locator('section', { has: ranks }).textContent();
    expect(card)
      .to.include('By generation')
      .and.include('of rank 1 or above')
      .and.include('Inactive distributors are passed over');
  });

  it('shows what is owed from before the ledger, and what was refunded after settlement', async () => {
    await site.call('refundLate', [1n << 16n, 1_999n, REASON]);
    await site.distributorWhen('5', ({ openedUnits }) => openedUnits === '12500000');
    const page = await open('#/distributors/5');
    await page.getByText('Chain and gateway agree').waitFor();
    const owed = await page.locator('section.owed').textContent();
    expect(owed).to.include('From before the ledger12.50 TUSD');
    expect(await page.locator('.owed-amount').textContent()).to.equal('20.00 TUSD');
    await page.goto(site.url);
    await page.getByText('Refunded after settlement').waitFor();
    const totals = await page.locator('section.totals').textContent();
    expect(totals).to.include('Refunded after settlement19.99 TUSD');
    expect(totals).to.include('Owed from before the ledger12.50 TUSD');
  });

  it('shows rank, activity, a hold and a review', async () => {
    const wallet = site.anvil.accounts[2]!.address;
    const { timestamp } = await site.anvil.rpc<{ timestamp: string }>('eth_getBlockByNumber', [
      'latest',
      false,
    ]);
    await site.call('enrol', [`0x0000000c00000004${wallet.slice(2)}`]);
    await site.call('hold', [wallet, BigInt(timestamp) + 86_400n, REASON]);
    const reviewBy = BigInt(timestamp) + 30n * 86_400n;
    await site.call('raiseFlag', [0n, 12n, 7n, 3n, REASON, reviewBy]);
    await site.call('closeFlag', [1n, 2n, REASON]);
    await site.call('raiseFlag', [0n, 12n, 8n, 1n, REASON, reviewBy]);
    await site.call('answerFlag', [2n, REASON], wallet);
    await site.distributorWhen('12', ({ flags }) => flags?.[1]?.answer === REASON);
    const page = await open('#/distributors/12');
    await page.getByText('Rank 0 · Active').waitFor();
    await page.getByText('Payouts are held until').waitFor();
    const reviews = page.getByRole('list', { name: 'Reviews' }).getByRole('listitem');
    const [closed, open2] = await reviews.allTextContents();
    expect(closed).to.equal('Review 1 (kind 7, grave): it was put right.');
    expect(open2).to.match(
      /^Review 2 \(kind 8, minor\): under way; it ends by itself on .*; the distributor has answered\.$/,
    );
    await page.goto(`${site.url}#/distributors/6`);
    await page.getByText('Rank 1 · Inactive: not paid at present').waitFor();
  });

  it('shows what is announced for a distributor, and from when', async () => {
    const wallet = site.anvil.accounts[2]!.address;
    await site.call('setStanding', [encodeStandings([{ id: 12, rank: 1, status: 2 }]), REASON]);
    await site.call('leaveProgramme', [], wallet);
    await site.call('correctSponsor', [7n, zeroAddress, 12n, REASON]);
    const { pendingChanges = [] } = await site.distributorWhen(
      '7',
      ({ pendingChanges }) => pendingChanges?.length === 1,
    );
    const from = pendingChanges[0]!.effectiveAt;
    expect(from % DAY).to.equal(0);
    const page = await open('#/distributors/12');
    const changes = page.getByRole('list', { name: 'Announced changes' }).getByRole('listitem');
    await changes.first().waitFor();
    expect(
      (await changes.allTextContents()).map((change) => change.replace(/from .*M: /, 'from …: ')),
    ).to.deep.equal([
      'Announced for sales from …: rank 1, inactive.',
      'Announced for sales from …: leaves the programme.',
    ]);
    expect(await changes.first().locator('time').getAttribute('datetime')).to.equal(
      new Date(from * 1_000).toISOString(),
    );
    await page.goto(`${site.url}#/distributors/7`);
    await page.getByText('another sponsor: Distributor 12').waitFor();
    await site.call('cancelLeaving', [], wallet);
    await site.distributorWhen('12', ({ pendingChanges }) => pendingChanges?.length === 1);
  });

  it('leads from the old id of a distributor who has moved to the new one', async () => {
    await site.passTime(2 * DAY);
    await site.distributorWhen('7', ({ movedTo }) => movedTo !== null);
    const page = await open('#/distributors/7');
    await page.getByText('Goes on as').getByRole('link', { name: 'Distributor 16' }).click();
    await page.getByRole('heading', { level: 1, name: 'Distributor dan' }).waitFor();
    await page.getByText('Chain and gateway agree').waitFor();
    // Who sold and settled before is still right, by the line of that time.
    await page.goto(`${site.url}#/sales/order-1`);
    expect(await verdictOf(page)).to.deep.equal({ verdict: 'agrees', checks: { upline: 'noted' } });
    await page.getByText('Ranks, activity or sponsors have changed since the sale settled.').waitFor();
  });

  it('can be read on a small screen', async () => {
    const page = await open();
    for (const hash of ['#/', '#/distributors/12', '#/distributors/7', '#/sales/order-1']) {
      await page.goto(`${site.url}${hash}`);
      await page.reload({ waitUntil: 'networkidle' });
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await listFaintTexts(page), hash).to.deep.equal([]);
      await page.setViewportSize({ width: 360, height: 800 });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, `width of ${hash}`).to.be.at.most(360);
      await page.setViewportSize({ width: 1280, height: 900 });
    }
  });
});
