import type { BuyerClass, Plan, SaleDocument } from '@plumbline/protocol';
import type { Address, Hex } from 'viem';

/**
 * What the gateway answers. Money comes as decimal strings: `...Cents` are cents, `...Units` are base units of six
 * decimals. Times are unix seconds.
 */

/** The ledger and where its books stand. */
export interface LedgerAnswer {
  ledger: Address;
  chainId: number;
  token: Address;
  /** The node that browsers should ask; null if the reader has to name one. */
  rpcUrl: string | null;
  startBlock: number;
  terms: TermsAnswer;
  plan: PlanAnswer | null;
  head: Hex;
  entryCount: number;
  blockNumber: number;
  /** Null before the books have read a block. */
  blockTime: number | null;
  totals: TotalsAnswer;
}

interface TermsAnswer {
  /** Seconds. */
  returnWindow: number;
  planNotice: number;
  capPeriod: number;
  compact: boolean;
  /** Token base units to one ledger unit. */
  unit: string;
}

interface PlanAnswer {
  version: number;
  hash: Hex;
  startsAt: number;
  plan: Plan;
}

interface TotalsAnswer {
  distributors: number;
  sales: number;
  batches: number;
  priceCents: string;
  volumeCents: string;
  reversedPriceCents: string;
  reversedVolumeCents: string;
  creditedUnits: string;
  paidUnits: string;
  pendingSales: number;
}

export interface SearchAnswer {
  results: SearchResult[];
}

export type SearchResult = { label: string } & (
  | { type: 'distributor'; id: number }
  /** `ref`: the external id or `12-7`. */
  | { type: 'sale'; ref: string }
);

/** A distributor. What follows from the chain is null until they are enrolled. */
export interface DistributorAnswer {
  /** Given before the enrolment is on chain. */
  id: number | null;
  reference: string | null;
  refusal: string | null;
  /** 0 for a root. */
  sponsor: number | null;
  sponsorReference: string | null;
  /** 0 to 15. */
  rank: number | null;
  status: 'active' | 'inactive' | 'left' | 'moved' | null;
  /** Id under which they go on. */
  movedTo: number | null;
  wallet: Address | null;
  /** While payouts are held. */
  hold: { until: number; reason: Hex } | null;
  recovery: { wallet: Address; executableFrom: number } | null;
  flags: { flag: number; reason: Hex; outcome: string | null; evidence: Hex | null }[];
  depth: number | null;
  teamSize: number;
  directs: number;
  creditedUnits: string;
  paidUnits: string;
  owedUnits: string;
  pendingUnits: string;
  pendingUntil: number | null;
  ownSales: number;
  enrolledBlock: number | null;
}

export interface UplineMember {
  id: number;
  reference: string | null;
  /** 1 is the sponsor. */
  level: number;
}

export interface UplineAnswer {
  path: UplineMember[];
  nextCursor: string | null;
}

/** What a distributor sold and got in a time. */
interface FiguresFields {
  soldCents: VolumeByClass;
  reversedCents: VolumeByClass;
  teamCents: string;
  reversedTeamCents: string;
  creditedUnits: string;
  /** What own purchases cost, net of what came back. */
  purchasesCents: string;
  /** Settled commissions less what own purchases cost. */
  netUnits: string;
}

type VolumeByClass = Record<BuyerClass, string>;

export interface FiguresAnswer {
  lifetime: FiguresFields;
}

export interface PeriodsAnswer {
  /** Newest first; `period` is year x 100 + month. */
  periods: (FiguresFields & { period: number })[];
  nextCursor: string | null;
}

export interface Child {
  id: number;
  reference: string | null;
  directs: number;
  teamSize: number;
  creditedUnits: string;
}

export interface ChildrenAnswer {
  children: Child[];
  nextCursor: string | null;
}

export interface CreditLine {
  /** `12-7`. */
  ref: string;
  /** 0 is the seller. */
  level: number;
  bps: number;
  units: string;
  seller: number;
  settledBlock: number;
}

export interface CreditsAnswer {
  credits: CreditLine[];
  nextCursor: string | null;
}

/** A sale. What the chain says of it is null until it is recorded. */
export interface SaleAnswer {
  /** `12-7`, once recorded. */
  ref: string | null;
  externalId: string | null;
  state: string;
  refusal: string | null;
  /** Null for a sale that was not submitted through the gateway. */
  acceptedAt: number | null;
  seller: number | null;
  sellerReference: string | null;
  class: BuyerClass;
  priceCents: string;
  volumeCents: string;
  reversed: { priceCents: string; volumeCents: string };
  plan: number | null;
  recordedAt: number | null;
  settlesAt: number | null;
  settled: boolean;
  countedCents: string | null;
  credits: SaleCredit[] | null;
  transactionHash: Hex | null;
  document: SaleDocument | null;
  manifest: { root: Hex; index: number; proof: Hex[] } | null;
  reversals: ReversalAnswer[];
}

/** Something taken back of a sale, or about to be. */
interface ReversalAnswer {
  /** The company's own number. */
  reversalId: string | null;
  state: string;
  refusal: string | null;
  priceCents: string;
  volumeCents: string;
  reason: string | null;
}

interface SaleCredit {
  level: number;
  /** Distributor id; 0 where the level stays unpaid. */
  id: number;
  bps: number;
  units: string;
}
