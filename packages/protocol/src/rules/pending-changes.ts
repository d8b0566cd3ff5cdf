import type { Hex } from 'viem';
import { decodeStandings, type StandingRecord } from '../encoding/records.ts';
import type {
  ChangeApplied,
  ChangeCancelled,
  CorrectionAnnounced,
  EndingAnnounced,
  StandingAnnounced,
} from '../journal/entries.ts';

/** An entry that announces a change of who stands where. */
export type AnnouncedChange = StandingAnnounced | CorrectionAnnounced | EndingAnnounced;

/**
 * What a change does as it is applied. Ids are as announced: whoever applies it follows those who have moved since, and
 * passes over standings of whoever has left.
 */
export type AppliedChange =
  | { kind: 'standing'; records: StandingRecord[] }
  | { kind: 'sponsor'; id: number; newId: number; sponsor: number }
  | { kind: 'ending'; id: number; forCause: boolean }
  | { kind: 'lapsed' };

/** The changes that are announced and not applied, in memory. Twin of contracts/changes/LedgerChangeQueue.sol. */
export class PendingChanges {
  readonly #announced = new Map<number, { entry: AnnouncedChange; done: number }>();

  /** The changes that are pending, oldest first. */
  list(): AnnouncedChange[] {
    return [...this.#announced.values()].map(({ entry }) => entry);
  }

  announce(entry: AnnouncedChange): void {
    this.#announced.set(entry.change, { entry, done: 0 });
  }

  cancel({ change }: ChangeCancelled): void {
    this.#announced.delete(change);
  }

  /** What `applied` does; undefined if its change is not pending. */
  apply(applied: ChangeApplied): AppliedChange | undefined {
    const pending = this.#announced.get(applied.change);
    if (!pending) return undefined;
    const { entry, done } = pending;
    if (entry.kind === 'standingAnnounced') {
      pending.done = applied.until;
      if (applied.until >= countStandings(entry.records)) this.#announced.delete(applied.change);
      return { kind: 'standing', records: decodeStandings(entry.records).slice(done, applied.until) };
    }
    this.#announced.delete(applied.change);
    if (applied.lapsed) return { kind: 'lapsed' };
    return entry.kind === 'endingAnnounced'
      ? { kind: 'ending', id: entry.id, forCause: entry.forCause }
      : { kind: 'sponsor', id: entry.id, newId: applied.newId, sponsor: entry.sponsor };
  }
}

function countStandings(records: Hex): number {
  return (records.length - 2) / 8;
}
