import { MalformedError, type SaleRef } from '@plumbline/protocol';
import { sql } from 'kysely';
import type { Database } from '../database.ts';
import type { Page, PageRequest } from './people.ts';

/** What a person was credited for one sale at one level. */
export interface PersonCredit extends SaleRef {
  /** 0: a sale of their own. */
  level: number;
  bps: number;
  units: bigint;
  /** Person id. */
  seller: number;
  /** Block of the settlement. */
  settledBlock: number;
}

/** What settlement would credit a person now for sales that are not settled. */
export interface Pending {
  units: bigint;
  /** Sales that would credit them. */
  sales: number;
  /** Unix seconds: when the last return window of these sales ends; null if there are none. */
  until: number | null;
}

/**
 * A person's credits, newest sale first.
 * @throws MalformedError if the cursor is not one of ours.
 */
export async function listCredits(
  database: Database,
  ledger: string,
  id: number,
  { limit, cursor }: PageRequest,
): Promise<Page<PersonCredit>> {
  const match = /^([0-9]{1,9})-([0-9]{1,5})$/.exec(cursor ?? '');
  if (cursor !== undefined && !match) {
    throw new MalformedError('cursor', 'must be the nextCursor of the page before');
  }
  const rows = await database
    .selectFrom('credits')
    .innerJoin('sales', (join) =>
      join
        .onRef('sales.ledger', '=', 'credits.ledger')
        .onRef('sales.batch', '=', 'credits.batch')
        .onRef('sales.batch_index', '=', 'credits.batch_index'),
    )
    .select(['credits.batch', 'credits.batch_index as index', 'level', 'bps', 'units', 'sales.seller'])
    .select('credits.block_number')
    .where('credits.ledger', '=', ledger)
    .where('credits.payee', '=', id)
    // A person stands at one level of a sale's line only, so the sale alone says where a page ends.
    .$if(match !== null, (query) =>
      query.where(
        sql<boolean>`(credits.batch, credits.batch_index) < (${Number(match?.[1])}::int, ${Number(match?.[2])}::int)`,
      ),
    )
    .orderBy('credits.batch', 'desc')
    .orderBy('credits.batch_index', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows
    .slice(0, limit)
    .map(({ block_number, ...row }) => ({ ...row, settledBlock: Number(block_number) }));
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? `${last.batch}-${last.index}` : null };
}

/**
 * What settlement would credit a person now for all unsettled sales of themself and of everybody below them, down to
 * the depth of each sale's plan. The rules are protocol's: `countedVolume` of what is left of the sale, times the
 * rate of the level. Everybody enrolled is active.
 */
export async function getPending(database: Database, ledger: string, id: number): Promise<Pending> {
  const { rows } = await sql<{ units: bigint; sales: bigint; until: bigint | null }>`
    with recursive depth as (
      select coalesce(max(jsonb_array_length(plan->'ratesBps'->0)), 0) as levels from plans where ledger = ${ledger}
    ), team(id, level) as (
      select id, 0 from people where ledger = ${ledger} and id = ${id}
      union all
      select people.id, team.level + 1 from team
      join people on people.ledger = ${ledger} and people.sponsor = team.id
      where team.level + 1 < (select levels from depth)
    ), pending as (
      select
        (volume_cents - reversed_volume_cents) * (plans.plan->'weightsBps'->>sales.class)::bigint / 10000
          * (plans.plan->'ratesBps'->0->>team.level)::bigint as units,
        recorded_at
      from team
      join sales on sales.ledger = ${ledger} and sales.seller = team.id and sales.settled_block is null
      join batches on batches.ledger = sales.ledger and batches.batch = sales.batch
      join plans on plans.ledger = batches.ledger and plans.version = batches.plan
    )
    select coalesce(sum(units), 0) as units, count(*) as sales,
      max(recorded_at) + (select return_window from ledgers where ledger = ${ledger}) as until
    from pending where units > 0`.execute(database);
  const [row] = rows;
  return {
    units: row?.units ?? 0n,
    sales: Number(row?.sales ?? 0),
    until: row?.until == null ? null : Number(row.until),
  };
}
