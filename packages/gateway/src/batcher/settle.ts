import { commissionLedgerAbi, encodeReversals } from '@plumbline/protocol';
import { type Batch, findSettledUntil, listDueBatches, listReversals } from '@plumbline/store';
import { encodeFunctionData, type Hex } from 'viem';
import { conditionOf } from '../chain/refusal.ts';
import { type Context, FULL_GAS } from './context.ts';
import { submit } from './send.ts';

/** Batches looked at in one go. */
const LOOK_AHEAD = 20;

/** Settles the next batch whose return window has ended, whoever recorded it. True if something was done. */
export async function settle(context: Context): Promise<boolean> {
  const { chain, database } = context;
  const { timestamp } = await chain.latest();
  context.wait('settle', null);
  for (const batch of await listDueBatches(database, chain.ledger, timestamp, LOOK_AHEAD)) {
    const settled = Math.max(batch.settled, await findSettledUntil(database, chain.ledger, batch.batch));
    if (settled < batch.count && (await send(context, batch, settled, batch.count))) return true;
  }
  return false;
}

async function send(context: Context, batch: Batch, settled: number, until: number): Promise<boolean> {
  const { chain, account, database } = context;
  const reversals = encodeReversals(await listReversals(database, chain.ledger, batch.batch));
  const data = settleData(batch, reversals, until);
  const outcome = await chain.simulate(account.address, data);
  if ('gas' in outcome && outcome.gas <= FULL_GAS) {
    return submit(context, { kind: 'settle', batch: batch.batch, until }, data, outcome.gas);
  }
  const tooLarge = 'gas' in outcome || outcome.refusal.name === 'OutOfGas';
  if (tooLarge && until - settled > 1) {
    return send(context, batch, settled, settled + Math.ceil((until - settled) / 2));
  }
  // Settled by somebody else, or a moment ago: the books will say so. Anything else is for a distributor to look at.
  if (!tooLarge) context.wait('settle', conditionOf(outcome.refusal) ?? outcome.refusal.text);
  return false;
}

function settleData(batch: Batch, reversals: Hex, until: number): Hex {
  return encodeFunctionData({
    abi: commissionLedgerAbi,
    functionName: 'settle',
    args: [
      BigInt(batch.batch),
      BigInt(batch.plan),
      BigInt(batch.recordedAt),
      batch.records,
      reversals,
      BigInt(until),
    ],
  });
}
