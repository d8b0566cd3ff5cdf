import { Sign, type Tone } from '../../parts/tone-icon.tsx';
import { text } from '../../text.ts';
import type { Step, StepName, StepState } from '../../verify/checks.ts';
import { DifferenceTable } from './difference-table.tsx';
import { FactLine } from './fact-line.tsx';

const words = text.verification;
const tones: Record<StepState, Tone> = {
  agrees: 'good',
  differs: 'bad',
  noted: 'calm',
  failed: 'warn',
  skipped: 'calm',
};

/** One step: how it ended, what differs, and on demand what was read. */
export function StepRow({ name, step }: { name: StepName; step: Step | undefined }) {
  const [title] = words.steps[name];
  const tone = step ? tones[step.state] : 'calm';
  return (
    <li className={`step ${step ? tone : 'waiting'}`} data-step={name} data-state={step?.state ?? 'waiting'}>
      <span className="step-sign">
        <Sign tone={tone} />
      </span>
      <div className="step-body">
        <p className="step-title">
          <strong>{title}</strong> {step ? <span>{words.states[step.state]}</span> : null}
        </p>
        {step?.note ? <p>{words.notes[step.note]}</p> : null}
        {step?.problem ? <p className="step-problem">{step.problem}</p> : null}
        {step && step.differences.length > 0 ? <DifferenceTable step={step} /> : null}
        {step && step.facts.length > 0 ? (
          <details>
            <summary>{words.facts}</summary>
            <ul className="fact-list">
              {step.facts.map((fact) => (
                <FactLine key={`${fact.what} ${fact.level} ${fact.value}`} fact={fact} />
              ))}
            </ul>
          </details>
        ) : null}
      </div>
    </li>
  );
}
