import { commissionLedgerAbi, recorderOfBatch, saleNumber, sequenceOfBatch } from '@plumbline/protocol';
import {
  type Inclusion,
  listTransactionReversals,
  markDisplaced,
  markIncluded,
  noteProblem,
  type OpenTransaction,
} from '@plumbline/store';
import { decodeFunctionData, type Hex, hexToNumber, size, slice } from 'viem';
import type { BlockHead, EventPlace } from '../chain/chain.ts';
import { type Context, forget } from './context.ts';

/** How often the batcher must see a nonce used by another transaction before it believes it. */
const MIN_SIGHTINGS = 3;

/**
 * Finds out what became of a transaction whose nonce is used but which has no receipt. Only the ledger's own state counts:
 * the receipt may merely be missing, and items that went in must not go in again.
 * @returns Whether that is now stored.
 */
export async function handleUsedNonce(
  context: Context,
  head: BlockHead,
  open: OpenTransaction,
  nonce: number,
): Promise<boolean> {
  const sightings = (context.displacedSightings.get(open.id) ?? 0) + 1;
  context.displacedSightings.set(open.id, sightings);
  if (sightings < MIN_SIGHTINGS) return false;
  const { chain, database, log, write } = context;
  const found = await findOnChain(context, open);
  if (found === 'unclear') {
    const problem = `nonce ${open.nonce} is used, but the node has no receipt; it is unclear whether the transaction went in`;
    await noteProblem(database, chain.ledger, open.id, problem);
    context.wait('send', problem);
    return false;
  }
  const reason = `nonce ${open.nonce} was used by another transaction`;
  await write((transaction) =>
    found === 'absent'
      ? markDisplaced(transaction, chain.ledger, open.id, reason)
      : markIncluded(transaction, chain.ledger, open.id, found),
  );
  forget(context, open.id);
  context.wait('send', null);
  log.warn(
    { kind: open.kind, nonce: open.nonce, next: nonce, block: head.number.toString() },
    'nonce used by another transaction',
  );
  return true;
}

/** Where a transaction stands on chain; `unclear` if the node contradicts itself. */
type Evidence = Inclusion | 'absent' | 'unclear';

/** Whether a transaction's effect is on the ledger, and where. */
async function findOnChain(context: Context, open: OpenTransaction): Promise<Evidence> {
  if (open.state === 'voided') return 'absent';
  if (open.kind === 'record') return findRecording(context, open);
  if (open.kind === 'enrol') return findEnrolment(context, open);
  if (open.kind === 'reverse') return findReversal(context, open);
  // A settlement or an application by another account does as well; both begin with how far the ledger is.
  return 'absent';
}

async function findRecording({ chain }: Context, open: OpenTransaction): Promise<Evidence> {
  const batch = open.batch ?? 0;
  if ((await chain.lastSequence(recorderOfBatch(batch))) < sequenceOfBatch(batch)) return 'absent';
  return ownEvent(open, await chain.listEvents('BatchRecorded', BigInt(batch)));
}

async function findEnrolment(context: Context, open: OpenTransaction): Promise<Evidence> {
  const { chain } = context;
  const call = decodeFunctionData({ abi: commissionLedgerAbi, data: lastData(open) });
  const distributors = call.functionName === 'enrol' ? call.args[0] : '0x';
  if (size(distributors) === 0) return 'unclear';
  const first = hexToNumber(slice(distributors, 0, 4));
  const places = await chain.listEvents('Enrolled', BigInt(first));
  if (places.length > 0) return ownEvent(open, places);
  const outcome = await chain.simulate(context.account.address, lastData(open));
  return 'gas' in outcome ? 'absent' : 'unclear';
}

async function findReversal(context: Context, open: OpenTransaction): Promise<Evidence> {
  const { chain, database } = context;
  const [reversal] = await listTransactionReversals(database, chain.ledger, open.id);
  if (!reversal || open.batch === null) return 'unclear';
  // A sale may be reversed in parts, and other reversals of it may be newer than this one.
  const places = await chain.listEvents(
    'SaleReversed',
    BigInt(saleNumber({ batch: open.batch, index: reversal.index })),
  );
  const own = ownEvent(open, places);
  if (typeof own === 'object') return own;
  // The root of the batch changes with every reversal: if this call still passes as it stands, it was not made.
  const outcome = await chain.simulate(context.account.address, lastData(open));
  return 'gas' in outcome ? 'absent' : own;
}

function ownEvent(open: OpenTransaction, places: readonly EventPlace[]): Evidence {
  if (places.length === 0) return 'unclear';
  const place = places.find(({ transactionHash }) =>
    open.attempts.some(({ hash }) => hash === transactionHash),
  );
  if (!place) return 'absent';
  return { hash: place.transactionHash, blockNumber: place.blockNumber, blockHash: place.blockHash };
}

function lastData(open: OpenTransaction): Hex {
  return (open.attempts.at(-1)?.data ?? '0x') as Hex;
}
