import { encodeReversals } from '@plumbline/protocol';
import {
  type Batch,
  findBatch,
  listReversals,
  listReversalsOfRefusedSales,
  listWaitingReversalBatches,
  listWaitingReversals,
  type PlacedReversal,
  refuseReversals,
} from '@plumbline/store';
import type { Hex } from 'viem';
import type { Refusal } from '../chain/refusal.ts';
import { encodeReverse } from './batch-calls.ts';
import type { Context } from './context.ts';
import { type ItemKind, isDue, sendItems, type Verdict } from './send-items.ts';

/** Sends the next reversals of one batch of sales. True if something was done. */
export async function reverse(context: Context): Promise<boolean> {
  const { chain, database, settings } = context;
  const groups = await listWaitingReversalBatches(database, chain.ledger);
  const lost = await listReversalsOfRefusedSales(database, chain.ledger);
  if (lost.length > 0) {
    await refuse(context, lost, 'the sale was refused');
    return true;
  }
  context.wait('reverse', null);
  for (const group of groups) {
    if (!isDue(settings, settings.batchSize, group.count, group.ageMs)) continue;
    const batch = await findBatch(database, chain.ledger, group.batch);
    if (!batch) {
      context.wait('reverse', `the books do not have batch ${group.batch} yet`);
      continue;
    }
    const waiting = await listWaitingReversals(database, chain.ledger, group.batch, settings.batchSize);
    if (waiting.length === 0) continue;
    const earlier = encodeReversals(await listReversals(database, chain.ledger, batch.batch));
    const { done, waitsFor } = await sendItems(context, reversals(context, batch, earlier), waiting);
    if (waitsFor !== undefined) context.wait('reverse', waitsFor);
    if (done) return true;
  }
  return false;
}

/** @param earlier The reversals of the batch that are on chain. */
function reversals(context: Context, batch: Batch, earlier: Hex): ItemKind<PlacedReversal> {
  return {
    noun: 'reversal',
    encode: (items) => ({
      payload: { kind: 'reverse', batch: batch.batch, reversalIds: idsOf(items) },
      data: encodeReverse(batch, earlier, encodeReversals(items)),
    }),
    judge: judgeWindow,
    refuse: (items, reason) => refuse(context, idsOf(items), reason),
  };
}

/** All sales of a batch have one return window. */
function judgeWindow({ name, args }: Refusal): Verdict | undefined {
  if (name !== 'ReturnWindowOver') return undefined;
  const endedAt = new Date(Number(args[1]) * 1000).toISOString();
  return {
    refuseAll: `the return window ended at ${endedAt}, before the reversal could be sent; the sale is final`,
  };
}

function idsOf(items: readonly PlacedReversal[]): string[] {
  return items.map(({ reversalId }) => reversalId);
}

async function refuse(
  { chain, log, write }: Context,
  reversalIds: readonly string[],
  reason: string,
): Promise<void> {
  await write((transaction) => refuseReversals(transaction, chain.ledger, reversalIds, reason));
  log.warn({ reversalIds, reason }, 'reversals refused');
}
