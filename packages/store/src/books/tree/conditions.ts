import { type RawBuilder, sql } from 'kysely';
import { pathEnd } from './path.ts';

/** Conditions on rows of `distributors` that, with one on the depth, the index `distributors_tree` answers. */

/** Bits of a path that the index holds. */
const INDEXED = 8_192;

const indexed = sql`substring(distributors.path from 1 for ${sql.lit(INDEXED)})`;

/** The order of distributors of one depth: siblings by arrival, after the downlines of the sponsor's elder siblings. */
export const inPathOrder = sql`${indexed}, distributors.path`;

function bits(path: string): RawBuilder<unknown> {
  return sql`${path}::varbit`;
}

/** Of the type that `substring` returns and the index holds; `bit` without quotes would mean one bit. */
function indexedBits(path: string): RawBuilder<unknown> {
  return sql`${path.slice(0, INDEXED)}::"bit"`;
}

/** Whether a row of distributors is the one with `path` or below it. */
export function inTeam(path: string): RawBuilder<boolean> {
  const end = pathEnd(path);
  const isIndexed = sql<boolean>`${indexed} between ${indexedBits(path)} and ${indexedBits(end)}`;
  // The index holds only the beginning of a longer path, so it narrows the search.
  return end.length <= INDEXED
    ? isIndexed
    : sql<boolean>`(${isIndexed} and distributors.path between ${bits(path)} and ${bits(end)})`;
}

/** Whether a row of distributors is the one with `path`. */
export function isAtPath(path: string): RawBuilder<boolean> {
  return sql<boolean>`(${indexed} = ${indexedBits(path)} and distributors.path = ${bits(path)})`;
}

/** Whether a row of distributors comes after `path` among those of one depth. */
export function isAfterPath(path: string): RawBuilder<boolean> {
  return sql<boolean>`(${indexed} >= ${indexedBits(path)} and distributors.path > ${bits(path)})`;
}
