import { PLAN_BY_LEVEL } from '@plumbline/protocol';
import { duration } from '../format.ts';
import { Card } from '../parts/card.tsx';
import { Timestamp } from '../parts/timestamp.tsx';
import { useProgramme } from '../state/programme.ts';
import { text } from '../text.ts';
import { RankTable } from './rank-table.tsx';
import { RateBars } from './rate-bars.tsx';

const words = text.plan;

/** The plan in force, in words and rates. */
export function PlanCard() {
  const { plan: current, terms } = useProgramme().ledger;
  if (!current) {
    return (
      <Card heading={words.heading}>
        <p>{words.none}</p>
      </Card>
    );
  }
  const { plan, version, startsAt } = current;
  const described = words.describe(plan);
  return (
    <Card heading={words.heading} aside={<span className="tag">{words.version(version)}</span>}>
      {plan.kind === PLAN_BY_LEVEL && plan.ratesBps.length === 1 ? (
        <RateBars rates={plan.ratesBps[0] ?? []} />
      ) : (
        <RankTable plan={plan} />
      )}
      <ul className="plain">
        <li>{described.kind}</li>
        <li>{described.compression}</li>
        <li>{described.total}</li>
        <li>{described.reach}</li>
        <li>{described.weights}</li>
        <li>{terms.returnWindow > 0 ? words.window(duration(terms.returnWindow)) : words.noWindow}</li>
        <li>
          {words.since} <Timestamp at={startsAt} />
        </li>
      </ul>
    </Card>
  );
}
