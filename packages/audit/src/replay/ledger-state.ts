import type { Account, BuyerClass, FlagClosed, LedgerTerms, Plan, Tree } from '@plumbline/protocol';
import { STATUS_NONE } from '@plumbline/protocol';
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
  /** Reversals so far. */
  reversals: number;
}

export interface RecorderGrant {
  cap: bigint;
  /** Reserved in `period`. */
  spent: bigint;
  period: number;
  /** The highest cap in the period in which it was last set. */
  highest: { cap: bigint; period: number };
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
  /** The outcome of each flag, null while it is open. */
  flags: Map<number, FlagClosed['outcome'] | null>;
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
  batches: Map<number, Batch>;
  /** Batches that were settled but never recorded: reported once, then accepted. */
  strangeBatches: Set<number>;
  /** Number of the batch recorded last. */
  batchCount: number;
  recorders: Map<Address, RecorderGrant>;
  /** What reversals freed in the period of the last of them, by whichever recorder. */
  freed: { units: bigint; period: number };
  roles: Roles;
  float: bigint;
  reserved: bigint;
  owed: bigint;
  sums: Sums;
  /** A batch recorded without a return window: its settlement must be the very next entry. */
  due: { batch: number; place: Place } | null;
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
    batches: new Map(),
    strangeBatches: new Set(),
    batchCount: 0,
    recorders: new Map(),
    freed: { units: 0n, period: 0 },
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
      credited: 0n,
      paid: 0n,
    },
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
