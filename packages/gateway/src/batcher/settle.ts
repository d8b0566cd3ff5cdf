import { type Batch, findPresentRecords, findSettledUntil, listDueBatches } from '@plumbline/store';
import type { Hex } from 'viem';
import { encodeSettle } from './batch-calls.ts';
import type { Context } from './context.ts';
import { type ItemKind, sendItems } from './send-items.ts';

/** Due batches that one look considers. */
const MAX_BATCHES = 20;

/** Settles the next batch whose return window has ended, whoever recorded it. True if something was done. */
export async function settle(context: Context): Promise<boolean> {
  const { chain, database } = context;
  const { timestamp } = await chain.latest();
  context.wait('settle', null);
  const due = await listDueBatches(database, chain.ledger, timestamp, MAX_BATCHES);
  if (due.length === 0) return false;
  const { next, startsAt } = await chain.changes();
  for (const batch of due) {
    if (startsAt !== 0 && batch.recordedAt >= startsAt) {
      context.wait('settle', `batch ${batch.batch} settles after change ${next}, which is not applied yet`);
      return false;
    }
    const settled = Math.max(batch.settled, await findSettledUntil(database, chain.ledger, batch.batch));
    if (settled >= batch.count) continue;
    const indexes = Array.from({ length: batch.count - settled }, (_, i) => settled + i);
    const present = await findPresentRecords(database, chain.ledger, batch.batch);
    if (present === undefined) continue;
    const { done, waitsFor } = await sendItems(context, unsettledSales(batch, present), indexes);
    if (waitsFor !== undefined) context.wait('settle', waitsFor);
    if (done) return true;
  }
  return false;
}

/**
 * The sales of a batch by index. None of them is refused: if another account settled the batch, the books will soon say
 * so, and anything else needs an operator.
 */
function unsettledSales(batch: Batch, present: Hex): ItemKind<number> {
  return {
    noun: 'settlement',
    encode(indexes) {
      const until = (indexes.at(-1) ?? 0) + 1;
      return {
        payload: { kind: 'settle', batch: batch.batch, until },
        data: encodeSettle(batch, present, until),
      };
    },
  };
}
