import { STEP_NAMES, type Step } from '../../verify/checks.ts';
import { StepRow } from './check-row.tsx';

/** The steps along a plumb line: those done, then those to come. */
export function StepList({ steps }: { steps: readonly Step[] }) {
  const done = new Map(steps.map((step) => [step.name, step]));
  return (
    <ol className="steps">
      {STEP_NAMES.map((name) => (
        <StepRow key={name} name={name} step={done.get(name)} />
      ))}
    </ol>
  );
}
