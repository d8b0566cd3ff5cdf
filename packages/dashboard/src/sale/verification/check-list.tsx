import { CHECK_NAMES, type Check } from '../../verify/checks.ts';
import { CheckRow } from './check-row.tsx';

/** The checks along a plumb line, with those that are still to come. */
export function CheckList({ checks }: { checks: readonly Check[] }) {
  const done = new Map(checks.map((check) => [check.name, check]));
  return (
    <ol className="checks">
      {CHECK_NAMES.map((name) => (
        <CheckRow key={name} name={name} check={done.get(name)} />
      ))}
    </ol>
  );
}
