import { hrefs } from '../router.ts';
import { text } from '../text.ts';
import { Mark } from './mark.tsx';
import { SearchBox } from './search-box.tsx';

export function SiteHeader({ withSearch }: { withSearch: boolean }) {
  return (
    <header className="site-header">
      <a className="brand" href={hrefs.home}>
        <Mark />
        <span>{text.name}</span>
      </a>
      {withSearch ? <SearchBox /> : null}
    </header>
  );
}
