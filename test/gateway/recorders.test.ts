import { batchNumber, commissionLedgerAbi, encodeSales } from '@plumbline/protocol';
import { expect } from 'chai';
import { type Address, encodeFunctionData, toHex, zeroHash } from 'viem';
import { DEFAULT_PLAN } from '../../scripts/stack/deploy.ts';
import { DAY } from '../support/company/company.ts';
import { type Company, foundCompany, saleOf, walletOf } from './company.ts';

describe('gateway: beside others', () => {
  let company: Company;
  let admin: string;
  let other: string;

  before(async function () {
    this.timeout(60_000);
    company = await foundCompany({ hotKey: true, request: { planNotice: DAY } });
    admin = company.anvil.accounts[0]?.address ?? '';
    other = company.anvil.accounts[1]?.address ?? '';
    await company.enrolLine(2);
  });
  after(() => company.stop());
  afterEach(() => company.anvil.rpc('evm_setAutomine', [true]));

  const seller = async () => (await company.get('/v1/distributors/ref:distributor-0')).body.id as number;

  /** A batch of the other recorder, as a storefront records its purchases, with a tip that puts it first. */
  async function recordByOther(): Promise<void> {
    const { sequence } = await company.chain.recorderOf(other as Address);
    const plan = await company.chain.currentPlan();
    const sale = { class: 'retail', seller: await seller(), priceCents: 700n, volumeCents: 700n } as const;
    const args = [encodeSales([sale]), BigInt(sequence + 1), zeroHash, BigInt(plan)] as const;
    const data = encodeFunctionData({ abi: commissionLedgerAbi, functionName: 'recordSales', args });
    const fees = { maxFeePerGas: '0x2540be4000', maxPriorityFeePerGas: '0x2540be400' };
    const call = { from: other, to: company.ledger, data, gas: '0x100000', ...fees };
    await company.anvil.rpc('eth_sendTransaction', [call]);
  }

  /** Sends the next batch of the gateway, which waits for a block. */
  async function sendBatch(sales: ReturnType<typeof saleOf>[]): Promise<void> {
    await company.anvil.rpc('evm_setAutomine', [false]);
    await company.post('/v1/sales/batch', { sales });
    while (!(await company.batcher.tick()));
  }

  const listRecordings = () =>
    company.database
      .selectFrom('transactions')
      .selectAll()
      .where('kind', '=', 'record')
      .orderBy('id')
      .execute();

  it('goes in under its own numbers beside another recorder who is first in the block', async function () {
    this.timeout(60_000);
    const sales = [0, 1, 2].map((i) => saleOf(`beside-${i}`));
    await sendBatch(sales);
    await recordByOther();
    await company.anvil.rpc('evm_mine');
    await company.anvil.rpc('evm_setAutomine', [true]);
    await company.work();
    expect(await listRecordings()).to.have.lengthOf(1);
    expect((await listRecordings())[0]).to.include({ batch: 1, state: 'included' });
    for (const [i, { externalId }] of sales.entries()) {
      const { body } = await company.get(`/v1/sales/${externalId}`);
      expect(body).to.include({ state: 'included', ref: `1-${i}`, priceCents: '1000' });
      expect(body.manifest).not.to.equal(null);
    }
    const { body: theirs } = await company.get(`/v1/sales/${batchNumber(2, 1)}-0`);
    expect(theirs).to.include({ externalId: null, priceCents: '700', sellerReference: 'distributor-0' });
    expect((await company.get('/v1/status')).body.batcher.waiting).to.deep.equal([]);
  });

  it('goes in anew, without loss and not twice, when its own key was used past the gateway', async function () {
    this.timeout(60_000);
    await sendBatch([saleOf('overtaken')]);
    const [, overtaken] = await listRecordings();
    expect(overtaken).to.include({ batch: 2, state: 'sent' });
    // The number is taken by a transaction with the same nonce.
    const { nonce } = overtaken ?? { nonce: 0 };
    const sale = { class: 'retail', seller: await seller(), priceCents: 600n, volumeCents: 600n } as const;
    const data = encodeFunctionData({
      abi: commissionLedgerAbi,
      functionName: 'recordSales',
      args: [encodeSales([sale]), 2n, zeroHash, 1n],
    });
    const fees = { maxFeePerGas: '0x2540be4000', maxPriorityFeePerGas: '0x2540be4000' };
    const call = { from: admin, to: company.ledger, data, gas: '0x100000', nonce: toHex(nonce), ...fees };
    await company.anvil.rpc('eth_sendTransaction', [call]);
    await company.anvil.rpc('evm_mine');
    await company.anvil.rpc('evm_setAutomine', [true]);
    await company.work();
    expect((await company.get('/v1/sales/overtaken')).body).to.include({ state: 'included', ref: '3-0' });
    expect((await company.get('/v1/sales/2-0')).body).to.include({ externalId: null, priceCents: '600' });
  });

  it('goes in anew under the plan in force when that changed while the batch waited for a block', async function () {
    this.timeout(60_000);
    await company.callAs(admin, 'announcePlan', [{ ...DEFAULT_PLAN, ratesBps: [[1_000]] }]);
    await sendBatch([saleOf('replanned')]);
    await company.anvil.rpc('evm_increaseTime', [DAY]);
    await company.anvil.rpc('evm_mine');
    await company.batcher.tick();
    const last = (await listRecordings()).at(-1);
    expect(last).to.include({ batch: 4, state: 'failed' });
    expect((await company.get('/v1/sales/replanned')).body).to.include({ state: 'accepted', ref: null });
    await company.anvil.rpc('evm_setAutomine', [true]);
    await company.work();
    expect((await company.get('/v1/sales/replanned')).body).to.include({ ref: '4-0', plan: 2 });
  });

  it('settles what others have recorded', async function () {
    this.timeout(60_000);
    await recordByOther();
    await company.work();
    await company.passTime(3_700);
    await company.work();
    expect((await company.onChain()).reserved).to.equal(0n);
    // Four sales of 10.00, one of 7.00 and one of 6.00 at 20 %; one of 10.00 and one of 7.00 at 10 %.
    expect(await company.owedTo(walletOf(0))).to.equal(12_300_000n);
  });

  it('cannot reverse what another recorder has recorded: it says so, and refuses when the window is over', async function () {
    this.timeout(60_000);
    await company.post('/v1/sales', saleOf('of-old-key'));
    await company.work();
    const byOther = await company.restart({}, 1);
    const reversal = { reversalId: 'too-late', priceCents: '1000', volumeCents: '1000' };
    await company.post('/v1/sales/of-old-key/reversals', reversal);
    await company.work(byOther);
    expect(byOther.status().waiting).to.deep.equal([
      {
        step: 'reverse',
        reason: 'batch 5 was recorded by another recorder; only that one can reverse its sales',
      },
    ]);
    await company.passTime(3_700);
    await company.work(byOther);
    const { body } = await company.get('/v1/sales/of-old-key');
    expect(body.reversals[0].refusal).to.match(/return window ended/);
    expect(byOther.status().waiting).to.deep.equal([]);
    await company.restart();
  });

  it('waits with enrolling and recording while they are paused, says so, and goes on with the rest', async function () {
    this.timeout(60_000);
    await company.post('/v1/sales', saleOf('before-pause'));
    await company.work();
    await company.callAs(admin, 'setPaused', [true]);
    await company.post('/v1/distributors', {
      distributors: [{ reference: 'patient', sponsor: 'distributor-1' }],
    });
    await company.post('/v1/sales', saleOf('in-pause'));
    const reversal = { reversalId: 'back', priceCents: '1000', volumeCents: '1000' };
    await company.post('/v1/sales/before-pause/reversals', reversal);
    await company.work();
    const reason = 'enrolling and recording are paused; the admin must let them go on';
    const { body: status } = await company.get('/v1/status');
    expect(status.batcher.waiting).to.have.deep.members([
      { step: 'enrol', reason },
      { step: 'record', reason },
    ]);
    expect(status.queue).to.deep.equal({ distributors: 1, sales: 1, reversals: 0, transactions: 0 });
    expect((await company.get('/v1/ledger')).body.paused).to.equal(true);
    expect((await company.get('/v1/sales/before-pause')).body.reversed.priceCents).to.equal('1000');

    await company.callAs(admin, 'setPaused', [false]);
    await company.work();
    expect((await company.get('/v1/distributors/ref:patient')).body.state).to.equal('included');
    expect((await company.get('/v1/sales/in-pause')).body.state).to.equal('included');
    expect((await company.get('/v1/status')).body.batcher.waiting).to.deep.equal([]);
    expect((await company.get('/v1/ledger')).body.paused).to.equal(false);
  });
});
