import type { PendingChange } from '@plumbline/protocol/api';
import { DistributorLink } from '../parts/distributor-link.tsx';
import { Timestamp } from '../parts/timestamp.tsx';
import { text } from '../text.ts';

const words = text.distributor;

/** What will change for a distributor, and for sales from when on. */
export function PendingChanges({ changes }: { changes: readonly PendingChange[] }) {
  if (changes.length === 0) return null;
  return (
    <ul className="plain" aria-label={words.changes}>
      {changes.map((change) => (
        <li key={change.change}>
          {words.changeFrom} <Timestamp at={change.effectiveAt} />: <What change={change} />.
        </li>
      ))}
    </ul>
  );
}

function What({ change: { kind, rank, status, sponsor } }: { change: PendingChange }) {
  switch (kind) {
    case 'standing':
      return words.change.standing(rank, status ?? '');
    case 'correction':
      return (
        <>
          {words.change.correction} {sponsor ? <DistributorLink id={sponsor} /> : words.noSponsor}
        </>
      );
    case 'leaving':
      return words.change.leaving;
    case 'ending':
      return words.change.ending;
  }
}
