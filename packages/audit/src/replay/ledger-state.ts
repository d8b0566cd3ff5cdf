import type {
  Account,
  AllowanceKind,
  AnnouncedChange,
  BuyerClass,
  FlagClosed,
  LedgerTerms,
  Plan,
  RecorderAllowances,
  Tree,
} from '@plumbline/protocol';
import { recorderOfBatch, STATUS_NONE, sequenceOfBatch } from '@plumbline/protocol';
import type { Address, Hex } from 'viem';
import type { Observation, Place } from '../findings.ts';

/** A ledger as the entries so far have made it. Amounts are base units or cents, times Unix seconds. */

/** A lane of the tree: a distributor, or what is left of one who has moved to another lane. */
export interface Distributor extends Account {
  id: number;
  /** Null until it is claimed. */
  wallet: Address | null;
  enrolledAt: number;
  /** Payouts are, or were, held until then; 0 if they never were. */
  heldUntil: number;
  /** Signatures of the wallet's owner that were used. */
  nonce: number;
  /** Number of the change by which the distributor leaves; 0 if they do not. */
  leaving: number;
  credited: bigint;
  paid: bigint;
}

/** A replacement of a wallet that was proposed; zeros once it was made or cancelled. */
export interface Recovery {
  to: Address;
  executableFrom: number;
}

interface PlanVersion {
  plan: Plan;
  hash: Hex;
  startsAt: number;
  isCancelled: boolean;
}

export interface Sale {
  /** Null for a buyer class that does not exist. */
  class: BuyerClass | null;
  seller: number;
  priceLeft: bigint;
  volumeLeft: bigint;
}

export interface Batch {
  plan: number;
  recordedAt: number;
  sales: Sale[];
  /** Sales settled so far. */
  settled: number;
}

export interface Recorder {
  number: number;
  key: Address;
  standby: Address;
  /** Batches recorded so far. */
  sequence: number;
  cap: bigint;
  countCap: number;
  allowances: RecorderAllowances;
  /**
   * By how much the ledger's times may be later: one for each entry that may have been a call of its own, because every
   * call rounds up.
   */
  slack: Record<AllowanceKind, number>;
  /** Whether enrolments may have spent more of the count: their entries do not name the recorder. */
  mayHaveEnrolled: boolean;
}

/** Entries of one call, one after the other in one transaction, which the ledger counts together. */
interface CallGroup {
  /** What they have in common, e.g. the batch. */
  key: string;
  entry: number;
  amount: bigint;
  /** The recorder and when the allowance was whole again before the first; null if it is not known who made the call. */
  before: { recorder: Recorder; wholeAt: bigint } | null;
}

/** A change of standing, sponsor or membership that was announced. */
export interface Change {
  announced: AnnouncedChange;
  /** Records in it. */
  size: number;
  /** Records applied. */
  done: number;
  isCancelled: boolean;
}

/** Changes that become effective together. */
interface Era {
  startsAt: number;
  lastChange: number;
}

/** Twin of the queue in contracts/types/ChangeQueue.sol. */
interface Changes {
  all: Map<number, Change>;
  /** Numbers of those that are neither applied nor cancelled. */
  pending: Set<number>;
  /** Number of the one announced last. */
  count: number;
  /** Number of the one applied last, whole. */
  applied: number;
  /** From number 1; era 0 is before the first change. */
  eras: Era[];
  /** The era of the last batch that was recorded. */
  recording: number;
  /** Records of standing, and corrections and endings, that are pending. */
  standings: number;
  cases: number;
}

/** A call that the admin has announced. */
export interface Act {
  call: Hex;
  /** 0 once it was made or cancelled. */
  effectiveAt: number;
  /** Whether a guardian may not cancel it: it removes one. */
  isAdminOnly: boolean;
  /** Whether it may have been made: the entry of a guardian's removal is also that of a guardian who resigns. */
  isDoubtful: boolean;
}

export interface Flag {
  subjectKind: 'distributor' | 'sale';
  subject: number;
  reviewBy: number;
  isAnswered: boolean;
  outcome: FlagClosed['outcome'] | null;
}

/** The admin's seat and OpenZeppelin's roles. */
export interface Roles {
  /** `role account`, for every account with a role. */
  held: Set<string>;
  /** Every `role account` that was ever spoken of. */
  mentioned: Set<string>;
  /** Whether the seat was ever taken; the first admin comes with the ledger. */
  seated: boolean;
  admin: Address | null;
  pendingAdmin: { account: Address; acceptableFrom: number } | null;
  /** Seconds; null until the entry that comes with the ledger. */
  delay: number | null;
  pendingDelay: { delay: number; effectiveFrom: number } | null;
}

/** Sums since the ledger began, for the summary. */
interface Sums {
  sales: number;
  settledSales: number;
  priceCents: bigint;
  volumeCents: bigint;
  reversedPriceCents: bigint;
  reversedVolumeCents: bigint;
  funded: bigint;
  /** Free float that the company took out. */
  withdrawn: bigint;
  /** Tokens that had come without a funding. */
  swept: bigint;
  /** What distributors were owed from before. */
  opened: bigint;
  lateRefundCents: bigint;
  credited: bigint;
  paid: bigint;
}

