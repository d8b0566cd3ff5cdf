import {
  acceptEnrolments,
  acceptReversal,
  acceptSales,
  answerOnce,
  countQueue,
  type Database,
  findSubmission,
  KeyReusedError,
  LostLeaseError,
  listOpenTransactions,
  listReversalRequests,
  listWaitingReversals,
  markDisplaced,
  markFailed,
  markIncluded,
  type NewSale,
  nextFreeNonce,
  refuseReversals,
  releaseLease,
  storeTransaction,
  takeLease,
  unincludeFrom,
  withLease,
} from '@plumbline/store';
import { expect } from 'chai';
import { onBothEngines } from './on-both-engines.ts';

const LEDGER = '0x00000000000000000000000000000000000000aa';
const SIGNER = '0x00000000000000000000000000000000000000bb';
const TERMS = { returnWindow: 3_600, chainTime: 1_000 };

function saleOf(externalId: string): NewSale {
  return {
    externalId,
    seller: 'seller',
    class: 'retail',
    priceCents: 1_000n,
    volumeCents: 1_000n,
    items: [{ product: 'P', quantity: 1, amountCents: '1000' }],
    soldAt: '2026-03-01T12:00:00.000Z',
    buyer: 'buyer',
    buyerSalt: '0x01',
    buyerCommitment: '0x02',
    documentSalt: '0x03',
    hashWith: (salt) => `${salt} ${externalId}`,
  };
}

function reversalOf(reversalId: string, externalId: string, cents: bigint) {
  return {
    reversalId,
    externalId,
    priceCents: cents,
    volumeCents: cents,
    reason: null,
    bodyHash: `${cents}`,
  };
}

function attemptOf(hash: string) {
  return { hash, raw: '0x02', data: '0x01', gas: 21_000n, maxFee: 2n ** 70n, maxPriorityFee: 1n };
}

