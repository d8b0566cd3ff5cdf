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
