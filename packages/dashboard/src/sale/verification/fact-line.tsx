import { text } from '../../text.ts';
import type { Fact, FactName } from '../../verify/checks.ts';
import { FactValue } from './fact-value.tsx';

/** Facts about distributors in the upline, who may have no level. */
const DISTRIBUTOR_FACTS: ReadonlySet<FactName> = new Set(['movedFrom', 'rank', 'status', 'upline']);

/** A fact with its name and, where it has one, its level. */
export function FactLine({ fact }: { fact: Fact }) {
  return (
    <li>
      <span>{factName(fact)}</span> <FactValue what={fact.what} value={fact.value} />
    </li>
  );
}

/** The words for what a fact is about. */
export function factName({ what, level }: Fact): string {
  const name = text.verification.factNames[what];
  if (level === undefined) return name;
  const place = DISTRIBUTOR_FACTS.has(what) ? text.verification.above(level) : text.plan.level(level);
  return `${level === 0 ? text.plan.seller : place}: ${name}`;
}
