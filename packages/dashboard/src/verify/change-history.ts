import {
  type AnnouncedChange,
  type AppliedChange,
  decodeEntries,
  decodeStandings,
  PendingChanges,
} from '@plumbline/protocol';
import type { ChainReader } from './chain-reader.ts';
import { isBefore, type LogPlace } from './settlement-log.ts';

const EVENTS = [
  'StandingAnnounced',
  'CorrectionAnnounced',
  'EndingAnnounced',
  'ChangeCancelled',
  'ChangeApplied',
] as const;

/** A change, or part of one, as it was applied. Its ids are those that its distributors had by then. */
interface Step extends LogPlace {
  number: number;
  change: AppliedChange;
}

/** Every change of ranks, activity, sponsors and memberships that the journal has announced, and when each was applied. */
export class ChangeHistory {
  readonly #pending = new PendingChanges();
  readonly #steps: Step[] = [];
  /** When each change that was not cancelled is effective, in Unix seconds. */
  readonly #effectiveAt = new Map<number, number>();
  readonly #movedTo = new Map<number, number>();

  /** Reads all of it: what a change was is told by its announcement, however long ago. */
  static async read(chain: ChainReader): Promise<ChangeHistory> {
    const history = new ChangeHistory();
    const lists = await Promise.all(EVENTS.map((event) => chain.listLogs(event)));
    for (const { entry, ...place } of decodeEntries(lists.flat().sort((a, b) => (isBefore(a, b) ? -1 : 1)))) {
      if (entry.kind === 'changeCancelled') {
        history.#pending.cancel(entry);
        history.#effectiveAt.delete(entry.change);
      } else if (entry.kind === 'changeApplied') {
        const change = history.#pending.apply(entry);
        if (change) history.#steps.push({ ...place, number: entry.change, change: history.#follow(change) });
      } else if ('effectiveAt' in entry && 'change' in entry) {
        history.#pending.announce(entry);
        history.#effectiveAt.set(entry.change, entry.effectiveAt);
      }
    }
    return history;
  }

  /** Number of the last change that was effective at a time (Unix seconds); 0 if none was. */
  lastEffective(time: number): number {
    return Math.max(0, ...[...this.#effectiveAt].flatMap(([number, at]) => (at <= time ? [number] : [])));
  }

  /** Number of the last change that was applied whole, before `place` if it is given; 0 if none was. */
  lastApplied(place?: LogPlace): number {
    const pending = new Set(this.#pending.list().map(({ change }) => change));
    const applied = this.listBefore(place).filter(({ number }) => !pending.has(number));
    return applied.at(-1)?.number ?? 0;
  }

  /** What was applied, before `place` if it is given; in order. */
  listBefore(place?: LogPlace): Step[] {
    return this.#steps.filter((step) => !place || isBefore(step, place));
  }

  listAfter(place: LogPlace): Step[] {
    return this.#steps.filter((step) => isBefore(place, step));
  }

  /** What is still to be applied of the changes that were effective at a time (Unix seconds). */
  listWaiting(time: number): AppliedChange[] {
    return this.#pending
      .list()
      .filter(({ effectiveAt }) => effectiveAt <= time)
      .map((announced) => this.#follow(effectOf(announced)));
  }

  /** The change with the ids that its distributors have now. */
  #follow(change: AppliedChange): AppliedChange {
    switch (change.kind) {
      case 'standing':
        return { ...change, records: change.records.map((each) => ({ ...each, id: this.#now(each.id) })) };
      case 'ending':
        return { ...change, id: this.#now(change.id) };
      case 'sponsor': {
        const id = this.#now(change.id);
        const sponsor = this.#now(change.sponsor);
        const newId = change.newId === 0 ? id : change.newId;
        if (newId !== id) this.#movedTo.set(id, newId);
        return { ...change, id, newId, sponsor };
      }
      case 'lapsed':
        return change;
    }
  }

  #now(id: number): number {
    return this.#movedTo.get(id) ?? id;
  }
}

/** What a change will do if it fits. Which id a corrected distributor gets shows only when it is applied. */
function effectOf(announced: AnnouncedChange): AppliedChange {
  switch (announced.kind) {
    case 'standingAnnounced':
      return { kind: 'standing', records: decodeStandings(announced.records) };
    case 'correctionAnnounced':
      return { kind: 'sponsor', id: announced.id, newId: 0, sponsor: announced.sponsor };
    case 'endingAnnounced':
      return { kind: 'ending', id: announced.id, forCause: announced.forCause };
  }
}
