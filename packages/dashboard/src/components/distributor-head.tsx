import type { DistributorAnswer } from '../api/answers.ts';
import { text } from '../text.ts';
import { Hex } from './hex.tsx';

const words = text.distributor;

/** Who this is. */
export function DistributorHead({ person }: { person: DistributorAnswer }) {
  return (
    <div className="page-head">
      <h1>{words.title(person.reference ?? String(person.id))}</h1>
      {person.id === null || person.enrolledBlock === null ? (
        <p role="status">{person.refusal ?? words.waiting}</p>
      ) : (
        <p className="soft">
          {text.person(person.id)} · {words.wallet}{' '}
          {person.wallet ? <Hex value={person.wallet} /> : words.noWallet}
        </p>
      )}
    </div>
  );
}
