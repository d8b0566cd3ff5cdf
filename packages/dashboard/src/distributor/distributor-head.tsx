import type { DistributorResponse } from '@plumbline/protocol/api';
import { DistributorLink } from '../parts/distributor-link.tsx';
import { Hex } from '../parts/hex.tsx';
import { Timestamp } from '../parts/timestamp.tsx';
import { text } from '../text.ts';
import { Flags } from './flags.tsx';
import { PendingChanges } from './pending-changes.tsx';

const words = text.distributor;

/** The distributor's name, wallet, rank and status. */
export function DistributorHead({ distributor }: { distributor: DistributorResponse }) {
  return (
    <div className="page-head">
      <h1>{words.title(distributor.reference ?? String(distributor.id))}</h1>
      {distributor.id === null || distributor.enrolledBlock === null ? (
        <p role="status">{distributor.refusal ?? words.waiting}</p>
      ) : distributor.movedTo === null ? (
        <Standing distributor={distributor} id={distributor.id} />
      ) : (
        <p role="status">
          {words.movedTo} <DistributorLink id={distributor.movedTo} />. {words.movedAbout}
        </p>
      )}
    </div>
  );
}

function Standing({ distributor, id }: { distributor: DistributorResponse; id: number }) {
  const { rank, status, wallet, hold, recovery, flags, pendingChanges = [] } = distributor;
  return (
    <>
      <p className="soft">
        {text.distributorName(id)} · {words.wallet} {wallet ? <Hex value={wallet} /> : words.noWallet}
      </p>
      <p>
        {words.rank} {rank} · {words.statuses[status ?? ''] ?? status}
      </p>
      {hold ? (
        <p>
          {words.held} <Timestamp at={hold.until} />.
        </p>
      ) : null}
      {recovery ? (
        <p>
          {words.recovery} <Timestamp at={recovery.executableFrom} />: <Hex value={recovery.wallet} />
        </p>
      ) : null}
      <PendingChanges changes={pendingChanges} />
      <Flags flags={flags} />
    </>
  );
}
