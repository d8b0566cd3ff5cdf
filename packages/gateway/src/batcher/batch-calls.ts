import { commissionLedgerAbi } from '@plumbline/protocol';
import type { Batch } from '@plumbline/store';
import { decodeFunctionData, encodeFunctionData, type Hex } from 'viem';

/** The calls that name a recorded batch by its contents: the ledger keeps only a digest of them. */

const abi = commissionLedgerAbi;

/** Both calls begin with these. `reversals`: those of the batch that are on chain. */
function batchArguments(batch: Batch, reversals: Hex) {
  return [
    BigInt(batch.batch),
    BigInt(batch.plan),
    BigInt(batch.recordedAt),
    batch.records,
    reversals,
  ] as const;
}

/** A call that reverses `added`, after the reversals that are on chain. */
export function encodeReverse(batch: Batch, reversals: Hex, added: Hex): Hex {
  const args = [...batchArguments(batch, reversals), added] as const;
  return encodeFunctionData({ abi, functionName: 'reverse', args });
}

/** A call that settles the sales of a batch up to the index `until`, exclusive. */
export function encodeSettle(batch: Batch, reversals: Hex, until: number): Hex {
  const args = [...batchArguments(batch, reversals), BigInt(until)] as const;
  return encodeFunctionData({ abi, functionName: 'settle', args });
}

/** The same call for a batch that was included again: it has another time, and perhaps another plan. */
export function updateCall(data: Hex, batch: Batch): Hex {
  const { functionName, args } = decodeFunctionData({ abi, data });
  if (functionName !== 'reverse' && functionName !== 'settle') return data;
  const [number, , , ...rest] = args;
  const updated = [number, BigInt(batch.plan), BigInt(batch.recordedAt), ...rest];
  return encodeFunctionData({ abi, functionName, args: updated } as Parameters<typeof encodeFunctionData>[0]);
}
