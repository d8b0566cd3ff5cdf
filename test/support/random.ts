import type { Hex } from 'viem';

/**
 * Random numbers that are the same in every run, for long histories on real chains and for made data, whose figures
 * hang on them (mulberry32). Tests of single functions take fast-check, which shrinks what fails.
 */
export class Random {
  /** What it was made with. */
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  reseed(seed: number): void {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 below `end`. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** One of `items`, which are not empty. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** `count` bytes. */
  hex(count: number): Hex {
    const digits = Array.from({ length: count }, () => this.below(256).toString(16).padStart(2, '0'));
    return `0x${digits.join('')}`;
  }
}
