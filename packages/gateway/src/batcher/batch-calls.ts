import { chunkReversals, commissionLedgerAbi, type ReversalRecord } from '@plumbline/protocol';
import type { Batch } from '@plumbline/store';
import { decodeFunctionData, encodeFunctionData, type Hex } from 'viem';

/** The calls that name a recorded batch by its contents: the ledger keeps only a digest of them. */

const abi = commissionLedgerAbi;

/** A call that reverses sales of a batch. `present`: its records as the reversals on chain have left them. */
export function encodeReverse(batch: Batch, present: Hex, reversals: readonly ReversalRecord[]): Hex {
  const args = [
    BigInt(batch.batch),
    BigInt(batch.plan),
    BigInt(batch.recordedAt),
    BigInt(batch.count),
    chunkReversals(present, reversals),
  ] as const;
  return encodeFunctionData({ abi, functionName: 'reverse', args });
}

/** A call that settles the sales of a batch up to the index `until`, exclusive; `present` as above. */
export function encodeSettle(batch: Batch, present: Hex, until: number): Hex {
  const args = [
    BigInt(batch.batch),
    present,
    BigInt(batch.plan),
    BigInt(batch.recordedAt),
    BigInt(until),
  ] as const;
  return encodeFunctionData({ abi, functionName: 'settle', args });
}

/** The same call for a batch that was included again: it has another time, and perhaps another plan. */
export function updateCall(data: Hex, batch: Batch): Hex {
  const { functionName, args } = decodeFunctionData({ abi, data });
  const [plan, recordedAt] = [BigInt(batch.plan), BigInt(batch.recordedAt)];
  if (functionName === 'reverse') {
    const [number, , , count, chunks] = args;
    return encodeFunctionData({ abi, functionName, args: [number, plan, recordedAt, count, chunks] });
  }
  if (functionName === 'settle') {
    const [number, records, , , until] = args;
    return encodeFunctionData({ abi, functionName, args: [number, records, plan, recordedAt, until] });
  }
  return data;
}
