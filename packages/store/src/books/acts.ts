import { decodeStandings, type Entry, STATUS_ACTIVE, STATUS_CLOSED } from '@plumbline/protocol';
import { zeroAddress } from 'viem';

/** What happens to people after they are enrolled, and what it makes of them. Pure. */

/** What entries may change of a person; tables.ts says what the fields mean. */
interface PersonState {
  sponsor: number;
  rank: number;
  status: number;
  movedTo: number | null;
  wallet: string | null;
  heldUntil: number | null;
  holdReason: string | null;
  recoveryWallet: string | null;
  recoveryFrom: number | null;
}

export interface PersonRow extends PersonState {
  id: number;
  /** Of the enrolment. */
  blockNumber: bigint;
}

/** A person before an entry changed them. */
export interface PersonVersion extends PersonRow {
  entry: number;
}

/** What an entry does to one person. */
export type PersonAct = { entry: number; id: number } & (
  | { kind: 'changed'; to: Partial<PersonState> }
  /** The person goes on under `newId`. */
  | { kind: 'moved'; newId: number; sponsor: number }
);

/** A person as they are enrolled. */
export function newPerson(
  id: number,
  sponsor: number,
  wallet: string | null,
  blockNumber: bigint,
): PersonRow {
  return { id, sponsor, rank: 0, status: STATUS_ACTIVE, movedTo: null, wallet, ...UNTROUBLED, blockNumber };
}

/** Neither held nor about to get another wallet. */
const UNTROUBLED = { heldUntil: null, holdReason: null, recoveryWallet: null, recoveryFrom: null };

/** What entry number `number` does to people; nothing for entries about other things. */
export function actsOf(number: number, entry: Entry): PersonAct[] {
  const changed = (id: number, to: Partial<PersonState>): PersonAct => ({
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
      return newId === id
        ? [changed(id, { sponsor })]
        : [{ entry: number, id, kind: 'moved', newId, sponsor }];
    }
    case 'personLeft':
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
 * Lets `acts` happen to `people`, in order.
 * @param people Everybody whom the acts name, and whoever stands right below somebody who moves. It is changed.
 * @returns What people were before each entry that changed them.
 */
export function replay(people: Map<number, PersonRow>, acts: readonly PersonAct[]): PersonVersion[] {
  const versions = new Map<string, PersonVersion>();

  function change(entry: number, id: number, to: Partial<PersonState>): void {
    const before = people.get(id);
    if (!before) throw new Error(`entry ${entry} is about person ${id}, whom the books do not have`);
    const names = Object.keys(to) as (keyof PersonState)[];
    if (names.every((name) => before[name] === to[name])) return;
    const key = `${entry} ${id}`;
    if (!versions.has(key)) versions.set(key, { ...before, entry });
    people.set(id, { ...before, ...to });
  }

  function move(entry: number, id: number, newId: number, sponsor: number): void {
    const person = people.get(id);
    if (person) people.set(newId, { ...person, id: newId, sponsor });
    change(entry, id, { status: STATUS_CLOSED, movedTo: newId, wallet: null, ...UNTROUBLED });
    for (const child of people.values()) {
      if (child.sponsor === id && child.movedTo === null) change(entry, child.id, { sponsor: newId });
    }
  }

  for (const act of acts) {
    if (act.kind === 'changed') change(act.entry, act.id, act.to);
    else move(act.entry, act.id, act.newId, act.sponsor);
  }
  return [...versions.values()];
}
