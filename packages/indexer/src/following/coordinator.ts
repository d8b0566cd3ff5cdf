import { setTimeout as delay } from 'node:timers/promises';
import { type BooksStatus, migrate } from '@plumbline/store';
import type { Address, Hex } from 'viem';
import { ChainMovedError, LedgersFailedError } from '../errors.ts';
import {
  DEFAULT_POLL_MS,
  DEFAULT_STRETCH_SIZE,
  type Follower,
  type Idle,
  type IndexerOptions,
} from '../options.ts';
import { isInvalidJournal } from '../reading/verify.ts';
import { type ChainHead, fetchChainHead } from '../rpc/chain-head.ts';
import { Endpoints } from './endpoints.ts';
import { checkFactory, listActive, listCreated } from './factory.ts';
import { isNodeFailure, isTemporary } from './failures.ts';
import { LedgerFollower } from './follower.ts';

/** Ledgers that are read at the same time. */
const MAX_CONCURRENT = 4;

/** After so many blocks without news, a ledger is read anyway and checked against its contract. */
const IDLE_BLOCKS = 500;

/** The pause before a failed ledger is tried again. It doubles each time. */
const INITIAL_PAUSE_MS = 10_000;
const MAX_PAUSE_MS = 600_000;

/** A ledger and the state of its work. */
interface Tracked {
  follower: LedgerFollower;
  /** It may have something new. */
  isDue: boolean;
  isRunning: boolean;
  /** Where its books stand. */
  number: number;
  failure: { error: Error; retryAt: number; pauseMs: number } | undefined;
}

type CoordinatorOptions = IndexerOptions & { factory: string };

/**
 * Follows every ledger of a factory. One look at the chain and one request for all ledgers show which have something new;
 * only these are read. A ledger that fails does not stop the others.
 */
export class Coordinator implements Follower {
  readonly #options: CoordinatorOptions;
  readonly #endpoints: Endpoints;
  readonly #factory: Address;
  readonly #ledgers = new Map<Address, Tracked>();
  readonly #running = new Set<Promise<void>>();
  /** The newest block at the last look. Only blocks after it are searched for news. */
  #seen: { number: number; hash: Hex } | undefined;
  /** A temporary failure, which holds up all ledgers. */
  #outage: unknown;

  constructor(options: CoordinatorOptions, endpoints: Endpoints) {
    this.#options = options;
    this.#endpoints = endpoints;
    this.#factory = options.factory.toLowerCase() as Address;
  }

