import { type Entry, FLAG_OUTCOMES, saleNumber } from '@plumbline/protocol';
import type { Flag } from '@plumbline/store';
import { keccak256 } from 'viem';
import type { Random } from '../support/random.ts';

/** Seconds until a flag of a made-up history ends by itself. */
const REVIEW = 300;

/** The flags of a made-up history. */
export class MadeFlags {
  readonly #flags: Omit<Flag, 'isOpen'>[] = [];
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** As the books say them at `now`. */
  at(now: number): Flag[] {
    return this.#flags.map((flag) => ({ ...flag, isOpen: flag.outcome === null && now < flag.reviewBy }));
  }

  /** Raises a flag on a distributor or a sale, or lets one that is open be answered or closed. */
  act(now: number, distributor: number, batch: number | undefined): Entry[] {
    const open = this.#flags.find(({ outcome, reviewBy }) => outcome === null && now < reviewBy);
    if (open && open.subjectKind === 'distributor' && open.answer === null && this.#random.below(3) === 0) {
      open.answer = keccak256('0x05');
      return [{ kind: 'flagAnswered', flag: open.flag, id: open.subject, answer: open.answer }];
    }
    if (open && this.#random.below(2) === 0) {
      open.outcome = this.#random.pick(FLAG_OUTCOMES);
      open.outcomeEvidence = keccak256('0x02');
      const { flag, outcome, outcomeEvidence: evidence } = open;
      return [{ kind: 'flagClosed', flag, outcome, evidence }];
    }
    const onSale = batch !== undefined && this.#random.below(2) === 0;
    const raised = {
      flag: this.#flags.length + 1,
      subjectKind: onSale ? 'sale' : 'distributor',
      subject: onSale ? saleNumber({ batch, index: 0 }) : distributor,
      flagKind: this.#random.below(256),
      severity: 1 + this.#random.below(3),
      evidence: keccak256('0x03'),
      reviewBy: now + REVIEW,
    } as const;
    this.#flags.push({ ...raised, answer: null, outcome: null, outcomeEvidence: null });
    return [{ kind: 'flagRaised', ...raised }];
  }
}
