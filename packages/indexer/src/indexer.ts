import { setTimeout as delay } from 'node:timers/promises';
import {
  applyEntries,
  type BooksStatus,
  type Database,
  findLedger,
  findPosition,
  findStatus,
  getPositionBefore,
  isConnectionLost,
  listPositions,
  migrate,
  type Position,
  PositionMovedError,
  rollBack,
  saveLedger,
} from '@plumbline/store';
import type { Address } from 'viem';
import {
  ChainMovedError,
  JournalRefusedError,
  LedgerMissingError,
  NodeRefusedError,
  NodeUnreachableError,
  WrongChainError,
} from './errors.ts';
import { NodeClient } from './node-client.ts';
import { beginAt, decide, type Mind, type Observation, type Step } from './planner.ts';
import type { Progress } from './progress.ts';
import { Reader } from './reader.ts';
import { type Expected, isFalse, verifyReading } from './verify.ts';

export interface IndexerOptions {
  database: Database;
  rpcUrl: string;
  /** Address of the ledger to follow. */
  ledger: string;
  /** The first block that can hold an entry: the block of its creation, or any before it. */
  startBlock?: number | undefined;
  /** Milliseconds between two looks at a chain with nothing new. */
  pollMs?: number | undefined;
  /**
   * Milliseconds to wait, all in all, for a node that refuses what it is asked (it limits how often, or has not heard of
   * a block yet) before the work ends with its refusal; one minute if not given.
   */
  refusalMs?: number | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Ends the work after what is being written. */
  signal?: AbortSignal | undefined;
}

export interface Indexer {
  /**
   * Follows the chain until the signal ends it; a node or database that goes away is waited for, and for a while a node
   * that refuses.
   */
  run(): Promise<void>;
  /** Reads up to the newest block, once. */
  syncOnce(): Promise<BooksStatus>;
}

const POLL_MS = 200;
const REFUSAL_MS = 60_000;

/** The longest pause before something that went away is asked again. */
const LONGEST_PAUSE_MS = 10_000;

/** Blocks to compare at once when looking for the newest that books and chain share. */
const COMPARED = 50;

/**
 * An indexer of one ledger. Its promises reject with an error that says what is wrong when the chain, the node or the
 * database is not what it should be; nothing of what was refused is written.
 */
export function createIndexer(options: IndexerOptions): Indexer {
  return new LedgerIndexer(options);
}

type ReadStep = Extract<Step, { do: 'read' }>;

class LedgerIndexer implements Indexer {
  readonly #database: Database;
  readonly #ledger: Address;
  readonly #options: IndexerOptions;
  readonly #reader: Reader;
  readonly #pollMs: number;
  #expected: Expected | undefined;
  /** The next pause before something that failed is tried again, and what was waited for refusals since it last went on. */
  #pauseMs: number;
  #refusedMs = 0;

  constructor(options: IndexerOptions) {
    this.#options = options;
    this.#database = options.database;
    this.#pollMs = options.pollMs ?? POLL_MS;
    this.#pauseMs = this.#pollMs;
    this.#ledger = options.ledger.toLowerCase() as Address;
    this.#reader = new Reader(new NodeClient(options.rpcUrl, options.signal), this.#ledger);
  }

