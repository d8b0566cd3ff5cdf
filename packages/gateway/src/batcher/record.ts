import { commissionLedgerAbi, documentHash, encodeSales, manifestRoot } from '@plumbline/protocol';
import { listWaitingSales, refuseSales, type WaitingSale, withLease } from '@plumbline/store';
import { encodeFunctionData, type Hex } from 'viem';
import { conditionOf, type Refusal } from '../chain/refusal.ts';
import { type Context, FULL_GAS } from './context.ts';
import { documentOf, recordOf } from './documents.ts';
import { findBadItem } from './isolate.ts';
import { submit } from './send.ts';

/** Sends the next batch of sales. True if something was done. */
export async function record(context: Context): Promise<boolean> {
  const { chain, database, settings } = context;
  const waiting = await listWaitingSales(database, chain.ledger, settings.batchSize);
  if (waiting.length === 0) {
    context.wait('record', null);
    return false;
  }
  const lost = waiting.filter(({ sellerState }) => sellerState === 'refused');
  if (lost.length > 0) {
    await refuse(context, lost, 'the seller was refused');
    return true;
  }
  const oldest = waiting[0]?.ageMs ?? 0;
  if (waiting.length < settings.batchSize && oldest < settings.batchAgeMs) return false;
  return send(context, waiting);
}

async function send(context: Context, waiting: readonly WaitingSale[]): Promise<boolean> {
  const { chain, account } = context;
  const batch = (await chain.counts()).batches + 1;
  const records = waiting.map((sale) => recordOf(sale, sellerOf(sale)));
  // The root has no part in whether the ledger accepts the records.
  const simulate = (n: number) =>
    chain.simulate(account.address, recordData(batch, encodeSales(records.slice(0, n)), manifestRoot([])));
  const outcome = await simulate(waiting.length);
  if ('gas' in outcome && outcome.gas <= FULL_GAS) {
    context.wait('record', null);
    const root = manifestRoot(waiting.map((sale) => documentHash(documentOf(sale, sellerOf(sale)))));
    const packed = encodeSales(records);
    const externalIds = waiting.map((sale) => sale.externalId);
    const payload = { kind: 'record', batch, externalIds, manifestRoot: root, records: packed } as const;
    return submit(context, payload, recordData(batch, packed, root), outcome.gas);
  }
  const tooMuch = 'gas' in outcome || TOO_MUCH.has(outcome.refusal.name);
  if (tooMuch && waiting.length > 1) {
    return send(context, waiting.slice(0, Math.ceil(waiting.length / 2)));
  }
  if ('gas' in outcome) throw new Error(`one sale alone needs ${outcome.gas} gas`);
  const condition = await explain(context, outcome.refusal);
  context.wait('record', condition ?? null);
  if (condition) return false;
  const bad = await findBadItem(waiting.length, async (n) => {
    const part = await simulate(n);
    return 'gas' in part || conditionOf(part.refusal) !== undefined;
  });
  const alone = await simulate(bad + 1);
  const sale = waiting[bad];
  if ('gas' in alone || !sale) return true;
  await refuse(context, [sale], `the ledger refuses the sale: ${alone.refusal.text}`);
  return true;
}

/** What a smaller batch may not meet with. */
const TOO_MUCH: ReadonlySet<string> = new Set(['OutOfGas', 'CapExceeded', 'FloatTooLow']);

/** What has to change before the first sale can be recorded, if that is not its own fault. */
async function explain({ chain, account }: Context, refusal: Refusal): Promise<string | undefined> {
  if (refusal.name === 'OutOfGas') return refusal.text;
  if (refusal.name === 'CapExceeded') {
    const { cap } = await chain.recorderOf(account.address);
    const needed = BigInt(String(refusal.args[1]));
    if (needed > cap) {
      return `one sale needs ${needed} units and the recorder's whole cap is ${cap}; raise the cap`;
    }
  }
  return conditionOf(refusal);
}

function sellerOf(sale: WaitingSale): number {
  if (sale.sellerId === null) throw new Error(`the seller of ${sale.externalId} has no distributor id`);
  return sale.sellerId;
}

function recordData(batch: number, records: Hex, root: Hex): Hex {
  const args = [BigInt(batch), records, root] as const;
  return encodeFunctionData({ abi: commissionLedgerAbi, functionName: 'recordSales', args });
}

async function refuse(context: Context, sales: readonly WaitingSale[], reason: string): Promise<void> {
  const { chain, database, log } = context;
  const externalIds = sales.map((sale) => sale.externalId);
  await withLease(database, await context.lease(), (transaction) =>
    refuseSales(transaction, chain.ledger, externalIds, reason),
  );
  log.warn({ externalIds, reason }, 'sales refused');
}
