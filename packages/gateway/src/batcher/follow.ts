import { commissionLedgerAbi } from '@plumbline/protocol';
import {
  findBatch,
  listChainedTransactions,
  listOpenTransactions,
  markDisplaced,
  markFailed,
  markFinal,
  markIncluded,
  noteProblem,
  type OpenTransaction,
  unincludeFrom,
  withLease,
} from '@plumbline/store';
import { decodeFunctionData, encodeFunctionData, type Hex } from 'viem';
import type { BlockHead, Fees, Receipt } from '../chain/chain.ts';
import type { Context } from './context.ts';
import { findOnChain } from './evidence.ts';
import { aboveLimit, broadcast, type Reception, raiseFees, resubmit, submitAt } from './send.ts';

/** Looks of the batcher at a nonce that another transaction used, before it believes it. */
const SIGHTINGS = 3;

/**
 * Brings what was sent up to date with the chain.
 * @returns `clear` when nothing is under way, `moved` when something changed, `open` while there is something to wait for.
 */
export async function follow(context: Context): Promise<'clear' | 'moved' | 'open'> {
  const head = await context.chain.latest();
  if (await checkInclusions(context, head)) return 'moved';
  const signer = context.account.address.toLowerCase();
  const open = await listOpenTransactions(context.database, context.chain.ledger, signer);
  for (const [i, transaction] of open.entries()) {
    const receipt = await findReceipt(context, transaction);
    if (!receipt) return (await push(context, head, transaction)) || i > 0 ? 'moved' : 'open';
    if (!(await conclude(context, transaction, receipt))) return 'open';
  }
  return open.length > 0 ? 'moved' : 'clear';
}

const PAGE = 50;

/**
 * Takes inclusions back that the chain no longer has: after a reorganisation, or after it began again from an older
 * state. A block that is still there proves everything before it.
 */
async function checkInclusions(context: Context, head: BlockHead): Promise<boolean> {
  if (context.checkedHead === head.hash) return false;
  const { chain, database, account, settings, log } = context;
  const signer = account.address.toLowerCase();
  let lost: number | undefined;
  let below = Number.MAX_SAFE_INTEGER;
  let found = false;
  for (let limit = 1; !found; limit = PAGE) {
    const page = await listChainedTransactions(
      database,
      chain.ledger,
      signer,
      Math.min(below, 2 ** 31 - 1),
      limit,
    );
    if (page.length === 0) break;
    const numbers = [...new Set(page.map((row) => row.blockNumber ?? 0n))];
    const hashes = new Map(
      await Promise.all(numbers.map(async (number) => [number, await chain.findBlockHash(number)] as const)),
    );
    for (const row of page) {
      found = hashes.get(row.blockNumber ?? 0n) === row.blockHash;
      if (found) break;
      lost = row.nonce;
      below = row.nonce;
    }
  }
  if (lost !== undefined) {
    const from = lost;
    await withLease(database, await context.lease(), (transaction) =>
      unincludeFrom(transaction, chain.ledger, signer, from),
    );
    log.warn({ nonce: from, block: head.number.toString() }, 'the chain went back; sending again');
    return true;
  }
  const depth = BigInt(settings.finalityDepth);
  if (head.number >= depth) await markFinal(database, chain.ledger, head.number - depth);
  context.checkedHead = head.hash;
  return false;
}

async function findReceipt(context: Context, open: OpenTransaction): Promise<Receipt | undefined> {
  const hashes = open.attempts.map(({ hash }) => hash as Hex);
  const receipts = await Promise.all(hashes.map((hash) => context.chain.findReceipt(hash)));
  return receipts.find((receipt) => receipt !== undefined);
}

/** Writes down how a transaction ended. False if a distributor has to look at it. */
async function conclude(context: Context, open: OpenTransaction, receipt: Receipt): Promise<boolean> {
  const { chain, database, log } = context;
  const attempt = open.attempts.find(({ hash }) => hash === receipt.hash);
  const empty = attempt?.data === '0x';
  if (open.state === 'voided' && receipt.success && !empty) {
    const problem =
      'it failed, its items went elsewhere, and after a reorganisation it succeeded; compare the ledger with the queue';
    await noteProblem(database, chain.ledger, open.id, problem);
    context.wait('send', `transaction ${receipt.hash}: ${problem}`);
    return false;
  }
  const included = receipt.success && open.state !== 'voided';
  const lease = await context.lease();
  await withLease(database, lease, (transaction) =>
    included
      ? markIncluded(transaction, chain.ledger, open.id, receipt)
      : markFailed(transaction, chain.ledger, open.id, receipt, empty ? 'filled' : 'reverted on chain'),
  );
  forget(context, open.id);
  context.wait('send', null);
  log[included || empty ? 'info' : 'warn'](
    { kind: open.kind, nonce: open.nonce, batch: open.batch, hash: receipt.hash },
    included ? 'included' : empty ? 'nonce filled' : 'reverted on chain; its items wait again',
  );
  return true;
}

