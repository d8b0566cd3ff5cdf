import { PlumblineError } from '@plumbline/protocol';
import {
  addAttempt,
  type NewAttempt,
  nextFreeNonce,
  type OpenTransaction,
  type Payload,
  storeTransaction,
} from '@plumbline/store';
import { type Address, type Hex, keccak256 } from 'viem';
import type { Fees } from '../chain/chain.ts';
import { broadcast, type Reception } from './broadcast.ts';
import { type Context, MAX_GAS } from './context.ts';
import { aboveLimit } from './fees.ts';

/** The node is behind the chain: it does not know a transaction of this signer that was included. */
class NodeBehindError extends PlumblineError {
  override name = 'NodeBehindError';

  constructor(known: number, expected: number) {
    const message = `the node says that nonce ${known} is next, but nonces below ${expected} are on chain already`;
    super('node-behind', message, { retryable: true });
  }
}

/** Gas of an empty transfer. */
const EMPTY_GAS = 21_000n;

/** Signs a call of the ledger, or without data an empty transfer to the signer itself. */
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
 * The signer's next nonce, by a node that knows all that was included.
 * @throws NodeBehindError
 */
export async function readNonce({ account, chain, database, signer }: Context): Promise<number> {
  const head = await chain.latest();
  const chainNonce = await chain.nonceAt(account.address, head.number);
  const free = await nextFreeNonce(database, signer);
  if (free > chainNonce) throw new NodeBehindError(chainNonce, free);
  return chainNonce;
}

/**
 * Signs a new transaction, stores it with its items, and only then broadcasts it.
 * @param gasUsed What the simulation took; more is allowed.
 * @returns False if the going fees are above the limit: nothing was signed.
 * @throws NodeBehindError
 */
export async function submit(
  context: Context,
  payload: Payload,
  data: Hex,
  gasUsed: bigint,
): Promise<boolean> {
  const { log } = context;
  const chainNonce = await readNonce(context);
  if (!(await submitAt(context, chainNonce, payload, data, gasUsed))) return false;
  log.info({ kind: payload.kind, nonce: chainNonce, ...aboutOf(payload) }, 'signed');
  return true;
}

/** What the log says of a payload: the batch or the change that it is about. */
function aboutOf(payload: Payload): { batch?: number; change?: number } {
  if ('batch' in payload) return { batch: payload.batch };
  return 'change' in payload ? { change: payload.change } : {};
}

/** Like `submit`, at a nonce of the caller's choice. */
export async function submitAt(
  context: Context,
  nonce: number,
  payload: Payload,
  data: Hex,
  gasUsed: bigint,
): Promise<boolean> {
  const { chain, settings, signer, write } = context;
  const fees = await chain.fees();
  if (fees.maxFee > settings.maxFee) {
    context.wait('send', aboveLimit(nonce, settings.maxFee));
    return false;
  }
  const roomy = gasUsed + gasUsed / 4n + 20_000n;
  const gas = data === '0x' ? EMPTY_GAS : roomy > MAX_GAS ? MAX_GAS : roomy;
  const attempt = await sign(context, nonce, data, gas, fees);
  const id = await write((transaction) =>
    storeTransaction(transaction, chain.ledger, signer, nonce, payload, attempt),
  );
  const { reason } = await broadcast(context, id, attempt.raw as Hex);
  context.wait('send', reason);
  return true;
}

/** Signs, stores and broadcasts another attempt at the nonce of an open transaction. */
export async function resubmit(
  context: Context,
  open: OpenTransaction,
  data: Hex,
  fees: Fees,
): Promise<Reception> {
  const { chain, log, write } = context;
  const gas = data === '0x' ? EMPTY_GAS : (open.attempts.at(-1)?.gas ?? MAX_GAS);
  const attempt = await sign(context, open.nonce, data, gas, fees);
  // With the fees of an earlier attempt the bytes are the same.
  if (!open.attempts.some(({ hash }) => hash === attempt.hash)) {
    await write((transaction) => addAttempt(transaction, chain.ledger, open.id, attempt));
    log.info({ nonce: open.nonce, kind: open.kind, hash: attempt.hash }, 'signed again');
  }
  return broadcast(context, open.id, attempt.raw as Hex);
}
