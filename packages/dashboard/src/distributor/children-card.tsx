import type { Child } from '@plumbline/protocol/api';
import { api } from '../api/client.ts';
import { count } from '../format.ts';
import { DistributorLink } from '../parts/distributor-link.tsx';
import { ListCard } from '../parts/list-card.tsx';
import { Table } from '../parts/table.tsx';
import { useProgramme } from '../state/programme.ts';
import { usePages } from '../state/use-pages.ts';
import { text } from '../text.ts';

const words = text.distributor;

/** The distributors sponsored directly. */
export function ChildrenCard({ id }: { id: number }) {
  const pages = usePages<Child>(`children ${id}`, async (cursor, signal) => {
    const { children, nextCursor } = await api.children(String(id), cursor, signal);
    return { items: children, nextCursor };
  });
  return (
    <ListCard heading={words.children} pages={pages} empty={words.noChildren}>
      {(children) => <ChildrenTable rows={children} />}
    </ListCard>
  );
}

function ChildrenTable({ rows }: { rows: Child[] }) {
  const amounts = useProgramme().amounts.column(rows.map((child) => BigInt(child.creditedUnits)));
  return (
    <Table
      caption={words.children}
      columns={[words.columns.distributor, words.columnsTeam.team, words.columnsTeam.credited]}
      numeric={[false, true, true]}
      rows={rows.map((child, i) => ({
        key: String(child.id),
        cells: [
          <DistributorLink key="distributor" id={child.id} reference={child.reference} />,
          count(child.teamSize),
          amounts[i],
        ],
      }))}
    />
  );
}
