import { decodeSales, type SaleRecord } from '@plumbline/protocol';
import {
  type Batch,
  findBatch,
  findPresentRecords,
  listReversalsOfRefusedSales,
  listWaitingReversalBatches,
  listWaitingReversals,
  type PlacedReversal,
  refuseReversals,
} from '@plumbline/store';
import type { Hex } from 'viem';
import type { Refusal } from '../chain/refusal.ts';
import { encodeReverse } from './batch-calls.ts';
import { CAP_REFUSALS, judgeCap } from './caps.ts';
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
    const present = await findPresentRecords(database, chain.ledger, group.batch);
    if (!batch || !present) {
      context.wait('reverse', `the books do not have batch ${group.batch} yet`);
      continue;
    }
    const waiting = await listWaitingReversals(database, chain.ledger, group.batch, settings.batchSize);
    if (waiting.length === 0) continue;
    const beyond = findBeyond(decodeSales(present), waiting);
    if (beyond) {
      await refuse(context, [beyond.reversalId], 'the sale has less left than the reversal takes back');
      return true;
    }
    const { done, waitsFor } = await sendItems(context, reversals(context, batch, present), waiting);
    if (waitsFor !== undefined) context.wait('reverse', waitsFor);
    if (done) return true;
  }
  return false;
}

/**
 * The first reversal that takes back more than those before it leave. The gateway accepts no such reversal, but the
 * recorder may have reversed past it.
 */
function findBeyond(
  sales: readonly SaleRecord[],
  reversals: readonly PlacedReversal[],
): PlacedReversal | undefined {
  const left = sales.map(({ priceCents, volumeCents }) => ({ priceCents, volumeCents }));
  return reversals.find(({ index, priceCents, volumeCents }) => {
    const sale = left[index];
    if (!sale) return true;
    sale.priceCents -= priceCents;
    sale.volumeCents -= volumeCents;
    return sale.volumeCents < 0n || sale.volumeCents > sale.priceCents;
  });
}

/** @param present The batch's records as the reversals on chain have left them. */
function reversals(context: Context, batch: Batch, present: Hex): ItemKind<PlacedReversal> {
  return {
    noun: 'reversal',
    encode: (items) => ({
      payload: { kind: 'reverse', batch: batch.batch, reversalIds: idsOf(items) },
      data: encodeReverse(batch, present, items),
    }),
    fewerMayPass: CAP_REFUSALS,
    judge: async (refusal) =>
      (await judgeWindow(context, batch, refusal)) ?? (await judgeCap(context, refusal)),
    refuse: (items, reason) => refuse(context, idsOf(items), reason),
  };
}

/** All sales of a batch have one return window; when it is over, no other refusal can go away any more. */
async function judgeWindow(
  { chain }: Context,
  { recordedAt, settled }: Batch,
  { name }: Refusal,
): Promise<Verdict | undefined> {
  const { returnWindow } = await chain.terms();
  const endedAt = recordedAt + returnWindow;
  const isOver =
    name === 'ReturnWindowOver' ||
    (name === 'BatchNotOpen' && settled > 0) ||
    (name === 'NotBatchRecorder' && (await chain.latest()).timestamp >= endedAt);
  if (!isOver) return undefined;
  const ended = new Date(endedAt * 1000).toISOString();
  return {
    refuseAll: `the return window ended at ${ended}, before the reversal could be sent; the sale is final`,
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
