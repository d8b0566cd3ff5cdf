import type { SearchResult } from '@plumbline/protocol/api';
import { useEffect } from 'react';
import { api } from '../api/client.ts';
import { LoadedView } from '../parts/loaded-view.tsx';
import { goTo, hrefs } from '../router.ts';
import { useAsync } from '../state/use-async.ts';
import { text } from '../text.ts';
import { SearchResults } from './search-results.tsx';

/** The results of a search. A single result is opened at once. */
export function SearchPage({ query }: { query: string }) {
  const found = useAsync(`search ${query}`, (signal) => api.search(query, signal));
  const results = found.value?.results;
  useEffect(() => {
    const [only, another] = results ?? [];
    if (only && !another) goTo(hrefOf(only), true);
  }, [results]);
  return (
    <>
      <title>{`${text.search.heading(query)} · ${text.name}`}</title>
      <h1>{text.search.heading(query)}</h1>
      <div aria-live="polite">
        <LoadedView of={found}>
          {(answer) => <SearchResults results={answer.results} hrefOf={hrefOf} />}
        </LoadedView>
      </div>
    </>
  );
}

function hrefOf(result: SearchResult): string {
  return result.type === 'sale' ? hrefs.sale(result.ref) : hrefs.distributor(result.id);
}
