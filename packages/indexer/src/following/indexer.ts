import { setTimeout as delay } from 'node:timers/promises';
import type { BooksStatus } from '@plumbline/store';
import { DEFAULT_POLL_MS, DEFAULT_REFUSAL_MS, type Follower, type IndexerOptions } from '../options.ts';
import type { Progress } from '../progress.ts';
import { Backoff } from './backoff.ts';
import { Coordinator } from './coordinator.ts';
import { Endpoints } from './endpoints.ts';
import { LedgerFollower } from './follower.ts';

export interface Indexer {
  /**
   * Follows the chain until the signal ends it or the last block is in the books. Waits for nodes and a database that go
   * away, and for a limited time for nodes that refuse.
   */
  run(): Promise<void>;
  /** Reads up to the newest block, once. */
  syncOnce(): Promise<BooksStatus[]>;
}

/**
 * An indexer of one ledger, or of all ledgers of a factory. Its promises reject when the chain, the nodes or the database
 * are not what they should be. Nothing that was refused is written.
 */
export function createIndexer(options: IndexerOptions): Indexer {
  return new RetryingIndexer(options);
}

function createFollower(options: IndexerOptions): Follower {
  const { ledger, factory } = options;
  const endpoints = Endpoints.of(options);
  if (factory !== undefined) return new Coordinator({ ...options, factory }, endpoints);
  if (ledger === undefined) throw new Error('an indexer needs the address of a ledger or of a factory');
  return new LedgerFollower({ ...options, ledger }, endpoints);
}

/** Retries the work after temporary failures. */
class RetryingIndexer implements Indexer {
  readonly #options: IndexerOptions;
  readonly #follower: Follower;
  readonly #pollMs: number;
  readonly #backoff: Backoff;

  constructor(options: IndexerOptions) {
    this.#options = options;
    this.#pollMs = options.pollMs ?? DEFAULT_POLL_MS;
    this.#backoff = new Backoff(this.#pollMs, options.refusalMs ?? DEFAULT_REFUSAL_MS);
    const onProgress = (progress: Progress) => {
      if (progress.event === 'read') this.#backoff.reset();
      options.onProgress?.(progress);
    };
    this.#follower = createFollower({ ...options, onProgress });
  }

  async syncOnce(): Promise<BooksStatus[]> {
    await this.#follower.follow(() => 'stop');
    return this.#follower.listStatus();
  }

  async run(): Promise<void> {
    const { signal, onProgress } = this.#options;
    const wait = async (ms: number) => {
      await delay(ms, undefined, { signal });
      return 'go on' as const;
    };
    const idle = () => {
      this.#backoff.reset();
      return wait(this.#pollMs);
    };
    let isReady = false;
    const onPrepared = () => {
      if (!isReady) onProgress?.({ event: 'ready' });
      isReady = true;
    };
    try {
      for (;;) {
        try {
          return await this.#follower.follow(idle, onPrepared);
        } catch (error) {
          // A failure at the start is more likely a wrong setting than an outage.
          const pauseMs = isReady ? this.#backoff.next(error) : undefined;
          if (pauseMs === undefined) throw error;
          onProgress?.({ event: 'waiting', reason: (error as Error).message });
          await wait(pauseMs);
        }
      }
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  }
}
