import { setTimeout as delay } from 'node:timers/promises';
import { type BooksStatus, migrate } from '@plumbline/store';
import type { Address, Hex } from 'viem';
import { ChainMovedError, LedgersFailedError } from '../errors.ts';
import { type Follower, type Idle, type IndexerOptions, POLL_MS, STRETCH_SIZE } from '../options.ts';
import { isFalse } from '../reading/verify.ts';
import { type ChainView, lookAt } from '../rpc/chain-head.ts';
import { Endpoints } from './endpoints.ts';
import { checkFactory, listActive, listCreated } from './factory.ts';
import { LedgerFollower } from './follower.ts';
import { isOfNode, mayPass } from './patience.ts';

/** Ledgers that are read at the same time. */
const AT_ONCE = 4;

/** Blocks after which the books of a ledger without anything new are moved on and held against the contract. */
const IDLE_BLOCKS = 500;

/** The pause before a ledger that failed is tried again, which doubles each time, and the longest. */
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 600_000;

/** A ledger, and what is to be done with it. */
interface Tracked {
  follower: LedgerFollower;
  /** There may be something new. */
  isDue: boolean;
  isRunning: boolean;
  /** Where its books stand. */
  number: number;
  failure: { error: Error; retryAt: number; pauseMs: number } | undefined;
}

type CoordinatorOptions = IndexerOptions & { factory: string };

/**
 * Follows every ledger of a factory. One look at the chain and one question about all ledgers say which of them have
 * something new; only these read. A ledger that fails does not stop the others.
 */
export class Coordinator implements Follower {
  readonly #options: CoordinatorOptions;
  readonly #endpoints: Endpoints;
  readonly #factory: Address;
  readonly #ledgers = new Map<Address, Tracked>();
  readonly #running = new Set<Promise<void>>();
  /** The newest block at the last look: who was level with it is told of later ones. */
  #seen: { number: number; hash: Hex } | undefined;
  /** What keeps all ledgers from going on. */
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
          if (!isOfNode(error) && !isFalse(error) && !(error instanceof ChainMovedError)) throw error;
          if (!this.#endpoints.turn(error)) throw this.#endpoints.complaint(error);
          continue;
        }
        this.#start();
        if (this.#outage !== undefined) throw this.#outage;
        if (this.#running.size > 0) {
          await Promise.race([...this.#running, this.#pause()]);
          continue;
        }
        this.#endpoints.goesOn();
        if (this.#isDone() || (await idle()) === 'stop') return this.#finish();
      }
    } finally {
      await Promise.all(this.#running);
    }
  }

  /** Looks at the chain, finds new ledgers, and those with something new. */
  async #look(): Promise<void> {
    const { node } = this.#endpoints;
    const seen = this.#seen;
    const view = await lookAt(node, seen?.number ?? 0, this.#options.finality ?? 'finalized');
    const tip = Math.min(view.tip, this.#options.untilBlock ?? view.tip);
    const isSame = seen !== undefined && view.positionHash === seen.hash;
    const from = isSame ? seen.number + 1 : (this.#options.startBlock ?? 0);
    if (tip >= from) {
      await this.#find(from, tip);
      await this.#markDue(isSame ? { from, to: tip } : undefined, tip);
    }
    this.#seen = await this.#seenAt(view, tip);
  }

  async #seenAt(view: ChainView, tip: number): Promise<{ number: number; hash: Hex } | undefined> {
    if (tip === view.tip) return { number: tip, hash: view.tipHash };
    const { positionHash } = await lookAt(this.#endpoints.node, tip, 0);
    return positionHash === null ? undefined : { number: tip, hash: positionHash };
  }

  async #find(from: number, to: number): Promise<void> {
    for (const { ledger, block } of await listCreated(this.#endpoints.node, this.#factory, from, to)) {
      if (this.#ledgers.has(ledger)) continue;
      const stretchSize = this.#options.stretchSize ?? STRETCH_SIZE / AT_ONCE;
      const follower = new LedgerFollower(
        { ...this.#options, ledger, startBlock: block, stretchSize },
        new Endpoints(this.#endpoints.nodes),
      );
      const fresh = { follower, isDue: true, isRunning: false, number: block - 1, failure: undefined };
      this.#ledgers.set(ledger, fresh);
      this.#options.onProgress?.({ event: 'found', ledger, block });
    }
  }

  /** @param fresh The blocks that are new; undefined if the chain is not the one that was seen before. */
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

  /** Starts what is due, as far as there is room. */
  #start(): void {
    for (const tracked of this.#ledgers.values()) {
      if (this.#running.size >= AT_ONCE) return;
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
    // What becomes new from now on is seen by the next look.
    tracked.isDue = false;
    try {
      await tracked.follower.follow(() => 'stop');
      tracked.number = (await tracked.follower.getStatus()).blockNumber;
      tracked.failure = undefined;
    } catch (error) {
      tracked.isDue = true;
      if (this.#options.signal?.aborted) return;
      if (mayPass(error)) {
        this.#outage = error;
        return;
      }
      this.#fail(tracked, error as Error);
    }
  }

  #fail(tracked: Tracked, error: Error): void {
    const pauseMs = Math.min(2 * (tracked.failure?.pauseMs ?? FIRST_PAUSE_MS / 2), LONGEST_PAUSE_MS);
    tracked.failure = { error, retryAt: Date.now() + pauseMs, pauseMs };
    const { ledger } = tracked.follower;
    this.#options.onProgress?.({ event: 'failed', ledger, reason: error.message });
  }

  #isDone(): boolean {
    const { untilBlock } = this.#options;
    if (untilBlock === undefined || (this.#seen?.number ?? -1) < untilBlock) return false;
    return [...this.#ledgers.values()].every(({ isDue, failure }) => !isDue || failure !== undefined);
  }

  /** @throws LedgersFailedError if the work ends and there are ledgers that are not level with the chain. */
  #finish(): void {
    const failed = [...this.#ledgers.values()].flatMap(({ failure }) => failure?.error ?? []);
    if (failed.length > 0) throw new LedgersFailedError(failed, this.#ledgers.size);
  }

  #pause(): Promise<void> {
    const { pollMs, signal } = this.#options;
    return delay(pollMs ?? POLL_MS, undefined, { signal });
  }
}
