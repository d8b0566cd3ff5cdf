import type { Address, Hex } from 'viem';
import type { SettledLine } from '../rules/commission.ts';
import type { Plan } from '../rules/plan.ts';

/** The entries of a ledger's journal, as decoded from its logs. Readable and compact ledgers give the same entries. */

/** How a distributor came to a wallet: numbers 1, 2, 3 on the ledger. */
export const WALLET_CHANGES = ['claimed', 'changed', 'recovered'] as const;

/** What a flag is about: numbers 0, 1 on the ledger. */
export const FLAG_SUBJECTS = ['distributor', 'sale'] as const;

/** How a review ended: numbers 1, 2, 3 on the ledger. */
export const FLAG_OUTCOMES = ['cleared', 'corrected', 'upheld'] as const;

/** The ledger was created. */
interface Opened {
  kind: 'opened';
  termsHash: Hex;
}

/** A distributor joined; the zero address means that the wallet is not known yet. */
export interface Enrolled {
  kind: 'enrolled';
  id: number;
  /** 0 for a root. */
  sponsor: number;
  wallet: Address;
}

export interface PlanAnnounced {
  kind: 'planAnnounced';
  version: number;
  /** Unix seconds. */
  startsAt: number;
  planHash: Hex;
  plan: Plan;
}

export interface RecorderSet {
  kind: 'recorderSet';
  /** Number of the recorder, from 1. */
  number: number;
  /** Its key. */
  recorder: Address;
  /** Units that may be reserved in a cap period. */
  cap: bigint;
  /** Distributors and sales that may be recorded in a cap period. */
  countCap: number;
}

/** A key can replace a recorder's at once; the zero address: none can. */
export interface StandbySet {
  kind: 'standbySet';
  number: number;
  key: Address;
}

export interface RecorderReplaced {
  kind: 'recorderReplaced';
  number: number;
  from: Address;
  to: Address;
}

/** A call of the admin that gives power or takes out money, announced. */
export interface ActAnnounced {
  kind: 'actAnnounced';
  /** keccak256 of the call. */
  act: Hex;
  /** Selector and arguments. */
  call: Hex;
  /** Unix seconds. */
  effectiveAt: number;
}

export interface ActCancelled {
  kind: 'actCancelled';
  act: Hex;
  by: Address;
}

export interface PlanCancelled {
  kind: 'planCancelled';
  version: number;
}

interface RoleChanged {
  kind: 'roleChanged';
  role: Hex;
  account: Address;
  granted: boolean;
}

interface AdminTransferSet {
  kind: 'adminTransferSet';
  newAdmin: Address;
  acceptableFrom: number;
}

interface AdminDelaySet {
  kind: 'adminDelaySet';
  delay: number;
  effectiveFrom: number;
}

interface FloatFunded {
  kind: 'floatFunded';
  from: Address;
  units: bigint;
}

export interface BatchRecorded {
  kind: 'batchRecorded';
  /** Its recorder's number less 1, above 24 bits of its place among the recorder's batches; `ids.ts` takes it apart. */
  batch: number;
  /** Plan version. */
  plan: number;
  recorder: Address;
  /** Unix seconds. */
  recordedAt: number;
  /** Base units set aside. */
  reserved: bigint;
  manifestRoot: Hex;
  /** Packed sales; `decodeSales` reads them. */
  records: Hex;
}

export interface SaleReversed {
  kind: 'saleReversed';
  batch: number;
  index: number;
  seller: number;
  priceCents: bigint;
  volumeCents: bigint;
}

export interface BatchSettled {
  kind: 'batchSettled';
  batch: number;
  /** First index settled. */
  from: number;
  /** One past the last index settled. */
  until: number;
  /** Base units credited to distributors. */
  credited: bigint;
  /** Base units given back to the float. */
  released: bigint;
  /** The settled sales, one for each index. */
  lines: SettledLine[];
}

export interface Payout {
  kind: 'payout';
  id: number;
  wallet: Address;
  units: bigint;
}

/** What a distributor was owed was paid to another address, as the owner of their wallet had signed. */
export interface PayoutRedirected {
  kind: 'payoutRedirected';
  id: number;
  wallet: Address;
  to: Address;
  units: bigint;
}

/** Ranks and statuses will change. */
export interface StandingAnnounced {
  kind: 'standingAnnounced';
  /** Number of the change, from 1. */
  change: number;
  ranker: Address;
  evidence: Hex;
  /** Packed; `decodeStandings` reads them. */
  records: Hex;
  /** Unix seconds; batches recorded from then on settle with it. */
  effectiveAt: number;
}

/** A mistaken sponsor will be put right. */
export interface CorrectionAnnounced {
  kind: 'correctionAnnounced';
  change: number;
  id: number;
  /** 0 for a root. */
  sponsor: number;
  reason: Hex;
  effectiveAt: number;
}

