import { findBatch, type OpenTransaction } from '@plumbline/store';
import type { Hex } from 'viem';
import type { BlockHead, Fees } from '../chain/chain.ts';
import { updateCall } from './batch-calls.ts';
import { broadcast } from './broadcast.ts';
import type { Context } from './context.ts';
import { handleUsedNonce } from './displaced.ts';
import { aboveLimit, raiseFees, replacementFees } from './fees.ts';
import { resubmit, submitAt } from './submit.ts';

/** Gets the first open transaction without a receipt nearer to one. True if something changed in the store. */
export async function pushTransaction(
  context: Context,
  head: BlockHead,
  open: OpenTransaction,
): Promise<boolean> {
  const { chain, account } = context;
  const nonce = await chain.nonceAt(account.address, head.number);
  if (nonce > open.nonce) return handleUsedNonce(context, head, open, nonce);
  context.displacedSightings.delete(open.id);
  if (nonce < open.nonce) {
    const pending = await chain.nonceAt(account.address, 'pending');
    // The chain forgot a transaction below this one that is not ours. Until its nonce is filled, this one cannot go in.
    return pending === nonce && submitAt(context, nonce, { kind: 'fill' }, '0x', 0n);
  }
  const last = open.attempts.at(-1);
  if (!last) throw new Error(`transaction ${open.id} was stored without its bytes`);
  const signed = { maxFee: last.maxFee, maxPriorityFee: last.maxPriorityFee };
  const data = open.state === 'voided' ? '0x' : await refreshCall(context, open, last.data as Hex);
  if (data !== last.data) {
    const going = await chain.fees();
    return replace(context, open, data, open.state === 'signed' ? going : raiseFees(signed, going));
  }
  await rebroadcast(context, open, data, last.raw as Hex, signed);
  return false;
}

/** The call as it must be now that its batch may have been included again. */
async function refreshCall(context: Context, open: OpenTransaction, data: Hex): Promise<Hex> {
  if (open.batch === null || (open.kind !== 'reverse' && open.kind !== 'settle') || data === '0x')
    return data;
  const batch = await findBatch(context.database, context.chain.ledger, open.batch);
  return batch ? updateCall(data, batch) : data;
}

/** Signs other content for the nonce. The old content is not broadcast again: above the limit of the fees it waits. */
async function replace(context: Context, open: OpenTransaction, data: Hex, fees: Fees): Promise<boolean> {
  const { settings } = context;
  const affordable = fees.maxFee <= settings.maxFee;
  const reason = affordable
    ? (await resubmit(context, open, data, fees)).reason
    : aboveLimit(open.nonce, settings.maxFee);
  context.wait('send', reason);
  return affordable;
}

/** An open transaction is reported after this many times `stuckMs`. */
const STUCK_TIMES = 3;

/** Broadcasts the newest bytes again, and signs with other fees if the node's answer calls for them. */
async function rebroadcast(
  context: Context,
  open: OpenTransaction,
  data: Hex,
  raw: Hex,
  signed: Fees,
): Promise<void> {
  const { settings } = context;
  const sentAt = context.broadcastAt.get(open.id) ?? 0;
  if (Date.now() - sentAt <= settings.rebroadcastMs) return;
  const before = context.heldSince.get(open.id);
  const { outcome, reason } = await broadcast(context, open.id, raw);
  const heldFor = before?.raw === raw ? Date.now() - before.at : 0;
  const stuck = (outcome === 'held' ? heldFor : open.attemptAgeMs) > settings.stuckMs;
  const fees = replacementFees(outcome, stuck, signed, await context.chain.fees());
  let waiting = reason;
  if (fees && fees.maxFee > settings.maxFee) waiting = aboveLimit(open.nonce, settings.maxFee);
  else if (fees) waiting = (await resubmit(context, open, data, fees)).reason;
  if (open.ageMs > STUCK_TIMES * settings.stuckMs) {
    waiting ??= `nonce ${open.nonce} (${open.kind}) was signed long ago and is still not on chain`;
  }
  context.wait('send', waiting);
}
