import { setTimeout as delay } from 'node:timers/promises';
import type { BooksStatus } from '@plumbline/store';
import { type Follower, type IndexerOptions, POLL_MS, REFUSAL_MS } from '../options.ts';
import type { Progress } from '../progress.ts';
import { Coordinator } from './coordinator.ts';
import { Endpoints } from './endpoints.ts';
import { LedgerFollower } from './follower.ts';
import { Patience } from './patience.ts';

export interface Indexer {
  /**
   * Follows the chain until the signal ends it, or its last block is in the books; nodes or a database that go away are
   * waited for, and for a while nodes that refuse.
   */
  run(): Promise<void>;
  /** Reads up to the newest block, once. */
  syncOnce(): Promise<BooksStatus[]>;
}

/**
 * An indexer of one ledger, or of all ledgers of a factory. Its promises reject with an error that says what is wrong when
 * the chain, the nodes or the database are not what they should be; nothing of what was refused is written.
 */
export function createIndexer(options: IndexerOptions): Indexer {
  return new PatientIndexer(options);
}

function followerOf(options: IndexerOptions): Follower {
  const { ledger, factory } = options;
  const endpoints = Endpoints.of(options);
  if (factory !== undefined) return new Coordinator({ ...options, factory }, endpoints);
  if (ledger === undefined) throw new Error('an indexer needs the address of a ledger or of a factory');
  return new LedgerFollower({ ...options, ledger }, endpoints);
}

/** Waits for what goes away. */
class PatientIndexer implements Indexer {
  readonly #options: IndexerOptions;
  readonly #follower: Follower;
  readonly #pollMs: number;
  readonly #patience: Patience;

  constructor(options: IndexerOptions) {
    this.#options = options;
    this.#pollMs = options.pollMs ?? POLL_MS;
    this.#patience = new Patience(this.#pollMs, options.refusalMs ?? REFUSAL_MS);
    const onProgress = (progress: Progress) => {
      if (progress.event === 'read') this.#patience.goesOn();
      options.onProgress?.(progress);
    };
    this.#follower = followerOf({ ...options, onProgress });
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
      this.#patience.goesOn();
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
          // What is not there at the start is more likely a wrong setting than an outage.
          const pauseMs = isReady ? this.#patience.pauseAfter(error) : undefined;
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