  async syncOnce(): Promise<BooksStatus> {
    await this.#follow(() => 'stop');
    const status = await findStatus(this.#database, this.#ledger);
    if (!status) throw new Error(`the books of ledger ${this.#ledger} are gone`);
    return status;
  }

  async run(): Promise<void> {
    const { signal } = this.#options;
    const wait = async (ms: number) => {
      await delay(ms, undefined, { signal });
      return 'go on' as const;
    };
    let isReady = false;
    try {
      for (;;) {
        try {
          await this.#prepare();
          if (!isReady) this.#report({ event: 'ready' });
          isReady = true;
          await this.#follow(() => wait(this.#pollMs));
        } catch (error) {
          // What is not there at the start is more likely a wrong setting than an outage.
          if (!isReady || !this.#mayPass(error)) throw error;
          this.#report({ event: 'waiting', reason: (error as Error).message });
          const pauseMs = this.#pauseMs;
          if (isRefusal(error)) this.#refusedMs += pauseMs;
          this.#pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
          await wait(pauseMs);
        }
      }
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  }

  /** Reads and writes; `idle` says what to do when nothing is new. */
  async #follow(idle: () => 'stop' | Promise<'go on'>): Promise<void> {
    let mind = beginAt(await this.#prepare());
    let step: Step = { do: 'look' };
    for (;;) {
      this.#options.signal?.throwIfAborted();
      if (step.do === 'stop') throw step.error;
      if (step.do === 'wait') {
        this.#goesOn();
        if ((await idle()) === 'stop') return;
        step = { do: 'look' };
        continue;
      }
      [mind, step] = decide(mind, await this.#carryOut(mind, step));
    }
  }

  async #carryOut(mind: Mind, step: Exclude<Step, { do: 'wait' | 'stop' }>): Promise<Observation> {
    switch (step.do) {
      case 'lookLater':
        await delay(this.#pollMs, undefined, { signal: this.#options.signal });
        return this.#look(mind.position);
      case 'look':
        return this.#look(mind.position);
      case 'read':
        return this.#readAndWrite(mind.position, step);
      case 'undo':
        return this.#undo(mind.position);
    }
  }

  /** Makes sure that node, ledger and books belong together; where the books stand. */
  async #prepare(): Promise<Position> {
    await migrate(this.#database);
    const chainId = await this.#reader.getChainId();
    const known = await findLedger(this.#database, this.#ledger);
    const position = known && (await findPosition(this.#database, this.#ledger));
    if (known && position && position.entryCount > 0) {
      if (known.chainId !== chainId) throw new WrongChainError(this.#ledger, known.chainId, chainId);
      this.#expected = { chainId, ledger: this.#ledger, terms: known.terms };
      return position;
    }
    const terms = await this.#reader.getTerms(chainId);
    this.#expected = { chainId, ledger: this.#ledger, terms };
    const startBlock = this.#options.startBlock ?? 0;
    await saveLedger(this.#database, { ...this.#expected, startBlock });
    return this.#getPosition();
  }

  async #getPosition(): Promise<Position> {
    return (await findPosition(this.#database, this.#ledger)) ?? (await this.#prepare());
  }

  async #look(position: Position): Promise<Observation> {
    return { saw: 'chain', ...(await this.#reader.look(position.number)) };
  }

  async #readAndWrite(position: Position, { to, tip, again }: ReadStep): Promise<Observation> {
    const started = performance.now();
    // What a node left out at the end of a stretch shows only in the next one: the second reading begins before the
    // last entries.
    const from = again
      ? await getPositionBefore(this.#database, this.#ledger, position.entryCount)
      : position;
    try {
      const reading = await this.#reader.read(from, to);
      const entries = verifyReading(this.#getExpected(), from, reading);
      this.#options.signal?.throwIfAborted();
      if (from.number !== position.number)
        await rollBack(this.#database, this.#ledger, position, from.number);
      const stretch = { from, entries, blocks: reading.blocks, tipNumber: tip };
      const written = await applyEntries(this.#database, this.#ledger, stretch);
      this.#goesOn();
      const seconds = (performance.now() - started) / 1000;
      this.#report({
        event: 'read',
        fromBlock: from.number + 1,
        toBlock: to,
        blocks: to - from.number,
        entries: entries.length,
        entryCount: written.entryCount,
        entriesPerSecond: Math.round(entries.length / seconds),
      });
      return { saw: 'written', position: written, logs: reading.logs.length, wasSplit: reading.wasSplit };
    } catch (error) {
      const isMoved = error instanceof ChainMovedError || error instanceof PositionMovedError;
      if (!isMoved && !isFalse(error)) throw error;
      const refusal = new JournalRefusedError(this.#ledger, from.number + 1, to, error);
      if (!isMoved) return { saw: 'falseLogs', error: refusal };
      return { saw: 'moved', position: await this.#getPosition(), error: refusal };
    }
  }

  /** Goes back to the newest block that books and chain share. */
  async #undo(position: Position): Promise<Observation> {
    let below = position.number;
    for (;;) {
      const known = await listPositions(this.#database, this.#ledger, below, COMPARED);
      const hashes = await this.#reader.listHashes(known.map(({ number }) => number));
      const shared = known.find(({ hash }, i) => hash === hashes[i]);
      const last = known.at(-1);
      if (shared || !last) return this.#goBack(position, shared?.number ?? -1);
      below = last.number;
    }
  }

  async #goBack(position: Position, number: number): Promise<Observation> {
    try {
      const undone = await rollBack(this.#database, this.#ledger, position, number);
      this.#report({ event: 'undone', fromBlock: position.number, toBlock: undone.number });
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

  /** The books are level with the chain, or nearer to it. */
  #goesOn(): void {
    this.#pauseMs = this.#pollMs;
    this.#refusedMs = 0;
  }

  #mayPass(error: unknown): boolean {
    if (isRefusal(error)) return this.#refusedMs < (this.#options.refusalMs ?? REFUSAL_MS);
    return error instanceof NodeUnreachableError || isConnectionLost(error);
  }

  #report(progress: Progress): void {
    this.#options.onProgress?.(progress);
  }
}

/** Whether the node refused to answer, and not what it answered was wrong. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof NodeRefusedError ||
    (error instanceof LedgerMissingError && error.cause instanceof NodeRefusedError)
  );
}
