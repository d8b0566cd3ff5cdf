import { sql } from 'kysely';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';
import { isAtPath } from '../../tree/conditions.ts';
import { pathAt } from '../../tree/path.ts';
import { type Page, type PageRequest, pageOf, parseCursor } from '../page.ts';
import { findPlace } from './distributors.ts';

/** A distributor in an upline; level 1 is the sponsor. */
export interface UplineDistributor {
  id: number;
  level: number;
}

/**
 * The upline of a distributor, sponsor first. The distributor's path tells where a page begins, so the last page of a
 * deep upline costs no more than the first. A former id has no upline.
 * @throws MalformedError if the cursor is not one of ours.
 */
export async function listUpline(
  database: Database,
  ledger: string,
  id: number,
  { limit, cursor }: PageRequest,
): Promise<Page<UplineDistributor>> {
  const done = Number(parseCursor(cursor, /^[1-9][0-9]{0,8}$/)?.[0] ?? 0);
  const place = await findPlace(database, ledger, id);
  const depth = (place?.depth ?? 0) - done - 1;
  if (!place || depth < 0) return { items: [], nextCursor: null };
  const key = keyOf(ledger);
  const { rows } = await sql<UplineDistributor>`
    with recursive line (id, sponsor, level) as (
      select id, sponsor, ${done + 1}::int from distributors
      where ledger = ${key} and depth = ${depth} and moved_to is null and ${isAtPath(pathAt(place.path, depth))}
      union all
      select distributors.id, distributors.sponsor, line.level + 1 from line
      join distributors on distributors.ledger = ${key} and distributors.id = line.sponsor
      where line.level <= ${done + limit}
    ) select id, level from line order by level`.execute(database);
  return pageOf(rows, limit, (last) => String(last.level));
}
