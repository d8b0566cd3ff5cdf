import { commissionLedgerAbi, saleNumber } from '@plumbline/protocol';
import { type Inclusion, listTransactionReversals, type OpenTransaction } from '@plumbline/store';
import { decodeFunctionData, type Hex, hexToNumber, size, slice } from 'viem';
import type { EventPlace } from '../chain/chain.ts';
import type { Context } from './context.ts';

/** Whether a transaction's effect is on the ledger, and where; `unclear` if the node contradicts itself. */
export async function findOnChain(
  context: Context,
  open: OpenTransaction,
): Promise<Inclusion | 'absent' | 'unclear'> {
  if (open.state === 'voided') return 'absent';
  if (open.kind === 'record') return findRecording(context, open);
  if (open.kind === 'enrol') return findEnrolment(context, open);
  if (open.kind === 'reverse') return findReversal(context, open);
  // A settlement that somebody else made is as good; the books know how far a batch is.
  return 'absent';
}

async function findRecording(context: Context, open: OpenTransaction) {
  const { chain } = context;
  const batch = open.batch ?? 0;
  if ((await chain.counts()).batches < batch) return 'absent';
  return ownEvent(open, await chain.listEvents('BatchRecorded', BigInt(batch)));
}

async function findEnrolment(context: Context, open: OpenTransaction) {
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

async function findReversal(context: Context, open: OpenTransaction) {
  const { chain, database } = context;
  const [reversal] = await listTransactionReversals(database, chain.ledger, open.id);
  if (!reversal || open.batch === null) return 'unclear';
  // A sale may be reversed in parts; others' reversals of it may be newer than ours.
  const places = await chain.listEvents(
    'SaleReversed',
    BigInt(saleNumber({ batch: open.batch, index: reversal.index })),
  );
  const own = ownEvent(open, places);
  if (typeof own === 'object') return own;
  // The batch's digest changes with every reversal: if this one can still be made as it stands, it was not made.
  const outcome = await chain.simulate(context.account.address, lastData(open));
  return 'gas' in outcome ? 'absent' : own;
}

function ownEvent(open: OpenTransaction, places: readonly EventPlace[]): Inclusion | 'absent' | 'unclear' {
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
