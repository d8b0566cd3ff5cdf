import type { Child } from '@plumbline/protocol/api';
import { api } from '../api/client.ts';
import { column, count } from '../format.ts';
import { Card } from '../parts/card.tsx';
import { DistributorLink } from '../parts/distributor-link.tsx';
import { LoadedView } from '../parts/loaded-view.tsx';
import { MoreButton } from '../parts/more-button.tsx';
import { Table } from '../parts/table.tsx';
import { usePages } from '../state/use-pages.ts';
import { text } from '../text.ts';

const words = text.distributor;

/** The distributors sponsored directly, a page at a time, so that a large team stays quick. */
export function ChildrenCard({ id }: { id: number }) {
  const pages = usePages<Child>(`children ${id}`, async (cursor, signal) => {
    const { children, nextCursor } = await api.children(String(id), cursor, signal);
    return { items: children, nextCursor };
  });
  const amounts = column(pages.items.map((child) => BigInt(child.creditedUnits)));
  const rows = pages.items.map((child, i) => ({
    key: String(child.id),
    cells: [
      <DistributorLink key="distributor" id={child.id} reference={child.reference} />,
      count(child.teamSize),
      amounts[i],
    ],
  }));
  return (
    <Card heading={words.children}>
      <LoadedView of={pages.first}>
        {() =>
          rows.length === 0 ? (
            <p className="soft">{words.noChildren}</p>
          ) : (
            <Table
              caption={words.children}
              columns={[words.columns.distributor, words.columnsTeam.team, words.columnsTeam.credited]}
              numeric={[false, true, true]}
              rows={rows}
            />
          )
        }
      </LoadedView>
      <MoreButton pages={pages} />
    </Card>
  );
}
