import {
  COMPRESSION_NONE,
  MAX_REACH,
  PLAN_BY_DIFFERENCE,
  PLAN_BY_LEVEL,
  type Plan,
  payCommission,
  rowOf,
  STATUS_ACTIVE,
  STATUS_NONE,
  type Tree,
} from '@plumbline/protocol';
import type { TreeAccount } from './chain-reader.ts';

/** Somebody between the seller and the last distributor who can be paid. */
export interface LineMember extends TreeAccount {
  id: number;
}

/** What a sale's plan makes of somebody in its line. */
export interface PlacedMember extends LineMember {
  /** Level, generation or difference that they have, 0 for the seller; null if they are passed over. */
  level: number | null;
  /** Why they are passed over or not paid; null for whoever is paid. */
  reason: 'inactive' | 'rank' | 'rate' | null;
}

/** The tree of a line, from the seller up: those who moved are in it under their present ids. */
export function treeOf(line: readonly LineMember[]): Tree {
  const members = new Map(line.map((member, i) => [member.id, { ...member, above: line[i + 1]?.id ?? 0 }]));
  return {
    sponsorOf: (id) => members.get(id)?.above ?? 0,
    rankOf: (id) => members.get(id)?.rank ?? 0,
    statusOf: (id) => members.get(id)?.status ?? STATUS_NONE,
    movedTo: () => 0,
  };
}

/** Whether the plan can pay nobody above `line` any more. */
export function isComplete(plan: Plan, line: readonly LineMember[]): boolean {
  const [seller] = line;
  if (!seller || line.length > MAX_REACH) return true;
  if (plan.kind === PLAN_BY_DIFFERENCE) {
    const top = Math.max(...plan.ratesBps.map((row) => row[1] ?? 0));
    return line.slice(1).some(({ rank, status }) => status === STATUS_ACTIVE && rowOf(plan, rank)[1] === top);
  }
  const levels = Math.max(...plan.ratesBps.map((row) => row.length));
  return payCommission(treeOf(line), plan, seller.id, 1n).credits.length >= levels;
}

/** Says of everybody in a line which level the plan gives them, if any: the one that is not there without them. */
export function placeMembers(plan: Plan, line: readonly LineMember[]): PlacedMember[] {
  const seller = line[0]?.id ?? 0;
  const levelsOf = (length: number) =>
    payCommission(treeOf(line.slice(0, length)), plan, seller, 1n).credits.length;
  return line.map((member, i) => {
    const before = levelsOf(i);
    const hasLevel = levelsOf(i + 1) > before;
    return { ...member, level: hasLevel ? before : null, reason: reasonOf(plan, member, hasLevel) };
  });
}

function reasonOf(plan: Plan, member: LineMember, hasLevel: boolean): PlacedMember['reason'] {
  const isActive = member.status === STATUS_ACTIVE;
  if (hasLevel) return isActive ? null : 'inactive';
  if (!isActive && plan.compression !== COMPRESSION_NONE) return 'inactive';
  return plan.kind === PLAN_BY_DIFFERENCE ? 'rate' : 'rank';
}

/** Whether ranks matter to the plan, and nobody is passed over. */
export function isPlain(plan: Plan): boolean {
  return plan.kind === PLAN_BY_LEVEL && plan.compression === COMPRESSION_NONE && plan.ratesBps.length === 1;
}
