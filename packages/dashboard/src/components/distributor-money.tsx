import type { DistributorAnswer } from '../api/answers.ts';
import { count } from '../format.ts';
import { text } from '../text.ts';
import { Card } from './card.tsx';
import { Figure } from './figure.tsx';
import { Moment } from './moment.tsx';
import { Money } from './money.tsx';
import { OwedNow } from './owed-now.tsx';

const words = text.distributor;

/** Net figures: what is owed now, large and from the chain, and what it is made of. */
export function DistributorMoney({ person, id }: { person: DistributorAnswer; id: number }) {
  const pendingUntil =
    person.pendingUntil === null ? (
      words.pendingNone
    ) : (
      <>
        {words.pendingUntil} <Moment at={person.pendingUntil} />
      </>
    );
  return (
    <Card heading={words.owed} className="owed">
      <OwedNow id={id} claimed={BigInt(person.owedUnits)} />
      <dl className="figures">
        <Figure
          name={words.settled}
          value={<Money units={person.creditedUnits} />}
          about={words.settledAbout}
        />
        <Figure name={words.pending} value={<Money units={person.pendingUnits} />} about={pendingUntil} />
        <Figure name={words.paid} value={<Money units={person.paidUnits} />} />
        <Figure name={words.ownSales} value={count(person.ownSales)} />
        <Figure
          name={words.team}
          value={count(person.teamSize)}
          about={words.teamAbout(count(person.directs))}
        />
      </dl>
    </Card>
  );
}
