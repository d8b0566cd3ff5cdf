import type { CreditLine } from '@plumbline/protocol/api';
import { api } from '../api/client.ts';
import { rate } from '../format.ts';
import { DistributorLink } from '../parts/distributor-link.tsx';
import { ListCard } from '../parts/list-card.tsx';
import { Table } from '../parts/table.tsx';
import { hrefs } from '../router.ts';
import { useProgramme } from '../state/programme.ts';
import { usePages } from '../state/use-pages.ts';
import { text } from '../text.ts';

const words = text.distributor;
const { columns } = words;

/** What the distributor was credited, newest sale first. */
export function CreditsCard({ id }: { id: number }) {
  const pages = usePages<CreditLine>(`credits ${id}`, async (cursor, signal) => {
    const { credits, nextCursor } = await api.credits(String(id), cursor, signal);
    return { items: credits, nextCursor };
  });
  return (
    <ListCard heading={words.credits} pages={pages} empty={words.noCredits}>
      {(credits) => <CreditsTable credits={credits} />}
    </ListCard>
  );
}

function CreditsTable({ credits }: { credits: CreditLine[] }) {
  const amounts = useProgramme().amounts.column(credits.map((credit) => BigInt(credit.units)));
  return (
    <Table
      caption={words.credits}
      columns={[columns.sale, columns.seller, columns.level, columns.rate, columns.amount]}
      numeric={[false, false, false, true, true]}
      rows={credits.map((credit, i) => ({
        key: `${credit.ref} ${credit.level}`,
        cells: [
          <a key="sale" href={hrefs.sale(credit.ref)}>
            {credit.ref}
          </a>,
          <DistributorLink key="seller" id={credit.seller} />,
          credit.level === 0 ? text.plan.seller : credit.level,
          rate(credit.bps),
          amounts[i],
        ],
      }))}
    />
  );
}
