import type { Hex } from 'viem';

/** Chance that can be repeated: the same seed gives the same numbers (xorshift32, as good as test data needs). */
export class Random {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed;
    // Seeds next to each other must not begin alike, and the state must not be 0.
    this.#state = Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) | 1;
    for (let i = 0; i < 8; i++) this.#next();
  }

  #next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    const wide = this.#next() * 2 ** 21 + (this.#next() >>> 11);
    return least + (wide % (most - least + 1));
  }

  /** A whole number from `least` to `most`, with the ends and the small ones far more often than chance has it. */
  edgy(least: bigint, most: bigint): bigint {
    const span = most - least;
    if (span <= 0n) return least;
    const kind = this.between(0, 9);
    if (kind === 0) return least;
    if (kind === 1) return most;
    const wide = (BigInt(this.#next()) << 32n) | BigInt(this.#next());
    const bits = BigInt(this.between(1, span.toString(2).length));
    return least + ((wide & ((1n << bits) - 1n)) % (span + 1n));
  }

  chance(percent: number): boolean {
    return this.between(0, 99) < percent;
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.between(0, choices.length - 1)];
    if (choice === undefined) throw new Error('There is nothing to pick from.');
    return choice;
  }

  hex(bytes: number): Hex {
    const digits = Array.from({ length: bytes }, () => this.between(0, 255).toString(16).padStart(2, '0'));
    return `0x${digits.join('')}`;
  }
}
