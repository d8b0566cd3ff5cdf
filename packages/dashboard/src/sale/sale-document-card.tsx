import type { SaleResponse } from '@plumbline/protocol/api';
import { count } from '../format.ts';
import { Card } from '../parts/card.tsx';
import { Money } from '../parts/money.tsx';
import { Timestamp } from '../parts/timestamp.tsx';
import { text } from '../text.ts';

const words = text.sale;

/** The sale's items, as its document lists them. */
export function SaleDocumentCard({ sale }: { sale: SaleResponse }) {
  const { document } = sale;
  if (!document) {
    return (
      <Card heading={words.document}>
        <p className="soft">{words.noDocument}</p>
      </Card>
    );
  }
  const soldAt = Date.parse(document.soldAt) / 1_000;
  return (
    <Card heading={words.document}>
      <ul className="items">
        {document.items.map((item) => (
          <li key={`${item.product} ${item.quantity} ${item.amountCents}`}>
            <span>
              {words.quantity(count(item.quantity))} {item.name ?? item.product}
              {item.name ? <small className="aside"> {item.product}</small> : null}
            </span>
            <Money cents={item.amountCents} />
          </li>
        ))}
      </ul>
      <p className="soft">
        {words.soldAt} {Number.isFinite(soldAt) ? <Timestamp at={soldAt} /> : document.soldAt}
      </p>
    </Card>
  );
}
