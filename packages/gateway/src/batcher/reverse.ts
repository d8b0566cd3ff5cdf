import { commissionLedgerAbi, encodeReversals } from '@plumbline/protocol';
import {
  type Batch,
  findBatch,
  listReversals,
  listReversalsOfRefusedSales,
  listWaitingReversalBatches,
  listWaitingReversals,
  type PlacedReversal,
  refuseReversals,
  withLease,
} from '@plumbline/store';
import { encodeFunctionData, type Hex } from 'viem';
import { conditionOf } from '../chain/refusal.ts';
import { type Context, FULL_GAS } from './context.ts';
import { findBadItem } from './isolate.ts';
import { submit } from './send.ts';

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
    if (group.count < settings.batchSize && group.ageMs < settings.batchAgeMs) continue;
    const batch = await findBatch(database, chain.ledger, group.batch);
    if (!batch) {
      context.wait('reverse', `the books do not have batch ${group.batch} yet`);
      continue;
    }
    const waiting = await listWaitingReversals(database, chain.ledger, group.batch, settings.batchSize);
    if (waiting.length > 0 && (await send(context, batch, waiting))) return true;
  }
  return false;
}

async function send(context: Context, batch: Batch, waiting: readonly PlacedReversal[]): Promise<boolean> {
  const { chain, account, database } = context;
  const soFar = encodeReversals(await listReversals(database, chain.ledger, batch.batch));
  const dataOf = (n: number) => reverseData(batch, soFar, encodeReversals(waiting.slice(0, n)));
  const simulate = (n: number) => chain.simulate(account.address, dataOf(n));
  const outcome = await simulate(waiting.length);
  if ('gas' in outcome && outcome.gas <= FULL_GAS) {
    const reversalIds = waiting.map(({ reversalId }) => reversalId);
    const payload = { kind: 'reverse', batch: batch.batch, reversalIds } as const;
    return submit(context, payload, dataOf(waiting.length), outcome.gas);
  }
  if ('gas' in outcome || outcome.refusal.name === 'OutOfGas') {
    return send(context, batch, waiting.slice(0, Math.ceil(waiting.length / 2)));
  }
  if (outcome.refusal.name === 'ReturnWindowOver') {
    const endedAt = new Date(Number(outcome.refusal.args[1]) * 1000).toISOString();
    const reason = `the return window ended at ${endedAt}, before the reversal could be sent; the sale is final`;
    await refuse(
      context,
      waiting.map(({ reversalId }) => reversalId),
      reason,
    );
    return true;
  }
  const condition = conditionOf(outcome.refusal);
  if (condition) {
    context.wait('reverse', condition);
    return false;
  }
  const bad = await findBadItem(waiting.length, async (n) => 'gas' in (await simulate(n)));
  const alone = await simulate(bad + 1);
  const reversal = waiting[bad];
  if ('gas' in alone || !reversal) return true;
  await refuse(context, [reversal.reversalId], `the ledger refuses the reversal: ${alone.refusal.text}`);
  return true;
}

function reverseData(batch: Batch, soFar: Hex, reversals: Hex): Hex {
  return encodeFunctionData({
    abi: commissionLedgerAbi,
    functionName: 'reverse',
    args: [
      BigInt(batch.batch),
      BigInt(batch.plan),
      BigInt(batch.recordedAt),
      batch.records,
      soFar,
      reversals,
    ],
  });
}

async function refuse(context: Context, reversalIds: readonly string[], reason: string): Promise<void> {
  const { chain, database, log } = context;
  await withLease(database, await context.lease(), (transaction) =>
    refuseReversals(transaction, chain.ledger, reversalIds, reason),
  );
  log.warn({ reversalIds, reason }, 'reversals refused');
}
