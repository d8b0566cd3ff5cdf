import type { DistributorResponse } from '@plumbline/protocol/api';
import { count } from '../format.ts';
import { Card } from '../parts/card.tsx';
import { Figure } from '../parts/figure.tsx';
import { Money } from '../parts/money.tsx';
import { Timestamp } from '../parts/timestamp.tsx';
import { text } from '../text.ts';
import { OwedNow } from './owed-now.tsx';

const words = text.distributor;

/** What is owed now, read from the chain, and the figures that it is made of. */
export function EarningsCard({ distributor, id }: { distributor: DistributorResponse; id: number }) {
  const pendingUntil =
    distributor.pendingUntil === null ? (
      words.pendingNone
    ) : (
      <>
        {words.pendingUntil} <Timestamp at={distributor.pendingUntil} />
      </>
    );
  return (
    <Card heading={words.owed} className="owed">
      <OwedNow id={id} claimed={BigInt(distributor.owedUnits)} />
      <dl className="figures">
        <Figure
          name={words.settled}
          value={<Money units={distributor.creditedUnits} />}
          about={words.settledAbout}
        />
        {distributor.openedUnits === '0' ? null : (
          <Figure
            name={words.opened}
            value={<Money units={distributor.openedUnits} />}
            about={words.openedAbout}
          />
        )}
        <Figure
          name={words.pending}
          value={<Money units={distributor.pendingUnits} />}
          about={pendingUntil}
        />
        <Figure name={words.paid} value={<Money units={distributor.paidUnits} />} />
        <Figure name={words.ownSales} value={count(distributor.ownSales)} />
        <Figure
          name={words.team}
          value={count(distributor.teamSize)}
          about={words.teamAbout(count(distributor.directs))}
        />
      </dl>
    </Card>
  );
}
