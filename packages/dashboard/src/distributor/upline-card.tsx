import type { UplineDistributor } from '@plumbline/protocol/api';
import { api } from '../api/client.ts';
import { DistributorLink } from '../parts/distributor-link.tsx';
import { ListCard } from '../parts/list-card.tsx';
import { usePages } from '../state/use-pages.ts';
import { text } from '../text.ts';

const words = text.distributor;

/** The sponsors, from the nearest to the top. */
export function UplineCard({ id }: { id: number }) {
  const pages = usePages<UplineDistributor>(`upline ${id}`, async (cursor, signal) => {
    const { path, nextCursor } = await api.upline(String(id), cursor, signal);
    return { items: path, nextCursor };
  });
  return (
    <ListCard heading={words.upline} pages={pages} empty={words.root} lines={1}>
      {(upline) => (
        <ol className="path">
          {upline.map((distributor) => (
            <li key={distributor.id}>
              <small>{text.plan.level(distributor.level)}</small>
              <DistributorLink id={distributor.id} reference={distributor.reference} />
            </li>
          ))}
        </ol>
      )}
    </ListCard>
  );
}
