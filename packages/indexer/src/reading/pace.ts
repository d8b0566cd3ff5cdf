/** How many blocks to ask for at once: more while answers are small and quick, fewer when they are not. Pure. */

export interface Pace {
  /** Blocks to ask for at once. */
  span: number;
  /** The most to try, after a refusal less than the node was seen to refuse. */
  limit: number;
  /** Good answers since the last refusal. */
  calm: number;
}

/** What became of a question. */
export interface Asked {
  /** How many blocks it was about. */
  blocks: number;
  logs: number;
  bytes: number;
  milliseconds: number;
  /** The node gave the logs only in pieces. */
  wasSplit: boolean;
}

const FIRST_SPAN = 2;
const MAX_SPAN = 50_000;

/** What an answer may have: enough that asking costs little, little enough that several fit in memory and nobody waits. */
const FULL: Pick<Asked, 'logs' | 'bytes' | 'milliseconds'> = {
  logs: 3_000,
  bytes: 2 * 2 ** 20,
  milliseconds: 5_000,
};

/** Good answers before more than what was refused is tried again: a node's limits seldom change. */
const CALM = 64;

/** The pace before anything is known; `span` is often a setting. */
export function firstPace(span = FIRST_SPAN): Pace {
  return { span, limit: MAX_SPAN, calm: 0 };
}

/** The pace after a question. */
export function adapt({ span, limit, calm }: Pace, asked: Asked): Pace {
  const half = Math.max(1, Math.floor(asked.blocks / 2));
  if (asked.wasSplit) return { span: Math.min(span, half), limit: half, calm: 0 };
  const load = Math.max(
    asked.logs / FULL.logs,
    asked.bytes / FULL.bytes,
    asked.milliseconds / FULL.milliseconds,
  );
  const isCalm = calm + 1 >= CALM;
  const next = isCalm ? { limit: Math.min(MAX_SPAN, 2 * limit), calm: 0 } : { limit, calm: calm + 1 };
  if (load > 2) return { ...next, span: Math.min(span, half) };
  // Only an answer about as many blocks says whether more would do.
  if (load > 0.5 || asked.blocks < span) return { ...next, span };
  return { ...next, span: Math.min(next.limit, 2 * asked.blocks) };
}
