import { setTimeout as delay } from 'node:timers/promises';
import type { ReadyStretch } from './read-ahead.ts';

/** Keeps reading stretches while the ones before are written, until the queue is full. */
export class PrefetchQueue {
  readonly #capacity: number;
  readonly #ready: ReadyStretch[] = [];
  /** How the reading ended. */
  #end: { error: unknown } | undefined;
  #isStopped = false;
  #change = Promise.withResolvers<void>();
  readonly #ended: Promise<void>;

  /** @param capacity Stretches that may wait in the queue. */
  constructor(reading: AsyncIterable<ReadyStretch>, capacity: number) {
    this.#capacity = capacity;
    this.#ended = this.#read(reading);
  }

  /** The next stretch; undefined at the end. Rejects with what ended the reading. */
  async take(): Promise<ReadyStretch | undefined> {
    while (this.#ready.length === 0 && !this.#end) await this.#change.promise;
    const next = this.#ready.shift();
    this.#notify();
    if (!next && this.#end?.error !== undefined) throw this.#end.error;
    return next;
  }

  /** The next stretch if it is there in time, else undefined. An end or an error is left for `take` to report. */
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

  /** Ends the reading. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#notify();
    await this.#ended;
  }

  async #read(reading: AsyncIterable<ReadyStretch>): Promise<void> {
    try {
      for await (const stretch of reading) {
        this.#ready.push(stretch);
        this.#notify();
        while (this.#ready.length >= this.#capacity && !this.#isStopped) await this.#change.promise;
        if (this.#isStopped) break;
      }
      this.#end = { error: undefined };
    } catch (error) {
      this.#end = { error };
    }
    this.#notify();
  }

  #notify(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}
