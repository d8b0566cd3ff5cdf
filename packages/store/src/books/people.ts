import { MalformedError } from '@plumbline/protocol';
import { type RawBuilder, sql } from 'kysely';
import type { Address, Hex } from 'viem';
import type { Database } from '../database.ts';

/** A person as the books know them. Money in units. */
export interface Person {
  id: number;
  /** 0 for a root. */
  sponsor: number;
  /** People above; 0 for a root. */
  depth: number;
  /** 0 to 15. */
  rank: number;
  /** 1 active, 2 inactive, 3 left or moved. */
  status: number;
  /** Id under which the person goes on, with all that they had; null if they have not moved. */
  movedTo: number | null;
  /** Where they are paid now. */
  wallet: Address | null;
  /** The last hold of their payouts; it is over when `until` (unix seconds) has come. */
  hold: { until: number; reason: Hex } | null;
  /** The replacement of their wallet that is under way, and the unix time from which it can be made. */
  recovery: { wallet: Address; executableFrom: number } | null;
  /** Sum of all credits, and of all payouts; the difference is owed. */
  creditedUnits: bigint;
  paidUnits: bigint;
  /** People sponsored directly. */
  directs: number;
  /** Sales of their own, settled or not, also those under the ids they had before. */
  ownSales: number;
  enrolledBlock: number;
}

/** Somebody above a person; level 1 is the sponsor. */
export interface UplineMember {
  id: number;
  level: number;
}

/** Somebody directly below a person. */
export interface Child {
  id: number;
  creditedUnits: bigint;
  directs: number;
  /** Everybody below them. */
  teamSize: number;
}

/** A page of a list. `nextCursor` asks for the next one; null on the last. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** Which page: at most `limit` items, after `cursor` of the page before. */
export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

/** The person with `id`, a person id or a lower-case wallet. The id of somebody who has moved says where to. */
export async function findPerson(
  database: Database,
  ledger: string,
  id: number | Address,
): Promise<Person | undefined> {
  const row = await database
    .selectFrom('people')
    .selectAll()
    .select([
      sql<bigint>`(select count(*) from people c
        where c.ledger = people.ledger and c.sponsor = people.id and c.moved_to is null)`.as('directs'),
      sql<bigint>`(select count(*) from sales s
        where s.ledger = people.ledger and people.moved_to is null and s.seller in (${idsOf('people')}))`.as(
        'own_sales',
      ),
    ])
    .where('ledger', '=', ledger)
    .where((where) => (typeof id === 'number' ? where('id', '=', id) : where('wallet', '=', id)))
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    id: row.id,
    sponsor: row.sponsor,
    depth: (await listUpline(database, ledger, row.id)).length,
    rank: row.rank,
    status: row.status,
    movedTo: row.moved_to,
    wallet: row.wallet as Address | null,
    hold: row.held_until === null ? null : { until: Number(row.held_until), reason: row.hold_reason as Hex },
    recovery:
      row.recovery_from === null
        ? null
        : { wallet: row.recovery_wallet as Address, executableFrom: Number(row.recovery_from) },
    creditedUnits: row.credited_units,
    paidUnits: row.paid_units,
    directs: Number(row.directs),
    ownSales: Number(row.own_sales),
    enrolledBlock: Number(row.block_number),
  };
}

/** All ids of a person in the row `person` of people: the present one and those that they had before. */
function idsOf(person: string): RawBuilder<unknown> {
  const name = sql.ref(person);
  return sql`select ${name}.id union all
    select before.id from people before where before.ledger = ${name}.ledger and before.moved_to = ${name}.id`;
}

/** Everybody above a person, from the sponsor to the root. */
export async function listUpline(database: Database, ledger: string, id: number): Promise<UplineMember[]> {
  const { rows } = await sql<UplineMember>`
    with recursive upline(id, level) as (
      select sponsor, 1 from people where ledger = ${ledger} and id = ${id}
      union all
      select people.sponsor, upline.level + 1 from upline
      join people on people.ledger = ${ledger} and people.id = upline.id
    )
    select id, level from upline where id <> 0 order by level`.execute(database);
  return rows;
}

/** How many people are below a person, at any depth. */
export async function getTeamSize(database: Database, ledger: string, id: number): Promise<number> {
  const { rows } = await sql<{ size: bigint }>`
    with recursive team(id) as (
      select id from people where ledger = ${ledger} and sponsor = ${id} and moved_to is null
      union all
      select people.id from team
      join people on people.ledger = ${ledger} and people.sponsor = team.id and people.moved_to is null
    )
    select count(*) as size from team`.execute(database);
  return Number(rows[0]?.size ?? 0);
}

/**
 * The people directly below a person (0: the roots), by id.
 * @throws MalformedError if the cursor is not one of ours.
 */
export async function listChildren(
  database: Database,
  ledger: string,
  id: number,
  { limit, cursor }: PageRequest,
): Promise<Page<Child>> {
  if (cursor !== undefined && !/^[1-9][0-9]{0,8}$/.test(cursor)) {
    throw new MalformedError('cursor', 'must be the nextCursor of the page before');
  }
  const after = Number(cursor ?? 0);
  const { rows } = await sql<{ id: number; credited_units: bigint; directs: bigint; team_size: bigint }>`
    with recursive page as (
      select id, credited_units from people
      where ledger = ${ledger} and sponsor = ${id} and moved_to is null and id > ${after}
      order by id limit ${limit + 1}
    ), team(child, id, level) as (
      select page.id, people.id, 1 from page
      join people on people.ledger = ${ledger} and people.sponsor = page.id and people.moved_to is null
      union all
      select team.child, people.id, team.level + 1 from team
      join people on people.ledger = ${ledger} and people.sponsor = team.id and people.moved_to is null
    ), sizes as (
      select child, count(*) as team_size, count(*) filter (where level = 1) as directs from team group by child
    )
    select page.id, credited_units, coalesce(directs, 0) as directs, coalesce(team_size, 0) as team_size
    from page left join sizes on sizes.child = page.id order by page.id`.execute(database);
  const items = rows.slice(0, limit).map((row) => ({
    id: row.id,
    creditedUnits: row.credited_units,
    directs: Number(row.directs),
    teamSize: Number(row.team_size),
  }));
  return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.id) : null };
}
