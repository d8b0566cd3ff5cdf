import { encodeAbiParameters, type Hex, keccak256 } from 'viem';
import { BUYER_CLASSES, type BuyerClass } from '../encoding/records.ts';
import { InvalidPlanError } from '../errors.ts';

/** How commissions are paid. Twin of contracts/types/Plan.sol and contracts/powers/LedgerPlans.sol. */
export interface Plan {
  /** Who in the upline is paid: `PLAN_BY_LEVEL`, `PLAN_BY_DIFFERENCE` or `PLAN_BY_GENERATION`. */
  kind: number;
  /** What happens to a level whose distributor is not paid: `COMPRESSION_NONE`, `_ROLL_UP` or `_DYNAMIC`. */
  compression: number;
  /** Rank from which a generation is counted, 1 to 15; 0 for other plans. */
  boundaryRank: number;
  /** How many ids above the seller are looked at, 64 to 1,000; the id of somebody who has moved counts as one. */
  reach: number;
  /** The most the plan may ever pay of a counted volume, in basis points. */
  ceilingBps: number;
  /** Share of the volume that counts, in basis points: retail, preferred, self. */
  weightsBps: readonly [number, number, number];
  /**
   * Rates in basis points, a row for each rank from 0; ranks past the last row use the last one. In a row the seller's
   * own rate, then level (generation) 1 upward; in a plan by difference the seller's own and the whole rate of the
   * rank.
   */
  ratesBps: readonly (readonly number[])[];
}

/** Each level is paid its rate. */
export const PLAN_BY_LEVEL = 0;
/** Each higher rate is paid the difference to the one below. */
export const PLAN_BY_DIFFERENCE = 1;
/** Each distributor of the boundary rank or above is paid. */
export const PLAN_BY_GENERATION = 2;

/** A level whose distributor is not paid stays unpaid. */
export const COMPRESSION_NONE = 0;
/** An inactive distributor is passed over; the next active one gets the level. */
export const COMPRESSION_ROLL_UP = 1;
/** So is a distributor whose rank does not reach the level. */
export const COMPRESSION_DYNAMIC = 2;

/** The whole, in basis points. */
export const BPS = 10_000n;

/** Levels above the seller that a plan can pay. */
export const MAX_LEVELS = 10;

/** Rows of rates that a plan can have. */
export const MAX_ROWS = 16;

/** The highest rank. */
export const MAX_RANK = 15;

/** The bounds of a plan's reach. */
export const MIN_REACH = 64;
export const MAX_REACH = 1_000;

const planParameter = [
  {
    type: 'tuple',
    components: [
      { name: 'kind', type: 'uint8' },
      { name: 'compression', type: 'uint8' },
      { name: 'boundaryRank', type: 'uint8' },
      { name: 'reach', type: 'uint16' },
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
 * Counted volume in cents: the buyer class's share of the volume, rounded down to a whole cent. This is the only
 * rounding; everything after it is exact.
 */
export function countedVolume(plan: Plan, buyerClass: BuyerClass, volumeCents: bigint): bigint {
  const weight = plan.weightsBps[BUYER_CLASSES.indexOf(buyerClass)] ?? 0;
  return (volumeCents * BigInt(weight)) / BPS;
}

/** The rates of distributors of `rank`. */
export function rowOf(plan: Plan, rank: number): readonly number[] {
  return plan.ratesBps[Math.min(rank, plan.ratesBps.length - 1)] ?? [];
}

/**
 * The most the plan can pay of a counted volume, in basis points: each level at its best rate. Recording a sale
 * reserves this much.
 */
export function maxTotalBps(plan: Plan): number {
  const levels = Math.max(0, ...plan.ratesBps.map((row) => row.length));
  return Array.from({ length: levels }, (_, level) =>
    Math.max(...plan.ratesBps.map((row) => row[level] ?? 0)),
  ).reduce((sum, rate) => sum + rate, 0);
}

/** @throws InvalidPlanError naming the first thing that a ledger would refuse. */
export function checkPlan(plan: Plan): void {
  const byDifference = plan.kind === PLAN_BY_DIFFERENCE;
  const byGeneration = plan.kind === PLAN_BY_GENERATION;
  checkNumber('kind', plan.kind, PLAN_BY_LEVEL, PLAN_BY_GENERATION);
  // By difference a distributor either counts or does not: there is no level that a rank fails to reach.
  checkNumber('compression', plan.compression, 0, byDifference ? COMPRESSION_ROLL_UP : COMPRESSION_DYNAMIC);
  checkNumber('boundaryRank', plan.boundaryRank, byGeneration ? 1 : 0, byGeneration ? MAX_RANK : 0);
  checkNumber('reach', plan.reach, MIN_REACH, MAX_REACH);
  checkBps('ceilingBps', plan.ceilingBps);
  for (const weight of plan.weightsBps) checkBps('weightsBps', weight);
  checkNumber('rows of ratesBps', plan.ratesBps.length, 1, MAX_ROWS);
  const [least, most] = byDifference ? [2, 2] : [1, MAX_LEVELS + 1];
  for (const row of plan.ratesBps) {
    checkNumber('levels of a row of ratesBps, the seller included,', row.length, least, most);
    for (const rate of row) checkBps('ratesBps', rate);
  }
  const total = maxTotalBps(plan);
  if (total > plan.ceilingBps) {
    throw new InvalidPlanError(
      `the best rates of all levels add up to ${total} basis points, above the ceiling of ${plan.ceilingBps}`,
    );
  }
}

function checkBps(field: string, bps: number): void {
  if (!Number.isInteger(bps) || bps < 0 || bps > BPS) {
    throw new InvalidPlanError(`${field}: basis points must be whole numbers from 0 to ${BPS}, not ${bps}`);
  }
}

function checkNumber(what: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    const range = least === most ? `${least}` : `a whole number from ${least} to ${most}`;
    throw new InvalidPlanError(`${what} must be ${range}, not ${value}`);
  }
}
