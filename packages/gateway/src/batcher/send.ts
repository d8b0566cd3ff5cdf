import {
  addAttempt,
  markSent,
  type NewAttempt,
  nextFreeNonce,
  type OpenTransaction,
  type Payload,
  storeTransaction,
  withLease,
} from '@plumbline/store';
import { type Address, BaseError, type Hex, keccak256 } from 'viem';
import type { Fees } from '../chain/chain.ts';
import { hideAddresses } from '../chain/reason.ts';
import { type Context, MAX_GAS } from './context.ts';

/** The node does not know transactions of ours that are on chain. */
class NodeBehindError extends Error {
  override name = 'NodeBehindError';

  constructor(known: number, expected: number) {
    super(`the node says that nonce ${known} is next, but ${expected} follows what is on chain already`);
  }
}

/** Gas of a transaction that does nothing. */
const EMPTY_GAS = 21_000n;

/** A replacement must raise both fees by at least an eighth. */
export function raiseFees(previous: Fees, now: Fees): Fees {
  const raised = (fee: bigint) => (fee * 9n) / 8n + 1n;
  const larger = (a: bigint, b: bigint) => (a > b ? a : b);
  const maxPriorityFee = larger(raised(previous.maxPriorityFee), now.maxPriorityFee);
  const maxFee = larger(larger(raised(previous.maxFee), now.maxFee), maxPriorityFee);
  return { maxFee, maxPriorityFee };
}

/** Signs a call of the ledger; without data a transfer of nothing to oneself. */
async function sign(
  context: Context,
  nonce: number,
  data: Hex,
  gas: bigint,
  fees: Fees,
): Promise<NewAttempt> {
  const { account, chain } = context;
  const to: Address = data === '0x' ? account.address : chain.ledger;
  const raw = await account.signTransaction({
    type: 'eip1559',
    chainId: await chain.chainId(),
    to,
    data,
    nonce,
    gas,
    maxFeePerGas: fees.maxFee,
    maxPriorityFeePerGas: fees.maxPriorityFee,
  });
  return { hash: keccak256(raw), raw, data, gas, maxFee: fees.maxFee, maxPriorityFee: fees.maxPriorityFee };
}

/**
 * Signs a new transaction, stores it with its items, and only then broadcasts it.
 * @returns False if the going fees are above the limit, and nothing was signed.
 */
export async function submit(
  context: Context,
  payload: Payload,
  data: Hex,
  gasUsed: bigint,
): Promise<boolean> {
  const { account, chain, database, log } = context;
  const signer = account.address.toLowerCase();
  const head = await chain.latest();
  const chainNonce = await chain.nonceAt(account.address, head.number);
  const free = await nextFreeNonce(database, signer);
  if (free > chainNonce) throw new NodeBehindError(chainNonce, free);
  if (!(await submitAt(context, chainNonce, payload, data, gasUsed))) return false;
  log.info(
    { kind: payload.kind, nonce: chainNonce, ...('batch' in payload && { batch: payload.batch }) },
    'signed',
  );
  return true;
}

/** The same at a nonce of the caller's choice. */
export async function submitAt(
  context: Context,
  nonce: number,
  payload: Payload,
  data: Hex,
  gasUsed: bigint,
): Promise<boolean> {
  const { account, chain, database, settings } = context;
  const fees = await chain.fees();
  if (fees.maxFee > settings.maxFee) {
    context.wait('send', aboveLimit(nonce, settings.maxFee));
    return false;
  }
  const roomy = gasUsed + gasUsed / 4n + 20_000n;
  const gas = data === '0x' ? EMPTY_GAS : roomy > MAX_GAS ? MAX_GAS : roomy;
  const attempt = await sign(context, nonce, data, gas, fees);
  const signer = account.address.toLowerCase();
  const id = await withLease(database, await context.lease(), (transaction) =>
    storeTransaction(transaction, chain.ledger, signer, nonce, payload, attempt),
  );
  const { reason } = await broadcast(context, id, attempt.raw as Hex);
  context.wait('send', reason);
  return true;
}

/** Says that fees are more than may be paid; not how much, which would be news with every block. */
export function aboveLimit(nonce: number, limit: bigint): string {
  return `nonce ${nonce} needs higher fees than the limit of ${limit} wei per gas`;
}

/** Stores and broadcasts another attempt for a nonce that is held already. */
export async function resubmit(
  context: Context,
  open: OpenTransaction,
  data: Hex,
  fees: Fees,
): Promise<Reception> {
  const { chain, database, log } = context;
  const gas = data === '0x' ? EMPTY_GAS : (open.attempts.at(-1)?.gas ?? MAX_GAS);
  const attempt = await sign(context, open.nonce, data, gas, fees);
  // The same fees as once before make the same bytes.
  if (!open.attempts.some(({ hash }) => hash === attempt.hash)) {
    await withLease(database, await context.lease(), (transaction) =>
      addAttempt(transaction, chain.ledger, open.id, attempt),
    );
    log.info({ nonce: open.nonce, kind: open.kind, hash: attempt.hash }, 'signed anew');
  }
  return broadcast(context, open.id, attempt.raw as Hex);
}

/** What a node did with bytes. */
export interface Reception {
  /**
   * `held`: it has them, or others of the nonce. `funds`, `fee`: it did not take them, and nothing that is known of says
   * that any node has. `passed`: the nonce is used; the receipts say by what.
   */
  outcome: 'held' | 'funds' | 'fee' | 'passed';
  /** What has to change before it takes them. */
  reason: string | null;
}

/** Hands bytes to the node. Only what it took counts as sent. */
export async function broadcast(context: Context, id: bigint, raw: Hex): Promise<Reception> {
  const { account, chain, database, log } = context;
  let outcome: Reception['outcome'] = 'held';
  let said = '';
  try {
    await chain.broadcast(raw);
  } catch (error) {
    // The node's own words: viem's for an error it has no name for would be taken for some of these.
    said = error instanceof BaseError ? hideAddresses(error.details) : '';
    const recognised = outcomeOf(said);
    if (!recognised) throw error;
    outcome = recognised;
    log.info({ id: id.toString(), outcome, reason: said }, 'what the node says of bytes');
  }
  context.broadcastAt.set(id, Date.now());
  if (outcome !== 'held') context.heldSince.delete(id);
  else if (context.heldSince.get(id)?.raw !== raw) context.heldSince.set(id, { raw, at: Date.now() });
  if (outcome === 'held') await markSent(database, chain.ledger, id);
  if (outcome === 'funds') return { outcome, reason: `${account.address} has too little to pay for gas` };
  return { outcome, reason: outcome === 'fee' ? `the node refuses the fee: ${said}` : null };
}

/** Every kind of node has its own words. */
function outcomeOf(said: string): Reception['outcome'] | undefined {
  if (/insufficient funds/i.test(said)) return 'funds';
  if (/nonce.{0,20}(low|used|old)/i.test(said)) return 'passed';
  if (/already|\bknown\b|replacement/i.test(said)) return 'held';
  if (/underpriced|(fee|gas price).{0,60}(low|less|below)/i.test(said)) return 'fee';
  return undefined;
}
