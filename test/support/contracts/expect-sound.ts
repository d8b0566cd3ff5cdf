import { expect } from 'chai';
import type { Company } from './company.ts';
import { foldJournal } from './journal.ts';

/**
 * Expects that the ledger is what it promises to be at any time: its journal folds to its head, what the logs alone say
 * is owed to each distributor is what the ledger owes them, and its tokens cover float, reserved and owed to the unit.
 */
export async function expectSound({ ledger }: Company): Promise<void> {
  const fold = await foldJournal(ledger);
  expect(fold.head).to.equal(await ledger.head());
  expect(fold.entries).to.equal(await ledger.entryCount());
  const { held, free, reserved, owed } = await ledger.solvency();
  expect(free + reserved + owed, 'what is promised').to.equal(held);
  let sum = 0n;
  for (const [id, units] of fold.owed) {
    expect((await ledger.accountOf(id)).owed, `owed to ${id}`).to.equal(units);
    sum += units;
  }
  expect(sum, 'owed to all').to.equal(owed);
}
