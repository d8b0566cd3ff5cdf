import { MAX_REACH, type Plan, payCommission, STATUS_NONE, type Tree } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Database } from '../database.ts';
import { listPlans } from './journal.ts';

/** What settlement would credit a person now for sales that are not settled. */
export interface Pending {
  units: bigint;
  /** Sales that would credit them. */
  sales: number;
  /** Unix seconds: when the last return window of these sales ends; null if there are none. */
  until: number | null;
}

/** Unsettled sales of one seller under one plan, added up: what a plan pays is in proportion to the counted volume. */
interface Unsettled {
  seller: number;
  /** Version. */
  plan: number;
  countedCents: bigint;
  sales: bigint;
  /** Unix seconds. */
  lastRecordedAt: bigint;
}

interface Member {
  id: number;
  sponsor: number;
  rank: number;
  status: number;
  movedTo: number;
}

/**
 * What settlement would credit a person now for all unsettled sales of themself and of everybody below them, as far down
 * as the plans reach, with the tree, ranks and statuses as they are.
 */
export async function getPending(database: Database, ledger: string, id: number): Promise<Pending> {
  const plans = new Map((await listPlans(database, ledger)).map(({ version, plan }) => [version, plan]));
  const reach = Math.max(0, ...[...plans.values()].map(reachOf));
  const unsettled = await listUnsettled(database, ledger, id, reach);
  const tree = await loadTree(
    database,
    ledger,
    id,
    unsettled.map(({ seller }) => seller),
  );
  const pending: Pending = { units: 0n, sales: 0, until: null };
  for (const { seller, plan, countedCents, sales, lastRecordedAt } of unsettled) {
    const terms = plans.get(plan);
    if (!terms) continue;
    const bps = payCommission(tree, terms, seller, countedCents).credits.find(
      (credit) => credit.id === id,
    )?.bps;
    if (!bps) continue;
    pending.units += countedCents * BigInt(bps);
    pending.sales += Number(sales);
    pending.until = Math.max(pending.until ?? 0, Number(lastRecordedAt));
  }
  if (pending.until === null) return pending;
  const { return_window } = await database
    .selectFrom('ledgers')
    .select('return_window')
    .where('ledger', '=', ledger)
    .executeTakeFirstOrThrow();
  return { ...pending, until: pending.until + return_window };
}

/** How many people above the seller a plan may look at. */
function reachOf(plan: Plan): number {
  const everybodyHasALevel = plan.kind === 0 && plan.compression === 0;
  return everybodyHasALevel ? Math.max(...plan.ratesBps.map((row) => row.length)) - 1 : MAX_REACH;
}

/** Sales with a counted volume: `countedVolume` of what is left of each. */
async function listUnsettled(
  database: Database,
  ledger: string,
  id: number,
  reach: number,
): Promise<Unsettled[]> {
  const { rows } = await sql<Unsettled>`
    with recursive team(id, level) as (
      select id, 0 from people where ledger = ${ledger} and id = ${id}
      union all
      select people.id, team.level + 1 from team
      join people on people.ledger = ${ledger} and people.sponsor = team.id and people.moved_to is null
      where team.level < ${reach}
    ), sellers as (
      select id from team
      union all
      select people.id from team join people on people.ledger = ${ledger} and people.moved_to = team.id
    ), counted as (
      select sales.seller, batches.plan, recorded_at,
        (volume_cents - reversed_volume_cents) * (plans.plan->'weightsBps'->>sales.class)::bigint / 10000 as cents
      from sellers
      join sales on sales.ledger = ${ledger} and sales.seller = sellers.id and sales.settled_block is null
      join batches on batches.ledger = sales.ledger and batches.batch = sales.batch
      join plans on plans.ledger = batches.ledger and plans.version = batches.plan
    )
    select seller, plan, sum(cents)::int8 as "countedCents", count(*) as sales,
      max(recorded_at) as "lastRecordedAt"
    from counted where cents > 0 group by seller, plan`.execute(database);
  return rows;
}

/** The lines from `sellers` up to person `top`. */
async function loadTree(
  database: Database,
  ledger: string,
  top: number,
  sellers: readonly number[],
): Promise<Tree> {
  const { rows } = await sql<Member>`
    with recursive line as (
      select id, sponsor, rank, status, moved_to from people
      where ledger = ${ledger} and id = any(${[...new Set(sellers)]}::int4[])
      union
      select people.id, people.sponsor, people.rank, people.status, people.moved_to from line
      join people on people.ledger = ${ledger} and people.id = coalesce(line.moved_to, line.sponsor)
      where line.id <> ${top}
    )
    select id, sponsor, rank, status, coalesce(moved_to, 0) as "movedTo" from line`.execute(database);
  const members = new Map(rows.map((row) => [row.id, row]));
  return {
    // Nobody above them matters.
    sponsorOf: (id) => (id === top ? 0 : (members.get(id)?.sponsor ?? 0)),
    rankOf: (id) => members.get(id)?.rank ?? 0,
    statusOf: (id) => members.get(id)?.status ?? STATUS_NONE,
    movedTo: (id) => members.get(id)?.movedTo ?? 0,
  };
}
