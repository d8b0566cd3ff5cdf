import { MalformedError } from '@plumbline/protocol';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';
import { inPathOrder, inTeam, isAfterPath } from '../../tree/conditions.ts';
import type { TreePlace } from '../../tree/path.ts';
import { type Page, type PageRequest, pageOf } from '../page.ts';
import { creditedBy, findPlace } from './distributors.ts';

/** A distributor in a downline. */
export interface DownlineDistributor {
  id: number;
  /** 1: sponsored directly. */
  level: number;
  /** Settled commissions. */
  creditedUnits: bigint;
  /** Distributors sponsored directly, and the whole downline. */
  directs: number;
  teamSize: number;
}

/** @param level Only this level; all levels by default. */
export interface DownlineRequest extends PageRequest {
  level?: number | undefined;
}

/** Above all roots. */
const ABOVE_ALL: TreePlace = { depth: -1, path: '' };

/**
 * The downline of a distributor (0: all distributors), level by level. Within a level, the recruits of a sponsor are
 * together, by arrival. A former id has no downline.
 * @throws MalformedError if the cursor is not one of ours, or if the last distributor of the page before has since
 * moved to another team.
 */
export async function listDownline(
  database: Database,
  ledger: string,
  id: number,
  { limit, cursor, level }: DownlineRequest,
): Promise<Page<DownlineDistributor>> {
  const top = id === 0 ? ABOVE_ALL : await findPlace(database, ledger, id);
  const after = cursor === undefined ? undefined : await findLast(database, ledger, cursor);
  const isOurs = (last: TreePlace) =>
    top !== undefined &&
    last.path.startsWith(top.path) &&
    (level === undefined ? last.depth > top.depth : last.depth === top.depth + level);
  if (after && !isOurs(after)) throw notOurs();
  if (!top) return { items: [], nextCursor: null };
  const first = after?.depth ?? top.depth + (level ?? 1);
  const { rows } = await sql<Record<'id' | 'depth' | 'directs' | 'team_size', number> & { units: bigint }>`
    ${levels(keyOf(ledger), top, { first, after, isOnly: level !== undefined, wanted: limit + 1 })}
    select distributors.id, distributors.depth, directs, team_size, ${creditedBy('distributors')} as units
    from levels cross join unnest(levels.ids) with ordinality as page (id, place)
    join distributors on distributors.ledger = ${keyOf(ledger)} and distributors.id = page.id
    join teams on teams.ledger = distributors.ledger and teams.id = distributors.id
    order by levels.depth, page.place`.execute(database);
  const distributors = rows.map((row) => ({
    id: row.id,
    level: row.depth - top.depth,
    creditedUnits: row.units,
    directs: row.directs,
    teamSize: row.team_size,
  }));
  return pageOf(distributors, limit, (last) => String(last.id));
}

/** The place of a page's last distributor, where the next page begins; of a former id, the place before the move. */
async function findLast(database: Database, ledger: string, cursor: string): Promise<TreePlace> {
  if (!/^[1-9][0-9]{0,8}$/.test(cursor)) throw notOurs();
  const last = await database
    .selectFrom('distributors')
    .select(['depth', 'path'])
    .where('ledger', '=', keyOf(ledger))
    .where('id', '=', Number(cursor))
    .executeTakeFirst();
  if (!last) throw notOurs();
  return last;
}

function notOurs(): MalformedError {
  return new MalformedError(
    'cursor',
    'must be the nextCursor of the page before, and its last distributor must still be in the same team',
  );
}

interface Wanted {
  /** Depth of the first level. */
  first: number;
  /** The first level begins after this place. */
  after: TreePlace | undefined;
  /** No other level. */
  isOnly: boolean;
  /** Distributors at most. */
  wanted: number;
}

/**
 * The ids of a page, as the table `levels`: one range of the index per level, until there are enough ids or a level is
 * empty, which means that all deeper ones are too.
 */
function levels(
  ledger: bigint,
  top: TreePlace,
  { first, after, isOnly, wanted }: Wanted,
): RawBuilder<unknown> {
  const inLevel = (depth: RawBuilder<unknown>, limit: RawBuilder<unknown>, rest = sql`true`) => sql`
    array(select distributors.id from distributors
      where ledger = ${ledger} and moved_to is null and depth = ${depth} and ${inTeam(top.path)} and ${rest}
      order by ${inPathOrder} limit ${limit})`;
  const start = inLevel(sql`${first}::int`, sql`${wanted}::int`, after && isAfterPath(after.path));
  const next = inLevel(sql`levels.depth + 1`, sql`${wanted}::int - levels.total`);
  return sql`with recursive levels (depth, ids, total) as (
      select ${first}::int, start.ids, cardinality(start.ids) from (select ${start} as ids) start
      union all
      select levels.depth + 1, next.ids, levels.total + cardinality(next.ids)
      from levels cross join lateral (select ${next} as ids) next
      where ${!isOnly} and levels.total < ${wanted} and (cardinality(levels.ids) > 0 or levels.depth = ${first})
    )`;
}
