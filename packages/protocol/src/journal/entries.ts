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

interface RecorderSet {
  kind: 'recorderSet';
  recorder: Address;
  /** Base units per cap period; 0 takes the right to record away. */
  cap: bigint;
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

/** Ranks and statuses were set. */
export interface StandingSet {
  kind: 'standingSet';
  ranker: Address;
  evidence: Hex;
  /** Packed; `decodeStandings` reads them. */
  records: Hex;
}

/** A wrong sponsor was corrected; if `newId` differs from `id`, the distributor has moved there. */
export interface SponsorCorrected {
  kind: 'sponsorCorrected';
  id: number;
  newId: number;
  /** 0 for a root. */
  sponsor: number;
  reason: Hex;
}

/** A distributor left for good; they are still owed what they were owed. */
export interface DistributorLeft {
  kind: 'distributorLeft';
  id: number;
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
  reason: Hex;
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
  | StandingSet
  | SponsorCorrected
  | DistributorLeft
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
