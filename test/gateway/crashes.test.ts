import type { Batcher, Chain } from '@plumbline/gateway';
import { LostLeaseError, withLease } from '@plumbline/store';
import { expect } from 'chai';
import { type Hex, numberToHex, parseTransaction } from 'viem';
import { encodeCall } from '../support/company/calls.ts';
import { type Company, foundCompany, saleOf, walletOf } from './company.ts';

/** The process died here. */
class Crash extends Error {}

function crash(): never {
  throw new Crash();
}

/** Ticks until the process "dies". */
async function tickToCrash(batcher: Batcher): Promise<void> {
  for (let i = 0; i < 20; i++) {
    try {
      await batcher.tick();
    } catch (error) {
      if (error instanceof Crash) return;
      throw error;
    }
  }
  throw new Error('the batcher did not get to the point where it should have died');
}

describe('gateway: crashes', () => {
  let company: Company;
  let number = 0;

  before(async function () {
    this.timeout(60_000);
    company = await foundCompany({ hotKey: true });
    await company.enrolLine(3);
  });
  after(() => company.stop());
  beforeEach(() => company.restart());
  afterEach(async () => {
    await company.anvil.rpc('evm_setAutomine', [true]);
  });

  async function submitSales(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => `crash-${number++}`);
    const { body } = await company.post('/v1/sales/batch', {
      sales: ids.map((id) => saleOf(id, { seller: 'distributor-1' })),
    });
    expect(body.accepted).to.equal(count);
    return ids;
  }

  /** Each of the sales is on chain exactly once, and the contract has no more batches than it should. */
  async function expectOnce(ids: string[], batches: number): Promise<void> {
    const refs = new Set<string>();
    for (const id of ids) {
      const { body } = await company.get(`/v1/sales/${id}`);
      expect(body.state, id).to.equal('included');
      expect(body.manifest, id).not.to.equal(null);
      refs.add(body.ref);
    }
    expect(refs.size).to.equal(ids.length);
    expect((await company.onChain()).batches).to.equal(batches);
    const recorded = await company.database.selectFrom('sales').select('batch').execute();
    const submitted = await company.database
      .selectFrom('submissions')
      .select('external_id')
      .where('state', '=', 'batched')
      .execute();
    expect(recorded.length, 'sales on chain and sales in the queue').to.equal(submitted.length);
  }

  async function attempts() {
    return company.database.selectFrom('attempts').selectAll().orderBy('created_at').execute();
  }

  it('between storing and broadcasting: the same bytes go out', async () => {
    const { batches } = await company.onChain();
    const ids = await submitSales(3);
    await tickToCrash(company.newBatcher({}, { ...company.chain, broadcast: crash }));
    const stored = await attempts();
    expect((await company.onChain()).batches).to.equal(batches);
    await company.work(await company.restart());
    expect(await attempts()).to.have.length(stored.length);
    await expectOnce(ids, batches + 1);
  });

  it('between broadcasting and the receipt: nothing goes out twice', async () => {
    const { batches } = await company.onChain();
    const ids = await submitSales(3);
    const dying: Chain = {
      ...company.chain,
      async broadcast(raw) {
        await company.chain.broadcast(raw);
        crash();
      },
    };
    await tickToCrash(company.newBatcher({}, dying));
    await company.work(await company.restart());
    await expectOnce(ids, batches + 1);
  });

  it('while the transaction waits for a block: it is followed, not repeated', async () => {
    const { batches } = await company.onChain();
    const ids = await submitSales(2);
    await company.anvil.rpc('evm_setAutomine', [false]);
    await company.work(company.batcher);
    const [sale] = ids;
    expect((await company.get(`/v1/sales/${sale}`)).body.state).to.equal('sent');
    const before = await attempts();
    await company.work(await company.restart());
    expect(await attempts()).to.deep.equal(before);
    await company.anvil.rpc('evm_setAutomine', [true]);
    await company.anvil.rpc('evm_mine');
    await company.work();
    await expectOnce(ids, batches + 1);
  });

  it('stuck in the mempool: replaced with both fees raised by an eighth or more', async () => {
    const { batches } = await company.onChain();
    const ids = await submitSales(2);
    await company.anvil.rpc('evm_setAutomine', [false]);
    const batcher = await company.restart({ stuckMs: 0 });
    const before = (await attempts()).length;
    for (let i = 0; i < 4; i++) await batcher.tick();
    const replaced = (await attempts()).slice(before).map(({ raw }) => parseTransaction(raw as Hex));
    expect(replaced.length).to.be.at.least(2);
    replaced.slice(1).forEach((later, i) => {
      const earlier = replaced[i];
      expect(later.nonce).to.equal(earlier?.nonce);
      expect(later.data).to.equal(earlier?.data);
      for (const fee of ['maxFeePerGas', 'maxPriorityFeePerGas'] as const) {
        expect((later[fee] ?? 0n) * 8n >= (earlier?.[fee] ?? 0n) * 9n, fee).to.equal(true);
      }
    });
    await company.anvil.rpc('evm_setAutomine', [true]);
    await company.anvil.rpc('evm_mine');
    await company.work(await company.restart());
    await expectOnce(ids, batches + 1);
  });

  it('a nonce that another transaction used: the items go out under another', async () => {
    const { batches } = await company.onChain();
    const ids = await submitSales(2);
    await company.anvil.rpc('evm_setAutomine', [false]);
    await company.batcher.tick();
    const from = company.anvil.accounts[0]?.address;
    const nonce = await company.anvil.rpc('eth_getTransactionCount', [from, 'latest']);
    const fee = `0x${(10n ** 12n).toString(16)}`;
    await company.anvil.rpc('eth_sendTransaction', [
      { from, to: from, nonce, maxFeePerGas: fee, maxPriorityFeePerGas: fee },
    ]);
    await company.anvil.rpc('evm_setAutomine', [true]);
    await company.anvil.rpc('evm_mine');
    await company.work();
    await expectOnce(ids, batches + 1);
    const displaced = await company.database
      .selectFrom('transactions')
      .select('id')
      .where('state', '=', 'displaced')
      .execute();
    expect(displaced).to.have.length(1);
  });

  it('two at once: only the holder of the lease sends, and who lost it cannot write', async () => {
    const { batches } = await company.onChain();
    const ids = await submitSales(4);
    const [first, second] = [company.newBatcher({ batchSize: 2 }), company.newBatcher({ batchSize: 2 })];
    for (let i = 0; i < 10; i++) {
      await Promise.all([first.tick(), second.tick()]);
      await company.index();
    }
    expect([first.status().leading, second.status().leading].sort()).to.deep.equal([false, true]);
    await expectOnce(ids, batches + 2);

    const row = await company.database.selectFrom('leases').selectAll().executeTakeFirstOrThrow();
    const old = { name: row.name, holder: row.holder, fence: row.fence };
    await company.expireLease();
    const heir = first.status().leading ? second : first;
    await heir.tick();
    expect(heir.status().leading).to.equal(true);
    let refusal: unknown;
    await withLease(company.database, old, async () => {}).catch((error) => {
      refusal = error;
    });
    expect(refusal).to.be.instanceOf(LostLeaseError);
  });

  it('a chain that went back: everything is sent again, with the new times, and nothing twice', async function () {
    this.timeout(60_000);
    const reversal = { priceCents: '400', volumeCents: '400' };
    const start = await company.onChain();
    const snapshot = await company.anvil.rpc('evm_snapshot');
    await company.post('/v1/distributors', {
      distributors: [{ reference: 'late', sponsor: 'distributor-2', wallet: walletOf(77) }],
    });
    const ids = await submitSales(3);
    await company.work();
    const [id = ''] = ids;
    await company.post(`/v1/sales/${id}/reversals`, { reversalId: `${id}-r`, ...reversal });
    await company.work();
    const { body: recorded } = await company.get(`/v1/sales/${id}`);
    expect(recorded.reversed).to.deep.equal(reversal);

    expect(await company.anvil.rpc('evm_revert', [snapshot])).to.equal(true);
    expect((await company.onChain()).head).to.equal(start.head);
    await company.anvil.rpc('evm_increaseTime', [100]);
    await company.anvil.rpc('evm_mine');
    await company.work(await company.restart());

    const { body: again } = await company.get(`/v1/sales/${id}`);
    expect(again.recordedAt).to.be.greaterThan(recorded.recordedAt);
    expect(again.reversed).to.deep.equal(reversal);
    expect(again.document).to.deep.equal(recorded.document);
    await expectOnce(ids, start.batches + 1);
    expect((await company.get('/v1/distributors/ref:late')).body.id).to.be.greaterThan(0);

    const settling = await company.anvil.rpc('evm_snapshot');
    await company.passTime(3_700);
    await company.work();
    expect((await company.get(`/v1/sales/${id}`)).body.countedCents).to.equal('600');
    const owed = await company.owedTo(walletOf(1));
    expect(await company.anvil.rpc('evm_revert', [settling])).to.equal(true);
    await company.passTime(4_000);
    await company.work();
    expect((await company.get(`/v1/sales/${id}`)).body.settled).to.equal(true);
    expect(await company.owedTo(walletOf(1))).to.equal(owed);
    expect((await company.onChain()).reserved).to.equal(0n);
  });

  it('failed on chain, then forgotten by it: the nonce is filled and the items go in once', async function () {
    this.timeout(60_000);
    const hot = company.anvil.accounts[1]?.address ?? '';
    const start = await company.onChain();
    const snapshot = await company.anvil.rpc('evm_snapshot');
    const batcher = await company.restart({}, 1);
    const ids = await submitSales(2);
    await company.anvil.rpc('evm_setAutomine', [false]);
    await batcher.tick();
    // The admin is faster, and takes the right to record away in the same block.
    const overtaking = {
      from: company.admin,
      to: company.ledger,
      data: encodeCall(['setRecorder', hot, 0, 0]),
    };
    await company.anvil.rpc('eth_sendTransaction', [{ ...overtaking, gasPrice: numberToHex(10n ** 12n) }]);
    await company.anvil.rpc('evm_mine');
    await company.anvil.rpc('evm_setAutomine', [true]);
    await company.work();
    expect((await company.get(`/v1/sales/${ids[0]}`)).body.state).to.equal('accepted');
    expect(company.batcher.status().waiting[0]?.reason).to.match(/count cap of 0 lets half of it/);

    await company.callAnnounced('setRecorder', [hot, 10n ** 12n, 100_000n]);
    await company.work();
    await expectOnce(ids, start.batches + 1);

    expect(await company.anvil.rpc('evm_revert', [snapshot])).to.equal(true);
    await company.anvil.rpc('evm_mine');
    await company.work();
    await expectOnce(ids, start.batches + 1);
    const empty = (await attempts()).filter(({ data }) => data === '0x');
    expect(empty).to.have.length(1);
  });
});
