import { type AnnouncedChange, decodeStandings, type Entry, encodeStandings } from '@plumbline/protocol';
import type { PendingChange } from '@plumbline/store';
import { keccak256, numberToHex } from 'viem';
import type { Random } from '../support/random.ts';
import { type MadeDistributors, namedWallet } from './made-distributors.ts';

interface MadeChange {
  entry: AnnouncedChange;
  /** Records applied. */
  done: number;
}

/** What was applied: its entry, and the ids of a distributor who went on under another one. */
export interface Applied {
  entry: Entry;
  moved: { from: number; to: number } | null;
}

/** Changes of a made-up history from their announcement to their end, and what they do to its distributors. */
export class MadeChanges {
  readonly #pending: MadeChange[] = [];
  readonly #random: Random;
  readonly #made: MadeDistributors;
  #announced = 0;

  constructor(random: Random, made: MadeDistributors) {
    this.#random = random;
    this.#made = made;
  }

  /** When the next change is effective; later batches wait for it. */
  get startsAt(): number {
    return this.#pending[0]?.entry.effectiveAt ?? Number.POSITIVE_INFINITY;
  }

  /** What is pending, as the books say it. */
  get pending(): PendingChange[] {
    return this.#pending.map(({ entry, done }): PendingChange => {
      const { change, effectiveAt } = entry;
      if (entry.kind === 'standingAnnounced') {
        const { ranker, evidence, records } = entry;
        const size = decodeStandings(records).length;
        return { kind: 'standing', change, effectiveAt, size, done, ranker, evidence, records };
      }
      const single = { change, effectiveAt, size: 1, done: 0, id: entry.id, reason: entry.reason };
      if (entry.kind === 'correctionAnnounced')
        return { ...single, kind: 'correction', sponsor: entry.sponsor };
      const { evidence, forCause } = entry;
      const kind = forCause ? 'ending' : 'leaving';
      return { ...single, kind, evidence, forCause } as PendingChange;
    });
  }

  announce(effectiveAt: number): Entry[] {
    const change = ++this.#announced;
    const entry = this.#random.pick([
      () => this.#standing(change, effectiveAt),
      () => this.#correction(change, effectiveAt),
      () => this.#correction(change, effectiveAt),
      () => this.#ending(change, effectiveAt),
    ])();
    this.#pending.push({ entry, done: 0 });
    return [entry];
  }

  /** Cancels one that is not effective yet; nothing if there is none. */
  cancel(now: number): Entry[] {
    const early = this.#pending.filter(({ entry }) => entry.effectiveAt > now);
    if (early.length === 0) return [];
    const { entry } = this.#random.pick(early);
    this.#pending.splice(
      this.#pending.findIndex((each) => each.entry === entry),
      1,
    );
    return [{ kind: 'changeCancelled', change: entry.change, by: namedWallet(3) }];
  }

  /** Applies the next one, a standing now and then only in part. */
  applyNext(): Applied {
    const next = this.#pending[0] as MadeChange;
    const { entry } = next;
    const applied = {
      kind: 'changeApplied',
      change: entry.change,
      until: 1,
      newId: 0,
      lapsed: false,
    } as const;
    if (entry.kind === 'standingAnnounced') {
      const records = decodeStandings(entry.records);
      const until = next.done + 1 + this.#random.below(records.length - next.done);
      for (const { id, rank, status } of records.slice(next.done, until)) this.#made.stand(id, rank, status);
      next.done = until;
      if (until === records.length) this.#pending.shift();
      return { entry: { ...applied, until }, moved: null };
    }
    this.#pending.shift();
    if (entry.kind === 'endingAnnounced') {
      return { entry: { ...applied, lapsed: !this.#made.end(entry.id) }, moved: null };
    }
    const from = this.#made.presentId(entry.id);
    const newId = this.#made.correct(entry.id, entry.sponsor);
    const moved = newId === 0 || newId === from ? null : { from, to: newId };
    return { entry: { ...applied, newId, lapsed: newId === 0 }, moved };
  }

  /** The distributors as a batch recorded at `time` settles with them; corrections leave them their ids. */
  effectiveAt(time: number): MadeDistributors {
    const due = this.#pending.filter(({ entry }) => entry.effectiveAt <= time);
    if (due.length === 0) return this.#made;
    const made = this.#made.copy();
    for (const { entry, done } of due) {
      if (entry.kind === 'correctionAnnounced') made.correctInPlace(entry.id, entry.sponsor);
      else if (entry.kind === 'endingAnnounced') made.end(entry.id);
      else {
        for (const { id, rank, status } of decodeStandings(entry.records).slice(done))
          made.stand(id, rank, status);
      }
    }
    return made;
  }

  /** Of a few, now and then of one of them twice. */
  #standing(change: number, effectiveAt: number): AnnouncedChange {
    const records = Array.from({ length: 1 + this.#random.below(5) }, () => {
      const { id } = this.#random.pick(this.#made.present);
      return { id, rank: this.#random.below(5), status: 1 + this.#random.below(2) };
    });
    return {
      kind: 'standingAnnounced',
      change,
      ranker: namedWallet(7),
      evidence: keccak256(numberToHex(change)),
      records: encodeStandings(records),
      effectiveAt,
    };
  }

  /** Of a sponsor that fits as things stand, which may change until it is effective. */
  #correction(change: number, effectiveAt: number): AnnouncedChange {
    const { id } = this.#random.pick(this.#made.present);
    const others = this.#made.present.filter((other) => this.#made.fits(id, other.id));
    const sponsor = this.#random.below(6) === 0 || others.length === 0 ? 0 : this.#random.pick(others).id;
    const reason = keccak256(numberToHex(id));
    return { kind: 'correctionAnnounced', change, id, sponsor, reason, effectiveAt };
  }

  #ending(change: number, effectiveAt: number): AnnouncedChange {
    const forCause = this.#random.below(2) === 0;
    const { id } = this.#random.pick(this.#made.present);
    const [reason, evidence] = [keccak256(numberToHex(id)), keccak256(numberToHex(change))];
    return { kind: 'endingAnnounced', change, id, forCause, reason, evidence, effectiveAt };
  }
}
