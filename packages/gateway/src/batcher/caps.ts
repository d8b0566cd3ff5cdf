import type { Refusal } from '../chain/refusal.ts';
import type { Context } from './context.ts';
import type { Verdict } from './send-items.ts';

/** The refusals of a recorder's caps: fewer items may still be inside them. */
export const CAP_REFUSALS: ReadonlySet<string> = new Set(['CapExceeded', 'CountExceeded']);

/** What is used of a cap comes back with time, but a recorder never has more than half of its cap at once. */
export async function judgeCap(
  { chain, account }: Context,
  { name, args }: Refusal,
): Promise<Verdict | undefined> {
  if (!CAP_REFUSALS.has(name)) return undefined;
  const { cap, countCap } = await chain.recorderOf(account.address);
  const [whole, noun] = name === 'CapExceeded' ? [cap, 'cap'] : [countCap, 'count cap'];
  const needed = BigInt(String(args[1]));
  if (needed <= whole / 2n) return undefined;
  return {
    waitsFor: `the recorder's ${noun} of ${whole} lets half of it through at once, not ${needed}; raise the cap`,
  };
}
