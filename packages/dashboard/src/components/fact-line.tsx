import { text } from '../text.ts';
import type { Fact } from '../verify/steps.ts';
import { FactValue } from './fact-value.tsx';

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
  return `${level === 0 ? text.plan.seller : text.plan.level(level)}: ${name}`;
}
