import { setTimeout as delay } from 'node:timers/promises';
import {
  applyEntries,
  type BooksStatus,
  findLedger,
  findPosition,
  findStatus,
  firstPosition,
  getPositionBefore,
  hasTables,
  listPositions,
  migrate,
  type Position,
  PositionMovedError,
  rollBack,
  saveLedger,
} from '@plumbline/store';
import type { Address } from 'viem';
import { ChainMovedError, FinalBlockChangedError, JournalRefusedError, WrongChainError } from '../errors.ts';
import { type Follower, type Idle, type IndexerOptions, OPEN_MS, POLL_MS, STRETCH_SIZE } from '../options.ts';
import { type Progress, Rate } from '../progress.ts';
import { Ahead, Gathering } from '../reading/gathering.ts';
import { firstPace, type Pace } from '../reading/pace.ts';
import { readAhead } from '../reading/read-ahead.ts';
import { Reader } from '../reading/reader.ts';
import { type Expected, isFalse } from '../reading/verify.ts';
import { chainIdIn } from '../rpc/answers.ts';
import { type Finality, lookAt } from '../rpc/chain-head.ts';
import type { Endpoints } from './endpoints.ts';
import type { View } from './forks.ts';
import { isOfNode } from './patience.ts';
import { beginAt, decide, firstStep, type Mind, type Observation, type Step } from './planner.ts';

/** Stretches that may wait to be written: decoded they are small, and a database is sometimes slow. */
const WAITING = 4;

/** Blocks to compare at once when looking for the newest that books and chain share. */
const COMPARED = 50;

type FollowerOptions = Omit<IndexerOptions, 'rpcUrls' | 'factory' | 'refusalMs'> & { ledger: string };

/** Brings the books of one ledger level with its chain. Nothing of what is refused is written. */
export class LedgerFollower implements Follower {
  readonly ledger: Address;
  readonly #options: FollowerOptions;
  readonly #endpoints: Endpoints;
  readonly #finality: Finality;
  readonly #pollMs: number;
  readonly #until: number;
  #expected: Expected | undefined;
  #pace: Pace;
  /** The ledger is in the books: nothing is read from them or written before. */
  #books: Promise<void> = Promise.resolve();
  /** Until something is refused: then everything is read that the ledger has logged. */
  #maySettle = true;
  /** The newest block that was ever final. */
  #finalNumber = -1;

  constructor(options: FollowerOptions, endpoints: Endpoints) {
    this.#options = options;
    this.#endpoints = endpoints;
    this.#pace = firstPace(options.firstSpan);
    this.ledger = options.ledger.toLowerCase() as Address;
    this.#finality = options.finality ?? 'finalized';
    this.#pollMs = options.pollMs ?? POLL_MS;
    this.#until = options.untilBlock ?? Number.POSITIVE_INFINITY;
  }

  async listStatus(): Promise<BooksStatus[]> {
    return [await this.getStatus()];
  }

