import type { DistributorAnswer } from '../api/answers.ts';
import { text } from '../text.ts';
import { Hex } from './hex.tsx';
import { Moment } from './moment.tsx';
import { PersonLink } from './person-link.tsx';

const words = text.distributor;

/** Who this is, and how they stand. */
export function DistributorHead({ person }: { person: DistributorAnswer }) {
  return (
    <div className="page-head">
      <h1>{words.title(person.reference ?? String(person.id))}</h1>
      {person.id === null || person.enrolledBlock === null ? (
        <p role="status">{person.refusal ?? words.waiting}</p>
      ) : person.movedTo === null ? (
        <Standing person={person} id={person.id} />
      ) : (
        <p role="status">
          {words.movedTo} <PersonLink id={person.movedTo} />. {words.movedAbout}
        </p>
      )}
    </div>
  );
}

function Standing({ person, id }: { person: DistributorAnswer; id: number }) {
  const { rank, status, wallet, hold, recovery, flags } = person;
  return (
    <>
      <p className="soft">
        {text.person(id)} · {words.wallet} {wallet ? <Hex value={wallet} /> : words.noWallet}
      </p>
      <p>
        {words.rank} {rank} · {words.statuses[status ?? ''] ?? status}
      </p>
      {hold ? (
        <p>
          {words.held} <Moment at={hold.until} />.
        </p>
      ) : null}
      {recovery ? (
        <p>
          {words.recovery} <Moment at={recovery.executableFrom} />: <Hex value={recovery.wallet} />
        </p>
      ) : null}
      {flags.length > 0 ? (
        <ul className="plain" aria-label={words.flags}>
          {flags.map(({ flag, outcome }) => (
            <li key={flag}>
              {words.flag(flag)}: {outcome === null ? words.flagOpen : (words.outcomes[outcome] ?? outcome)}
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
