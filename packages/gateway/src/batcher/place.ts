import {
  type DistributorRecord,
  fragmentOf,
  idAt,
  LANES,
  laneOf,
  nextId,
  parseAccount,
  STATUS_CLOSED,
  STATUS_NONE,
} from '@plumbline/protocol';
import type { WaitingEnrolment } from '@plumbline/store';
import { type Hex, zeroAddress } from 'viem';
import type { Chain } from '../chain/chain.ts';

/** A recruit as the ledger takes it. */
export interface PlacedEnrolment extends DistributorRecord {
  reference: string;
}

/**
 * Gives ids to recruits, each in the sponsor's fragment while there is room. The chain says which ids are taken and which
 * id a sponsor has now: the books may be behind it.
 * @returns The recruits with their ids, or as `orphan` one whose sponsor has left, below whom nobody may be placed.
 */
export async function placeDistributors(
  chain: Chain,
  waiting: readonly WaitingEnrolment[],
): Promise<{ placed: PlacedEnrolment[]; orphan: WaitingEnrolment | undefined }> {
  let { fragments } = await chain.counts();
  const known = new Fragments(chain);
  await known.read(waiting.flatMap(({ sponsorId }) => (sponsorId === null ? [] : [sponsorId])));
  await known.read([...known.moves.values()]);
  const orphan = waiting.find(({ sponsorId }) => sponsorId !== null && known.hasLeft(sponsorId));
  if (orphan) return { placed: [], orphan };
  const ids = new Map<string, number>();
  const placed = waiting.map(({ reference, sponsorReference, sponsorId, wallet }) => {
    const given = sponsorReference === null ? 0 : (sponsorId ?? ids.get(sponsorReference) ?? 0);
    if (sponsorReference !== null && given === 0) {
      throw new Error(`${reference} needs an id, but its sponsor ${sponsorReference} comes after it`);
    }
    const sponsor = known.moves.get(given) ?? given;
    const id = nextId(sponsor, known.occupancy.get(fragmentOf(sponsor)) ?? 0, fragments);
    if (laneOf(id) === 0) fragments++;
    known.occupancy.set(fragmentOf(id), laneOf(id) + 1);
    ids.set(reference, id);
    return { reference, id, sponsor, wallet: (wallet ?? zeroAddress) as Hex };
  });
  return { placed, orphan: undefined };
}

/** Fragments further apart than this are read by separate calls. */
const MAX_GAP = 64;

/** The fragments that were read from the chain. */
class Fragments {
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
