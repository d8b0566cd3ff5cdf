import {
  batchNumber,
  commissionLedgerAbi,
  documentHash,
  encodeSales,
  manifestRoot,
} from '@plumbline/protocol';
import { listWaitingSales, refuseSales, type WaitingSale } from '@plumbline/store';
import { encodeFunctionData } from 'viem';
import { notRecorder } from '../chain/refusal.ts';
import { CAP_REFUSALS, judgeCap } from './caps.ts';
import type { Context } from './context.ts';
import { documentOf, recordOf } from './documents.ts';
import { Fragments } from './fragments.ts';
import { type ItemKind, isDue, sendItems } from './send-items.ts';
import { readNonce } from './submit.ts';

/** What a batch needs besides its sales. */
interface NextBatch {
  batch: number;
  /** Place among the recorder's batches. */
  sequence: number;
  /** Version of the plan in force. */
  plan: number;
}

/** Sends the next batch of sales. True if something was done. */
export async function record(context: Context): Promise<boolean> {
  const { chain, database, settings } = context;
  const waiting = await listWaitingSales(database, chain.ledger, settings.batchSize);
  if (waiting.length === 0) context.wait('record', null);
  const lost = waiting.filter(({ sellerState }) => sellerState === 'refused');
  if (lost.length > 0) {
    await refuse(context, lost, 'the seller was refused');
    return true;
  }
  if (!isDue(settings, settings.batchSize, waiting.length, waiting[0]?.ageMs ?? 0)) return false;
  const next = await findNextBatch(context);
  if (typeof next === 'string') {
    context.wait('record', next);
    return false;
  }
  const strange = await listUnenrolled(context, waiting);
  if (strange.length > 0) {
    await refuse(context, strange, 'the seller is not enrolled in the ledger');
    return true;
  }
  const { done, waitsFor = null } = await sendItems(context, sales(context, next), waiting);
  context.wait('record', waitsFor);
  return done;
}

/** The next batch of the signer, or what has to change before there can be one. */
async function findNextBatch({ chain, account }: Context): Promise<NextBatch | string> {
  const { number, sequence } = await chain.recorderOf(account.address);
  if (number === 0) return notRecorder(account.address);
  return {
    batch: batchNumber(number, sequence + 1),
    sequence: sequence + 1,
    plan: await chain.currentPlan(),
  };
}

/**
 * The sales whose seller has no place in the tree. The ledger would take them, because it looks only at the fragment, and
 * they would pay nobody.
 */
async function listUnenrolled(context: Context, waiting: readonly WaitingSale[]): Promise<WaitingSale[]> {
  const fragments = new Fragments(context.chain);
  await fragments.read(waiting.map(sellerOf));
  const strange = waiting.filter((sale) => !fragments.isEnrolled(sellerOf(sale)));
  // A node that is behind the chain may not know them yet.
  if (strange.length > 0) await readNonce(context);
  return strange;
}

function sales(context: Context, { batch, sequence, plan }: NextBatch): ItemKind<WaitingSale> {
  return {
    noun: 'sale',
    encode(items) {
      const records = encodeSales(items.map((sale) => recordOf(sale, sellerOf(sale))));
      const root = manifestRoot(items.map((sale) => documentHash(documentOf(sale, sellerOf(sale)))));
      const externalIds = items.map(({ externalId }) => externalId);
      return {
        payload: { kind: 'record', batch, externalIds, manifestRoot: root, records },
        data: encodeFunctionData({
          abi: commissionLedgerAbi,
          functionName: 'recordSales',
          args: [records, BigInt(sequence), root, BigInt(plan)],
        }),
      };
    },
    fewerMayPass: new Set([...CAP_REFUSALS, 'FloatTooLow']),
    judge: (refusal) => judgeCap(context, refusal),
    refuse: (items, reason) => refuse(context, items, reason),
  };
}

function sellerOf({ sellerId, externalId }: WaitingSale): number {
  if (sellerId === null) throw new Error(`the seller of ${externalId} has no distributor id`);
  return sellerId;
}

async function refuse(
  { chain, log, write }: Context,
  items: readonly WaitingSale[],
  reason: string,
): Promise<void> {
  const externalIds = items.map(({ externalId }) => externalId);
  await write((transaction) => refuseSales(transaction, chain.ledger, externalIds, reason));
  log.warn({ externalIds, reason }, 'sales refused');
}
