import {
  amountOf,
  creditedBy,
  type Plan,
  payCommission,
  type SettledLine,
  STATUS_ACTIVE,
} from '@plumbline/protocol';
import type { ChainReader, TreeAccount } from './chain-reader.ts';
import type { Comparison } from './comparison.ts';
import { Past } from './historical-accounts.ts';
import type { Closing } from './settlement-log.ts';
import { isComplete, isPlain, type LineMember, treeOf } from './upline.ts';

/**
 * Walks from the seller up, as far as the plan can pay anybody, asking the ledger's storage for each: as they are now, or
 * as they were when the sale settled.
 */
export async function walkUpline(
  found: Comparison,
  chain: ChainReader,
  seller: number,
  plan: Plan,
  closing: Closing | undefined,
): Promise<LineMember[]> {
  const distributors = closing
    ? await Past.open(chain, closing.log)
    : { hasChanged: false, findAccount: chain.findAccount };
  const line: LineMember[] = [];
  for (let id = seller; id !== 0; ) {
    const member = await findMember(found, distributors, id, line.length);
    if (!member) {
      found.note = 'nobodyEnrolled';
      break;
    }
    line.push(member);
    if (isComplete(plan, line)) break;
    id = member.sponsor;
  }
  for (const [above, { id, rank, status }] of line.entries()) {
    found.fact('upline', id, above);
    if (!isPlain(plan)) found.fact('rank', rank, above);
    if (status !== STATUS_ACTIVE) found.fact('status', status, above);
  }
  if (distributors.hasChanged) found.note = 'changedSince';
  return line;
}

/** The distributor of lane `id`, under the id where they are now. */
async function findMember(
  found: Comparison,
  distributors: { findAccount(id: number): Promise<TreeAccount | undefined> },
  id: number,
  above: number,
): Promise<LineMember | undefined> {
  const account = await distributors.findAccount(id);
  if (!account || account.movedTo === 0) return account && { ...account, id };
  found.fact('movedFrom', id, above);
  const there = await distributors.findAccount(account.movedTo);
  return there && { ...there, id: account.movedTo };
}

/** Pays everybody in the line by the plan: rate x counted volume. */
export function computeLevels(
  found: Comparison,
  members: readonly LineMember[],
  plan: Plan,
  seller: number,
  countedCents: bigint,
): SettledLine {
  // A sale keeps the id that it was recorded under; who sold it is the first of the line.
  const line = { ...payCommission(treeOf(members), plan, members[0]?.id ?? seller, countedCents), seller };
  found.fact('counted', countedCents);
  line.credits.forEach((credit, level) => {
    found.fact('bps', credit.bps, level);
    found.fact('units', amountOf(line, credit), level);
  });
  found.fact('total', creditedBy(line));
  return line;
}
