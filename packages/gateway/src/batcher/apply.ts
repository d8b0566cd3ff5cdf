import { commissionLedgerAbi } from '@plumbline/protocol';
import { findNextChange, type PendingChange } from '@plumbline/store';
import { encodeFunctionData, type Hex } from 'viem';
import type { Context } from './context.ts';
import { type ItemKind, sendItems } from './send-items.ts';

/** Changes that one call looks at when it passes over those that were cancelled. */
const MAX_SKIPPED = 100;

/**
 * Applies the next change of standing, sponsor or membership once it is effective and the batches recorded before it are
 * settled: later batches settle only then. True if something was done.
 */
export async function apply(context: Context): Promise<boolean> {
  const { chain, database } = context;
  context.wait('apply', null);
  const { next, announced, startsAt, openBatches } = await chain.changes();
  if (startsAt === 0 || openBatches > 0) return false;
  if ((await chain.latest()).timestamp < startsAt) return false;
  const { done, isCancelled } = await chain.changeOf(next);
  if (isCancelled)
    return send(context, cancelledChanges(next), range(0, Math.min(announced - next + 1, MAX_SKIPPED)));
  const change = (await findNextChange(database, chain.ledger))?.change;
  if (change?.change !== next) {
    context.wait('apply', `the books are behind the chain on change ${next}`);
    return false;
  }
  return send(context, recordsOf(change), range(done, change.size));
}

async function send(context: Context, kind: ItemKind<number>, items: readonly number[]): Promise<boolean> {
  const { done, waitsFor } = await sendItems(context, kind, items);
  if (waitsFor !== undefined) context.wait('apply', waitsFor);
  return done;
}

function range(from: number, until: number): number[] {
  return Array.from({ length: until - from }, (_, i) => from + i);
}

/** The records of a change by index: ranks and activity are applied in portions, anything else is one record. */
function recordsOf(change: PendingChange): ItemKind<number> {
  return {
    noun: 'record of the change',
    encode: (indexes) => ({
      payload: { kind: 'apply', change: change.change },
      data: encodeChange(change, (indexes.at(-1) ?? 0) + 1),
    }),
  };
}

function encodeChange(change: PendingChange, until: number): Hex {
  const [abi, number] = [commissionLedgerAbi, BigInt(change.change)];
  if (change.kind === 'standing') {
    const args = [number, change.records, BigInt(until)] as const;
    return encodeFunctionData({ abi, functionName: 'applyStanding', args });
  }
  const id = BigInt(change.id);
  if (change.kind === 'correction') {
    const args = [number, id, BigInt(change.sponsor), change.reason] as const;
    return encodeFunctionData({ abi, functionName: 'applyCorrection', args });
  }
  return encodeFunctionData({ abi, functionName: 'applyEnding', args: [number, id] });
}

/** The changes from `next` on. The ledger itself stops at the first that was not cancelled, but not before one that is not due. */
function cancelledChanges(next: number): ItemKind<number> {
  return {
    noun: 'cancelled change',
    encode: (changes) => ({
      payload: { kind: 'apply', change: next },
      data: encodeFunctionData({
        abi: commissionLedgerAbi,
        functionName: 'skipCancelled',
        args: [BigInt(changes.length)],
      }),
    }),
    fewerMayPass: new Set(['ChangeTooEarly', 'BatchesOpen']),
  };
}
