import {
  amountOf,
  creditedBy,
  type Plan,
  payByLevel,
  type SettledLine,
  STATUS_NONE,
  type Tree,
} from '@plumbline/protocol';
import type { ChainReader, TreeAccount } from './chain-reader.ts';
import type { Comparison } from './comparison.ts';

/** Walks from the seller up, as many people as the plan can pay, asking the ledger's storage for each. */
export async function walkUpline(
  found: Comparison,
  chain: ChainReader,
  seller: number,
  plan: Plan,
): Promise<Tree> {
  const accounts = new Map<number, TreeAccount>();
  const levels = plan.ratesBps[0]?.length ?? 0;
  let id = seller;
  for (let level = 0; level < levels && id !== 0; level++) {
    const account = await chain.findAccount(id);
    if (!account) {
      found.note = 'nobodyEnrolled';
      break;
    }
    accounts.set(id, account);
    found.fact('upline', id, level);
    id = account.sponsor;
  }
  return {
    sponsorOf: (person) => accounts.get(person)?.sponsor ?? 0,
    statusOf: (person) => accounts.get(person)?.status ?? STATUS_NONE,
  };
}

/** Pays every level by the plan: rate x counted volume. */
export function computeLevels(
  found: Comparison,
  tree: Tree,
  plan: Plan,
  seller: number,
  countedCents: bigint,
): SettledLine {
  const line = payByLevel(tree, plan, seller, countedCents);
  found.fact('counted', countedCents);
  line.credits.forEach((credit, level) => {
    found.fact('bps', credit.bps, level);
    found.fact('units', amountOf(line, credit), level);
  });
  found.fact('total', creditedBy(line));
  return line;
}
