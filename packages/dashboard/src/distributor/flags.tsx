import type { DistributorResponse } from '@plumbline/protocol/api';
import { Timestamp } from '../parts/timestamp.tsx';
import { text } from '../text.ts';

const words = text.distributor;
type Flag = DistributorResponse['flags'][number];

/** The reviews of a distributor: what about, how grave, and how they ended or when they will. */
export function Flags({ flags }: { flags: readonly Flag[] }) {
  if (flags.length === 0) return null;
  return (
    <ul className="plain" aria-label={words.flags}>
      {flags.map((flag) => (
        <li key={flag.flag}>
          {words.flag(flag.flag)} (
          {words.flagKind(flag.flagKind, words.severities[flag.severity] ?? String(flag.severity))}):{' '}
          <State flag={flag} />
          {flag.answer === null ? '' : `; ${words.answered}`}.
        </li>
      ))}
    </ul>
  );
}

function State({ flag: { outcome, isOpen, reviewBy } }: { flag: Flag }) {
  if (outcome !== null) return words.outcomes[outcome] ?? outcome;
  return (
    <>
      {isOpen ? words.flagOpen : words.flagEnded} <Timestamp at={reviewBy} />
    </>
  );
}
