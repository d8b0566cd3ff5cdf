/** What a recorder may still do. Twin of contracts/types/RecorderWord.sol. */

/** What is limited: units reserved, distributors and sales recorded, units freed by reversals. */
export type AllowanceKind = 'units' | 'count' | 'returns';

/** Time is counted in 256ths of a second, so that small amounts spent often lose nothing to rounding. */
const TICKS = 256n;

/**
 * The allowances of one recorder. Each is a bucket that holds half a cap and fills evenly in one cap period, so that no
 * stretch of one period lets more than the cap through.
 */
export class RecorderAllowances {
  /** Ticks of a cap period. */
  readonly #period: bigint;
  /** When each bucket is whole again, in ticks. */
  readonly #wholeAt: Record<AllowanceKind, bigint> = { units: 0n, count: 0n, returns: 0n };
  #halves: Record<AllowanceKind, bigint> = { units: 0n, count: 0n, returns: 0n };

  /** @param capPeriod Seconds. */
  constructor(capPeriod: number) {
    this.#period = BigInt(capPeriod) * TICKS;
  }

  /**
   * Sets the caps; of each allowance the same part stays spent.
   * @param cap Units that may be reserved in a period, and as many freed.
   * @param countCap Distributors and sales that may be recorded in a period.
   */
  setCaps(cap: bigint, countCap: number): void {
    this.#halves = { units: cap / 2n, count: BigInt(countCap) / 2n, returns: cap / 2n };
  }

  /** What is left of an allowance at `time`, in Unix seconds. */
  left(kind: AllowanceKind, time: number): bigint {
    const missing = this.#from(kind, time) - BigInt(time) * TICKS;
    return missing < this.#period ? ((this.#period - missing) * this.#halves[kind]) / this.#period : 0n;
  }

  /**
   * Spends `amount` at `time`, in Unix seconds.
   * @returns Whether that much was left; if not, nothing is spent.
   */
  spend(kind: AllowanceKind, time: number, amount: bigint): boolean {
    if (amount === 0n) return true;
    const half = this.#halves[kind];
    if (amount > half) return false;
    const wholeAt = this.#from(kind, time) + (amount * this.#period + half - 1n) / half;
    if (wholeAt > BigInt(time) * TICKS + this.#period) return false;
    this.#wholeAt[kind] = wholeAt;
    return true;
  }

  /** When an allowance is whole again, in 256ths of a Unix second, as the ledger stores it; it may be long ago. */
  wholeAt(kind: AllowanceKind): bigint {
    return this.#wholeAt[kind];
  }

  /** Takes an allowance back to when it was whole again at an earlier time, as `wholeAt` gave it. */
  rewind(kind: AllowanceKind, wholeAt: bigint): void {
    this.#wholeAt[kind] = wholeAt;
  }

  #from(kind: AllowanceKind, time: number): bigint {
    const [at, now] = [this.#wholeAt[kind], BigInt(time) * TICKS];
    return at > now ? at : now;
  }
}
