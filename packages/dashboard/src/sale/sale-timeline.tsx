import type { SaleResponse } from '@plumbline/protocol/api';
import type { ReactNode } from 'react';
import { Timestamp } from '../parts/timestamp.tsx';
import { text } from '../text.ts';

const words = text.sale;

interface Stage {
  name: string;
  reached: boolean;
  about: ReactNode;
}

/** The stages of a sale, from accepted to settled. */
export function SaleTimeline({ sale }: { sale: SaleResponse }) {
  const { recordedAt, settlesAt, settled } = sale;
  const windowOver = settled || (settlesAt !== null && settlesAt * 1_000 <= Date.now());
  const when = (at: number | null) => (at ? <Timestamp at={at} /> : undefined);
  const stages: Stage[] = [
    { name: words.stages.accepted, reached: true, about: when(sale.acceptedAt) ?? words.done },
    { name: words.stages.recorded, reached: recordedAt !== null, about: when(recordedAt) ?? words.later },
    {
      name: windowOver ? words.windowOver : words.stages.window,
      reached: windowOver,
      about: when(settlesAt) ?? words.later,
    },
    {
      name: words.stages.settled,
      reached: settled,
      about: settled ? words.done : windowOver ? words.due : words.later,
    },
  ];
  return (
    <ol className="timeline" aria-label={words.timeline}>
      {stages.map(({ name, reached, about }) => (
        <li key={name} className={reached ? 'reached' : undefined}>
          <strong>{name}</strong>
          <span>{about}</span>
        </li>
      ))}
    </ol>
  );
}
