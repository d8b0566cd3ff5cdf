import { STATUS_CLOSED, STATUS_INACTIVE } from '@plumbline/protocol';
import type { Address } from 'viem';
import { isOpen } from '../replay/flags.ts';
import type { Act, LedgerState } from '../replay/ledger-state.ts';
import { currentPlan } from '../replay/plans.ts';

/** A ledger in figures. Amounts are base units or cents; what is net comes first. */
export interface Summary {
  /** Sales less reversals. */
  netPriceCents: bigint;
  netVolumeCents: bigint;
  /** All commissions that were ever settled. */
  creditedUnits: bigint;
  paidUnits: bigint;
  owedUnits: bigint;
  /** Set aside for sales that are not settled. */
  reservedUnits: bigint;
  floatUnits: bigint;
  fundedUnits: bigint;
  /** Free float that the company took out. */
  withdrawnUnits: bigint;
  /** Tokens that had come without a funding, put into the float. */
  sweptUnits: bigint;
  /** What distributors were owed from before the ledger. */
  openedUnits: bigint;
  /** Refunds of settled sales, at the company's cost. */
  lateRefundCents: bigint;
  priceCents: bigint;
  volumeCents: bigint;
  reversedPriceCents: bigint;
  reversedVolumeCents: bigint;
  /** All distributors who were ever enrolled, each counted once. */
  distributors: number;
  inactiveDistributors: number;
  leftDistributors: number;
  /** Those whose corrected sponsor gave them another id. */
  movedDistributors: number;
  /** Those whose payouts are held now. */
  heldDistributors: number;
  pendingRecoveries: number;
  flags: number;
  openFlags: number;
  /** Whether enrolling and recording are paused. */
  isPaused: boolean;
  sales: number;
  settledSales: number;
  batches: number;
  recorders: number;
  /** Changes of standing, sponsor and membership that were ever announced. */
  changes: number;
  /** Those that are neither applied nor cancelled. */
  pendingChanges: number;
  /** Calls of the admin that were ever announced, each counted once. */
  acts: number;
  /** Those that can be made, now or later. */
  pendingActs: number;
  plans: number;
  /** Version, kind and compression of the plan in force, as numbers of the contract; null without a plan. */
  planInForce: { version: number; kind: number; compression: number } | null;
  /** The ledger in which the programme goes on; null if none was named. */
  successor: Address | null;
}

/**
 * The figures of a replayed ledger.
 * @param time Unix seconds at which holds are on and a plan is in force.
 */
export function summarise(ledger: LedgerState, time: number): Summary {
  const { sums, planCount, flagCount, ...state } = ledger;
  const lanes = [...state.distributors.values()];
  const distributors = lanes.filter(({ movedTo }) => movedTo === 0);
  const version = currentPlan(ledger, time);
  const plan = state.plans.get(version)?.plan;
  return {
    netPriceCents: sums.priceCents - sums.reversedPriceCents,
    netVolumeCents: sums.volumeCents - sums.reversedVolumeCents,
    creditedUnits: sums.credited,
    paidUnits: sums.paid,
    owedUnits: state.owed,
    reservedUnits: state.reserved,
    floatUnits: state.float,
    fundedUnits: sums.funded,
    withdrawnUnits: sums.withdrawn,
    sweptUnits: sums.swept,
    openedUnits: sums.opened,
    lateRefundCents: sums.lateRefundCents,
    priceCents: sums.priceCents,
    volumeCents: sums.volumeCents,
    reversedPriceCents: sums.reversedPriceCents,
    reversedVolumeCents: sums.reversedVolumeCents,
    distributors: distributors.length,
    inactiveDistributors: count(distributors, ({ status }) => status === STATUS_INACTIVE),
    leftDistributors: count(distributors, ({ status }) => status === STATUS_CLOSED),
    movedDistributors: lanes.length - distributors.length,
    heldDistributors: count(distributors, ({ heldUntil }) => heldUntil > time),
    pendingRecoveries: count([...state.recoveries.values()], ({ executableFrom }) => executableFrom !== 0),
    flags: flagCount,
    openFlags: count([...state.flags.values()], (flag) => isOpen(flag, time)),
    isPaused: state.paused,
    sales: sums.sales,
    settledSales: sums.settledSales,
    batches: state.batches.size,
    recorders: state.recorders.size,
    changes: state.changes.count,
    pendingChanges: state.changes.pending.size,
    acts: state.acts.size,
    pendingActs: count([...state.acts.values()], (act) => isActPending(act, time - state.terms.delay)),
    plans: planCount,
    planInForce: plan ? { version, kind: plan.kind, compression: plan.compression } : null,
    successor: state.successor,
  };
}

/** @param from Announcements that were effective before are void. */
function isActPending({ effectiveAt, isDoubtful }: Act, from: number): boolean {
  return effectiveAt !== 0 && effectiveAt >= from && !isDoubtful;
}

function count<Item>(items: readonly Item[], test: (item: Item) => boolean): number {
  return items.reduce((sum, item) => (test(item) ? sum + 1 : sum), 0);
}
