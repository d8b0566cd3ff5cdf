import { COMPRESSION_NONE, PLAN_BY_LEVEL, type Plan, payCommission, type Tree } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';
import { creditedColumns } from '../../periods.ts';
import type { TreePlace } from '../../tree/path.ts';
import { findPlace } from '../distributors/distributors.ts';
import { listPendingChanges } from '../journal/changes.ts';
import { listPlans } from '../journal/journal.ts';
import { ChangingTree } from './changing-tree.ts';
import { listUnsettled } from './unsettled.ts';

/** What settlement would credit a distributor now for sales that are not settled. */
export interface Pending {
  units: bigint;
  /** By level, as in `Figures`. */
  unitsByLevel: bigint[];
  /** Sales that would credit the distributor. */
  sales: number;
  /** Unix seconds: when the last return window of these sales ends; null if there are none. */
  until: number | null;
}

/**
 * What settlement would credit a distributor now for the unsettled sales of the distributor and its downline, as far
 * down as the plans reach. Each batch counts by the tree, ranks and statuses that were effective when it was recorded:
 * the present ones with those changes that are pending and were effective by then. Zero for the former id of a
 * distributor who has moved.
 */
export async function getPending(database: Database, ledger: string, id: number): Promise<Pending> {
  const pending: Pending = { units: 0n, unitsByLevel: creditedColumns.map(() => 0n), sales: 0, until: null };
  const place = await findPlace(database, ledger, id);
  if (!place) return pending;
  const plans = new Map((await listPlans(database, ledger)).map(({ version, plan }) => [version, plan]));
  const changes = await listPendingChanges(database, ledger);
  /** How many of the pending changes a batch settles with. */
  const eraOf = (recordedAt: number) => changes.filter(({ effectiveAt }) => effectiveAt <= recordedAt).length;
  const corrected = changes.flatMap((change) => (change.kind === 'correction' ? [change] : []));
  const reach = Math.max(0, ...[...plans.values()].map(reachOf));
  const tops = [place, ...(await listPlaces(database, ledger, corrected))];
  const unsettled = (await listUnsettled(database, ledger, tops, reach, plans))
    .map((sale) => ({ ...sale, era: eraOf(sale.recordedAt) }))
    .sort((a, b) => a.era - b.era);
  const together = (plan: number, era: number) => era === 0 && isPlain(plans.get(plan));
  const sellers = unsettled.flatMap(({ seller, plan, era }) => (together(plan, era) ? [] : [seller]));
  const sponsors = corrected.map(({ sponsor }) => sponsor);
  const tree = await ChangingTree.load(database, ledger, id, sellers, sponsors);
  /** What a plan pays is in proportion to the counted volume, and the same for all whom it does not tell apart. */
  const rates = new Map<string, { column: number; bps: number }>();
  let applied = 0;
  for (const { seller, level, plan, countedCents, recordedAt, era } of unsettled) {
    // Before any change, only the distributor's own team pays them.
    if (era === 0 && level === null) continue;
    for (; applied < era; applied++) tree.apply(changes[applied]);
    const from = !together(plan, era) ? seller : level ? -level : id;
    const known = rates.get(`${era} ${plan} ${from}`);
    const { column, bps } = known ?? rateOf(tree, plans.get(plan), from, id);
    if (!known) rates.set(`${era} ${plan} ${from}`, { column, bps });
    if (bps === 0) continue;
    const units = countedCents * BigInt(bps);
    pending.units += units;
    pending.unitsByLevel[column] = (pending.unitsByLevel[column] ?? 0n) + units;
    pending.sales++;
    pending.until = Math.max(pending.until ?? 0, recordedAt);
  }
  if (pending.until === null) return pending;
  const { return_window } = await database
    .selectFrom('ledgers')
    .select('return_window')
    .where('ledger', '=', keyOf(ledger))
    .executeTakeFirstOrThrow();
  return { ...pending, until: pending.until + return_window };
}

/** The present places of distributors whose sponsors will be corrected: they may come into the team with their own. */
async function listPlaces(
  database: Database,
  ledger: string,
  corrected: readonly { id: number }[],
): Promise<TreePlace[]> {
  if (corrected.length === 0) return [];
  const key = keyOf(ledger);
  const { rows } = await sql<TreePlace>`
    select now.depth, now.path from distributors named
    join distributors now on now.ledger = named.ledger and now.id = coalesce(named.moved_to, named.id)
    where named.ledger = ${key} and named.id = any(${corrected.map(({ id }) => id)}::int4[])`.execute(
    database,
  );
  return rows;
}

/** What a sale of `seller` pays distributor `id`: basis points, and the column of their level. */
function rateOf(
  tree: Tree,
  plan: Plan | undefined,
  seller: number,
  id: number,
): { column: number; bps: number } {
  const { credits } = plan ? payCommission(tree, plan, seller, 1n) : { credits: [] };
  const level = credits.findIndex((credit) => credit.id === id);
  return { column: Math.min(level, creditedColumns.length - 1), bps: credits[level]?.bps ?? 0 };
}

/** Whether a plan pays by distance alone, so that it does not matter which distributors are in between. */
function isPlain(plan: Plan | undefined): boolean {
  return plan?.kind === PLAN_BY_LEVEL && plan.compression === COMPRESSION_NONE;
}

/** How many levels up a sale of the seller may pay by a plan. */
function reachOf(plan: Plan): number {
  return isPlain(plan) ? Math.max(...plan.ratesBps.map((row) => row.length)) - 1 : plan.reach;
}
