import {
  COMPRESSION_NONE,
  PLAN_BY_LEVEL,
  type Plan,
  payCommission,
  STATUS_ACTIVE,
  STATUS_NONE,
  type Tree,
} from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';
import { creditedColumns } from '../../periods.ts';
import { findPlace } from '../distributors/distributors.ts';
import { listPlans } from '../journal/journal.ts';
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
 * down as the plans reach, with the present tree, ranks and statuses. Zero for the former id of a distributor who has
 * moved.
 */
export async function getPending(database: Database, ledger: string, id: number): Promise<Pending> {
  const pending: Pending = { units: 0n, unitsByLevel: creditedColumns.map(() => 0n), sales: 0, until: null };
  const place = await findPlace(database, ledger, id);
  if (!place) return pending;
  const plans = new Map((await listPlans(database, ledger)).map(({ version, plan }) => [version, plan]));
  const reach = Math.max(0, ...[...plans.values()].map(reachOf));
  const unsettled = await listUnsettled(database, ledger, place, reach, plans);
  const together = (plan: number) => isPlain(plans.get(plan));
  const sellers = unsettled.flatMap(({ seller, plan }) => (together(plan) ? [] : [seller]));
  const tree = await loadTree(database, ledger, id, sellers);
  /** What a plan pays is in proportion to the counted volume, and the same for all whom it does not tell apart. */
  const rates = new Map<string, { column: number; bps: number }>();
  for (const { seller, level, plan, countedCents, recordedAt } of unsettled) {
    const from = !together(plan) ? seller : level === 0 ? id : -level;
    const known = rates.get(`${plan} ${from}`);
    const { column, bps } = known ?? rateOf(tree, plans.get(plan), from, id);
    if (!known) rates.set(`${plan} ${from}`, { column, bps });
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

interface TreeDistributor {
  id: number;
  sponsor: number;
  rank: number;
  status: number;
  movedTo: number;
}

/** The uplines of `sellers` as far as `top`. Ids -1, -2, ... stand for any distributor 1, 2, ... levels below `top`. */
async function loadTree(
  database: Database,
  ledger: string,
  top: number,
  sellers: readonly number[],
): Promise<Tree> {
  const key = keyOf(ledger);
  const { rows } = await sql<TreeDistributor>`
    with recursive line as (
      select id, sponsor, rank, status, moved_to from distributors
      where ledger = ${key} and id = any(${[...new Set([top, ...sellers])]}::int4[])
      union
      select distributors.id, distributors.sponsor, distributors.rank, distributors.status, distributors.moved_to from line
      join distributors on distributors.ledger = ${key} and distributors.id = coalesce(line.moved_to, line.sponsor)
      where line.id <> ${top}
    )
    select id, sponsor, rank, status, coalesce(moved_to, 0) as "movedTo" from line`.execute(database);
  const distributors = new Map(rows.map((row) => [row.id, row]));
  const aboveStandIn = (id: number) => (id === -1 ? top : id + 1);
  return {
    // The tree ends at `top`: no distributor above it matters.
    sponsorOf: (id) => (id < 0 ? aboveStandIn(id) : id === top ? 0 : (distributors.get(id)?.sponsor ?? 0)),
    rankOf: (id) => distributors.get(id)?.rank ?? 0,
    statusOf: (id) => (id < 0 ? STATUS_ACTIVE : (distributors.get(id)?.status ?? STATUS_NONE)),
    movedTo: (id) => distributors.get(id)?.movedTo ?? 0,
  };
}
