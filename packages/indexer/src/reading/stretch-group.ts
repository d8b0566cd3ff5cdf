import type { StretchPart } from '@plumbline/store';
import type { PrefetchQueue } from './prefetch-queue.ts';
import type { ReadyStretch } from './read-ahead.ts';

/** The stretches that one transaction writes, so that the totals of a distributor are written once for all of them. */
export class StretchGroup {
  readonly #first: ReadyStretch;
  readonly #queue: PrefetchQueue;
  readonly #openMs: number;
  /** Entries so far. */
  entries = 0;
  finalNumber = -1;

  /** @param openMs How long the group takes further stretches, in milliseconds. */
  constructor(first: ReadyStretch, queue: PrefetchQueue, openMs: number) {
    this.#first = first;
    this.#queue = queue;
    this.#openMs = openMs;
  }

  async *parts(): AsyncGenerator<StretchPart> {
    const until = performance.now() + this.#openMs;
    let stretch: ReadyStretch | undefined = this.#first;
    while (stretch) {
      const { entries, blocks, head } = stretch;
      this.entries += entries.length;
      this.finalNumber = Math.max(this.finalNumber, head.finalNumber ?? -1);
      yield { entries, blocks, tipNumber: head.tip, finalNumber: head.finalNumber };
      stretch = await this.#queue.takeWithin(until - performance.now());
    }
  }
}
