import type { ReactNode } from 'react';
import type { Pages } from '../state/use-pages.ts';
import { Card } from './card.tsx';
import { LoadedView } from './loaded-view.tsx';
import { MoreButton } from './more-button.tsx';

/** A card with a list that is loaded a page at a time, so that a long one stays quick. */
export function ListCard<T>(props: {
  heading: string;
  pages: Pages<T>;
  /** What stands there instead of an empty list. */
  empty: string;
  /** Lines to show while the first page is loading. */
  lines?: number;
  children: (items: T[]) => ReactNode;
}) {
  const { heading, pages, empty, lines = 3, children } = props;
  return (
    <Card heading={heading}>
      <LoadedView of={pages.first} lines={lines}>
        {() => (pages.items.length === 0 ? <p className="soft">{empty}</p> : children(pages.items))}
      </LoadedView>
      <MoreButton pages={pages} />
    </Card>
  );
}
