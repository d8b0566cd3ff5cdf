import { networkHelpers } from './chain.ts';
import { errorNameOf } from './errors.ts';

const STEP = 1_500n;
/** What any transaction costs before its first instruction. */
const LEAST = 40_000n;

/** One call that is made again and again, with more gas each time. */
interface StarvedCall {
  /** What it needs when nothing is kept from it. */
  needed: bigint;
  /** Asks what would become of it. */
  ask(gasLimit: bigint): Promise<unknown>;
  /** Sends it and waits for it. */
  send(gasLimit: bigint): Promise<unknown>;
  /** What has become of it, if it went through. */
  look(): Promise<string>;
  interface: Parameters<typeof errorNameOf>[1];
}

/** Everything that becomes of a call, from too little gas to enough; a refusal by its error, or as `without a word`. */
export async function outcomesByGas(call: StarvedCall): Promise<string[]> {
  const before = await networkHelpers.takeSnapshot();
  const outcomes = new Set<string>();
  for (let gasLimit = LEAST; gasLimit < call.needed + 20_000n; gasLimit += STEP) {
    try {
      await call.send(gasLimit);
      outcomes.add(await call.look());
    } catch {
      const error = await call.ask(gasLimit).catch((reason: unknown) => reason);
      outcomes.add(errorNameOf(error, call.interface) ?? 'without a word');
    }
    await before.restore();
  }
  return [...outcomes].sort();
}
