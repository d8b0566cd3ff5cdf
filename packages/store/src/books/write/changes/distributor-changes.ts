import { decodeStandings, type Entry, STATUS_ACTIVE, STATUS_CLOSED } from '@plumbline/protocol';
import { zeroAddress } from 'viem';

/** What happens to distributors after they are enrolled, and what it makes of them. Pure. */

/** What entries may change of a distributor; tables.ts says what the fields mean. */
interface DistributorState {
  sponsor: number;
  depth: number;
  path: string;
  rank: number;
  status: number;
  movedTo: number | null;
  wallet: string | null;
  heldUntil: number | null;
  holdReason: string | null;
  recoveryWallet: string | null;
  recoveryFrom: number | null;
}

export interface DistributorRow extends DistributorState {
  id: number;
  /** Of the enrolment. */
  blockNumber: bigint;
}

/** A distributor before an entry changed them. */
export interface DistributorVersion extends DistributorRow {
  entry: number;
}

/** What an entry does to one distributor. */
export type DistributorAct = { entry: number; id: number } & (
  | { kind: 'changed'; to: Partial<DistributorState> }
  /** The distributor stands below another sponsor; if `newId` is another id, they go on under it. */
  | Corrected
);

interface Corrected {
  kind: 'corrected';
  newId: number;
  sponsor: number;
}

/** Where somebody is put in the tree. */
export interface TreePlace {
  depth: number;
  path: string;
}

/** A distributor as they are enrolled. */
export function newDistributor(
  { id, sponsor, wallet, blockNumber }: Pick<DistributorRow, 'id' | 'sponsor' | 'wallet' | 'blockNumber'>,
  place: TreePlace,
): DistributorRow {
  const standing = { rank: 0, status: STATUS_ACTIVE, movedTo: null };
  return { id, sponsor, ...place, ...standing, wallet, ...UNTROUBLED, blockNumber };
}

/** Neither held nor about to get another wallet. */
const UNTROUBLED = { heldUntil: null, holdReason: null, recoveryWallet: null, recoveryFrom: null };

/** What entry number `number` does to distributors; nothing for entries about other things. */
export function actsOf(number: number, entry: Entry): DistributorAct[] {
  const changed = (id: number, to: Partial<DistributorState>): DistributorAct => ({
    entry: number,
    id,
    kind: 'changed',
    to,
  });
  switch (entry.kind) {
    case 'standingSet':
      return decodeStandings(entry.records).map(({ id, rank, status }) => changed(id, { rank, status }));
    case 'sponsorCorrected': {
      const { id, newId, sponsor } = entry;
      return [{ entry: number, id, kind: 'corrected', newId, sponsor }];
    }
    case 'distributorLeft':
      return [changed(entry.id, { rank: 0, status: STATUS_CLOSED })];
    case 'walletSet':
      // Another wallet ends a recovery of the one before.
      return [changed(entry.id, { wallet: entry.to, recoveryWallet: null, recoveryFrom: null })];
    case 'recoverySet': {
      const isCancelled = entry.to === zeroAddress;
      const recoveryWallet = isCancelled ? null : entry.to;
      return [changed(entry.id, { recoveryWallet, recoveryFrom: isCancelled ? null : entry.executableFrom })];
    }
    case 'holdSet':
      return [changed(entry.id, { heldUntil: entry.until, holdReason: entry.reason })];
    default:
      return [];
  }
}

/**
 * Lets `acts` happen to `distributors`, in order.
 * @param distributors Everybody whom the acts name, and whoever stands below somebody whose sponsor is corrected. It is changed.
 * @param placeOf Where a correction puts the distributor.
 * @returns What distributors were before each entry that changed them.
 */
export function replay(
  distributors: Map<number, DistributorRow>,
  acts: readonly DistributorAct[],
  placeOf: (act: Corrected) => TreePlace,
): DistributorVersion[] {
  const versions = new Map<string, DistributorVersion>();

  function change(entry: number, id: number, to: Partial<DistributorState>): void {
    const before = get(entry, id);
    const names = Object.keys(to) as (keyof DistributorState)[];
    if (names.every((name) => before[name] === to[name])) return;
    const key = `${entry} ${id}`;
    if (!versions.has(key)) versions.set(key, { ...before, entry });
    distributors.set(id, { ...before, ...to });
  }

  function get(entry: number, id: number): DistributorRow {
    const distributor = distributors.get(id);
    if (!distributor)
      throw new Error(`entry ${entry} is about distributor ${id}, whom the books do not have`);
    return distributor;
  }

  function correct(entry: number, id: number, act: Corrected): void {
    const { newId, sponsor } = act;
    const distributor = get(entry, id);
    const place = placeOf(act);
    for (const below of [...distributors.values()]) {
      if (below.id === id || below.movedTo !== null || !below.path.startsWith(distributor.path)) continue;
      change(entry, below.id, {
        depth: below.depth - distributor.depth + place.depth,
        path: place.path + below.path.slice(distributor.path.length),
        sponsor: below.sponsor === id ? newId : below.sponsor,
      });
    }
    if (newId === id) {
      change(entry, id, { sponsor, ...place });
      return;
    }
    distributors.set(newId, { ...distributor, id: newId, sponsor, ...place });
    change(entry, id, { status: STATUS_CLOSED, movedTo: newId, wallet: null, ...UNTROUBLED });
  }

  for (const act of acts) {
    if (act.kind === 'changed') change(act.entry, act.id, act.to);
    else correct(act.entry, act.id, act);
  }
  return [...versions.values()];
}
