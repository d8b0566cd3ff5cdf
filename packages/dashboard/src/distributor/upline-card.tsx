import type { UplineDistributor } from '@plumbline/protocol/api';
import { api } from '../api/client.ts';
import { Card } from '../parts/card.tsx';
import { DistributorLink } from '../parts/distributor-link.tsx';
import { LoadedView } from '../parts/loaded-view.tsx';
import { MoreButton } from '../parts/more-button.tsx';
import { usePages } from '../state/use-pages.ts';
import { text } from '../text.ts';

const words = text.distributor;

/** The sponsors, from the nearest to the top, a page at a time. */
export function UplineCard({ id }: { id: number }) {
  const pages = usePages<UplineDistributor>(`upline ${id}`, async (cursor, signal) => {
    const { path, nextCursor } = await api.upline(String(id), cursor, signal);
    return { items: path, nextCursor };
  });
  return (
    <Card heading={words.upline}>
      <LoadedView of={pages.first} lines={1}>
        {() =>
          pages.items.length === 0 ? (
            <p className="soft">{words.root}</p>
          ) : (
            <ol className="path">
              {pages.items.map((distributor) => (
                <li key={distributor.id}>
                  <small>{text.plan.level(distributor.level)}</small>
                  <DistributorLink id={distributor.id} reference={distributor.reference} />
                </li>
              ))}
            </ol>
          )
        }
      </LoadedView>
      <MoreButton pages={pages} />
    </Card>
  );
}