/** Gets the first transaction without a receipt nearer to one. True if something changed in the books. */
async function push(context: Context, head: BlockHead, open: OpenTransaction): Promise<boolean> {
  const { chain, account } = context;
  const nonce = await chain.nonceAt(account.address, head.number);
  if (nonce > open.nonce) return displace(context, head, open, nonce);
  context.displacedSightings.delete(open.id);
  if (nonce < open.nonce) {
    const pending = await chain.nonceAt(account.address, 'pending');
    // A transaction below ours that is not ours was forgotten by the chain; without it ours can never be included.
    return pending === nonce && submitAt(context, nonce, { kind: 'fill' }, '0x', 0n);
  }
  const last = open.attempts.at(-1);
  if (!last) throw new Error(`transaction ${open.id} was stored without its bytes`);
  const held = { maxFee: last.maxFee, maxPriorityFee: last.maxPriorityFee };
  const data = open.state === 'voided' ? '0x' : await rebuild(context, open, last.data as Hex);
  if (data !== last.data) {
    const going = await chain.fees();
    return replace(context, open, data, open.state === 'signed' ? going : raiseFees(held, going));
  }
  await repeat(context, open, data, last.raw as Hex, held);
  return false;
}

/** Signs other content for the nonce. What has to be replaced is not sent again, so that above the limit it waits. */
async function replace(context: Context, open: OpenTransaction, data: Hex, fees: Fees): Promise<boolean> {
  const { settings } = context;
  const affordable = fees.maxFee <= settings.maxFee;
  const reason = affordable
    ? (await resubmit(context, open, data, fees)).reason
    : aboveLimit(open.nonce, settings.maxFee);
  context.wait('send', reason);
  return affordable;
}

/** Hands the newest bytes to the node again, and signs with other fees where its answer calls for them. */
async function repeat(
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
  const fees = otherFees(outcome, stuck, signed, await context.chain.fees());
  let waiting = reason;
  if (fees && fees.maxFee > settings.maxFee) waiting = aboveLimit(open.nonce, settings.maxFee);
  else if (fees) waiting = (await resubmit(context, open, data, fees)).reason;
  const old = open.ageMs > LONG * settings.stuckMs;
  context.wait('send', waiting ?? (old ? openForLong(open) : null));
}

/**
 * Fees to sign anew with, if any. Only what a node holds is replaced with raised fees; what it refuses would gain nothing
 * from them, and takes the going ones.
 */
function otherFees(
  outcome: Reception['outcome'],
  stuck: boolean,
  signed: Fees,
  going: Fees,
): Fees | undefined {
  if (outcome === 'held') return stuck ? raiseFees(signed, going) : undefined;
  const higher = going.maxFee > signed.maxFee || going.maxPriorityFee > signed.maxPriorityFee;
  if (outcome === 'fee') return higher ? going : undefined;
  const muchLower = going.maxFee * 9n < signed.maxFee * 8n;
  return outcome === 'funds' && stuck && muchLower ? going : undefined;
}

/** Times `stuckMs` after which an open transaction is for a distributor to look at. */
const LONG = 3;

function openForLong(open: OpenTransaction): string {
  return `nonce ${open.nonce} (${open.kind}) was signed long ago and is still not on chain`;
}

/** The call as it must be now: a batch that was included again has another time, and perhaps another plan. */
async function rebuild(context: Context, open: OpenTransaction, data: Hex): Promise<Hex> {
  if (open.batch === null || (open.kind !== 'reverse' && open.kind !== 'settle') || data === '0x')
    return data;
  const batch = await findBatch(context.database, context.chain.ledger, open.batch);
  const call = decodeFunctionData({ abi: commissionLedgerAbi, data });
  if (!batch || (call.functionName !== 'reverse' && call.functionName !== 'settle')) return data;
  const [number, , , ...rest] = call.args;
  const args = [number, BigInt(batch.plan), BigInt(batch.recordedAt), ...rest];
  return encodeFunctionData({
    abi: commissionLedgerAbi,
    functionName: call.functionName,
    args,
  } as Parameters<typeof encodeFunctionData>[0]);
}

/**
 * A transaction whose nonce is used, without a receipt. Only what the ledger itself says decides: a receipt may merely
 * be missing, and items that went in must not go in again.
 */
async function displace(
  context: Context,
  head: BlockHead,
  open: OpenTransaction,
  nonce: number,
): Promise<boolean> {
  const sightings = (context.displacedSightings.get(open.id) ?? 0) + 1;
  context.displacedSightings.set(open.id, sightings);
  if (sightings < SIGHTINGS) return false;
  const { chain, database, log } = context;
  const evidence = await findOnChain(context, open);
  if (evidence === 'unclear') {
    const problem = `nonce ${open.nonce} is used and the node knows no receipt; whether it went in cannot be told`;
    await noteProblem(database, chain.ledger, open.id, problem);
    context.wait('send', problem);
    return false;
  }
  await withLease(database, await context.lease(), (transaction) =>
    evidence === 'absent'
      ? markDisplaced(
          transaction,
          chain.ledger,
          open.id,
          `nonce ${open.nonce} was used by another transaction`,
        )
      : markIncluded(transaction, chain.ledger, open.id, evidence),
  );
  forget(context, open.id);
  context.wait('send', null);
  log.warn(
    { kind: open.kind, nonce: open.nonce, next: nonce, block: head.number.toString() },
    'nonce used by another',
  );
  return true;
}

function forget(context: Context, id: bigint): void {
  context.broadcastAt.delete(id);
  context.heldSince.delete(id);
  context.displacedSightings.delete(id);
}