export interface LedgerState {
  /** Lower case. */
  ledger: Address;
  terms: LedgerTerms;
  /** The hash that the first entry must carry. */
  termsHash: Hex;
  distributors: Map<number, Distributor>;
  /** Owner of each wallet; 0 for one that has no owner any more. */
  wallets: Map<Address, number>;
  /** Ids of all distributors who ever were without a wallet. */
  unclaimed: Set<number>;
  /** By the wallet that is to be replaced. */
  recoveries: Map<Address, Recovery>;
  flags: Map<number, Flag>;
  /** Number of the flag raised last. */
  flagCount: number;
  /** Whether enrolling, recording and correcting are paused. */
  paused: boolean;
  /** The highest fragment in use. */
  fragments: number;
  /** The fragment opened last; differs from `fragments` only after a wrong one. */
  lastFragment: number;
  /** Lanes taken of each fragment. */
  lanes: Map<number, number>;
  plans: Map<number, PlanVersion>;
  planCount: number;
  planInForce: number;
  /** The last version whose time has come, cancelled or not, as the ledger has it. */
  planDue: number;
  batches: Map<number, Batch>;
  /** Batches that were settled but never recorded: reported once, then accepted. */
  strangeBatches: Set<number>;
  /** Numbers of those with sales that are not settled. */
  openBatches: Set<number>;
  /** By number. */
  recorders: Map<number, Recorder>;
  /** The number of each key that is a recorder's, or 0 if it was one. */
  recorderKeys: Map<Address, number>;
  /** The call that the last entry may belong to. */
  call: CallGroup | null;
  changes: Changes;
  /** By hash. */
  acts: Map<Hex, Act>;
  successor: Address | null;
  roles: Roles;
  float: bigint;
  reserved: bigint;
  owed: bigint;
  sums: Sums;
  /** Transaction of the ledger's creation: what it brings along needs no announcement. */
  createdIn: Hex | null;
  /** Unix seconds. */
  createdAt: number;
  /** Without a return window, what was recorded or announced is settled or applied by the very next entry. */
  due: { kind: 'batch' | 'change'; number: number; place: Place } | null;
}

/** What the rules need to replay an entry. */
export interface ReplayContext {
  state: LedgerState;
  place: Place;
  /** Time of the entry's block. */
  time: number;
  report(observation: Observation): void;
}

/** A ledger without entries. */
export function emptyLedger(ledger: Address, terms: LedgerTerms, termsHash: Hex): LedgerState {
  return {
    ledger,
    terms,
    termsHash,
    distributors: new Map(),
    wallets: new Map(),
    unclaimed: new Set(),
    recoveries: new Map(),
    flags: new Map(),
    flagCount: 0,
    paused: false,
    fragments: 0,
    lastFragment: 0,
    lanes: new Map(),
    plans: new Map(),
    planCount: 0,
    planInForce: 0,
    planDue: 0,
    batches: new Map(),
    strangeBatches: new Set(),
    openBatches: new Set(),
    recorders: new Map(),
    recorderKeys: new Map(),
    call: null,
    changes: {
      all: new Map(),
      pending: new Set(),
      count: 0,
      applied: 0,
      eras: [],
      recording: 0,
      standings: 0,
      cases: 0,
    },
    acts: new Map(),
    successor: null,
    roles: {
      held: new Set(),
      mentioned: new Set(),
      seated: false,
      admin: null,
      pendingAdmin: null,
      delay: null,
      pendingDelay: null,
    },
    float: 0n,
    reserved: 0n,
    owed: 0n,
    sums: {
      sales: 0,
      settledSales: 0,
      priceCents: 0n,
      volumeCents: 0n,
      reversedPriceCents: 0n,
      reversedVolumeCents: 0n,
      funded: 0n,
      withdrawn: 0n,
      swept: 0n,
      opened: 0n,
      lateRefundCents: 0n,
      credited: 0n,
      paid: 0n,
    },
    createdIn: null,
    createdAt: 0,
    due: null,
  };
}

/** The sponsor tree as it stands now. */
export function treeOf({ distributors }: LedgerState): Tree {
  return {
    sponsorOf: (id) => distributors.get(id)?.sponsor ?? 0,
    rankOf: (id) => distributors.get(id)?.rank ?? 0,
    statusOf: (id) => distributors.get(id)?.status ?? STATUS_NONE,
    movedTo: (id) => distributors.get(id)?.movedTo ?? 0,
  };
}

/** The id under which a distributor is now. */
export function presentId({ distributors }: LedgerState, id: number): number {
  return distributors.get(id)?.movedTo || id;
}

/** Whether a recorder has recorded so many batches, by its entries. */
export function isNumbered({ recorders }: LedgerState, batch: number): boolean {
  const sequence = sequenceOfBatch(batch);
  return sequence > 0 && sequence <= (recorders.get(recorderOfBatch(batch))?.sequence ?? 0);
}
