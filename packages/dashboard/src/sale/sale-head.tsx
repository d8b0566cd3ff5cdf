import type { SaleResponse } from '@plumbline/protocol/api';
import { Badge } from '../parts/badge.tsx';
import { text } from '../text.ts';

const words = text.sale;

/** The sale's number and state. */
export function SaleHead({ sale }: { sale: SaleResponse }) {
  const state = sale.settled ? 'settled' : sale.state;
  const tone = state === 'refused' ? 'bad' : sale.settled ? 'good' : 'calm';
  return (
    <div className="page-head">
      <h1>{words.title(sale.ref ?? sale.externalId ?? '')}</h1>
      <Badge tone={tone}>{words.states[state] ?? state}</Badge>
      {sale.ref && sale.externalId ? <p className="soft">{sale.externalId}</p> : null}
      {sale.refusal ? (
        <div className="problem" role="alert">
          <strong>{words.refused}</strong>
          <p>{sale.refusal}</p>
        </div>
      ) : null}
    </div>
  );
}
