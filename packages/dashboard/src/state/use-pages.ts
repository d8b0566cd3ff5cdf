import { useState } from 'react';
import { type Loaded, useAsync } from './use-async.ts';

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** A list that grows by a page at a time. */
export interface Pages<T> {
  items: T[];
  first: Loaded<Page<T>>;
  /** Undefined at the end of the list. */
  more: (() => void) | undefined;
  loadingMore: boolean;
  error: unknown;
}

/**
 * Loads a list page by page.
 * @param key Names the list.
 * @param load Loads the page after `cursor`, null for the first.
 */
export function usePages<T>(
  key: string,
  load: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>,
): Pages<T> {
  const first = useAsync(key, (signal) => load(null, signal));
  const [later, setLater] = useState<{ key: string; pages: Page<T>[] }>({ key, pages: [] });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const pages = [...(first.value ? [first.value] : []), ...(later.key === key ? later.pages : [])];
  const cursor = pages.at(-1)?.nextCursor ?? null;

  const loadMore = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const page = await load(cursor, new AbortController().signal);
      setLater((old) => ({ key, pages: [...(old.key === key ? old.pages : []), page] }));
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return {
    items: pages.flatMap((page) => page.items),
    first,
    more: cursor === null ? undefined : () => void loadMore(),
    loadingMore: busy,
    error,
  };
}
