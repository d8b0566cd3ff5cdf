import {
  COMPRESSION_NONE,
  PLAN_BY_DIFFERENCE,
  PLAN_BY_LEVEL,
  type Plan,
  payCommission,
  rowOf,
  STATUS_ACTIVE,
  STATUS_CLOSED,
  STATUS_NONE,
  type Tree,
} from '@plumbline/protocol';
import type { TreeAccount } from './chain-reader.ts';

/** The seller, or a distributor above who may be paid. */
export interface UplineAccount extends TreeAccount {
  id: number;
  /** The id that led here, if they have moved; else 0. */
  formerId: number;
}

/** A distributor as the sale's plan places them. */
export interface PlacedDistributor extends UplineAccount {
  /** Level, generation or difference that they have, 0 for the seller; null if they are passed over. */
  level: number | null;
  /** Why they are passed over or not paid; null for whoever is paid. */
  reason: 'inactive' | 'rank' | 'rate' | null;
}

/** The tree that consists of an upline, from the seller up. */
export function treeOf(upline: readonly UplineAccount[]): Tree {
  const accounts = new Map(
    upline.map((account, i) => [account.id, { ...account, above: enteredAs(upline[i + 1]) }]),
  );
  const moved = new Map(upline.map(({ formerId, id }) => [formerId, id]));
  return {
    sponsorOf: (id) => accounts.get(id)?.above ?? 0,
    rankOf: (id) => accounts.get(id)?.rank ?? 0,
    statusOf: (id) => accounts.get(id)?.status ?? (moved.has(id) ? STATUS_CLOSED : STATUS_NONE),
    movedTo: (id) => (id === 0 ? 0 : (moved.get(id) ?? 0)),
  };
}

/** The id that leads to a distributor: a walk looks at a former id too. 0 for nobody. */
export function enteredAs(account: UplineAccount | undefined): number {
  return account ? account.formerId || account.id : 0;
}

/** Whether the plan can pay no one above `upline`. */
export function isComplete(plan: Plan, upline: readonly UplineAccount[]): boolean {
  const [seller] = upline;
  const looked = upline.length - 1 + upline.filter(({ formerId }) => formerId !== 0).length;
  if (!seller || looked >= plan.reach) return true;
  if (plan.kind === PLAN_BY_DIFFERENCE) {
    const top = Math.max(...plan.ratesBps.map((row) => row[1] ?? 0));
    return upline
      .slice(1)
      .some(({ rank, status }) => status === STATUS_ACTIVE && rowOf(plan, rank)[1] === top);
  }
  const levels = Math.max(...plan.ratesBps.map((row) => row.length));
  return payCommission(treeOf(upline), plan, enteredAs(seller), 1n).credits.length >= levels;
}

/** Tells which level the plan gives each distributor, if any: the one that the upline would lack without them. */
export function placeDistributors(plan: Plan, upline: readonly UplineAccount[]): PlacedDistributor[] {
  const seller = enteredAs(upline[0]);
  const levelsOf = (length: number) =>
    payCommission(treeOf(upline.slice(0, length)), plan, seller, 1n).credits.length;
  return upline.map((account, i) => {
    const before = levelsOf(i);
    const hasLevel = levelsOf(i + 1) > before;
    return { ...account, level: hasLevel ? before : null, reason: reasonOf(plan, account, hasLevel) };
  });
}

function reasonOf(plan: Plan, account: UplineAccount, hasLevel: boolean): PlacedDistributor['reason'] {
  const isActive = account.status === STATUS_ACTIVE;
  if (hasLevel) return isActive ? null : 'inactive';
  if (!isActive && plan.compression !== COMPRESSION_NONE) return 'inactive';
  return plan.kind === PLAN_BY_DIFFERENCE ? 'rate' : 'rank';
}

/** Whether the plan looks at no ranks and passes no one over. */
export function isPlain(plan: Plan): boolean {
  return plan.kind === PLAN_BY_LEVEL && plan.compression === COMPRESSION_NONE && plan.ratesBps.length === 1;
}