onBothEngines('the intake', (store) => {
  before(async () => {
    await acceptEnrolments(store.database, LEDGER, [{ reference: 'seller', sponsor: null, wallet: null }]);
  });

  it('refuses a second holder of a lease until it is given back, and writes of the one before', async () => {
    const first = await takeLease(store.database, 'signer', 'one', 60);
    expect(first?.fence).to.equal(1n);
    expect(await takeLease(store.database, 'signer', 'two', 60)).to.equal(undefined);
    expect((await takeLease(store.database, 'signer', 'one', 60))?.fence).to.equal(1n);
    if (!first) throw new Error('there is no lease');
    await releaseLease(store.database, first);
    expect((await takeLease(store.database, 'signer', 'two', 60))?.fence).to.equal(2n);
    let refusal: unknown;
    await withLease(store.database, first, async (transaction) => {
      await acceptEnrolments(transaction, LEDGER, [{ reference: 'late', sponsor: null, wallet: null }]);
    }).catch((error) => {
      refusal = error;
    });
    expect(refusal).to.be.instanceOf(LostLeaseError);
    expect((await countQueue(store.database, LEDGER)).distributors).to.equal(1);
  });

  it('accepts a distributor once however many send it at once', async () => {
    const list = [{ reference: 'popular', sponsor: 'seller', wallet: '0x01' as const }];
    const work = async (each: Database) => ({
      status: 202,
      body: await acceptEnrolments(each, LEDGER, list),
    });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => answerOnce(store.database, LEDGER, undefined, work)),
    );
    const accepted = answers.map(({ body }) => (body as { accepted: number }).accepted);
    expect(accepted.sort()).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 1]);
  });

  it('answers a key once, and runs nothing twice', async () => {
    let runs = 0;
    const request = { key: 'k', salt: 's', hashWith: (salt: string) => `${salt} request` };
    const work = async () => ({ status: 202, body: { runs: ++runs } });
    await answerOnce(store.database, LEDGER, request, work);
    const again = await answerOnce(store.database, LEDGER, request, work);
    expect([runs, again]).to.deep.equal([1, { status: 202, body: { runs: 1 } }]);
    let refusal: unknown;
    const other = { ...request, hashWith: (salt: string) => `${salt} other` };
    await answerOnce(store.database, LEDGER, other, work).catch((error) => {
      refusal = error;
    });
    expect(refusal).to.be.instanceOf(KeyReusedError);
  });

  it('accepts no more reversals than a sale has left, however many come at once', async () => {
    await acceptSales(store.database, LEDGER, [saleOf('raced')]);
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        acceptReversal(store.database, LEDGER, reversalOf(`raced-${i}`, 'raced', 300n), TERMS),
      ),
    );
    const kinds = outcomes.map(({ kind }) => kind).sort();
    expect(kinds).to.deep.equal([...Array(3).fill('accepted'), ...Array(5).fill('beyond')]);
    const sale = await findSubmission(store.database, LEDGER, { externalId: 'raced' });
    expect(sale).to.include({ askedPriceCents: 900n, askedVolumeCents: 900n });
    const requests = await listReversalRequests(store.database, LEDGER, 'raced');
    await refuseReversals(
      store.database,
      LEDGER,
      requests.map((row) => row.reversalId),
      'no',
    );
    const after = await findSubmission(store.database, LEDGER, { externalId: 'raced' });
    expect(after).to.include({ askedPriceCents: 0n, askedVolumeCents: 0n });
  });

  it('ties items to a transaction all or none, and unties them when it fails', async () => {
    await acceptSales(store.database, LEDGER, [saleOf('tied-0'), saleOf('tied-1')]);
    const payload = {
      kind: 'record' as const,
      batch: 1,
      externalIds: ['tied-1', 'tied-0'],
      manifestRoot: '0x',
      records: '0x',
    };
    const save = (nonce: number, hash: string, externalIds = payload.externalIds) =>
      store.database
        .transaction()
        .execute((transaction) =>
          storeTransaction(transaction, LEDGER, SIGNER, nonce, { ...payload, externalIds }, attemptOf(hash)),
        );
    let refusal = '';
    await save(0, '0xa', ['tied-0', 'unknown']).catch((error: Error) => {
      refusal = error.message;
    });
    expect(refusal).to.match(/^1 of 2 items/);
    expect(await listOpenTransactions(store.database, LEDGER, SIGNER)).to.have.length(0);

    const id = await save(0, '0xb');
    expect(await findSubmission(store.database, LEDGER, { batch: 1, index: 0 })).to.include({
      externalId: 'tied-1',
      state: 'batched',
    });
    expect(await nextFreeNonce(store.database, SIGNER)).to.equal(1);
    const [open] = await listOpenTransactions(store.database, LEDGER, SIGNER);
    expect(open?.attempts[0]?.maxFee).to.equal(2n ** 70n);
    let taken: { code?: string } = {};
    await save(0, '0xc').catch((error) => {
      taken = error;
    });
    expect(taken.code, 'a nonce that is held').to.equal('23505');

    const inclusion = { hash: '0xb', blockNumber: 5n, blockHash: '0x05' };
    await markFailed(store.database, LEDGER, id, inclusion, 'reverted');
    expect(await findSubmission(store.database, LEDGER, { externalId: 'tied-0' })).to.include({
      state: 'accepted',
      batch: null,
    });
    expect(await nextFreeNonce(store.database, SIGNER)).to.equal(1);

    const next = await save(1, '0xd');
    await markIncluded(store.database, LEDGER, next, { hash: '0xd', blockNumber: 6n, blockHash: '0x06' });
    await acceptReversal(store.database, LEDGER, reversalOf('tied-r', 'tied-0', 10n), TERMS);
    expect(await listWaitingReversals(store.database, LEDGER, 1, 10)).to.deep.equal([
      { reversalId: 'tied-r', index: 1, priceCents: 10n, volumeCents: 10n },
    ]);
    await unincludeFrom(store.database, LEDGER, SIGNER, 0);
    const states = (await listOpenTransactions(store.database, LEDGER, SIGNER)).map(({ nonce, state }) => [
      nonce,
      state,
    ]);
    expect(states).to.deep.equal([
      [0, 'voided'],
      [1, 'sent'],
    ]);
    await markDisplaced(store.database, LEDGER, next, 'another used it');
    expect(await nextFreeNonce(store.database, SIGNER)).to.equal(1);
    expect((await findSubmission(store.database, LEDGER, { externalId: 'tied-1' }))?.state).to.equal(
      'accepted',
    );
  });
});
