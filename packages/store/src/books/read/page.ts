import { MalformedError } from '@plumbline/protocol';

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

/**
 * What a cursor says; undefined for the first page.
 * @throws MalformedError if it does not match `form`.
 */
export function parseCursor(cursor: string | undefined, form: RegExp): RegExpExecArray | undefined {
  if (cursor === undefined) return undefined;
  const match = form.exec(cursor);
  if (!match) throw new MalformedError('cursor', 'must be the nextCursor of the page before');
  return match;
}

/**
 * A page of a list.
 * @param found Its items in order, and one more if there is another page.
 */
export function pageOf<T>(found: readonly T[], limit: number, cursorOf: (last: T) => string): Page<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last ? cursorOf(last) : null };
}
