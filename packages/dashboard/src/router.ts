import { useSyncExternalStore } from 'react';

/** The pages, as the part of the address after `#`. */
export type Route =
  | { page: 'home' }
  | { page: 'search'; query: string }
  | { page: 'distributor'; id: string }
  | { page: 'sale'; ref: string }
  | { page: 'missing' };

/** Addresses of pages, for links. */
export const hrefs = {
  home: '#/',
  search: (query: string) => `#/search/${encodeURIComponent(query)}`,
  /** @param id Distributor id, wallet, or `ref:` and the company's reference. */
  distributor: (id: number | string) => `#/distributors/${encodeURIComponent(id)}`,
  /** @param ref External id or `12-7`. */
  sale: (ref: string) => `#/sales/${encodeURIComponent(ref)}`,
};

/** The page that the address names. */
export function parseRoute(hash: string): Route {
  const [page = '', ...rest] = hash.replace(/^#?\/?/, '').split('/');
  const name = decode(rest.join('/'));
  if (page === '') return { page: 'home' };
  if (name === null || name === '') return { page: 'missing' };
  if (page === 'search') return { page, query: name };
  if (page === 'distributors') return { page: 'distributor', id: name };
  if (page === 'sales') return { page: 'sale', ref: name };
  return { page: 'missing' };
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener('hashchange', onChange);
  return () => window.removeEventListener('hashchange', onChange);
}

/** The address after `#` now; the component renders again when it changes. */
export function useHash(): string {
  return useSyncExternalStore(subscribe, () => window.location.hash);
}

/** Goes to a page. With `replace` the present one is not kept in the history. */
export function goTo(href: string, replace = false): void {
  if (replace) window.location.replace(href);
  else window.location.assign(href);
}
