import { InvalidPlanError } from '../errors.ts';
import { maxTotalBps, PLAN_BY_DIFFERENCE, PLAN_BY_GENERATION, type Plan } from './plan.ts';

/** A plan in words. */

/** By their numbers on the ledger. */
export const PLAN_KINDS = ['level', 'difference', 'generation'] as const;
export const PLAN_COMPRESSIONS = ['none', 'rollUp', 'dynamic'] as const;

/** @throws InvalidPlanError for a kind that no ledger knows. */
export function planKind({ kind }: Plan): (typeof PLAN_KINDS)[number] {
  return wordAt(PLAN_KINDS, 'kind', kind);
}

/** @throws InvalidPlanError for a compression that no ledger knows. */
export function planCompression({ compression }: Plan): (typeof PLAN_COMPRESSIONS)[number] {
  return wordAt(PLAN_COMPRESSIONS, 'compression', compression);
}

function wordAt<T>(words: readonly T[], field: string, number: number): T {
  const word = words[number];
  if (word === undefined) throw new InvalidPlanError(`${field} must be below ${words.length}, not ${number}`);
  return word;
}

/** The terms of a plan, a sentence each. */
export function planWords(plan: Plan): string[] {
  const [retail, preferred, self] = plan.weightsBps;
  return [
    kindWords(plan),
    compressionWords(plan),
    ...plan.ratesBps.map((row, rank) => `${rankWords(plan, rank)}: ${rowWords(plan, row)}.`),
    `At most ${percent(maxTotalBps(plan))} of the counted volume is paid; the ceiling is ${percent(plan.ceilingBps)}.`,
    `Of a purchase ${percent(retail)} count from a retail customer, ${percent(preferred)} from a preferred customer, ` +
      `${percent(self)} from the distributor themself.`,
  ];
}

function kindWords({ kind, boundaryRank }: Plan): string {
  if (kind === PLAN_BY_DIFFERENCE) {
    return 'By difference: whoever has a higher rate than everybody below is paid what it is higher by.';
  }
  if (kind === PLAN_BY_GENERATION) {
    return `By generation: each distributor of rank ${boundaryRank} or above is a generation and is paid its rate.`;
  }
  return 'By level: each distributor up the line has a level and is paid its rate.';
}

function compressionWords({ kind, compression }: Plan): string {
  const level =
    kind === PLAN_BY_DIFFERENCE ? 'difference' : kind === PLAN_BY_GENERATION ? 'generation' : 'level';
  if (compression === 0) return `A ${level} whose distributor is not paid stays unpaid.`;
  if (compression === 1)
    return `Somebody inactive does not count: the next active distributor has the ${level}.`;
  return `Whoever is inactive or whose rank does not reach a ${level} does not count: the next who reaches it has it.`;
}

function rankWords({ ratesBps }: Plan, rank: number): string {
  if (ratesBps.length === 1) return 'Every rank';
  return rank === ratesBps.length - 1 ? `Rank ${rank} and above` : `Rank ${rank}`;
}

function rowWords({ kind }: Plan, [seller = 0, ...others]: readonly number[]): string {
  const own = `${percent(seller)} to the seller`;
  if (kind === PLAN_BY_DIFFERENCE) return `${own}, ${percent(others[0] ?? 0)} as the rate of the rank`;
  const name = kind === PLAN_BY_GENERATION ? 'generation' : 'level';
  return [own, ...others.map((bps, i) => `${percent(bps)} to ${name} ${i + 1}`)].join(', ');
}

function percent(bps: number): string {
  return `${bps / 100} %`;
}
