import { useEffect, useRef } from 'react';
import { DistributorPage } from '../distributor/distributor-page.tsx';
import { HomePage } from '../ledger/home-page.tsx';
import type { Route } from '../router.ts';
import { SalePage } from '../sale/sale-page.tsx';
import { SearchPage } from '../search/search-page.tsx';
import { MissingPage } from './missing-page.tsx';

/** The page that the route names. On a new route, focus and scroll go to the top, as a browser does for a new document. */
export function RoutedPage({ route }: { route: Route }) {
  const main = useRef<HTMLElement>(null);
  const shown = useRef<string>(undefined);
  const key = JSON.stringify(route);
  useEffect(() => {
    if (shown.current !== undefined && shown.current !== key) {
      main.current?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
    shown.current = key;
  }, [key]);
  return (
    <main className="page" ref={main} tabIndex={-1} key={key}>
      {contentOf(route)}
    </main>
  );
}

function contentOf(route: Route) {
  switch (route.page) {
    case 'home':
      return <HomePage />;
    case 'search':
      return <SearchPage query={route.query} />;
    case 'distributor':
      return <DistributorPage id={route.id} />;
    case 'sale':
      return <SalePage saleRef={route.ref} />;
    case 'missing':
      return <MissingPage />;
  }
}
