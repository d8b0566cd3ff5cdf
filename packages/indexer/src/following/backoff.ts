import { isRefusal, isUnreachable } from './failures.ts';

const MAX_PAUSE_MS = 10_000;

/** Pauses between tries, which double until something succeeds. Refusals are retried only for a limited time. */
export class Backoff {
  readonly #pollMs: number;
  readonly #refusalMs: number;
  #pauseMs: number;
  /** Milliseconds spent waiting for refusals since the last success. */
  #refusedMs = 0;

  /** @param refusalMs Milliseconds to wait, in all, for nodes that refuse. */
  constructor(pollMs: number, refusalMs: number) {
    this.#pollMs = pollMs;
    this.#refusalMs = refusalMs;
    this.#pauseMs = pollMs;
  }

  /** The books have advanced, or are level with the chain. */
  reset(): void {
    this.#pauseMs = this.#pollMs;
    this.#refusedMs = 0;
  }

  /** Milliseconds to wait before trying again what failed with `error`; undefined if there is no use in it. */
  next(error: unknown): number | undefined {
    const refuses = isRefusal(error);
    if (refuses ? this.#refusedMs >= this.#refusalMs : !isUnreachable(error)) return undefined;
    const pauseMs = this.#pauseMs;
    if (refuses) this.#refusedMs += pauseMs;
    this.#pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
    return pauseMs;
  }
}
