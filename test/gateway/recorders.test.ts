import { commissionLedgerAbi, encodeSales } from '@plumbline/protocol';
import { expect } from 'chai';
import { encodeFunctionData, zeroHash } from 'viem';
import { type Company, foundCompany, saleOf, walletOf } from './company.ts';

describe('gateway: beside others', () => {
  let company: Company;
  let admin: string;
  let other: string;

  before(async function () {
    this.timeout(60_000);
    company = await foundCompany();
    admin = company.anvil.accounts[0]?.address ?? '';
    other = company.anvil.accounts[1]?.address ?? '';
    await company.enrolLine(2);
    await company.callAs(admin, 'setRecorder', [other, 10n ** 12n]);
    await company.index();
  });
  after(() => company.stop());
  afterEach(() => company.anvil.rpc('evm_setAutomine', [true]));

  const seller = async () => (await company.get('/v1/distributors/ref:distributor-0')).body.id as number;

  /** A batch of the other recorder, with a tip that puts it first. */
  async function recordByOther(sequence: number): Promise<void> {
    const sale = { class: 'retail', seller: await seller(), priceCents: 700n, volumeCents: 700n } as const;
    const args = [BigInt(sequence), encodeSales([sale]), zeroHash] as const;
    const data = encodeFunctionData({ abi: commissionLedgerAbi, functionName: 'recordSales', args });
    const fees = { maxFeePerGas: '0x2540be4000', maxPriorityFeePerGas: '0x2540be400' };
    const call = { from: other, to: company.ledger, data, gas: '0x100000', ...fees };
    await company.anvil.rpc('eth_sendTransaction', [call]);
  }

  it('goes in under the next number when another recorder was first, without loss and not twice', async function () {
    this.timeout(60_000);
    const { batches } = await company.onChain();
    await company.anvil.rpc('evm_setAutomine', [false]);
    const sales = [0, 1, 2].map((i) => saleOf(`beside-${i}`));
    await company.post('/v1/sales/batch', { sales });
    while (!(await company.batcher.tick()));
    const [ours] = await company.database
      .selectFrom('transactions')
      .selectAll()
      .where('kind', '=', 'record')
      .execute();
    expect(ours).to.include({ batch: batches + 1, state: 'sent' });
    await recordByOther(batches + 1);
    await company.anvil.rpc('evm_mine');
    await company.batcher.tick();
    const [reverted] = await company.database
      .selectFrom('transactions')
      .selectAll()
      .where('kind', '=', 'record')
      .execute();
    expect(reverted?.state).to.equal('failed');
    for (const { externalId } of sales) {
      expect((await company.get(`/v1/sales/${externalId}`)).body).to.include({
        state: 'accepted',
        ref: null,
      });
    }

    await company.anvil.rpc('evm_setAutomine', [true]);
    await company.work();
    expect((await company.onChain()).batches).to.equal(batches + 2);
    for (const [i, { externalId }] of sales.entries()) {
      const { body } = await company.get(`/v1/sales/${externalId}`);
      expect(body).to.include({ state: 'included', ref: `${batches + 2}-${i}`, priceCents: '1000' });
      expect(body.manifest).not.to.equal(null);
    }
    const { body: theirs } = await company.get(`/v1/sales/${batches + 1}-0`);
    expect(theirs).to.include({ externalId: null, priceCents: '700', sellerReference: 'distributor-0' });
    const recorded = await company.database.selectFrom('sales').select('batch').execute();
    expect(recorded).to.have.lengthOf(4);
    expect((await company.get('/v1/status')).body.batcher.waiting).to.deep.equal([]);
  });

  it('settles what others have recorded', async function () {
    this.timeout(60_000);
    await recordByOther((await company.onChain()).batches + 1);
    await company.work();
    await company.passTime(3_700);
    await company.work();
    expect((await company.onChain()).reserved).to.equal(0n);
    // Three sales of 10.00 and two of 7.00 at 20 %.
    expect(await company.owedTo(walletOf(0))).to.equal(8_800_000n);
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
