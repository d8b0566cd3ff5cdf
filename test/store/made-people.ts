import {
  type Entry,
  encodeStandings,
  LANES,
  nextId,
  STATUS_ACTIVE,
  STATUS_CLOSED,
} from '@plumbline/protocol';
import { type Address, type Hex, keccak256, numberToHex, zeroAddress } from 'viem';
import type { Random } from '../support/random.ts';

/** A person as a made-up history has them. */
export interface MadePerson {
  id: number;
  sponsor: number;
  rank: number;
  status: number;
  movedTo: number | null;
  wallet: Address | null;
  hold: { until: number; reason: Hex } | null;
  recovery: { wallet: Address; executableFrom: number } | null;
  enrolledBlock: number;
}

/** The people of a made-up history, and what may happen to them: each method does something and says it as entries. */
export class MadePeople {
  readonly all: MadePerson[] = [];
  readonly #random: Random;
  readonly #occupancy = new Map<number, number>();
  #wallets = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  find(id: number): MadePerson | undefined {
    return this.all.find((person) => person.id === id);
  }

  /** Who has neither left nor moved. */
  get present(): MadePerson[] {
    return this.all.filter(({ status }) => status !== STATUS_CLOSED);
  }

  /** The present id of a person and those that they had before. */
  idsOf(id: number): number[] {
    return [id, ...this.all.filter(({ movedTo }) => movedTo === id).map((person) => person.id)];
  }

  childrenOf(id: number): MadePerson[] {
    return this.all.filter(({ sponsor, movedTo }) => sponsor === id && movedTo === null);
  }

  enrol(count: number, block: number): Entry[] {
    return Array.from({ length: count }, (): Entry => {
      const isRoot = this.present.length === 0 || this.#random.below(8) === 0;
      const sponsor = isRoot ? 0 : this.#random.pick(this.present).id;
      const id = nextId(sponsor, this.#occupancy.get(sponsor >>> 2) ?? 0, this.#occupancy.size);
      this.#occupy(id);
      const wallet = this.#random.below(4) === 0 ? null : this.#newWallet();
      this.all.push({
        id,
        sponsor,
        rank: 0,
        status: STATUS_ACTIVE,
        movedTo: null,
        wallet,
        hold: null,
        recovery: null,
        enrolledBlock: block,
      });
      return { kind: 'enrolled', id, sponsor, wallet: wallet ?? zeroAddress };
    });
  }

  /** Sets the standing of a few, now and then of one of them twice. */
  setStanding(): Entry[] {
    const records = Array.from({ length: 1 + this.#random.below(5) }, () => {
      const { id } = this.#random.pick(this.present);
      return { id, rank: this.#random.below(5), status: 1 + this.#random.below(2) };
    });
    for (const { id, ...standing } of records) Object.assign(this.#get(id), standing);
    const evidence = keccak256(numberToHex(this.all.length));
    return [{ kind: 'standingSet', ranker: namedWallet(7), evidence, records: encodeStandings(records) }];
  }

  /** Puts somebody below another sponsor, in place or under another id; nothing if there is nobody to do it with. */
  correctSponsor(): Entry[] {
    const person = this.#random.pick(this.present);
    const others = this.present.filter(
      ({ id }) => id !== person.sponsor && !this.#uplineOf(id).includes(person.id),
    );
    if (others.length === 0) return [];
    const sponsor = this.#random.pick(others).id;
    const { id } = person;
    const staysInside = sponsor >>> 2 === id >>> 2 && sponsor < id;
    const reason = keccak256(numberToHex(id));
    if (id % LANES === 0 || staysInside) {
      person.sponsor = sponsor;
      return [{ kind: 'sponsorCorrected', id, newId: id, sponsor, reason }];
    }
    const newId = (this.#occupancy.size + 1) * LANES;
    this.#occupy(newId);
    for (const child of this.childrenOf(id)) child.sponsor = newId;
    this.all.push({ ...person, id: newId, sponsor });
    Object.assign(person, {
      status: STATUS_CLOSED,
      movedTo: newId,
      wallet: null,
      hold: null,
      recovery: null,
    });
    return [{ kind: 'sponsorCorrected', id, newId, sponsor, reason }];
  }

  leave(): Entry[] {
    const person = this.#random.pick(this.present);
    // A few must stay to go on with.
    if (this.present.length < 6) return [];
    Object.assign(person, { rank: 0, status: STATUS_CLOSED });
    return [{ kind: 'personLeft', id: person.id }];
  }

  /** Gives somebody another wallet, or their first; now and then the wallet that another one has just given up. */
  setWallet(): Entry[] {
    const [one, other] = [this.#random.pick(this.present), this.#random.pick(this.present)];
    if (one !== other && one.wallet && this.#random.below(2) === 0) {
      const passed = one.wallet;
      return [this.#giveWallet(one, this.#newWallet()), this.#giveWallet(other, passed)];
    }
    return [this.#giveWallet(one, this.#newWallet())];
  }

  proposeRecovery(time: number): Entry[] {
    const person = this.#random.pick(this.present);
    const { id, wallet } = person;
    if (!wallet) return [];
    if (person.recovery) {
      person.recovery = null;
      return [{ kind: 'recoverySet', id, from: wallet, to: zeroAddress, executableFrom: 0 }];
    }
    person.recovery = { wallet: this.#newWallet(), executableFrom: time + 14 * 86_400 };
    const { wallet: to, executableFrom } = person.recovery;
    return [{ kind: 'recoverySet', id, from: wallet, to, executableFrom }];
  }

  hold(time: number): Entry[] {
    const person = this.#random.pick(this.present);
    if (!person.wallet) return [];
    const isHeld = (person.hold?.until ?? 0) > time;
    person.hold = { until: isHeld ? time : time + 86_400, reason: keccak256(numberToHex(time)) };
    return [{ kind: 'holdSet', id: person.id, ...person.hold }];
  }

  #giveWallet(person: MadePerson, to: Address): Entry {
    const from = person.wallet ?? zeroAddress;
    const how = person.wallet ? this.#random.pick(['changed', 'recovered'] as const) : 'claimed';
    Object.assign(person, { wallet: to, recovery: null });
    return { kind: 'walletSet', id: person.id, from, to, how };
  }

  /** A person with everybody above them. */
  #uplineOf(id: number): number[] {
    const person = this.find(id);
    return person ? [id, ...this.#uplineOf(person.sponsor)] : [];
  }

  #get(id: number): MadePerson {
    const person = this.find(id);
    if (!person) throw new Error(`there is no person ${id}`);
    return person;
  }

  #occupy(id: number): void {
    this.#occupancy.set(id >>> 2, (this.#occupancy.get(id >>> 2) ?? 0) + 1);
  }

  #newWallet(): Address {
    return namedWallet(1_000 + this.#wallets++);
  }
}

/** A wallet that a number names. */
export function namedWallet(number: number): Address {
  return numberToHex(0xabc000 + number, { size: 20 });
}
