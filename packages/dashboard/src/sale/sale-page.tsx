import { useState } from 'react';
import { api } from '../api/client.ts';
import { LoadedView } from '../parts/loaded-view.tsx';
import { useAsync } from '../state/use-async.ts';
import { text } from '../text.ts';
import { ReversalsCard } from './reversals-card.tsx';
import { SaleDocumentCard } from './sale-document-card.tsx';
import { SaleFacts } from './sale-facts.tsx';
import { SaleHead } from './sale-head.tsx';
import { SaleTimeline } from './sale-timeline.tsx';
import { VerificationCard } from './verification/verification-card.tsx';

const POLL_MS = 4_000;

/** A sale: what the gateway says about it, and the recomputation from the chain. */
export function SalePage({ saleRef }: { saleRef: string }) {
  const [ended, setEnded] = useState(false);
  const loaded = useAsync(
    `sale ${saleRef}`,
    async (signal) => {
      const sale = await api.sale(saleRef, signal);
      // A settled or refused sale does not change any more.
      setEnded(sale.settled || sale.state === 'refused');
      return sale;
    },
    ended ? 0 : POLL_MS,
  );
  return (
    <LoadedView of={loaded} lines={8} heading={text.sale.title(saleRef)}>
      {(sale) => (
        <>
          <title>{`${text.sale.title(sale.ref ?? saleRef)} · ${text.name}`}</title>
          <SaleHead sale={sale} />
          <SaleTimeline sale={sale} />
          <div className="sale">
            <VerificationCard sale={sale} />
            <div className="sale-side">
              <SaleFacts sale={sale} />
              <SaleDocumentCard sale={sale} />
              <ReversalsCard sale={sale} />
            </div>
          </div>
        </>
      )}
    </LoadedView>
  );
}
