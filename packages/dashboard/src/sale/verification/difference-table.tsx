import { Table } from '../../parts/table.tsx';
import { text } from '../../text.ts';
import type { Check } from '../../verify/checks.ts';
import { factName } from './fact-line.tsx';
import { FactValue } from './fact-value.tsx';

const words = text.verification;

/** What differs in a check, with both values. */
export function DifferenceTable({ check }: { check: Check }) {
  const [title, here, there] = words.checks[check.name];
  return (
    <Table
      caption={`${title}: ${words.what}`}
      columns={[words.what, here, there]}
      numeric={[false, true, true]}
      rows={check.differences.map((difference) => ({
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
