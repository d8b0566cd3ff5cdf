import type { Payload } from '@plumbline/store';
import type { Hex } from 'viem';
import { conditionOf, type Refusal } from '../chain/refusal.ts';
import { type BatcherSettings, type Context, FULL_GAS } from './context.ts';
import { submit } from './submit.ts';

/** What sets the items of one task apart; `sendItems` does the rest. */
export interface ItemKind<Item> {
  /** What one of them is called, e.g. `sale`. */
  noun: string;
  /** The call of the ledger with these items. */
  encode(items: readonly Item[]): { payload: Payload; data: Hex };
  /** Errors of the ledger, beside running out of gas, that a call with fewer items may not meet. */
  fewerMayPass?: ReadonlySet<string>;
  /** What a refusal means, where it is not what it means for every kind. */
  judge?(refusal: Refusal): Verdict | undefined | Promise<Verdict | undefined>;
  /** Refuses items for good. Without it no item is bad: whatever the ledger says is waited for. */
  refuse?(items: readonly Item[], reason: string): Promise<void>;
}

/** What follows from a refusal of the ledger, if anything but one bad item is at fault. */
export interface Verdict {
  waitsFor?: string;
  /** Reason to refuse all items of the call. */
  refuseAll?: string;
}

/** Whether something was done; if not, what has to change first. */
export interface Outcome {
  done: boolean;
  waitsFor?: string;
}

/** Whether a call goes out now: it is full, or its oldest item has waited long enough. */
export function isDue(settings: BatcherSettings, size: number, count: number, oldestMs: number): boolean {
  return count > 0 && (count >= size || oldestMs >= settings.batchAgeMs);
}

/**
 * Sends items in one call: the first half of them while they are too many for one, and so on. If the ledger refuses the
 * call, it waits for what has to change, or refuses the first bad item.
 */
export async function sendItems<Item>(
  context: Context,
  kind: ItemKind<Item>,
  items: readonly Item[],
): Promise<Outcome> {
  const { chain, account } = context;
  const call = kind.encode(items);
  const simulated = await chain.simulate(account.address, call.data);
  if ('gas' in simulated && simulated.gas <= FULL_GAS) {
    return { done: await submit(context, call.payload, call.data, simulated.gas) };
  }
  const tooLarge =
    'gas' in simulated ||
    simulated.refusal.name === 'OutOfGas' ||
    kind.fewerMayPass?.has(simulated.refusal.name);
  if (tooLarge && items.length > 1) {
    return sendItems(context, kind, items.slice(0, Math.ceil(items.length / 2)));
  }
  if ('gas' in simulated) {
    return { done: false, waitsFor: `one ${kind.noun} alone needs ${simulated.gas} gas` };
  }
  const { refusal } = simulated;
  const { waitsFor, refuseAll } = (await kind.judge?.(refusal)) ?? { waitsFor: conditionOf(refusal) };
  if (waitsFor !== undefined || !kind.refuse) return { done: false, waitsFor: waitsFor ?? refusal.text };
  if (refuseAll !== undefined) await kind.refuse(items, refuseAll);
  else await refuseBadItem(context, kind, items);
  return { done: true };
}

async function refuseBadItem<Item>(
  { chain, account }: Context,
  kind: ItemKind<Item>,
  items: readonly Item[],
): Promise<void> {
  const simulate = (n: number) => chain.simulate(account.address, kind.encode(items.slice(0, n)).data);
  const bad = await findBadItem(items.length, async (n) => {
    const part = await simulate(n);
    // What has to be waited for is no item's fault.
    return 'gas' in part || conditionOf(part.refusal) !== undefined;
  });
  const upToIt = await simulate(bad + 1);
  if ('gas' in upToIt) return;
  const reason = `the ledger refuses the ${kind.noun}: ${upToIt.refusal.text}`;
  await kind.refuse?.(items.slice(bad, bad + 1), reason);
}

/**
 * Finds the item that makes a list fail, where the items before it pass: calls work through their items in order.
 * @param count Items of a list that fails.
 * @param passes Whether the first `n` items pass, for 1 <= n < count.
 * @returns Index of the first bad item.
 */
export async function findBadItem(count: number, passes: (n: number) => Promise<boolean>): Promise<number> {
  let good = 0;
  let bad = count;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (await passes(middle)) good = middle;
    else bad = middle;
  }
  return bad - 1;
}
