/** Adapts how many blocks one request for logs asks for: more while answers are small and quick, fewer otherwise. Pure. */

export interface RangeSize {
  /** Blocks to ask for at once. */
  blocks: number;
  /** The most blocks to try; after a refusal, less than the node refused. */
  max: number;
  /** Good answers since the last refusal. */
  streak: number;
}

/** How a request for the logs of some blocks went. */
export interface RangeAnswer {
  blocks: number;
  logs: number;
  bytes: number;
  milliseconds: number;
  /** The node gave the logs only in parts. */
  wasSplit: boolean;
}

const DEFAULT_BLOCKS = 2;
const MAX_BLOCKS = 50_000;

/** A full answer: large enough that requests cost little, small enough that several fit in memory and arrive soon. */
const TARGET: Pick<RangeAnswer, 'logs' | 'bytes' | 'milliseconds'> = {
  logs: 3_000,
  bytes: 2 * 2 ** 20,
  milliseconds: 5_000,
};

/** Good answers before more than what was refused is tried again: the limits of a node seldom change. */
const GOOD_STREAK = 64;

/** The size before anything is known of the node. */
export function initialRangeSize(blocks = DEFAULT_BLOCKS): RangeSize {
  return { blocks, max: MAX_BLOCKS, streak: 0 };
}

/** The size after an answer. */
export function adaptRangeSize({ blocks, max, streak }: RangeSize, answer: RangeAnswer): RangeSize {
  const half = Math.max(1, Math.floor(answer.blocks / 2));
  if (answer.wasSplit) return { blocks: Math.min(blocks, half), max: half, streak: 0 };
  const load = Math.max(
    answer.logs / TARGET.logs,
    answer.bytes / TARGET.bytes,
    answer.milliseconds / TARGET.milliseconds,
  );
  const isGood = streak + 1 >= GOOD_STREAK;
  const next = isGood ? { max: Math.min(MAX_BLOCKS, 2 * max), streak: 0 } : { max, streak: streak + 1 };
  if (load > 2) return { ...next, blocks: Math.min(blocks, half) };
  // Only an answer about this many blocks tells whether more would do.
  if (load > 0.5 || answer.blocks < blocks) return { ...next, blocks };
  return { ...next, blocks: Math.min(next.max, 2 * answer.blocks) };
}
