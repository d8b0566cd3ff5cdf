import { MalformedError } from '@plumbline/protocol';
import {
  acceptEnrolments,
  applyEntries,
  listByReference,
  listByWallet,
  listPayouts,
  saveLedger,
} from '@plumbline/store';
import { expect } from 'chai';
import { History, LEDGER, START, START_BLOCK } from './history.ts';
import { LEDGER_ROW } from './ledger-row.ts';
import { listAll } from './list-all.ts';
import { onBothEngines } from './on-both-engines.ts';

const BLOCKS = 320;

onBothEngines('searching', (store) => {
  const history = new History(11, BLOCKS);

  before(async () => {
    await saveLedger(store.database, LEDGER_ROW);
    await applyEntries(store.database, LEDGER, history.stretch(START, START_BLOCK + BLOCKS - 1));
  });

  it('finds distributors by how their wallets begin', async () => {
    const wallets = history.distributors.flatMap(({ id, wallet }) => (wallet ? [{ id, wallet }] : []));
    wallets.sort((a, b) => (a.wallet < b.wallet ? -1 : 1));
    expect(wallets.length).to.be.greaterThan(10);
    for (const length of [2, 39, 40, 41, 42]) {
      for (const { wallet } of wallets.slice(0, 20)) {
        const prefix = wallet.slice(0, length);
        const expected = wallets.filter((each) => each.wallet.startsWith(prefix));
        expect(await listByWallet(store.database, LEDGER, prefix, 1_000), prefix).to.deep.equal(expected);
        expect(await listByWallet(store.database, LEDGER, prefix, 2)).to.deep.equal(expected.slice(0, 2));
      }
    }
    expect(await listByWallet(store.database, LEDGER, '0xff', 5)).to.deep.equal([]);
  });

  it('finds distributors by how their references begin, whatever is in them', async () => {
    const moved = history.distributors.find(({ movedTo }) => movedTo !== null);
    const [first] = history.distributors;
    const ids = [first?.id ?? 0, moved?.id ?? 0, 77_777, null];
    const references = ['D_1%', 'D_10', 'D_1é', 'D_1z'];
    const list = references.map((reference) => ({ reference, sponsor: null, wallet: null }));
    await acceptEnrolments(store.database, LEDGER, list);
    for (const [i, reference] of references.entries()) {
      await store.database
        .updateTable('enrolments')
        .set({ distributor_id: ids[i] ?? null })
        .where('reference', '=', reference)
        .execute();
    }
    const found = async (prefix: string) => listByReference(store.database, LEDGER, prefix, 10);
    const named = [
      { reference: 'D_1%', id: first?.id },
      { reference: 'D_10', id: moved?.movedTo },
      { reference: 'D_1é', id: 77_777 },
    ];
    expect(await found('D_1')).to.deep.equal(named);
    expect(await found('D_1%')).to.deep.equal(named.slice(0, 1));
    expect(await found('D%')).to.deep.equal([]);
    expect(await listByReference(store.database, LEDGER, 'D', 1)).to.deep.equal(named.slice(0, 1));
  });

  it('lists the payouts of every distributor, newest first', async () => {
    let entry = 0;
    const payouts = history.blocks.flatMap(({ entries }) =>
      entries.flatMap(({ entry: each, blockNumber, transactionHash }) => {
        const number = entry++;
        if (each.kind !== 'payout' && each.kind !== 'payoutRedirected') return [];
        const { id, wallet, units } = each;
        const recipient = each.kind === 'payout' ? wallet : each.to;
        return [
          {
            id,
            entry: number,
            units,
            wallet,
            recipient,
            blockNumber: Number(blockNumber),
            transactionHash,
          },
        ];
      }),
    );
    expect(payouts.length).to.be.greaterThan(5);
    for (const { id, movedTo } of history.distributors) {
      const ids = movedTo === null ? history.idsOf(id) : [id];
      const expected = payouts.filter((payout) => ids.includes(payout.id)).reverse();
      const listed = await listAll((request) => listPayouts(store.database, LEDGER, id, request));
      expect(listed).to.deep.equal(expected.map(({ id: _, ...payout }) => payout));
    }
    const bad = listPayouts(store.database, LEDGER, 4, { limit: 1, cursor: 'x' });
    expect(await bad.catch((error) => error)).to.be.instanceOf(MalformedError);
  });
});