  async listStatus(): Promise<BooksStatus[]> {
    return Promise.all([...this.#ledgers.values()].map(({ follower }) => follower.getStatus()));
  }

  async follow(idle: Idle, onPrepared: () => void = () => {}): Promise<void> {
    const { signal, database } = this.#options;
    this.#outage = undefined;
    this.#seen = undefined;
    let isPrepared = false;
    try {
      for (;;) {
        signal?.throwIfAborted();
        try {
          if (!isPrepared) {
            await migrate(database);
            await checkFactory(this.#endpoints.node, this.#factory);
          }
          await this.#look();
          if (!isPrepared) onPrepared();
          isPrepared = true;
        } catch (error) {
          if (!isNodeFailure(error) && !isInvalidJournal(error) && !(error instanceof ChainMovedError))
            throw error;
          if (!this.#endpoints.failOver(error)) throw this.#endpoints.summarize(error);
          continue;
        }
        this.#start();
        if (this.#outage !== undefined) throw this.#outage;
        if (this.#running.size > 0) {
          await Promise.race([...this.#running, this.#pause()]);
          continue;
        }
        this.#endpoints.recover();
        if (this.#isDone() || (await idle()) === 'stop') return this.#finish();
      }
    } finally {
      await Promise.all(this.#running);
    }
  }

  /** Looks at the chain for new ledgers, and for ledgers with something new. */
  async #look(): Promise<void> {
    const { node } = this.#endpoints;
    const seen = this.#seen;
    const view = await fetchChainHead(node, seen?.number ?? 0, this.#options.finality ?? 'finalized');
    const tip = Math.min(view.tip, this.#options.untilBlock ?? view.tip);
    const isSame = seen !== undefined && view.positionHash === seen.hash;
    const from = isSame ? seen.number + 1 : (this.#options.startBlock ?? 0);
    if (tip >= from) {
      await this.#find(from, tip);
      await this.#markDue(isSame ? { from, to: tip } : undefined, tip);
    }
    this.#seen = await this.#seenAt(view, tip);
  }

  async #seenAt(view: ChainHead, tip: number): Promise<{ number: number; hash: Hex } | undefined> {
    if (tip === view.tip) return { number: tip, hash: view.tipHash };
    const { positionHash } = await fetchChainHead(this.#endpoints.node, tip, 0);
    return positionHash === null ? undefined : { number: tip, hash: positionHash };
  }

  async #find(from: number, to: number): Promise<void> {
    for (const { ledger, block } of await listCreated(this.#endpoints.node, this.#factory, from, to)) {
      if (this.#ledgers.has(ledger)) continue;
      const stretchSize = this.#options.stretchSize ?? DEFAULT_STRETCH_SIZE / MAX_CONCURRENT;
      const follower = new LedgerFollower(
        { ...this.#options, ledger, startBlock: block, stretchSize },
        new Endpoints(this.#endpoints.nodes),
      );
      const fresh = { follower, isDue: true, isRunning: false, number: block - 1, failure: undefined };
      this.#ledgers.set(ledger, fresh);
      this.#options.onProgress?.({ event: 'found', ledger, block });
    }
  }

  /** @param fresh The new blocks; undefined if the chain is not the one that was seen before. */
  async #markDue(fresh: { from: number; to: number } | undefined, tip: number): Promise<void> {
    const known = [...this.#ledgers.values()];
    const asked = known.filter(({ isDue }) => !isDue);
    const ledgers = asked.map(({ follower }) => follower.ledger);
    const active =
      fresh && ledgers.length > 0
        ? await listActive(this.#endpoints.node, ledgers, fresh.from, fresh.to)
        : undefined;
    for (const tracked of asked) {
      const isLate = tip - tracked.number >= IDLE_BLOCKS;
      if (!fresh || isLate || active?.has(tracked.follower.ledger)) tracked.isDue = true;
    }
  }

  /** Starts the ledgers that are due, up to the limit. */
  #start(): void {
    for (const tracked of this.#ledgers.values()) {
      if (this.#running.size >= MAX_CONCURRENT) return;
      if (!tracked.isDue || tracked.isRunning || (tracked.failure?.retryAt ?? 0) > Date.now()) continue;
      tracked.isRunning = true;
      const work = this.#bringUp(tracked).finally(() => {
        tracked.isRunning = false;
        this.#running.delete(work);
      });
      this.#running.add(work);
    }
  }

  async #bringUp(tracked: Tracked): Promise<void> {
    // The next look sees what is new from now on.
    tracked.isDue = false;
    try {
      await tracked.follower.follow(() => 'stop');
      tracked.number = (await tracked.follower.getStatus()).blockNumber;
      tracked.failure = undefined;
    } catch (error) {
      tracked.isDue = true;
      if (this.#options.signal?.aborted) return;
      if (isTemporary(error)) {
        this.#outage = error;
        return;
      }
      this.#fail(tracked, error as Error);
    }
  }

  #fail(tracked: Tracked, error: Error): void {
    const pauseMs = Math.min(2 * (tracked.failure?.pauseMs ?? INITIAL_PAUSE_MS / 2), MAX_PAUSE_MS);
    tracked.failure = { error, retryAt: Date.now() + pauseMs, pauseMs };
    const { ledger } = tracked.follower;
    this.#options.onProgress?.({ event: 'failed', ledger, reason: error.message });
  }

  #isDone(): boolean {
    const { untilBlock } = this.#options;
    if (untilBlock === undefined || (this.#seen?.number ?? -1) < untilBlock) return false;
    return [...this.#ledgers.values()].every(({ isDue, failure }) => !isDue || failure !== undefined);
  }

  /** @throws LedgersFailedError if some ledgers failed. */
  #finish(): void {
    const failed = [...this.#ledgers.values()].flatMap(({ failure }) => failure?.error ?? []);
    if (failed.length > 0) throw new LedgersFailedError(failed, this.#ledgers.size);
  }

  #pause(): Promise<void> {
    const { pollMs, signal } = this.#options;
    return delay(pollMs ?? DEFAULT_POLL_MS, undefined, { signal });
  }
}
