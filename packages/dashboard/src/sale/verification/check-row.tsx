import { type Tone, ToneIcon } from '../../parts/tone-icon.tsx';
import { text } from '../../text.ts';
import type { Check, CheckName, CheckState } from '../../verify/checks.ts';
import { DifferenceTable } from './difference-table.tsx';
import { FactLine } from './fact-line.tsx';

const words = text.verification;
const tones: Record<CheckState, Tone> = {
  agrees: 'good',
  differs: 'bad',
  noted: 'calm',
  failed: 'warn',
  skipped: 'calm',
};

/** A check: how it ended, what differs, and on demand what was read. */
export function CheckRow({ name, check }: { name: CheckName; check: Check | undefined }) {
  const [title] = words.checks[name];
  const tone = check ? tones[check.state] : 'calm';
  return (
    <li
      className={`check ${check ? tone : 'waiting'}`}
      data-check={name}
      data-state={check?.state ?? 'waiting'}
    >
      <span className="check-icon">
        <ToneIcon tone={tone} />
      </span>
      <div className="check-body">
        <p className="check-title">
          <strong>{title}</strong> {check ? <span>{words.states[check.state]}</span> : null}
        </p>
        {check?.note ? <p>{words.notes[check.note]}</p> : null}
        {check?.problem ? <p className="check-problem">{check.problem}</p> : null}
        {check && check.differences.length > 0 ? <DifferenceTable check={check} /> : null}
        {check && check.facts.length > 0 ? (
          <details>
            <summary>{words.facts}</summary>
            <ul className="fact-list">
              {check.facts.map((fact) => (
                <FactLine key={`${fact.what} ${fact.level} ${fact.value}`} fact={fact} />
              ))}
            </ul>
          </details>
        ) : null}
      </div>
    </li>
  );
}
