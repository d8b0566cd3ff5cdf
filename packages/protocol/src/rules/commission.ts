import { STATUS_ACTIVE, STATUS_NONE } from './fragment.ts';
import {
  COMPRESSION_DYNAMIC,
  COMPRESSION_NONE,
  PLAN_BY_DIFFERENCE,
  PLAN_BY_GENERATION,
  type Plan,
  rowOf,
} from './plan.ts';

/** Who is paid what for one sale. Twin of contracts/libraries/Commission.sol. */

/** One level of a settled sale; zeros where the level stays unpaid. */
export interface Credit {
  /** Distributor id. */
  id: number;
  /** Basis points of the counted volume. */
  bps: number;
}

/** A settled sale as the journal holds it; `credits` goes from the seller (level 0) up. */
export interface SettledLine {
  /** Distributor id. */
  seller: number;
  /** Counted volume in cents, after weight and reversals. */
  volumeCents: bigint;
  credits: Credit[];
}

/** The tree as it stands when a sale is settled. */
export interface Tree {
  /** Id of the sponsor, 0 for a root. */
  sponsorOf(id: number): number;
  /** 0 to 15. */
  rankOf(id: number): number;
  /** `STATUS_NONE` for an empty lane; only `STATUS_ACTIVE` distributors are paid. */
  statusOf(id: number): number;
  /** New id of a distributor whose sponsor was corrected; 0 if they have not moved. */
  movedTo(id: number): number;
}

/** Base units of one level: counted volume in cents x basis points, exactly. */
export function amountOf(line: Pick<SettledLine, 'volumeCents'>, credit: Credit): bigint {
  return line.volumeCents * BigInt(credit.bps);
}

/** Base units that a settled sale credits in total. */
export function creditedBy(line: SettledLine): bigint {
  return line.credits.reduce((sum, credit) => sum + amountOf(line, credit), 0n);
}

/** What a distributor of the upline gets of a sale. */
interface LevelShare {
  /** Whether they have a level at all. */
  counts: boolean;
  isPaid: boolean;
  /** Basis points if paid; in a plan by difference, in any case, by how much their rate is above the highest so far. */
  bps: number;
}

const UNCOUNTED: LevelShare = { counts: false, isPaid: false, bps: 0 };

/**
 * Settles one sale by its plan, from the seller up.
 * @param seller Distributor id; the old id of a distributor who has moved leads to the new one.
 * @param volumeCents Counted volume in cents.
 */
export function payCommission(tree: Tree, plan: Plan, seller: number, volumeCents: bigint): SettledLine {
  const credits: Credit[] = [];
  const pay = (id: number, { isPaid, bps }: Omit<LevelShare, 'counts'>) => {
    credits.push(isPaid ? { id, bps } : { id: 0, bps: 0 });
  };
  if (volumeCents === 0n || tree.statusOf(seller) === STATUS_NONE) return { seller, volumeCents, credits };
  // Ids looked at above the seller.
  let looked = tree.movedTo(seller) === 0 ? 0 : 1;
  let id = whereIs(tree, seller);
  pay(id, { isPaid: isActive(tree, id), bps: rateAt(tree, plan, id, 0) });
  const byDifference = plan.kind === PLAN_BY_DIFFERENCE;
  const top = Math.max(...plan.ratesBps.map((row) => (byDifference ? (row[1] ?? 0) : row.length)));
  // Levels paid or passed, or the highest rate so far.
  let done = byDifference ? 0 : 1;
  while (looked < plan.reach && done < top) {
    const sponsor = tree.sponsorOf(id);
    if (sponsor === 0) break;
    looked += tree.movedTo(sponsor) === 0 ? 1 : 2;
    id = whereIs(tree, sponsor);
    const share = byDifference ? differenceOf(tree, plan, id, done) : levelOf(tree, plan, id, done);
    if (!share.counts) continue;
    pay(id, share);
    done += byDifference ? share.bps : 1;
  }
  return { seller, volumeCents, credits };
}

/** Whether a distributor has level (generation) `level`, is paid for it, and at what rate. */
function levelOf(tree: Tree, plan: Plan, id: number, level: number): LevelShare {
  if (plan.kind === PLAN_BY_GENERATION && tree.rankOf(id) < plan.boundaryRank) return UNCOUNTED;
  const active = isActive(tree, id);
  const isPaid = active && level < rowOf(plan, tree.rankOf(id)).length;
  const keepsLevel = active
    ? plan.compression !== COMPRESSION_DYNAMIC
    : plan.compression === COMPRESSION_NONE;
  return { counts: isPaid || keepsLevel, isPaid, bps: rateAt(tree, plan, id, level) };
}

/** Whether a distributor's rate is above every rate so far, by how much, and whether they are paid. */
function differenceOf(tree: Tree, plan: Plan, id: number, highest: number): LevelShare {
  const own = rateAt(tree, plan, id, 1);
  if (own <= highest) return UNCOUNTED;
  const isPaid = isActive(tree, id);
  return { counts: isPaid || plan.compression === COMPRESSION_NONE, isPaid, bps: own - highest };
}

function rateAt(tree: Tree, plan: Plan, id: number, level: number): number {
  return rowOf(plan, tree.rankOf(id))[level] ?? 0;
}

function isActive(tree: Tree, id: number): boolean {
  return tree.statusOf(id) === STATUS_ACTIVE;
}

/** The id that the distributor of `id` has now. One step is enough: no distributor moves twice. */
function whereIs(tree: Tree, id: number): number {
  return tree.movedTo(id) || id;
}
