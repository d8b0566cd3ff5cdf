import { commissionLedgerAbi, documentHash, encodeSales, manifestRoot } from '@plumbline/protocol';
import { listWaitingSales, refuseSales, type WaitingSale } from '@plumbline/store';
import { encodeFunctionData } from 'viem';
import type { Refusal } from '../chain/refusal.ts';
import type { Context } from './context.ts';
import { documentOf, recordOf } from './documents.ts';
import { type ItemKind, isDue, sendItems, type Verdict } from './send-items.ts';

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
  const batch = (await chain.counts()).batches + 1;
  const { done, waitsFor = null } = await sendItems(context, sales(context, batch), waiting);
  context.wait('record', waitsFor);
  return done;
}

function sales(context: Context, batch: number): ItemKind<WaitingSale> {
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
          args: [BigInt(batch), records, root],
        }),
      };
    },
    fewerMayPass: new Set(['CapExceeded', 'FloatTooLow']),
    judge: (refusal) => judgeCap(context, refusal),
    refuse: (items, reason) => refuse(context, items, reason),
  };
}

/** A cap that is used up has room again in the next period, unless one sale is more than the whole cap. */
async function judgeCap({ chain, account }: Context, refusal: Refusal): Promise<Verdict | undefined> {
  if (refusal.name !== 'CapExceeded') return undefined;
  const { cap } = await chain.recorderOf(account.address);
  const needed = BigInt(String(refusal.args[1]));
  if (needed <= cap) return undefined;
  return {
    waitsFor: `one sale needs ${needed} units and the recorder's whole cap is ${cap}; raise the cap`,
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
