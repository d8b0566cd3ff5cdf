import {
  type Database,
  findDistributor,
  findSale,
  findSubmission,
  getFigures,
  getPending,
  getSubtree,
  listByReference,
  listByTransaction,
  listByWallet,
  listDownline,
  listLeaders,
  listPeriods,
  listUpline,
} from '@plumbline/store';
import { Random } from '../../test/support/random.ts';
import type { Filled } from './fill.ts';
import { LEDGER, PERIODS } from './made-entries.ts';

/** Runs a query about distributor number `one`, with each database call of interest inside `time`. */
export type Ask = (one: number, time: (query: () => Promise<unknown>) => Promise<void>) => Promise<void>;

const LIMIT = 50;

/** The queries, by name. A later page is timed like a first one. */
export function queries(database: Database, { tree, batches }: Filled): Record<string, Ask> {
  const random = new Random(3);
  const depths = tree.depths();
  const period = () => random.pick(PERIODS);
  return {
    distributor: (one, time) => time(() => findDistributor(database, LEDGER, tree.idOf(one))),
    async upline(one, time) {
      const depth = depths[one] ?? 0;
      await time(() => listUpline(database, LEDGER, tree.idOf(one), { limit: LIMIT }));
      const cursor = depth > 1 ? String(1 + random.below(depth - 1)) : undefined;
      await time(() => listUpline(database, LEDGER, tree.idOf(one), { limit: LIMIT, cursor }));
    },
    children: (one, time) =>
      twoPages(time, (page) => listDownline(database, LEDGER, tree.idOf(one), { ...page, level: 1 })),
    downline: (one, time) => twoPages(time, (page) => listDownline(database, LEDGER, tree.idOf(one), page)),
    subtree: (one, time) => time(() => getSubtree(database, LEDGER, tree.idOf(one), period())),
    leaders(_, time) {
      const month = period();
      return twoPages(time, (page) => listLeaders(database, LEDGER, month, page));
    },
    async search(one, time) {
      const distributor = await findDistributor(database, LEDGER, tree.idOf(one));
      const wallet = distributor?.wallet ?? '0x';
      const batch = 1 + random.below(Math.min(batches, 1_000));
      const index = random.below(1_000);
      const sale = await findSale(database, LEDGER, { batch, index });
      await time(() => listByWallet(database, LEDGER, wallet.slice(0, 5), 20));
      await time(() => listByWallet(database, LEDGER, wallet, 20));
      await time(() => findDistributor(database, LEDGER, tree.idOf(one)));
      await time(() => listByReference(database, LEDGER, `D00${String(one).slice(0, 2)}`, 20));
      await time(() => findSubmission(database, LEDGER, { externalId: `S-${batch}-${index}` }));
      await time(() => findSale(database, LEDGER, { batch, index }));
      await time(() => listByTransaction(database, LEDGER, sale?.transactionHash ?? '0x'));
    },
    async figures(one, time) {
      await time(() => getFigures(database, LEDGER, tree.idOf(one)));
      await time(() => getFigures(database, LEDGER, tree.idOf(one), period()));
      await time(() => listPeriods(database, LEDGER, tree.idOf(one), { limit: 12 }));
    },
    pending: (one, time) => time(() => getPending(database, LEDGER, tree.idOf(one))),
  };
}

/** Times a first page and, if there is one, the next. */
async function twoPages(
  time: (query: () => Promise<unknown>) => Promise<void>,
  list: (page: { limit: number; cursor?: string | undefined }) => Promise<{ nextCursor: string | null }>,
): Promise<void> {
  const { nextCursor } = await list({ limit: LIMIT });
  await time(() => list({ limit: LIMIT }));
  if (nextCursor !== null) await time(() => list({ limit: LIMIT, cursor: nextCursor }));
}
