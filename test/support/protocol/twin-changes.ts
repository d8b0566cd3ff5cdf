import { encodeStandings, STATUS_CLOSED, type StandingRecord } from '@plumbline/protocol';
import { type Address, type Hex, zeroHash } from 'viem';
import { DistributorsTwin } from './twin-distributors.ts';

const DAY = 86_400;

export const CHANGE_KINDS = { standing: 1, sponsor: 2, leaving: 3, ending: 4 } as const;

/** What a change does, with the ids as announced. */
export type ChangeContent =
  | { kind: 'standing'; standings: readonly StandingRecord[]; evidence: Hex }
  | { kind: 'sponsor'; id: number; sponsor: number; reason: Hex }
  | { kind: 'leaving'; id: number }
  | { kind: 'ending'; id: number; reason: Hex; evidence: Hex };

export interface TwinChange {
  /** From 1. */
  number: number;
  content: ChangeContent;
  effectiveAt: number;
  /** Records in it. */
  size: number;
  /** Records applied. */
  done: number;
  isCancelled: boolean;
}

/**
 * The changes of standing, sponsor and membership. Not by eras, as the ledger counts them, but by what they are for: a
 * batch settles with the changes that were effective when it was recorded.
 */
export class ChangesTwin extends DistributorsTwin {
  readonly changes: TwinChange[] = [];
  /** Number of the change to be applied next. */
  nextChange = 1;
  readonly returnWindow: number;
  readonly delay: number;

  constructor({ returnWindow, delay }: { returnWindow: number; delay: number }) {
    super();
    this.returnWindow = returnWindow;
    this.delay = delay;
  }

  /** The change to be applied next, if one is pending. */
  get pending(): TwinChange | undefined {
    return this.changes[this.nextChange - 1];
  }

  change(number: number): TwinChange {
    const change = this.changes[number - 1];
    if (!change) throw new Error(`There is no change ${number}.`);
    return change;
  }

  /** Whether a batch that was recorded then must wait for a change. */
  isWaiting(recordedAt: number): boolean {
    return this.pending !== undefined && this.pending.effectiveAt <= recordedAt;
  }

  /** How many times changes that became effective together were applied to the last. */
  get era(): number {
    const passed = this.changes.slice(0, this.nextChange - 1);
    const starts = new Set(passed.map(({ effectiveAt }) => effectiveAt));
    if (this.pending) starts.delete(this.pending.effectiveAt);
    return starts.size;
  }

  /** Announces a change at `time`. A ledger without a return window applies it at once. */
  announceChange(by: Address, content: ChangeContent, time: number): TwinChange {
    const number = this.changes.length + 1;
    // The first midnight that is at least the delay away.
    const effectiveAt = this.returnWindow === 0 ? time : Math.ceil((time + this.delay) / DAY) * DAY;
    const size = content.kind === 'standing' ? content.standings.length : 1;
    const change = { number, content, effectiveAt, size, done: 0, isCancelled: false };
    this.changes.push(change);
    this.#enterAnnounced(by, change);
    if (content.kind === 'leaving') {
      Object.assign(this.distributor(content.id), { leaving: number, wordId: content.id });
    }
    if (this.returnWindow === 0) this.applyChange(size);
    return change;
  }

  #enterAnnounced(by: Address, { number: change, content, effectiveAt }: TwinChange): void {
    switch (content.kind) {
      case 'standing': {
        const { evidence, standings } = content;
        const records = encodeStandings(standings);
        this.enter({ kind: 'standingAnnounced', change, ranker: by, evidence, records, effectiveAt });
        return;
      }
      case 'sponsor': {
        const { id, sponsor, reason } = content;
        this.enter({ kind: 'correctionAnnounced', change, id, sponsor, reason, effectiveAt });
        return;
      }
      case 'leaving': {
        const rest = { forCause: false, reason: zeroHash, evidence: zeroHash, effectiveAt };
        this.enter({ kind: 'endingAnnounced', change, id: content.id, ...rest });
        return;
      }
      case 'ending': {
        const { id, reason, evidence } = content;
        this.enter({ kind: 'endingAnnounced', change, id, forCause: true, reason, evidence, effectiveAt });
      }
    }
  }

  cancelChange(number: number, by: Address): void {
    this.change(number).isCancelled = true;
    this.enter({ kind: 'changeCancelled', change: number, by });
  }

  /** A distributor stays after all. */
  cancelLeaving(id: number): void {
    const distributor = this.distributor(id);
    this.cancelChange(distributor.leaving, distributor.wallet);
    Object.assign(distributor, { leaving: 0, wordId: id });
  }

  /** Passes over `count` changes that were cancelled. */
  skipCancelled(count: number): void {
    this.nextChange += count;
  }

  /** Applies the next change up to record `until`. */
  applyChange(until: number): void {
    const change = this.change(this.nextChange);
    const { number, content, done, size } = change;
    change.done = Math.min(until, size);
    if (change.done === size) this.nextChange += 1;
    let [newId, lapsed] = [0, false];
    if (content.kind === 'standing') {
      for (const { id, rank, status } of content.standings.slice(done, change.done)) {
        const distributor = this.distributor(this.presentId(id));
        if (distributor.status !== STATUS_CLOSED) Object.assign(distributor, { rank, status });
      }
    } else if (content.kind === 'sponsor') {
      const [id, sponsor] = [this.presentId(content.id), this.presentId(content.sponsor)];
      lapsed = !this.fits(id, sponsor);
      if (!lapsed) newId = this.place(id, sponsor);
    } else {
      const distributor = this.distributor(this.presentId(content.id));
      lapsed = distributor.status === STATUS_CLOSED;
      if (!lapsed) Object.assign(distributor, { rank: 0, status: STATUS_CLOSED });
    }
    this.enter({ kind: 'changeApplied', change: number, until: change.done, newId, lapsed });
  }

  /** Whether a distributor may stand below `sponsor`, as things are. */
  fits(id: number, sponsor: number): boolean {
    const { status, sponsor: present } = this.distributor(id);
    if (status === STATUS_CLOSED || present === sponsor) return false;
    if (sponsor === 0) return true;
    return this.distributor(sponsor).status !== STATUS_CLOSED && !this.isAbove(id, sponsor);
  }
}
