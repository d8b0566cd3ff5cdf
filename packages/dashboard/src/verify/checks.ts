import type { Plan, SettledLine } from '@plumbline/protocol';
import type { PlacedMember } from './upline.ts';

/** The steps of a verification, in order. */
export const STEP_NAMES = [
  'ledger',
  'batch',
  'record',
  'document',
  'reversals',
  'plan',
  'upline',
  'levels',
  'settlement',
  'shown',
] as const;
export type StepName = (typeof STEP_NAMES)[number];

/**
 * How a step ended. `noted`: nothing to hold against each other, see the note. `failed`: the node did not answer, or not
 * with anything that could be read. `skipped`: it needs what an earlier step did not find.
 */
export type StepState = 'agrees' | 'differs' | 'noted' | 'failed' | 'skipped';

/** What a fact is about; the page has the words and the form for each. */
export type FactName =
  | 'address'
  | 'batch'
  | 'block'
  | 'bps'
  | 'capPeriod'
  | 'chainId'
  | 'class'
  | 'compact'
  | 'counted'
  | 'document'
  | 'levels'
  | 'movedFrom'
  | 'payee'
  | 'plan'
  | 'planHash'
  | 'planNotice'
  | 'price'
  | 'proof'
  | 'rank'
  | 'recordedAt'
  | 'records'
  | 'returnWindow'
  | 'reversals'
  | 'reversedPrice'
  | 'reversedVolume'
  | 'root'
  | 'sale'
  | 'seller'
  | 'settled'
  | 'settlesAt'
  | 'startsAt'
  | 'status'
  | 'termsHash'
  | 'token'
  | 'total'
  | 'transaction'
  | 'unit'
  | 'units'
  | 'upline'
  | 'volume'
  | 'weight';

/** One thing that the node said, or that follows from it. */
export interface Fact {
  what: FactName;
  value: string;
  /** Level of the line, or how far above the seller; 0 for the seller. */
  level?: number;
}

/** One thing on which two sources do not agree. */
export interface Difference extends Fact {
  /** What the other source says. */
  other: string;
}

/** Why a step has nothing to compare, or what to know of its result. */
export type NoteName =
  | 'changedSince'
  | 'gatewayBehind'
  | 'noDocument'
  | 'nobodyEnrolled'
  | 'notSettled'
  | 'notShown'
  | 'sellerEnrolledLater'
  | 'wouldPay';

export interface Step {
  name: StepName;
  state: StepState;
  facts: Fact[];
  differences: Difference[];
  note?: NoteName;
  /** The node's words, of a step that failed. */
  problem?: string;
}

export interface Verification {
  /** `unverified`: nothing differs, but not everything could be checked. */
  verdict: 'agrees' | 'disagrees' | 'unverified';
  /** What the sale pays, recomputed; undefined if it did not come so far. */
  payout: SettledLine | undefined;
  /** Who was looked at for it, from the seller up, and the plan that says what becomes of each. */
  line: PlacedMember[];
  plan: Plan | undefined;
  /** Whether the ledger has credited it. */
  settled: boolean;
  steps: Step[];
}
