import { type AppliedChange, type Entry, STATUS_ACTIVE, STATUS_CLOSED } from '@plumbline/protocol';
import { zeroAddress } from 'viem';
import type { TreePlace } from '../../tree/path.ts';

/** Changes of distributors after they are enrolled. Pure. */

/** What entries may change of a distributor; schema/books-tables.ts describes the fields. */
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

/** A distributor before an entry changed it. */
export interface DistributorVersion extends DistributorRow {
  entry: number;
}

/** What an entry changes of one distributor. */
export type DistributorChange = { entry: number; id: number } & (
  | { kind: 'stateChanged'; to: Partial<DistributorState> }
  | { kind: 'standingChanged'; rank: number; status: number }
  | SponsorCorrection
);

/** Whether a change was announced before; its ids are as announced until `followMoves` has seen it. */
export function isAnnounced({ kind }: DistributorChange): boolean {
  return kind !== 'stateChanged';
}

export function isSponsorCorrection(
  change: DistributorChange,
): change is Extract<DistributorChange, SponsorCorrection> {
  return change.kind === 'sponsorCorrected';
}

/** The distributor stands below another sponsor, and goes on under `newId` if that is another id. */
export interface SponsorCorrection {
  kind: 'sponsorCorrected';
  newId: number;
  sponsor: number;
}

/** A distributor at enrolment. */
export function newDistributor(
  { id, sponsor, wallet, blockNumber }: Pick<DistributorRow, 'id' | 'sponsor' | 'wallet' | 'blockNumber'>,
  place: TreePlace,
): DistributorRow {
  const standing = { rank: 0, status: STATUS_ACTIVE, movedTo: null };
  return { id, sponsor, ...place, ...standing, wallet, ...UNTROUBLED, blockNumber };
}

/** No hold and no pending recovery. */
const UNTROUBLED = { heldUntil: null, holdReason: null, recoveryWallet: null, recoveryFrom: null };

/** The changes that entry number `number` makes to distributors; none for other kinds of entries. */
export function distributorChangesOf(number: number, entry: Entry): DistributorChange[] {
  const changed = (id: number, to: Partial<DistributorState>): DistributorChange => ({
    entry: number,
    id,
    kind: 'stateChanged',
    to,
  });
  switch (entry.kind) {
    case 'walletSet':
      // A new wallet ends a pending recovery.
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

/** What an announced change does to distributors as entry number `number` applies it; nothing if it has lapsed. */
export function appliedChangesOf(number: number, applied: AppliedChange): DistributorChange[] {
  switch (applied.kind) {
    case 'standing':
      return applied.records.map((record) => ({ ...record, entry: number, kind: 'standingChanged' }));
    case 'sponsor':
      return [{ ...applied, entry: number, kind: 'sponsorCorrected' }];
    case 'ending':
      return [{ entry: number, id: applied.id, kind: 'standingChanged', rank: 0, status: STATUS_CLOSED }];
    case 'lapsed':
      return [];
  }
}

/**
 * Applies `changes` to `distributors`, in order.
 * @param distributors All whom the changes name, and all below a distributor whose sponsor is corrected. It is changed.
 * @param placeOf Where a correction puts the distributor.
 * @returns What distributors were before each entry that changed them.
 */
export function applyDistributorChanges(
  distributors: Map<number, DistributorRow>,
  changes: readonly DistributorChange[],
  placeOf: (correction: SponsorCorrection) => TreePlace,
): DistributorVersion[] {
  const versions = new Map<string, DistributorVersion>();

  function set(entry: number, id: number, to: Partial<DistributorState>): void {
    const before = get(entry, id);
    const names = Object.keys(to) as (keyof DistributorState)[];
    if (names.every((name) => before[name] === to[name])) return;
    const key = `${entry} ${id}`;
    if (!versions.has(key)) versions.set(key, { ...before, entry });
    distributors.set(id, { ...before, ...to });
  }

  function get(entry: number, id: number): DistributorRow {
    const distributor = distributors.get(id);
    if (!distributor) throw new Error(`distributor ${id} of entry ${entry} is not in the books`);
    return distributor;
  }

  function correctSponsor(entry: number, id: number, correction: SponsorCorrection): void {
    const { newId, sponsor } = correction;
    const distributor = get(entry, id);
    const place = placeOf(correction);
    for (const below of [...distributors.values()]) {
      if (below.id === id || below.movedTo !== null || !below.path.startsWith(distributor.path)) continue;
      set(entry, below.id, {
        depth: below.depth - distributor.depth + place.depth,
        path: place.path + below.path.slice(distributor.path.length),
        sponsor: below.sponsor === id ? newId : below.sponsor,
      });
    }
    if (newId === id) {
      set(entry, id, { sponsor, ...place });
      return;
    }
    distributors.set(newId, { ...distributor, id: newId, sponsor, ...place });
    set(entry, id, { status: STATUS_CLOSED, movedTo: newId, wallet: null, ...UNTROUBLED });
  }

  for (const change of changes) {
    const { entry, id } = change;
    if (change.kind === 'stateChanged') set(entry, id, change.to);
    else if (change.kind === 'sponsorCorrected') correctSponsor(entry, id, change);
    // Whoever has left meanwhile has no standing any more.
    else if (get(entry, id).status !== STATUS_CLOSED)
      set(entry, id, { rank: change.rank, status: change.status });
  }
  return [...versions.values()];
}
