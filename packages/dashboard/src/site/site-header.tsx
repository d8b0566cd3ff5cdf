import { hrefs } from '../router.ts';
import { SearchBox } from '../search/search-box.tsx';
import { text } from '../text.ts';
import { Logo } from './logo.tsx';

export function SiteHeader({ withSearch }: { withSearch: boolean }) {
  return (
    <header className="site-header">
      <a className="brand" href={hrefs.home}>
        <Logo />
        <span>{text.name}</span>
      </a>
      {withSearch ? <SearchBox /> : null}
    </header>
  );
}
