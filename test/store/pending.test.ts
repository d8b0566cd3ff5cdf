import { amountOf } from '@plumbline/protocol';
import { applyEntries, getPending, type Pending, saveLedger } from '@plumbline/store';
import { expect } from 'chai';
import { clearBooks } from '../support/books.ts';
import { History, LEDGER, RETURN_WINDOW, START, START_BLOCK } from './history.ts';
import { LEDGER_ROW } from './ledger-row.ts';
import { onBothEngines } from './on-both-engines.ts';

const SEEDS = 20;

onBothEngines('pending commissions', (store) => {
  const nothing = (): Pending => ({
    units: 0n,
    unitsByLevel: Array.from({ length: 12 }, () => 0n),
    sales: 0,
    until: null,
  });

  /** What is pending by id, from the sales that are left; `waiting` counts the credits that wait for a change. */
  function pendingOf(history: History): { pending: Map<number, Pending>; waiting: number } {
    const pending = new Map<number, Pending>();
    const startsAt = history.pendingChanges[0]?.effectiveAt ?? Number.POSITIVE_INFINITY;
    let waiting = 0;
    for (const batch of history.batches) {
      for (const sale of batch.sales.slice(batch.settled)) {
        const line = history.settledNow(batch, sale);
        for (const [level, credit] of line.credits.entries()) {
          const amount = amountOf(line, credit);
          if (amount === 0n) continue;
          const own = pending.get(credit.id) ?? nothing();
          pending.set(credit.id, own);
          own.units += amount;
          own.unitsByLevel[Math.min(level, 11)]! += amount;
          own.sales++;
          own.until = Math.max(own.until ?? 0, batch.recordedAt + RETURN_WINDOW);
          if (batch.recordedAt >= startsAt) waiting++;
        }
      }
    }
    return { pending, waiting };
  }

  /** A history cut off where most credits wait for a change. */
  function mostWaiting(seed: number): History {
    const cut = Array.from({ length: 25 }, (_, i) => new History(seed, 40 + 3 * i));
    const counts = cut.map((history) => pendingOf(history).waiting);
    return cut[counts.indexOf(Math.max(...counts))] as History;
  }

  it('are what settlement will credit, by what was effective when the sale was recorded', async function () {
    this.timeout(120_000);
    let [credited, waiting] = [0, 0];
    const kinds = new Set<string>();
    for (let seed = 100; seed < 100 + SEEDS; seed++) {
      await clearBooks(store.database);
      await saveLedger(store.database, LEDGER_ROW);
      const history = mostWaiting(seed);
      const last = START_BLOCK + history.blocks.length - 1;
      await applyEntries(store.database, LEDGER, history.stretch(START, last));
      const expected = pendingOf(history);
      credited += expected.pending.size;
      waiting += expected.waiting;
      for (const { kind, effectiveAt } of history.pendingChanges) {
        if (history.batches.some(({ recordedAt }) => recordedAt >= effectiveAt)) kinds.add(kind);
      }
      for (const { id } of history.distributors) {
        expect(await getPending(store.database, LEDGER, id), `seed ${seed}, distributor ${id}`).to.deep.equal(
          expected.pending.get(id) ?? nothing(),
        );
      }
    }
    expect(credited).to.be.greaterThan(40);
    expect(waiting).to.be.greaterThan(40);
    expect([...kinds].sort()).to.deep.equal(['correction', 'ending', 'leaving', 'standing']);
  });
});
