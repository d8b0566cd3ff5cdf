import { LANES } from '../ids.ts';

/** Up to four distributors of the tree in one storage word. Twin of contracts/types/Fragment.sol. */

export const STATUS_NONE = 0;
export const STATUS_ACTIVE = 1;
export const STATUS_INACTIVE = 2;
/** Left, or moved. */
export const STATUS_CLOSED = 3;

const LANE_BITS = 56n;
const FIELD_MASK = (1n << 50n) - 1n;
/** The rank of a closed lane whose distributor has moved. */
const RANK_MOVED = 1;

/** A distributor as a fragment stores them. */
export interface Account {
  /** Id of the sponsor, 0 for a root. */
  sponsor: number;
  /** Base units credited and not paid out. */
  owed: bigint;
  /** 0 to 15. */
  rank: number;
  /** 0 is an empty lane, 1 active, 2 inactive, 3 left or moved. */
  status: number;
  /** New id of the distributor whose lane this was; 0 if they have not moved. */
  movedTo: number;
}

/** The distributor in `lane` of the fragment with number `fragment`, read from its storage word. */
export function parseAccount(word: bigint, fragment: number, lane: number): Account {
  const bits = word >> (BigInt(lane) * LANE_BITS);
  const sponsor =
    lane === 0
      ? Number((word >> 224n) & 0x3ff_ffffn)
      : fragment * LANES + Number((word >> (248n + 2n * BigInt(lane))) & 3n);
  const field = bits & FIELD_MASK;
  const rank = Number((bits >> 50n) & 15n);
  const status = Number((bits >> 54n) & 3n);
  const hasMoved = status === STATUS_CLOSED && rank === RANK_MOVED;
  return { sponsor, owed: hasMoved ? 0n : field, rank, status, movedTo: hasMoved ? Number(field) : 0 };
}

/** What is left of `account` in its old lane after the distributor has moved to `id`. */
export function moveAway(account: Account, id: number): Account {
  return { ...account, owed: 0n, rank: RANK_MOVED, status: STATUS_CLOSED, movedTo: id };
}

/** The storage word of a fragment whose lanes hold `accounts`, from lane 0. */
export function packFragment(accounts: readonly Account[]): bigint {
  return accounts.reduce((word, account, lane) => {
    const shift = BigInt(lane) * LANE_BITS;
    const field = account.movedTo === 0 ? account.owed : BigInt(account.movedTo);
    const fields = field | (BigInt(account.rank) << 50n) | (BigInt(account.status) << 54n);
    const sponsor =
      lane === 0
        ? BigInt(account.sponsor) << 224n
        : BigInt(account.sponsor & 3) << (248n + 2n * BigInt(lane));
    return word | (fields << shift) | sponsor;
  }, 0n);
}

/**
 * Chooses the id of a recruit: the next free lane of the sponsor's fragment, or the first of a new fragment.
 * @param occupancy Lanes taken of the sponsor's fragment, 0 to 4.
 * @param fragments Fragments in use.
 */
export function nextId(sponsor: number, occupancy: number, fragments: number): number {
  if (sponsor !== 0 && occupancy < LANES) return (sponsor >>> 2) * LANES + occupancy;
  return (fragments + 1) * LANES;
}
