import { setTimeout as delay } from 'node:timers/promises';
import type { Piece } from '@plumbline/store';
import type { ReadyStretch } from './read-ahead.ts';

/** Takes stretches from a reading, which is always one ahead. */
export class Ahead {
  readonly #reading: AsyncGenerator<ReadyStretch, void>;
  #coming: Promise<IteratorResult<ReadyStretch, void>>;

  constructor(reading: AsyncGenerator<ReadyStretch, void>) {
    this.#reading = reading;
    this.#coming = this.#next();
  }

  /** The next stretch; undefined at the end. Rejects with what ended the reading. */
  async take(): Promise<ReadyStretch | undefined> {
    const { value, done } = await this.#coming;
    if (done) return undefined;
    this.#coming = this.#next();
    return value;
  }

  /** The next stretch if it comes within some time; whatever else would come is left for `take`. */
  async takeWithin(milliseconds: number): Promise<ReadyStretch | undefined> {
    if (milliseconds <= 0) return undefined;
    const timer = new AbortController();
    const late = delay(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined);
    const isThere = await Promise.race([
      this.#coming.then(
        ({ done }) => !done,
        () => false,
      ),
      late.then(() => false),
    ]);
    timer.abort();
    return isThere ? this.take() : undefined;
  }

  #next(): Promise<IteratorResult<ReadyStretch, void>> {
    const coming = this.#reading.next();
    // It may fail while nobody waits for it.
    coming.catch(() => {});
    return coming;
  }
}

/** Stretches that are written in one transaction: sums of people are written once for all of them. */
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
