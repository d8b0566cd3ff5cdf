import { InvalidPlanError } from '../errors.ts';
import { maxTotalBps, PLAN_BY_DIFFERENCE, PLAN_BY_GENERATION, type Plan } from './plan.ts';

/** How a plan is put in words, for the API, the dashboard and the audit report. */

/** By their numbers on the ledger. */
export const PLAN_KINDS = ['level', 'difference', 'generation'] as const;
export const PLAN_COMPRESSIONS = ['none', 'rollUp', 'dynamic'] as const;

const COMPRESSION_PHRASES = ['without compression', 'rolled up', 'compressed dynamically'] as const;

/** The terms of a plan in sentences. */
export interface PlanDescription {
  kind: string;
  compression: string;
  /** A sentence for each row of rates. */
  rates: string[];
  /** The most that the plan pays, and its ceiling. */
  total: string;
  /** How far up the plan looks for whoever is paid. */
  reach: string;
  /** How much of a purchase counts, by who bought. */
  weights: string;
}

/** @throws InvalidPlanError for a kind that no ledger knows. */
export function planKind({ kind }: Pick<Plan, 'kind'>): (typeof PLAN_KINDS)[number] {
  return wordAt(PLAN_KINDS, 'kind', kind);
}

/** @throws InvalidPlanError for a compression that no ledger knows. */
export function planCompression({
  compression,
}: Pick<Plan, 'compression'>): (typeof PLAN_COMPRESSIONS)[number] {
  return wordAt(PLAN_COMPRESSIONS, 'compression', compression);
}

/** A plan in a phrase, also one that no ledger would accept: a report must be able to name it. */
export function planPhrase({ kind, compression }: Pick<Plan, 'kind' | 'compression'>): string {
  const way = PLAN_KINDS[kind] ?? `unknown kind ${kind}`;
  return `by ${way}, ${COMPRESSION_PHRASES[compression] ?? `unknown compression ${compression}`}`;
}

/** @throws InvalidPlanError for a kind or a compression that no ledger knows. */
export function describePlan(plan: Plan): PlanDescription {
  const [retail, preferred, self] = plan.weightsBps;
  return {
    kind: kindSentence(plan),
    compression: compressionSentence(plan),
    rates: plan.ratesBps.map((row, rank) => `${rankPhrase(plan, rank)}: ${ratesPhrase(plan, row)}.`),
    total: `At most ${percent(maxTotalBps(plan))} of the counted volume is paid; the ceiling is ${percent(plan.ceilingBps)}.`,
    reach: `At most ${plan.reach} distributors above the seller are looked at.`,
    weights:
      `What counts of a purchase: ${percent(retail)} from a retail customer, ${percent(preferred)} from a ` +
      `preferred customer, ${percent(self)} from the distributor.`,
  };
}

function kindSentence(plan: Plan): string {
  switch (planKind(plan)) {
    case 'level':
      return 'By level: each distributor in the upline has a level and is paid its rate.';
    case 'difference':
      return 'By difference: a distributor whose rate is higher than all rates below is paid the difference.';
    case 'generation':
      return `By generation: each distributor of rank ${plan.boundaryRank} or above is a generation and is paid its rate.`;
  }
}

function compressionSentence(plan: Plan): string {
  const level = planKind(plan);
  switch (planCompression(plan)) {
    case 'none':
      return `A ${level} whose distributor is not paid stays unpaid.`;
    case 'rollUp':
      return `Inactive distributors are passed over: the next active distributor gets the ${level}.`;
    case 'dynamic':
      return `Distributors who are inactive or whose rank does not reach a ${level} are passed over: the next one who reaches it gets it.`;
  }
}

function rankPhrase({ ratesBps }: Plan, rank: number): string {
  if (ratesBps.length === 1) return 'Every rank';
  return rank === ratesBps.length - 1 ? `Rank ${rank} and above` : `Rank ${rank}`;
}

function ratesPhrase({ kind }: Plan, [seller = 0, ...others]: readonly number[]): string {
  const own = `${percent(seller)} to the seller`;
  if (kind === PLAN_BY_DIFFERENCE) return `${own}, ${percent(others[0] ?? 0)} as the rate of the rank`;
  const name = kind === PLAN_BY_GENERATION ? 'generation' : 'level';
  return [own, ...others.map((bps, i) => `${percent(bps)} to ${name} ${i + 1}`)].join(', ');
}

function wordAt<T>(words: readonly T[], field: string, number: number): T {
  const word = words[number];
  if (word === undefined) throw new InvalidPlanError(`${field} must be below ${words.length}, not ${number}`);
  return word;
}

function percent(bps: number): string {
  return `${bps / 100}%`;
}
