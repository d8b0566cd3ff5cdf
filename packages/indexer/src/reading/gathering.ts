import { setTimeout as delay } from 'node:timers/promises';
import type { Piece } from '@plumbline/store';
import type { ReadyStretch } from './read-ahead.ts';

/** Takes stretches from a reading that goes on meanwhile, until some are waiting. */
export class Ahead {
  readonly #most: number;
  readonly #ready: ReadyStretch[] = [];
  /** How the reading ended. */
  #end: { error: unknown } | undefined;
  #isStopped = false;
  #change = Promise.withResolvers<void>();
  readonly #ended: Promise<void>;

  /** @param most Stretches that may wait. */
  constructor(reading: AsyncIterable<ReadyStretch>, most: number) {
    this.#most = most;
    this.#ended = this.#read(reading);
  }

  /** The next stretch; undefined at the end. Rejects with what ended the reading. */
  async take(): Promise<ReadyStretch | undefined> {
    while (this.#ready.length === 0 && !this.#end) await this.#change.promise;
    const next = this.#ready.shift();
    this.#tell();
    if (!next && this.#end?.error !== undefined) throw this.#end.error;
    return next;
  }

  /** The next stretch if it comes within some time; whatever else would come is left for `take`. */
  async takeWithin(milliseconds: number): Promise<ReadyStretch | undefined> {
    if (milliseconds <= 0) return undefined;
    const timer = new AbortController();
    let isLate = false;
    const late = delay(milliseconds, undefined, { signal: timer.signal }).then(
      () => {
        isLate = true;
      },
      () => {},
    );
    while (this.#ready.length === 0 && !this.#end && !isLate)
      await Promise.race([this.#change.promise, late]);
    timer.abort();
    return this.#ready.length > 0 ? this.take() : undefined;
  }

  /** Ends the reading, wherever it is. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#tell();
    await this.#ended;
  }

  async #read(reading: AsyncIterable<ReadyStretch>): Promise<void> {
    try {
      for await (const stretch of reading) {
        this.#ready.push(stretch);
        this.#tell();
        while (this.#ready.length >= this.#most && !this.#isStopped) await this.#change.promise;
        if (this.#isStopped) break;
      }
      this.#end = { error: undefined };
    } catch (error) {
      this.#end = { error };
    }
    this.#tell();
  }

  #tell(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}

/** Stretches that are written in one transaction: sums of distributors are written once for all of them. */
export class Gathering {
  readonly #first: ReadyStretch;
  readonly #ahead: Ahead;
  readonly #openMs: number;
  entries = 0;
  finalNumber = -1;

  /** @param openMs How long to go on taking stretches. */
  constructor(first: ReadyStretch, ahead: Ahead, openMs: number) {
    this.#first = first;
    this.#ahead = ahead;
    this.#openMs = openMs;
  }

  async *pieces(): AsyncGenerator<Piece> {
    const until = performance.now() + this.#openMs;
    let stretch: ReadyStretch | undefined = this.#first;
    while (stretch) {
      const { entries, blocks, head } = stretch;
      this.entries += entries.length;
      this.finalNumber = Math.max(this.finalNumber, head.finalNumber ?? -1);
      yield { entries, blocks, tipNumber: head.tip, finalNumber: head.finalNumber };
      stretch = await this.#ahead.takeWithin(until - performance.now());
    }
  }
}
