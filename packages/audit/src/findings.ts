import type { Hex } from 'viem';

/** Every rule that an audit can find broken. A finding's code says which; it never changes its meaning. */
export type FindingCode =
  // The journal itself
  | 'journal-mismatch'
  | 'journal-head'
  | 'journal-count'
  | 'log-unreadable'
  | 'opening'
  | 'terms-hash'
  // Distributors
  | 'enrolment-id'
  | 'enrolment-sponsor'
  | 'enrolment-wallet'
  | 'enrolment-count'
  // Changes of standing, sponsor and membership
  | 'change-number'
  | 'change-time'
  | 'change-limit'
  | 'change-pending'
  | 'change-cancel-late'
  | 'change-cancel-power'
  | 'change-order'
  | 'change-early'
  | 'change-batches'
  | 'change-range'
  | 'change-lapse'
  | 'change-place'
  | 'change-missing'
  | 'standing-ranker'
  | 'standing-records'
  | 'standing-distributor'
  | 'standing-status'
  | 'correction-distributor'
  | 'correction-window'
  | 'correction-sponsor'
  | 'correction-reason'
  | 'ending-distributor'
  | 'ending-reason'
  | 'ending-again'
  // Wallets
  | 'wallet-distributor'
  | 'wallet-from'
  | 'wallet-to'
  | 'recovery-wallet'
  | 'recovery-pending'
  | 'recovery-to'
  | 'recovery-time'
  | 'recovery-due'
  // Holds and flags
  | 'hold-distributor'
  | 'hold-length'
  | 'hold-gap'
  | 'hold-release'
  | 'flag-number'
  | 'flag-subject'
  | 'flag-open'
  | 'flag-severity'
  | 'flag-review'
  | 'flag-answer'
  // Plans
  | 'plan-version'
  | 'plan-start'
  | 'plan-invalid'
  | 'plan-pending'
  | 'plan-cancelled'
  // Recording
  | 'batch-sequence'
  | 'batch-time'
  | 'batch-plan'
  | 'batch-recorder'
  | 'batch-cap'
  | 'batch-count'
  | 'batch-reserved'
  | 'batch-float'
  | 'batch-records'
  | 'record-class'
  | 'record-seller'
  | 'record-unenrolled'
  | 'record-price'
  | 'record-volume'
  // Reversal
  | 'reversal-sale'
  | 'reversal-seller'
  | 'reversal-window'
  | 'reversal-amount'
  | 'reversal-cap'
  // Settlement
  | 'settlement-batch'
  | 'settlement-window'
  | 'settlement-changes'
  | 'settlement-range'
  | 'settlement-missing'
  | 'settlement-credited'
  | 'settlement-released'
  | 'line-missing'
  | 'line-unreadable'
  | 'line-misplaced'
  | 'line-seller'
  | 'line-volume'
  | 'line-credit'
  // Money
  | 'funding-amount'
  | 'custody-limit'
  | 'payout-distributor'
  | 'payout-wallet'
  | 'payout-held'
  | 'payout-amount'
  | 'payout-address'
  | 'withdrawal-amount'
  | 'withdrawal-address'
  | 'sweep-amount'
  | 'opening-late'
  | 'opening-records'
  | 'opening-float'
  | 'opening-distributor'
  | 'refund-sale'
  | 'refund-early'
  | 'refund-amount'
  // Powers
  | 'no-recorder'
  | 'no-holder'
  | 'no-admin'
  | 'while-paused'
  | 'pause-power'
  | 'pause-unchanged'
  | 'role-change'
  | 'admin-transfer'
  | 'admin-delay'
  | 'admin-delay-short'
  | 'act-time'
  | 'act-pending'
  | 'act-cancelled'
  | 'act-power'
  | 'act-missing'
  | 'act-early'
  | 'act-void'
  | 'recorder-number'
  | 'recorder-cap'
  | 'recorder-replaced'
  | 'standby-key'
  | 'successor-again'
  | 'successor-address'
  // The contract's storage against the replay
  | 'distributor-missing'
  | 'distributor-unknown'
  | 'distributor-sponsor'
  | 'distributor-balance'
  | 'distributor-rank'
  | 'distributor-status'
  | 'distributor-moved'
  | 'fragment-state'
  | 'wallet-owner'
  | 'wallet-state'
  | 'unclaimed-state'
  | 'recovery-state'
  | 'flag-state'
  | 'pause-state'
  | 'batch-state'
  | 'batch-word'
  | 'plan-state'
  | 'recorder-state'
  | 'role-state'
  | 'change-state'
  | 'queue-state'
  | 'act-state'
  | 'successor-state'
  | 'count-state'
  | 'float-state'
  | 'reserved-state'
  | 'owed-state'
  | 'held-state'
  | 'insolvent';

/** One thing that is not as the rules, the journal or the contract's storage say it must be. */
export interface Finding {
  code: FindingCode;
  /** Number of the entry, from 0; null for what the contract's storage holds. */
  entry: number | null;
  /** Block of the entry, or the block whose storage was read; null where only logs were given. */
  blockNumber: bigint | null;
  transactionHash: Hex | null;
  /** Whom or what it is about, e.g. `distributor 12`, `sale 3-7`, `batch 3`, `ledger`. */
  subject: string;
  /** What is right. Amounts are base units in decimal digits. */
  expected: string;
  /** What is there. */
  found: string;
  /** The same in one sentence. */
  message: string;
}

/** A finding before it is known where it stands. */
export interface Observation {
  code: FindingCode;
  subject: string;
  expected: string | number | bigint;
  found: string | number | bigint;
  message: string;
}

/** Where an entry stands on chain. */
export interface Place {
  /** Number of the entry, from 0. */
  entry: number;
  blockNumber: bigint;
  transactionHash: Hex;
}

/** Ties an observation to the entry it was made at. */
export function findingAt(place: Place, { code, subject, expected, found, message }: Observation): Finding {
  const { entry, blockNumber, transactionHash } = place;
  return {
    code,
    entry,
    blockNumber,
    transactionHash,
    subject,
    expected: String(expected),
    found: String(found),
    message,
  };
}
