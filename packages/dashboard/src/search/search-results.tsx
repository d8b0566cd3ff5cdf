import type { SearchResult } from '@plumbline/protocol/api';
import { text } from '../text.ts';

export function SearchResults(props: { results: SearchResult[]; hrefOf: (result: SearchResult) => string }) {
  const { results, hrefOf } = props;
  if (results.length === 0) return <p>{text.search.none}</p>;
  return (
    <>
      <p className="soft">{text.search.count(results.length)}</p>
      <ul className="results">
        {results.map((result) => (
          <li key={hrefOf(result)}>
            <a href={hrefOf(result)}>
              <span className="tag">{text.search.types[result.type]}</span>
              <span>{result.label}</span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
