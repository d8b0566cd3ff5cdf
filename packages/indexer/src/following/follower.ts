import { setTimeout as delay } from 'node:timers/promises';
import {
  applyEntries,
  type BooksStatus,
  getPositionBefore,
  type Position,
  PositionMovedError,
  rollBack,
} from '@plumbline/store';
import type { Address } from 'viem';
import { ChainMovedError, FinalBlockChangedError, JournalRefusedError, WrongChainError } from '../errors.ts';
import {
  DEFAULT_OPEN_MS,
  DEFAULT_POLL_MS,
  DEFAULT_STRETCH_SIZE,
  type Follower,
  type Idle,
  type IndexerOptions,
} from '../options.ts';
import { type Progress, Rate } from '../progress.ts';
import { PrefetchQueue } from '../reading/prefetch-queue.ts';
import { initialRangeSize, type RangeSize } from '../reading/range-size.ts';
import { readAhead } from '../reading/read-ahead.ts';
import { Reader } from '../reading/reader.ts';
import { StretchGroup } from '../reading/stretch-group.ts';
import { isInvalidJournal } from '../reading/verify.ts';
import { parseChainId } from '../rpc/answers.ts';
import { type Finality, fetchChainHead } from '../rpc/chain-head.ts';
import { findCommonBlock } from './common-block.ts';
import type { Endpoints } from './endpoints.ts';
import { isNodeFailure } from './failures.ts';
import type { NodeView } from './forks.ts';
import { LedgerBooks } from './ledger-books.ts';
import { type Action, type Effect, firstEffect, initialState, reduce, type State } from './planner.ts';

/** Stretches that may wait to be written: decoded they are small, and a database is sometimes slow. */
const MAX_QUEUED = 4;

type FollowerOptions = Omit<IndexerOptions, 'rpcUrls' | 'factory' | 'refusalMs'> & { ledger: string };

/** Brings the books of one ledger level with its chain. Nothing that is refused gets into them. */
export class LedgerFollower implements Follower {
  readonly ledger: Address;
  readonly #options: FollowerOptions;
  readonly #endpoints: Endpoints;
  readonly #books: LedgerBooks;
  readonly #finality: Finality;
  readonly #pollMs: number;
  readonly #until: number;
  #rangeSize: RangeSize;
  /** Whether settlements are worked out instead of read. After a refusal everything that the ledger logged is read. */
  #maySettle = true;

  constructor(options: FollowerOptions, endpoints: Endpoints) {
    this.#options = options;
    this.#endpoints = endpoints;
    this.#rangeSize = initialRangeSize(options.initialRange);
    this.ledger = options.ledger.toLowerCase() as Address;
    this.#books = new LedgerBooks(options.database, this.ledger, options.startBlock);
    this.#finality = options.finality ?? 'finalized';
    this.#pollMs = options.pollMs ?? DEFAULT_POLL_MS;
    this.#until = options.untilBlock ?? Number.POSITIVE_INFINITY;
  }

  async listStatus(): Promise<BooksStatus[]> {
    return [await this.getStatus()];
  }

  getStatus(): Promise<BooksStatus> {
    return this.#books.getStatus();
  }

