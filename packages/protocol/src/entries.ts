import type { Address, Hex } from 'viem';
import type { SettledLine } from './commission.ts';
import type { Plan } from './plan.ts';

/** The entries of a ledger's journal, as decoded from its logs. Readable and compact ledgers give the same entries. */

/** The ledger began. */
interface Opened {
  kind: 'opened';
  termsHash: Hex;
}

/** A person joined; the zero address stands for a wallet that is not known yet. */
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
  /** Base units per cap period; 0 ends the power. */
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
  /** Base units credited to people. */
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
  | Payout;

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
