import { api } from '../api/client.ts';
import { ChildrenCard } from '../components/children-card.tsx';
import { CreditsCard } from '../components/credits-card.tsx';
import { DistributorHead } from '../components/distributor-head.tsx';
import { DistributorMoney } from '../components/distributor-money.tsx';
import { LoadedView } from '../components/loaded-view.tsx';
import { NetCard } from '../components/net-card.tsx';
import { UplineCard } from '../components/upline-card.tsx';
import { useAsync } from '../state/use-async.ts';
import { text } from '../text.ts';

const POLL_MS = 10_000;

/** A person: what they came to net and what they are owed first, then who stands above and below, and what they were credited for. */
export function DistributorPage({ id }: { id: string }) {
  const loaded = useAsync(`distributor ${id}`, (signal) => api.distributor(id, signal), POLL_MS);
  return (
    <LoadedView of={loaded} lines={8} heading={text.distributor.title(id)}>
      {(person) => (
        <>
          <title>{`${text.distributor.title(person.reference ?? String(person.id))} · ${text.name}`}</title>
          <DistributorHead person={person} />
          {person.id === null || person.enrolledBlock === null || person.movedTo !== null ? null : (
            <>
              <NetCard id={person.id} />
              <DistributorMoney person={person} id={person.id} />
              <UplineCard id={person.id} />
              <div className="columns">
                <CreditsCard id={person.id} />
                <ChildrenCard id={person.id} />
              </div>
            </>
          )}
        </>
      )}
    </LoadedView>
  );
}
