import {
  fragmentOf,
  idAt,
  LANES,
  laneOf,
  parseAccount,
  STATUS_CLOSED,
  STATUS_NONE,
} from '@plumbline/protocol';
import type { Chain } from '../chain/chain.ts';

/** Fragments further apart than this are read by separate calls. */
const MAX_GAP = 64;

/** The fragments that were read from the chain: who has which id now. */
export class Fragments {
  /** Lanes taken, by fragment. */
  readonly occupancy = new Map<number, number>();
  /** Present ids of those who have moved. */
  readonly moves = new Map<number, number>();
  readonly #left = new Set<number>();
  readonly #chain: Chain;

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  hasLeft(id: number): boolean {
    return this.#left.has(id);
  }

  isEnrolled(id: number): boolean {
    return laneOf(id) < (this.occupancy.get(fragmentOf(id)) ?? 0);
  }

  /** Reads the fragments that hold `ids`. */
  async read(ids: readonly number[]): Promise<void> {
    const wanted = [...new Set(ids.map(fragmentOf))].sort((a, b) => a - b);
    const runs: { from: number; to: number }[] = [];
    for (const fragment of wanted) {
      const last = runs.at(-1);
      if (last && fragment - last.to <= MAX_GAP) last.to = fragment;
      else runs.push({ from: fragment, to: fragment });
    }
    const words = await Promise.all(runs.map(({ from, to }) => this.#chain.fragments(from, to - from + 1)));
    runs.forEach(({ from }, run) => {
      words[run]?.forEach((word, i) => {
        this.#enter(word, from + i);
      });
    });
  }

  #enter(word: bigint, fragment: number): void {
    let taken = 0;
    for (; taken < LANES; taken++) {
      const { status, movedTo } = parseAccount(word, fragment, taken);
      if (status === STATUS_NONE) break;
      const id = idAt(fragment, taken);
      if (movedTo !== 0) this.moves.set(id, movedTo);
      else if (status === STATUS_CLOSED) this.#left.add(id);
    }
    this.occupancy.set(fragment, taken);
  }
}
