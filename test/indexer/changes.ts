import { encodeStandings, STATUS_INACTIVE } from '@plumbline/protocol';
import { type Hex, keccak256 } from 'viem';
import { DAY, EVIDENCE, type LedgerCompany } from '../support/company/company.ts';
import type { Random } from '../support/random.ts';
import { addressOf, type Distributor, type Memory, type PendingAct, present } from './memory.ts';

const REASON = keccak256('0x01');

/** Days after the enrolment within which a sponsor is corrected here, so that waiting does not run into the deadline. */
const SPONSOR_DAYS = 5;

/** Changes of standing, sponsor and membership in a random programme, from their announcement to their end. */
export class ChangeBusiness {
  readonly #company: LedgerCompany;
  readonly #random: Random;

  constructor(company: LedgerCompany, random: Random) {
    this.#company = company;
    this.#random = random;
  }

  /** Announces a change of a random kind, or cancels one that is not effective yet. */
  async act(memory: Memory): Promise<void> {
    await this.#random.pick(this.#acts)(memory);
  }

  /** One announcement of every kind, and a cancellation. */
  async actAll(memory: Memory): Promise<void> {
    for (const act of this.#acts) await act(memory);
  }

  readonly #acts: ((memory: Memory) => Promise<void>)[] = [
    (memory) => this.#announceStanding(memory),
    (memory) => this.#announceCorrection(memory, ({ id }) => id % 4 !== 0),
    (memory) => this.#announceCorrection(memory, () => true),
    (memory) => this.#leave(memory),
    (memory) => this.#end(memory),
    (memory) => this.#cancel(memory),
  ];

  /** Applies the next change, whose time must have come and before which every batch must be settled. */
  async applyNext(memory: Memory): Promise<void> {
    const pending = memory.changes[0] as PendingAct;
    if (pending.kind === 'cancelled') {
      await this.#company.call('skipCancelled', [1n]);
    } else if (pending.kind === 'standing') {
      if (pending.size > 1) await this.#company.call('applyStanding', [pending.change, pending.records, 1n]);
      await this.#company.call('applyStanding', [pending.change, pending.records, BigInt(pending.size)]);
    } else if (pending.kind === 'ending') {
      await this.#company.call('applyEnding', [pending.change, BigInt(pending.id)]);
      const id = await this.#presentId(pending.id);
      for (const distributor of memory.distributors) if (distributor.id === id) distributor.gone = true;
    } else {
      const args = [pending.change, BigInt(pending.id), BigInt(pending.sponsor), REASON];
      await this.#company.call('applyCorrection', args);
      await this.#follow(memory, pending.id);
    }
    memory.changes.shift();
  }

  /** When the next change is effective, in Unix seconds; infinity without one. */
  startsAt(memory: Memory): number {
    return memory.changes[0]?.effectiveAt ?? Number.POSITIVE_INFINITY;
  }

  async #announceStanding(memory: Memory): Promise<void> {
    const standings = Array.from({ length: 1 + this.#random.below(6) }, () => ({
      id: this.#random.pick(present(memory)).id,
      rank: this.#random.below(4),
      status: 1 + this.#random.below(STATUS_INACTIVE),
    }));
    const records = encodeStandings(standings);
    await this.#company.call('setStanding', [records, EVIDENCE]);
    await this.#remember(memory, { kind: 'standing', records, size: standings.length });
  }

  async #announceCorrection(memory: Memory, suits: (distributor: Distributor) => boolean): Promise<void> {
    const now = await this.#company.now();
    const isEarly = ({ enrolledAt }: Distributor) => now < enrolledAt + SPONSOR_DAYS * DAY;
    const early = present(memory).filter((each) => isEarly(each) && suits(each));
    if (early.length === 0) return;
    const { id, key, sponsor: before } = this.#random.pick(early);
    const find = (other: number) => memory.distributors.find((each) => each.id === other);
    const isBelow = (other: number): boolean =>
      other !== 0 && (other === id || isBelow(find(other)?.sponsor ?? 0));
    const others = present(memory).filter((other) => other.id !== before && !isBelow(other.id));
    if (others.length === 0) return;
    const sponsor = this.#random.pick(others).id;
    await this.#company.call('correctSponsor', [BigInt(id), addressOf(key), BigInt(sponsor), REASON]);
    await this.#remember(memory, { kind: 'correction', id, sponsor });
  }

  async #leave(memory: Memory): Promise<void> {
    const staying = present(memory).filter(({ key, isLeaving }) => key !== null && !isLeaving);
    if (staying.length < 6) return;
    const distributor = this.#random.pick(staying);
    await this.#company.callAs(addressOf(distributor.key), 'leaveProgramme', []);
    distributor.isLeaving = true;
    await this.#remember(memory, { kind: 'ending', id: distributor.id, key: distributor.key });
  }

  async #end(memory: Memory): Promise<void> {
    const staying = present(memory).filter(({ isLeaving }) => !isLeaving);
    if (staying.length < 6) return;
    const { id } = this.#random.pick(staying);
    await this.#company.call('endMembership', [BigInt(id), REASON, EVIDENCE]);
    await this.#remember(memory, { kind: 'ending', id, key: null });
  }

  /** Cancels the last change of those that the company has announced, if it is not effective yet. */
  async #cancel(memory: Memory): Promise<void> {
    const now = await this.#company.now();
    const at = memory.changes.findLastIndex(
      (each) =>
        each.kind !== 'cancelled' && !(each.kind === 'ending' && each.key) && each.effectiveAt > now + 60,
    );
    const pending = memory.changes[at];
    if (!pending) return;
    await this.#company.call('cancelChange', [pending.change]);
    memory.changes[at] = { kind: 'cancelled', change: pending.change, effectiveAt: pending.effectiveAt };
  }

  async #remember(
    memory: Memory,
    what:
      | { kind: 'standing'; records: Hex; size: number }
      | { kind: 'correction'; id: number; sponsor: number }
      | { kind: 'ending'; id: number; key: Hex | null },
  ): Promise<void> {
    const [, change = 0n] = await this.#company.view<bigint[]>('changes');
    const { delay } = await this.#company.view<{ delay: number }>('terms');
    // The first midnight that is at least the delay away.
    const effectiveAt = Math.ceil(((await this.#company.now()) + delay) / DAY) * DAY;
    memory.changes.push({ ...what, change, effectiveAt });
  }

  async #presentId(id: number): Promise<number> {
    return Number((await this.#company.view<bigint>('movedTo', [BigInt(id)])) || id);
  }

  /** Brings what is remembered of a corrected distributor up to the ledger. */
  async #follow(memory: Memory, announced: number): Promise<void> {
    const now = await this.#presentId(announced);
    const [sponsor = 0n] = await this.#company.view<bigint[]>('accountOf', [BigInt(now)]);
    const distributor = memory.distributors.find(({ id, gone }) => id === announced && !gone);
    const known = memory.distributors.find(({ id }) => id === now);
    if (known) known.sponsor = Number(sponsor);
    if (known || !distributor) return;
    memory.occupancy[now >>> 2] = 1;
    for (const child of memory.distributors) if (child.sponsor === announced) child.sponsor = now;
    memory.distributors.push({ ...distributor, id: now, sponsor: Number(sponsor) });
    Object.assign(distributor, { key: null, gone: true, sponsor: 0 });
  }
}
