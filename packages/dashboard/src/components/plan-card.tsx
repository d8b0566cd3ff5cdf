import { maxTotalBps, PLAN_BY_LEVEL } from '@plumbline/protocol';
import { duration, rate } from '../format.ts';
import { useProgramme } from '../state/programme.ts';
import { text } from '../text.ts';
import { Card } from './card.tsx';
import { Moment } from './moment.tsx';
import { RankTable } from './rank-table.tsx';
import { RateLadder } from './rate-ladder.tsx';

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
  const [retail, preferred, self] = plan.weightsBps;
  return (
    <Card heading={words.heading} aside={<span className="tag">{words.version(version)}</span>}>
      {plan.kind === PLAN_BY_LEVEL && plan.ratesBps.length === 1 ? (
        <RateLadder rates={plan.ratesBps[0] ?? []} />
      ) : (
        <RankTable plan={plan} />
      )}
      <ul className="plain">
        <li>{words.kinds[plan.kind]}</li>
        {plan.boundaryRank > 0 ? <li>{words.boundary(plan.boundaryRank)}</li> : null}
        <li>{words.compressions[plan.compression]}</li>
        <li>{words.ceiling(rate(maxTotalBps(plan)), rate(plan.ceilingBps))}</li>
        <li>{words.weights(rate(retail), rate(preferred), rate(self))}</li>
        <li>{terms.returnWindow > 0 ? words.window(duration(terms.returnWindow)) : words.noWindow}</li>
        <li>
          {words.since} <Moment at={startsAt} />
        </li>
      </ul>
    </Card>
  );
}
