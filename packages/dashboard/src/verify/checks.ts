import type { Plan, SettledLine } from '@plumbline/protocol';
import type { PlacedDistributor } from './upline.ts';

/** The checks of a verification, in order. */
export const CHECK_NAMES = [
  'ledger',
  'batch',
  'record',
  'document',
  'reversals',
  'plan',
  'changes',
  'upline',
  'levels',
  'settlement',
  'shown',
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/**
 * How a check ended. `noted`: there was nothing to compare, see the note. `failed`: the node did not answer, or its answer
 * could not be read. `skipped`: an earlier check did not find what this one needs.
 */
export type CheckState = 'agrees' | 'differs' | 'noted' | 'failed' | 'skipped';

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
  | 'delay'
  | 'document'
  | 'lastChange'
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
  | 'recorder'
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

/** Something that the node said, or that follows from it. */
export interface Fact {
  what: FactName;
  value: string;
  /** Level, or how far above the seller; 0 for the seller. */
  level?: number;
}

/** A fact on which two sources disagree. */
export interface Difference extends Fact {
  /** What the other source says. */
  other: string;
}

/** Why a check has nothing to compare, or what to know about its result. */
export type NoteName =
  | 'changedSince'
  | 'changesWaiting'
  | 'gatewayBehind'
  | 'noDocument'
  | 'nobodyEnrolled'
  | 'notSettled'
  | 'notShown'
  | 'sellerEnrolledLater'
  | 'wouldPay';

export interface Check {
  name: CheckName;
  state: CheckState;
  facts: Fact[];
  differences: Difference[];
  note?: NoteName;
  /** What the node said, if the check failed. */
  problem?: string;
}

export interface Verification {
  /** `unverified`: nothing differs, but not everything could be checked. */
  verdict: 'agrees' | 'disagrees' | 'unverified';
  /** What the sale pays, recomputed; undefined if the verification did not get that far. */
  payout: SettledLine | undefined;
  /** The seller and the upline as the plan places them. */
  upline: PlacedDistributor[];
  plan: Plan | undefined;
  /** Whether the ledger has credited it. */
  settled: boolean;
  checks: Check[];
}