  async follow(idle: Idle, onPrepared: () => void = () => {}): Promise<void> {
    const { signal } = this.#options;
    const begin = async (): Promise<[State, Effect]> => {
      const state = initialState(await this.#books.open(this.#reader), this.#endpoints.nodes.length);
      void this.#books.ready.then(onPrepared, () => {});
      return [state, firstEffect(state)];
    };
    let planned: [State, Effect] | undefined;
    for (;;) {
      signal?.throwIfAborted();
      try {
        planned ??= await begin();
        const [state, effect] = planned;
        if (state.position.number >= this.#until) return await this.#books.ready;
        if (effect.type === 'stop') throw this.#endpoints.summarize(effect.error);
        if (effect.type === 'wait') {
          this.#endpoints.recover();
          await this.#books.ready;
          if ((await idle()) === 'stop') return;
          planned = [state, { type: 'look' }];
          continue;
        }
        planned = reduce(state, await this.#run(effect, state.position));
      } catch (error) {
        if (!isNodeFailure(error) && !isInvalidJournal(error)) throw error;
        if (!this.#failOver(error)) throw this.#endpoints.summarize(error);
        planned = undefined;
      }
    }
  }

  #failOver(error: Error): boolean {
    const hasNext = this.#endpoints.failOver(error);
    if (this.#endpoints.nodes.length > 1) {
      const to = this.#endpoints.node.origin;
      this.#report({ event: 'failedOver', ledger: this.ledger, to, reason: error.message });
    }
    return hasNext;
  }

  get #reader(): Reader {
    return new Reader(this.#endpoints.node, this.ledger, this.#options.signal);
  }

  async #run(effect: Exclude<Effect, { type: 'wait' | 'stop' }>, position: Position): Promise<Action> {
    switch (effect.type) {
      case 'lookLater':
        await this.#pause();
        return this.#look(position);
      case 'look':
        return this.#look(position);
      case 'compare':
        if (effect.later) await this.#pause();
        return this.#compare(position);
      case 'use':
        this.#endpoints.use(effect.node);
        return this.#look(position);
      case 'read':
        return this.#readAndWrite(position, Math.min(effect.to, this.#until), effect.again);
      case 'rollBack':
        this.#endpoints.use(effect.node);
        try {
          return await this.#rollBack(position);
        } catch (error) {
          return this.#classify(error, position, position);
        }
    }
  }

  #pause(): Promise<void> {
    return delay(this.#pollMs, undefined, { signal: this.#options.signal });
  }

  async #look(position: Position): Promise<Action> {
    try {
      const head = await fetchChainHead(this.#endpoints.node, position.number, this.#finality);
      return { type: 'chainSeen', tip: Math.min(head.tip, this.#until), positionHash: head.positionHash };
    } catch (error) {
      return this.#classify(error, position, position);
    }
  }

  async #compare(position: Position): Promise<Action> {
    const views = await Promise.all(
      this.#endpoints.nodes.map(async (node): Promise<NodeView | undefined> => {
        try {
          // A node of another chain would look like one of another fork.
          const { chainId, ledger } = this.#books.expected;
          const found = parseChainId(await node.ask('eth_chainId', []));
          if (found !== chainId) throw new WrongChainError(ledger, chainId, found);
          return await fetchChainHead(node, position.number, this.#finality);
        } catch (error) {
          if (!isNodeFailure(error) && !isInvalidJournal(error)) throw error;
          this.#report({ event: 'waiting', reason: `${node.origin}: ${error.message}` });
          return undefined;
        }
      }),
    );
    return { type: 'nodesSeen', views, current: this.#endpoints.nodes.indexOf(this.#endpoints.node) };
  }

  async #readAndWrite(position: Position, to: number, again: boolean): Promise<Action> {
    const { database, signal } = this.#options;
    // Logs that a node left out at the end of a stretch are missed only in the next one, so a second reading begins
    // before the last entries.
    if (again) await this.#books.ready;
    const from = again ? await getPositionBefore(database, this.ledger, position.entryCount) : position;
    const { expected } = this.#books;
    const ending = new AbortController();
    const reading = readAhead({
      reader: new Reader(
        this.#endpoints.node,
        this.ledger,
        signal ? AbortSignal.any([signal, ending.signal]) : ending.signal,
      ),
      expected,
      from,
      to,
      finality: this.#finality,
      settles: this.#maySettle && from.entryCount === 0 && !expected.terms.compact,
      fullStretch: this.#options.stretchSize ?? DEFAULT_STRETCH_SIZE,
      rangeSize: this.#rangeSize,
      onRangeSize: (rangeSize) => {
        this.#rangeSize = rangeSize;
      },
    });
    const rate = new Rate();
    const queue = new PrefetchQueue(reading, MAX_QUEUED);
    let [reached, begins] = [position, from];
    try {
      await this.#books.ready;
      for (let first = await queue.take(); first; first = await queue.take()) {
        signal?.throwIfAborted();
        const before = reached;
        if (first.from.number !== reached.number)
          await rollBack(database, this.ledger, reached, first.from.number);
        const group = new StretchGroup(first, queue, this.#options.openMs ?? DEFAULT_OPEN_MS);
        reached = begins = await applyEntries(database, this.ledger, {
          from: first.from,
          parts: group.parts(),
        });
        this.#books.noteFinal(group.finalNumber);
        this.#endpoints.recover();
        this.#reportRead(rate, before, group.entries, reached, to);
      }
      return { type: 'blocksRead', position: reached };
    } catch (error) {
      return await this.#classify(error, begins, reached, to);
    } finally {
      ending.abort();
      await queue.stop();
    }
  }

  /** The action that a failed reading amounts to; rethrows any other error. */
  async #classify(error: unknown, from: Position, position: Position, to?: number): Promise<Action> {
    await this.#books.ready;
    const isMoved = error instanceof ChainMovedError || error instanceof PositionMovedError;
    if (!isMoved && !isInvalidJournal(error)) throw error;
    if (!isMoved) this.#maySettle = false;
    const refusal = new JournalRefusedError(this.ledger, from.number + 1, to ?? from.number + 1, error);
    if (!(error instanceof PositionMovedError)) this.#failOver(refusal);
    // Chain and terms come from the refused node until the journal has confirmed them.
    if (position.entryCount === 0 && this.#endpoints.nodes.length > 1) await this.#books.open(this.#reader);
    if (!isMoved) return { type: 'logsRefused', position, error: refusal };
    return { type: 'chainMoved', position: await this.#books.getPosition(this.#reader), error: refusal };
  }

  async #rollBack(position: Position): Promise<Action> {
    const { database } = this.#options;
    const { number, lost } = await findCommonBlock(database, this.ledger, position, this.#reader);
    if (lost <= this.#books.finalNumber) {
      const error = new FinalBlockChangedError(this.ledger, lost, this.#books.finalNumber);
      this.#failOver(error);
      return { type: 'logsRefused', position, error };
    }
    try {
      const reached = await rollBack(database, this.ledger, position, number);
      this.#report({
        event: 'undone',
        ledger: this.ledger,
        fromBlock: position.number,
        toBlock: reached.number,
      });
      // The chain differs from the ledger's beginning on, so its terms are read again.
      const isEmpty = reached.entryCount === 0;
      return { type: 'rolledBack', position: isEmpty ? await this.#books.open(this.#reader) : reached };
    } catch (error) {
      if (!(error instanceof PositionMovedError)) throw error;
      return { type: 'chainMoved', position: await this.#books.getPosition(this.#reader), error };
    }
  }

  #reportRead(rate: Rate, from: Position, entries: number, reached: Position, to: number): void {
    const { number: toBlock, entryCount } = reached;
    const counted = rate.count(toBlock - from.number, entries, to - toBlock);
    this.#report({
      event: 'read',
      ledger: this.ledger,
      fromBlock: from.number + 1,
      toBlock,
      entryCount,
      ...counted,
    });
  }

  #report(progress: Progress): void {
    this.#options.onProgress?.(progress);
  }
}
