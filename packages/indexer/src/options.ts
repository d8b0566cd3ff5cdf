import type { BooksStatus, Database } from '@plumbline/store';
import type { Progress } from './progress.ts';
import type { Finality } from './rpc/chain-head.ts';

export interface IndexerOptions {
  database: Database;
  /** The nodes of the chain, at least one: another is asked when one does not answer, refuses, or is false. */
  rpcUrls: readonly string[];
  /** Address of the ledger to follow. */
  ledger?: string | undefined;
  /** Address of a factory: every ledger that it has created, or will, is followed. */
  factory?: string | undefined;
  /** The first block that can hold an entry: the block of the ledger's creation, or any before it. */
  startBlock?: number | undefined;
  /** The last block to read; without it the chain is followed. */
  untilBlock?: number | undefined;
  /** Which blocks are final: a reorganisation below one stops the work. */
  finality?: Finality | undefined;
  /** Milliseconds between two looks at a chain with nothing new. */
  pollMs?: number | undefined;
  /**
   * Milliseconds to wait, all in all, for nodes that refuse what they are asked (they limit how often, or have not heard
   * of a block yet) before the work ends with their refusal; one minute if not given.
   */
  refusalMs?: number | undefined;
  /** Milliseconds that an answer may take. */
  timeoutMs?: number | undefined;
  /** Blocks to ask for at first; how many later depends on the answers. */
  firstSpan?: number | undefined;
  /** Entries, and sales in them, to write at once: more takes more memory, fewer takes longer. */
  stretchSize?: number | undefined;
  /** Milliseconds for which a transaction is kept open for more of them: others may wait for it. */
  openMs?: number | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Ends the work after what is being written. */
  signal?: AbortSignal | undefined;
}

/** What to do when nothing is new. */
export type Idle = () => 'stop' | Promise<'go on'>;

/** Brings the books of one ledger, or of many, level with the chain. */
export interface Follower {
  /**
   * Reads and writes until nothing is new and `idle` says to stop, or the last block to read is in the books.
   * @param onPrepared Called when nodes, ledgers and books are found to belong together.
   * @throws an error that says what is wrong, and, of several nodes, with each.
   */
  follow(idle: Idle, onPrepared?: () => void): Promise<void>;
  listStatus(): Promise<BooksStatus[]>;
}

export const POLL_MS = 200;
export const TIMEOUT_MS = 30_000;
export const REFUSAL_MS = 60_000;
export const STRETCH_SIZE = 40_000;
export const OPEN_MS = 5_000;
