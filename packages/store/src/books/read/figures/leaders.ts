import { sql } from 'kysely';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';
import { type Page, type PageRequest, pageOf, parseCursor } from '../page.ts';

/** A distributor who sold to retail customers in a month. */
export interface Leader {
  id: number;
  /** Retail volume of own sales less retail volume reversed in the same month; above 0. */
  netRetailCents: bigint;
}

/**
 * The distributors with the most net retail volume in a month, highest first, ties by id.
 * @param period Month in UTC: year x 100 + month.
 * @throws MalformedError if the cursor is not one of ours.
 */
export async function listLeaders(
  database: Database,
  ledger: string,
  period: number,
  { limit, cursor }: PageRequest,
): Promise<Page<Leader>> {
  const match = parseCursor(cursor, /^([1-9][0-9]{0,17})-([1-9][0-9]{0,8})$/);
  const key = keyOf(ledger);
  const after = match
    ? sql`net <= ${match[1]}::int8 and (net < ${match[1]}::int8 or id > ${Number(match[2])})`
    : sql`true`;
  // A distributor with a row under a former id may have a second one, and neither gives the rank: those few are summed
  // separately. The rest is read from the index as far as needed.
  const { rows } = await sql<Leader>`
    with former as materialized (
      select distributors.id as lane, moved_to as id, retail_cents - reversed_retail_cents as net from distributors
      join distributor_periods months on months.ledger = ${key} and months.id = distributors.id and period = ${period}
      where distributors.ledger = ${key} and moved_to is not null
    ), moved as (
      select former.id, former.net + coalesce(retail_cents - reversed_retail_cents, 0) as net from former
      left join distributor_periods months on months.ledger = ${key} and months.id = former.id and period = ${period}
    ), others as (
      select id, net from (
        select id, retail_cents - reversed_retail_cents as net from distributor_periods
        where ledger = ${key} and period = ${period} and retail_cents > 0
      ) months
      where id not in (select lane from former union all select id from former)
        and exists (select from distributors where distributors.ledger = ${key} and distributors.id = months.id) and net > 0 and ${after}
      order by net desc, id limit ${limit + 1}
    )
    select id, net as "netRetailCents" from (
      select id, net from moved where net > 0 and ${after} union all select id, net from others
    ) leaders
    order by net desc, id limit ${limit + 1}`.execute(database);
  return pageOf(rows, limit, (last) => `${last.netRetailCents}-${last.id}`);
}