/** A distributor will leave, or be made to; what is owed to them stays owed. */
export interface EndingAnnounced {
  kind: 'endingAnnounced';
  change: number;
  id: number;
  /** Whether the company ends the membership, for a reason and by evidence. */
  forCause: boolean;
  reason: Hex;
  evidence: Hex;
  effectiveAt: number;
}

export interface ChangeCancelled {
  kind: 'changeCancelled';
  change: number;
  by: Address;
}

/** A change was applied, in whole or up to a record. `PendingChanges` says what that does. */
export interface ChangeApplied {
  kind: 'changeApplied';
  change: number;
  /** One past the last record applied. */
  until: number;
  /** A corrected distributor's id from now on; 0 for other changes and for a correction that has lapsed. */
  newId: number;
  /** Whether the change did not fit any more, and nothing has changed. */
  lapsed: boolean;
}

/** What distributors are owed from before the ledger. */
export interface BalancesOpened {
  kind: 'balancesOpened';
  /** In all. */
  units: bigint;
  evidence: Hex;
  /** Packed; `decodeBalances` reads them. */
  records: Hex;
}

/** The company has refunded a settled sale at its own cost. */
export interface RefundedLate {
  kind: 'refundedLate';
  batch: number;
  index: number;
  priceCents: bigint;
  evidence: Hex;
}

/** The company has published what its distributors earn. */
export interface DisclosurePublished {
  kind: 'disclosurePublished';
  /** A year, or year x 100 + month. */
  period: number;
  /** Over what each distributor has earned, net. */
  root: Hex;
  /** Of the published document. */
  hash: Hex;
}

/** The programme goes on in another ledger. */
export interface SuccessorSet {
  kind: 'successorSet';
  successor: Address;
}

/** Tokens that had come without `fund` went into the float. */
export interface SurplusSwept {
  kind: 'surplusSwept';
  units: bigint;
}

/** A distributor is paid to `to` from now on. */
export interface WalletSet {
  kind: 'walletSet';
  id: number;
  /** The zero address for a distributor who had none. */
  from: Address;
  to: Address;
  how: (typeof WALLET_CHANGES)[number];
}

/** A recovery was proposed, or cancelled (zeros). */
export interface RecoverySet {
  kind: 'recoverySet';
  id: number;
  from: Address;
  to: Address;
  /** Unix seconds. */
  executableFrom: number;
}

/** Payouts to a distributor are held until a time; a time that has passed ends the hold. */
export interface HoldSet {
  kind: 'holdSet';
  id: number;
  /** Unix seconds. */
  until: number;
  reason: Hex;
}

export interface FlagRaised {
  kind: 'flagRaised';
  flag: number;
  subjectKind: (typeof FLAG_SUBJECTS)[number];
  /** Distributor id or sale number. */
  subject: number;
  /** What is suspected, by a number that the programme publishes. */
  flagKind: number;
  /** 1 to 3. */
  severity: number;
  evidence: Hex;
  /** Unix seconds; the flag ends by itself then. */
  reviewBy: number;
}

/** The distributor who is flagged has answered. */
export interface FlagAnswered {
  kind: 'flagAnswered';
  flag: number;
  id: number;
  answer: Hex;
}

export interface FlagClosed {
  kind: 'flagClosed';
  flag: number;
  outcome: (typeof FLAG_OUTCOMES)[number];
  evidence: Hex;
}

interface FloatWithdrawn {
  kind: 'floatWithdrawn';
  to: Address;
  units: bigint;
}

interface PauseSet {
  kind: 'pauseSet';
  by: Address;
  paused: boolean;
}

export type Entry =
  | Opened
  | Enrolled
  | PlanAnnounced
  | RecorderSet
  | RoleChanged
  | AdminTransferSet
  | AdminDelaySet
  | FloatFunded
  | BatchRecorded
  | SaleReversed
  | BatchSettled
  | Payout
  | PayoutRedirected
  | StandingAnnounced
  | CorrectionAnnounced
  | EndingAnnounced
  | ChangeCancelled
  | ChangeApplied
  | StandbySet
  | RecorderReplaced
  | ActAnnounced
  | ActCancelled
  | PlanCancelled
  | BalancesOpened
  | RefundedLate
  | DisclosurePublished
  | FlagAnswered
  | SuccessorSet
  | SurplusSwept
  | WalletSet
  | RecoverySet
  | HoldSet
  | FlagRaised
  | FlagClosed
  | FloatWithdrawn
  | PauseSet;

/** A log as an RPC node gives it, in viem's form. */
export interface LedgerLog {
  topics: readonly Hex[];
  data: Hex;
  blockNumber: bigint;
  blockHash: Hex;
  transactionHash: Hex;
  logIndex: number;
}

/** An entry, the head that its log claims, and where it stands on chain (a settlement: its closing log). */
export interface JournalEntry {
  entry: Entry;
  head: Hex;
  blockNumber: bigint;
  blockHash: Hex;
  transactionHash: Hex;
  logIndex: number;
}
