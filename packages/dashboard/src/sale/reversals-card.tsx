import type { SaleResponse } from '@plumbline/protocol/api';
import { Card } from '../parts/card.tsx';
import { Money } from '../parts/money.tsx';
import { text } from '../text.ts';

const words = text.sale;

/** The sale's reversals, also those under way; absent if there are none. */
export function ReversalsCard({ sale }: { sale: SaleResponse }) {
  if (sale.reversals.length === 0) return null;
  return (
    <Card heading={words.reversals}>
      <ul className="items">
        {sale.reversals.map((reversal, i) => (
          <li key={reversal.reversalId ?? i}>
            <span>
              {reversal.reason ?? reversal.reversalId ?? words.reversed}
              <small className="aside">
                {' '}
                {reversal.refusal ?? words.states[reversal.state] ?? reversal.state}
              </small>
            </span>
            <Money cents={reversal.priceCents} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