  async getStatus(): Promise<BooksStatus> {
    const status = await findStatus(this.#options.database, this.ledger);
    if (!status) throw new Error(`the books of ledger ${this.ledger} are gone`);
    return status;
  }

  async follow(idle: Idle, onPrepared: () => void = () => {}): Promise<void> {
    const { signal } = this.#options;
    const begin = async (): Promise<[Mind, Step]> => {
      const mind = beginAt(await this.#prepare(), this.#endpoints.nodes.length);
      void this.#books.then(onPrepared, () => {});
      return [mind, firstStep(mind)];
    };
    let state: [Mind, Step] | undefined;
    for (;;) {
      signal?.throwIfAborted();
      try {
        state ??= await begin();
        const [mind, step] = state;
        if (mind.position.number >= this.#until) return await this.#books;
        if (step.do === 'stop') throw this.#endpoints.complaint(step.error);
        if (step.do === 'wait') {
          this.#endpoints.goesOn();
          await this.#books;
          if ((await idle()) === 'stop') return;
          state = [mind, { do: 'look' }];
          continue;
        }
        state = decide(mind, await this.#carryOut(mind, step));
      } catch (error) {
        if (!isOfNode(error) && !isFalse(error)) throw error;
        if (!this.#turn(error)) throw this.#endpoints.complaint(error);
        state = undefined;
      }
    }
  }

  #turn(error: Error): boolean {
    const mayGoOn = this.#endpoints.turn(error);
    if (this.#endpoints.nodes.length > 1) {
      const to = this.#endpoints.node.origin;
      this.#report({ event: 'turned', ledger: this.ledger, to, reason: error.message });
    }
    return mayGoOn;
  }

  get #reader(): Reader {
    return new Reader(this.#endpoints.node, this.ledger, this.#options.signal);
  }

  async #carryOut(mind: Mind, step: Exclude<Step, { do: 'wait' | 'stop' }>): Promise<Observation> {
    const { position } = mind;
    switch (step.do) {
      case 'lookLater':
        await this.#pause();
        return this.#look(position);
      case 'look':
        return this.#look(position);
      case 'compare':
        if (step.later) await this.#pause();
        return this.#compare(position);
      case 'use':
        this.#endpoints.use(step.node);
        return this.#look(position);
      case 'read':
        return this.#readAndWrite(position, Math.min(step.to, this.#until), step.again);
      case 'undo':
        this.#endpoints.use(step.node);
        try {
          return await this.#undo(position);
        } catch (error) {
          return this.#classify(error, position, position);
        }
    }
  }

  #pause(): Promise<void> {
    return delay(this.#pollMs, undefined, { signal: this.#options.signal });
  }

  /** Makes sure that node, ledger and books belong together; where the books stand. */
  async #prepare(): Promise<Position> {
    const { database } = this.#options;
    if (!(await hasTables(database))) return this.#found();
    await migrate(database);
    const chainId = await this.#reader.getChainId();
    const known = await findLedger(database, this.ledger);
    const status = known && (await findStatus(database, this.ledger));
    if (known && status && status.entryCount > 0) {
      if (known.chainId !== chainId) throw new WrongChainError(this.ledger, known.chainId, chainId);
      this.#expected = { chainId, ledger: this.ledger, terms: known.terms };
      this.#finalNumber = Math.max(this.#finalNumber, status.finalNumber ?? -1);
      return this.#getPosition();
    }
    await this.#expect(chainId);
    await this.#save();
    return this.#getPosition();
  }

  /** Begins books in an empty database; the reading begins while the tables are made. */
  async #found(): Promise<Position> {
    const making = migrate(this.#options.database);
    // It may fail while the node is waited for.
    making.catch(() => {});
    await this.#expect(await this.#reader.getChainId());
    this.#books = making.then(() => this.#save());
    this.#books.catch(() => {});
    return firstPosition(this.#options.startBlock ?? 0);
  }

  async #expect(chainId: number): Promise<void> {
    this.#expected = { chainId, ledger: this.ledger, terms: await this.#reader.getTerms(chainId) };
  }

  #save(): Promise<void> {
    const { database, startBlock = 0 } = this.#options;
    return saveLedger(database, { ...this.#getExpected(), startBlock });
  }

  async #getPosition(): Promise<Position> {
    return (await findPosition(this.#options.database, this.ledger)) ?? (await this.#prepare());
  }

  async #look(position: Position): Promise<Observation> {
    try {
      const view = await lookAt(this.#endpoints.node, position.number, this.#finality);
      return { saw: 'chain', tip: Math.min(view.tip, this.#until), positionHash: view.positionHash };
    } catch (error) {
      return this.#classify(error, position, position);
    }
  }

  async #compare(position: Position): Promise<Observation> {
    // A node of another chain would seem to be of another fork.
    const views = await Promise.all(
      this.#endpoints.nodes.map(async (node): Promise<View | undefined> => {
        try {
          const { chainId, ledger } = this.#getExpected();
          const found = chainIdIn(await node.ask('eth_chainId', []));
          if (found !== chainId) throw new WrongChainError(ledger, chainId, found);
          return await lookAt(node, position.number, this.#finality);
        } catch (error) {
          if (!isOfNode(error) && !isFalse(error)) throw error;
          this.#report({ event: 'waiting', reason: `${node.origin}: ${error.message}` });
          return undefined;
        }
      }),
    );
    return { saw: 'nodes', views, current: this.#endpoints.nodes.indexOf(this.#endpoints.node) };
  }

  async #readAndWrite(position: Position, to: number, again: boolean): Promise<Observation> {
    const { database, signal } = this.#options;
    // What a node left out at the end of a stretch shows only in the next one: another reading begins before the last
    // entries.
    if (again) await this.#books;
    const from = again ? await getPositionBefore(database, this.ledger, position.entryCount) : position;
    const ending = new AbortController();
    const ahead = readAhead({
      reader: new Reader(
        this.#endpoints.node,
        this.ledger,
        signal ? AbortSignal.any([signal, ending.signal]) : ending.signal,
      ),
      expected: this.#getExpected(),
      from,
      to,
      finality: this.#finality,
      settles: this.#maySettle && from.entryCount === 0 && !this.#getExpected().terms.compact,
      fullStretch: this.#options.stretchSize ?? STRETCH_SIZE,
      pace: this.#pace,
      onPace: (pace) => {
        this.#pace = pace;
      },
    });
    const rate = new Rate();
    const queue = new Ahead(ahead, WAITING);
    let [stands, begins] = [position, from];
    try {
      await this.#books;
      for (let first = await queue.take(); first; first = await queue.take()) {
        signal?.throwIfAborted();
        const before = stands;
        if (first.from.number !== stands.number)
          await rollBack(database, this.ledger, stands, first.from.number);
        const gathered = new Gathering(first, queue, this.#options.openMs ?? OPEN_MS);
        stands = begins = await applyEntries(database, this.ledger, {
          from: first.from,
          pieces: gathered.pieces(),
        });
        this.#finalNumber = Math.max(this.#finalNumber, gathered.finalNumber);
        this.#endpoints.goesOn();
        this.#reportRead(rate, before, gathered.entries, stands, to);
      }
      return { saw: 'read', position: stands };
    } catch (error) {
      return await this.#classify(error, begins, stands, to);
    } finally {
      ending.abort();
      await queue.stop();
    }
  }

  /** What a failed reading says; any other error is thrown on. */
  async #classify(error: unknown, from: Position, position: Position, to?: number): Promise<Observation> {
    await this.#books;
    const isMoved = error instanceof ChainMovedError || error instanceof PositionMovedError;
    if (!isMoved && !isFalse(error)) throw error;
    if (!isMoved) this.#maySettle = false;
    const refusal = new JournalRefusedError(this.ledger, from.number + 1, to ?? from.number + 1, error);
    if (!(error instanceof PositionMovedError)) this.#turn(refusal);
    // Chain and terms are as the refused node said, as long as the journal has not confirmed them.
    if (position.entryCount === 0 && this.#endpoints.nodes.length > 1) await this.#prepare();
    if (!isMoved) return { saw: 'falseLogs', position, error: refusal };
    return { saw: 'moved', position: await this.#getPosition(), error: refusal };
  }

  /** Goes back to the newest block that books and chain share. */
  async #undo(position: Position): Promise<Observation> {
    let below = position.number;
    let lost = position.number;
    for (;;) {
      const known = await listPositions(this.#options.database, this.ledger, below, COMPARED);
      const hashes = await this.#reader.listHashes(known.map(({ number }) => number));
      const place = known.findIndex(({ hash }, i) => hash === hashes[i]);
      lost = (place < 0 ? known.at(-1) : known[place - 1])?.number ?? lost;
      const last = known.at(-1);
      if (place >= 0 || !last) return this.#goBack(position, known[place]?.number ?? -1, lost);
      below = last.number;
    }
  }

  /** @param lost The lowest block in the books that is no longer on the chain. */
  async #goBack(position: Position, number: number, lost: number): Promise<Observation> {
    if (lost <= this.#finalNumber) {
      const error = new FinalBlockChangedError(this.ledger, lost, this.#finalNumber);
      this.#turn(error);
      return { saw: 'falseLogs', position, error };
    }
    try {
      const undone = await rollBack(this.#options.database, this.ledger, position, number);
      this.#report({
        event: 'undone',
        ledger: this.ledger,
        fromBlock: position.number,
        toBlock: undone.number,
      });
      // Another chain from the ledger's beginning: its terms are read anew.
      return { saw: 'undone', position: undone.entryCount > 0 ? undone : await this.#prepare() };
    } catch (error) {
      if (!(error instanceof PositionMovedError)) throw error;
      return { saw: 'moved', position: await this.#getPosition(), error };
    }
  }

  #getExpected(): Expected {
    if (!this.#expected) throw new Error('the ledger was not looked up');
    return this.#expected;
  }

  #reportRead(rate: Rate, from: Position, entries: number, stands: Position, to: number): void {
    const { number: toBlock, entryCount } = stands;
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
