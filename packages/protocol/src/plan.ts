import { encodeAbiParameters, type Hex, keccak256 } from 'viem';
import { InvalidPlanError } from './errors.ts';
import { BUYER_CLASSES, type BuyerClass } from './records.ts';

/** How commissions are paid. Twin of contracts/types/Plan.sol and contracts/ledger/LedgerPlans.sol. */
export interface Plan {
  /** 0: by level. */
  kind: number;
  /** 0: none; a level whose person is not active stays unpaid. */
  compression: number;
  /** Rank from which a generation is counted; 0 for plans by level. */
  boundaryRank: number;
  /** The most the plan may ever pay of a counted volume, in basis points. */
  ceilingBps: number;
  /** Share of the volume that counts, in basis points: retail, preferred, self. */
  weightsBps: readonly [number, number, number];
  /** Rates in basis points; in a row the seller's own rate, then level 1 upward. */
  ratesBps: readonly (readonly number[])[];
}

/** The whole, in basis points. */
export const BPS = 10_000n;

/** Levels above the seller that a plan can pay. */
export const MAX_LEVELS = 10;

const planParameter = [
  {
    type: 'tuple',
    components: [
      { name: 'kind', type: 'uint8' },
      { name: 'compression', type: 'uint8' },
      { name: 'boundaryRank', type: 'uint8' },
      { name: 'ceilingBps', type: 'uint16' },
      { name: 'weightsBps', type: 'uint16[3]' },
      { name: 'ratesBps', type: 'uint16[][]' },
    ],
  },
] as const;

/** A plan's name: keccak256 of its ABI encoding. */
export function planHash(plan: Plan): Hex {
  return keccak256(encodeAbiParameters(planParameter, [plan]));
}

/**
 * Counted volume in cents: the buyer class's share of the volume, rounded down to a whole cent. The only rounding there
 * is; everything after it is exact.
 */
export function countedVolume(plan: Plan, buyerClass: BuyerClass, volumeCents: bigint): bigint {
  const weight = plan.weightsBps[BUYER_CLASSES.indexOf(buyerClass)] ?? 0;
  return (volumeCents * BigInt(weight)) / BPS;
}

/** The most the plan can pay of a counted volume, in basis points: what recording a sale reserves. */
export function maxTotalBps(plan: Plan): number {
  return Math.max(...plan.ratesBps.map((row) => row.reduce((sum, rate) => sum + rate, 0)));
}

/** @throws InvalidPlanError naming the first thing that a ledger would refuse. */
export function checkPlan(plan: Plan): void {
  const refuse = (problem: string): never => {
    throw new InvalidPlanError(problem);
  };
  if (plan.kind !== 0) refuse(`kind must be 0 (by level), not ${plan.kind}`);
  if (plan.compression !== 0) refuse(`compression must be 0 (none), not ${plan.compression}`);
  if (plan.boundaryRank !== 0) refuse(`boundaryRank must be 0 for a plan by level, not ${plan.boundaryRank}`);
  const shares = [plan.ceilingBps, ...plan.weightsBps, ...plan.ratesBps.flat()];
  const wrong = shares.find((bps) => !Number.isInteger(bps) || bps < 0 || bps > Number(BPS));
  if (wrong !== undefined) refuse(`basis points must be whole numbers from 0 to ${BPS}, not ${wrong}`);
  const [row] = plan.ratesBps;
  if (plan.ratesBps.length !== 1 || !row) refuse(`ratesBps must have one row, not ${plan.ratesBps.length}`);
  const levels = row?.length ?? 0;
  if (levels < 1 || levels > MAX_LEVELS + 1) {
    refuse(`a row of rates must have 1 to ${MAX_LEVELS + 1} levels, the seller included, not ${levels}`);
  }
  if (maxTotalBps(plan) > plan.ceilingBps) {
    refuse(`the rates add up to ${maxTotalBps(plan)} basis points, above the ceiling of ${plan.ceilingBps}`);
  }
}
