import type { Pages } from '../state/use-pages.ts';
import { text } from '../text.ts';
import { Problem } from './problem.tsx';

/** Loads the next page of a list; absent on the last page. */
export function MoreButton({ pages }: { pages: Pages<unknown> }) {
  if (pages.error) return <Problem error={pages.error} retry={pages.more} />;
  if (!pages.more) return null;
  return (
    <button type="button" className="quiet" onClick={pages.more} disabled={pages.loadingMore}>
      {pages.loadingMore ? text.loading : text.more}
    </button>
  );
}
