import type { Random } from '../../test/support/random.ts';

/** How large a made-up ledger is. */
export interface Scale {
  distributors: number;
  /** Distributors in a single line, each sponsoring the next; the first is below distributor 1. */
  line: number;
  /** Distributors whose sponsors are corrected half-way, so that they have rows under two ids. */
  movers: number;
  sales: number;
}

/** Distributors without a sponsor. */
const ROOTS = 100;
const FIRST_ID = 4;

/**
 * A random recursive tree: each sponsor is drawn from all distributors enrolled before. Distributors are numbered from
 * 1, each after the sponsor; the line comes last.
 */
export class MadeTree {
  readonly count: number;
  /** Distributors outside the line. */
  readonly atRandom: number;
  /** By number; 0 for a root. */
  readonly sponsors: Int32Array;
  readonly ids: Int32Array;

  constructor({ distributors, line }: Scale, random: Random) {
    this.count = distributors;
    this.atRandom = distributors - line;
    this.sponsors = new Int32Array(distributors + 1);
    this.ids = Int32Array.from({ length: distributors + 1 }, (_, one) =>
      one === 0 ? 0 : FIRST_ID + one - 1,
    );
    for (let one = 1; one <= distributors; one++) this.sponsors[one] = this.#drawSponsor(one, random);
  }

  idOf(one: number): number {
    return this.ids[one] ?? 0;
  }

  sponsorOf(one: number): number {
    return this.sponsors[one] ?? 0;
  }

  /** Distributors above each. */
  depths(): Int32Array {
    const depths = new Int32Array(this.count + 1).fill(-1);
    for (let one = 1; one <= this.count; one++) depths[one] = (depths[this.sponsorOf(one)] ?? 0) + 1;
    return depths;
  }

  /** Distributors below each, at any depth. */
  sizes(): Int32Array {
    const sizes = new Int32Array(this.count + 1);
    for (let one = this.count; one > 0; one--) {
      const sponsor = this.sponsorOf(one);
      sizes[sponsor] = (sizes[sponsor] ?? 0) + (sizes[one] ?? 0) + 1;
    }
    return sizes;
  }

  #drawSponsor(one: number, random: Random): number {
    if (one <= ROOTS) return 0;
    if (one > this.atRandom) return one === this.atRandom + 1 ? 1 : one - 1;
    return 1 + random.below(one - 1);
  }
}
