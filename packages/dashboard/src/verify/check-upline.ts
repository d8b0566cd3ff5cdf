import {
  amountOf,
  creditedBy,
  type Plan,
  payCommission,
  type SettledLine,
  STATUS_ACTIVE,
} from '@plumbline/protocol';
import type { Comparison } from './comparison.ts';
import type { EffectiveAccounts } from './effective-accounts.ts';
import { enteredAs, isComplete, isPlain, treeOf, type UplineAccount } from './upline.ts';

/** Walks from the seller up as far as the plan can pay. */
export async function walkUpline(
  found: Comparison,
  distributors: EffectiveAccounts,
  seller: number,
  plan: Plan,
): Promise<UplineAccount[]> {
  const upline: UplineAccount[] = [];
  for (let id = seller; id !== 0; ) {
    const account = await findAccount(found, distributors, id, upline.length);
    if (!account) {
      found.note = 'nobodyEnrolled';
      break;
    }
    upline.push(account);
    if (isComplete(plan, upline)) break;
    id = account.sponsor;
  }
  for (const [above, { id, rank, status }] of upline.entries()) {
    found.fact('upline', id, above);
    if (!isPlain(plan)) found.fact('rank', rank, above);
    if (status !== STATUS_ACTIVE) found.fact('status', status, above);
  }
  if (distributors.hasChanged) found.note = 'changedSince';
  return upline;
}

/** The account of `id`; of a distributor who has moved, under the present id. */
async function findAccount(
  found: Comparison,
  distributors: EffectiveAccounts,
  id: number,
  above: number,
): Promise<UplineAccount | undefined> {
  const account = await distributors.findAccount(id);
  if (!account || account.movedTo === 0) return account && { ...account, id, formerId: 0 };
  found.fact('movedFrom', id, above);
  const there = await distributors.findAccount(account.movedTo);
  return there && { ...there, id: account.movedTo, formerId: id };
}

/** Pays the upline by the plan: rate x counted volume. */
export function computeLevels(
  found: Comparison,
  upline: readonly UplineAccount[],
  plan: Plan,
  seller: number,
  countedCents: bigint,
): SettledLine {
  // A sale keeps the id that it was recorded under, though its seller may have moved since.
  const entered = enteredAs(upline[0]) || seller;
  const line = { ...payCommission(treeOf(upline), plan, entered, countedCents), seller };
  found.fact('counted', countedCents);
  line.credits.forEach((credit, level) => {
    found.fact('bps', credit.bps, level);
    found.fact('units', amountOf(line, credit), level);
  });
  found.fact('total', creditedBy(line));
  return line;
}
