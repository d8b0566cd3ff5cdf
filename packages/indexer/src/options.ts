import type { BooksStatus, Database } from '@plumbline/store';
import type { Progress } from './progress.ts';
import type { Finality } from './rpc/chain-head.ts';

export interface IndexerOptions {
  database: Database;
  /** URLs of the chain's nodes, at least one. When a node does not answer, refuses or gives wrong logs, the next takes over. */
  rpcUrls: readonly string[];
  /** Address of the ledger to follow. */
  ledger?: string | undefined;
  /** Address of a factory: all its ledgers are followed, present and future. */
  factory?: string | undefined;
  /** The first block that can hold an entry: the block of the ledger's creation, or any before it. */
  startBlock?: number | undefined;
  /** The last block to read. Without it the chain is followed. */
  untilBlock?: number | undefined;
  /** Which blocks are final. A reorganisation of final blocks stops the work. */
  finality?: Finality | undefined;
  /** Milliseconds between two polls of a chain with nothing new. */
  pollMs?: number | undefined;
  /**
   * Milliseconds to wait, in all, for nodes that refuse (they limit requests, or do not have a block yet) before the work
   * ends with their refusal. One minute by default.
   */
  refusalMs?: number | undefined;
  /** Milliseconds that a node's answer may take. */
  timeoutMs?: number | undefined;
  /** Blocks in the first request for logs. Later requests adapt to the answers. */
  initialRange?: number | undefined;
  /** Entries and sales to write at once: more take more memory, fewer take longer. */
  stretchSize?: number | undefined;
  /** Milliseconds that a database transaction stays open for more of them. Other writers may wait for it. */
  openMs?: number | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Ends the work once what is being written is written. */
  signal?: AbortSignal | undefined;
}

/** What to do when nothing is new. */
export type Idle = () => 'stop' | Promise<'go on'>;

/** Brings the books of one ledger, or of many, level with the chain. */
export interface Follower {
  /**
   * Reads and writes until nothing is new and `idle` says to stop, or the last block to read is in the books.
   * @param onPrepared Called once nodes, ledgers and books are known to belong together.
   * @throws NodesFailedError with the failure of each, if there are several nodes and all fail; else the failure.
   */
  follow(idle: Idle, onPrepared?: () => void): Promise<void>;
  listStatus(): Promise<BooksStatus[]>;
}

export const DEFAULT_POLL_MS = 200;
export const DEFAULT_TIMEOUT_MS = 30_000;
export const DEFAULT_REFUSAL_MS = 60_000;
export const DEFAULT_STRETCH_SIZE = 40_000;
export const DEFAULT_OPEN_MS = 5_000;
