import { api } from '../api/client.ts';
import { LoadedView } from '../parts/loaded-view.tsx';
import { useAsync } from '../state/use-async.ts';
import { text } from '../text.ts';
import { ChildrenCard } from './children-card.tsx';
import { CreditsCard } from './credits-card.tsx';
import { DistributorHead } from './distributor-head.tsx';
import { EarningsCard } from './earnings-card.tsx';
import { NetCard } from './net-card.tsx';
import { UplineCard } from './upline-card.tsx';

const POLL_MS = 10_000;

/** A distributor: net and owed amounts first, then the upline, recent credits and direct downline. */
export function DistributorPage({ id }: { id: string }) {
  const loaded = useAsync(`distributor ${id}`, (signal) => api.distributor(id, signal), POLL_MS);
  return (
    <LoadedView of={loaded} lines={8} heading={text.distributor.title(id)}>
      {(distributor) => (
        <>
          <title>{`${text.distributor.title(distributor.reference ?? String(distributor.id))} · ${text.name}`}</title>
          <DistributorHead distributor={distributor} />
          {distributor.id === null ||
          distributor.enrolledBlock === null ||
          distributor.movedTo !== null ? null : (
            <>
              <NetCard id={distributor.id} />
              <EarningsCard distributor={distributor} id={distributor.id} />
              <UplineCard id={distributor.id} />
              <div className="columns">
                <CreditsCard id={distributor.id} />
                <ChildrenCard id={distributor.id} />
              </div>
            </>
          )}
        </>
      )}
    </LoadedView>
  );
}
