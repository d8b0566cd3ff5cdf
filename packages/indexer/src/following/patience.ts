import { isConnectionLost } from '@plumbline/store';
import {
  LedgerMissingError,
  NodeRefusedError,
  NodesFailedError,
  NodeUnreachableError,
  WrongChainError,
} from '../errors.ts';

/** The longest pause before something that went away is asked again. */
const LONGEST_PAUSE_MS = 10_000;

/** How long to go on asking what fails. */
export class Patience {
  readonly #pollMs: number;
  readonly #refusalMs: number;
  /** The next pause, and what was waited for refusals since things last went on. */
  #pauseMs: number;
  #refusedMs = 0;

  constructor(pollMs: number, refusalMs: number) {
    this.#pollMs = pollMs;
    this.#refusalMs = refusalMs;
    this.#pauseMs = pollMs;
  }

  /** The books are level with the chain, or nearer to it. */
  goesOn(): void {
    this.#pauseMs = this.#pollMs;
    this.#refusedMs = 0;
  }

  /** Milliseconds to wait before what failed with `error` is tried again; undefined if that is no use. */
  pauseAfter(error: unknown): number | undefined {
    const refuses = isRefusal(error);
    if (refuses ? this.#refusedMs >= this.#refusalMs : !isAway(error)) return undefined;
    const pauseMs = this.#pauseMs;
    if (refuses) this.#refusedMs += pauseMs;
    this.#pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    return pauseMs;
  }
}

/** Whether another node might do what failed with `error`. */
export function isOfNode(error: unknown): error is Error {
  return (
    error instanceof NodeUnreachableError ||
    error instanceof NodeRefusedError ||
    error instanceof LedgerMissingError ||
    error instanceof WrongChainError
  );
}

/** Whether what failed with `error` may be done later. */
export function mayPass(error: unknown): boolean {
  return isAway(error) || isRefusal(error);
}

/** Whether something that may come back is away. */
function isAway(error: unknown): boolean {
  if (error instanceof NodesFailedError) return [...error.said.values()].some(isAway);
  return error instanceof NodeUnreachableError || isConnectionLost(error);
}

/** Whether the node refused to answer, and not what it answered was wrong. */
function isRefusal(error: unknown): boolean {
  if (error instanceof NodesFailedError) {
    return [...error.said.values()].some(isRefusal) && !isAway(error);
  }
  return (
    error instanceof NodeRefusedError ||
    (error instanceof LedgerMissingError && error.cause instanceof NodeRefusedError)
  );
}
