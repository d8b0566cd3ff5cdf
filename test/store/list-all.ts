import { expect } from 'chai';

/** All items of a list, page by page. */
export async function listAll<T>(
  page: (request: { limit: number; cursor?: string | undefined }) => Promise<{
    items: T[];
    nextCursor: string | null;
  }>,
  limit = 2,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await page({ limit, cursor });
    expect(items.length).to.be.at.most(limit);
    all.push(...items);
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
  return all;
}
