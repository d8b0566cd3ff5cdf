import { Table } from '../../parts/table.tsx';
import { text } from '../../text.ts';
import type { Step } from '../../verify/checks.ts';
import { factName } from './fact-line.tsx';
import { FactValue } from './fact-value.tsx';

const words = text.verification;

/** What differs in a step, with both values. */
export function DifferenceTable({ step }: { step: Step }) {
  const [title, here, there] = words.steps[step.name];
  return (
    <Table
      caption={`${title}: ${words.what}`}
      columns={[words.what, here, there]}
      numeric={[false, true, true]}
      rows={step.differences.map((difference) => ({
        key: `${difference.what} ${difference.level}`,
        cells: [
          factName(difference),
          <FactValue key="here" what={difference.what} value={difference.value} />,
          <mark key="there">
            <FactValue what={difference.what} value={difference.other} />
          </mark>,
        ],
      }))}
    />
  );
}
