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

/** A distributor of a made-up history. */
export interface MadeDistributor {
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

/** The distributors of a made-up history. Each method makes something happen to them and returns the entries. */
export class MadeDistributors {
  readonly all: MadeDistributor[] = [];
  readonly #random: Random;
  readonly #occupancy = new Map<number, number>();
  #wallets = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  find(id: number): MadeDistributor | undefined {
    return this.all.find((distributor) => distributor.id === id);
  }

  /** Distributors who have neither left nor moved. */
  get present(): MadeDistributor[] {
    return this.all.filter(({ status }) => status !== STATUS_CLOSED);
  }

  /** The present and former ids of a distributor. */
  idsOf(id: number): number[] {
    return [id, ...this.all.filter(({ movedTo }) => movedTo === id).map((distributor) => distributor.id)];
  }

  childrenOf(id: number): MadeDistributor[] {
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

  /** Sets the standings of a few distributors, sometimes of one of them twice. */
  setStanding(): Entry[] {
    const records = Array.from({ length: 1 + this.#random.below(5) }, () => {
      const { id } = this.#random.pick(this.present);
      return { id, rank: this.#random.below(5), status: 1 + this.#random.below(2) };
    });
    for (const { id, ...standing } of records) Object.assign(this.#get(id), standing);
    const evidence = keccak256(numberToHex(this.all.length));
    return [{ kind: 'standingSet', ranker: namedWallet(7), evidence, records: encodeStandings(records) }];
  }

  /** Moves a distributor below another sponsor, with the same id or a new one; does nothing if none can move. */
  correctSponsor(): Entry[] {
    const distributor = this.#random.pick(this.present);
    const others = this.present.filter(
      ({ id }) => id !== distributor.sponsor && !this.#uplineOf(id).includes(distributor.id),
    );
    if (others.length === 0) return [];
    const sponsor = this.#random.pick(others).id;
    const { id } = distributor;
    const staysInside = sponsor >>> 2 === id >>> 2 && sponsor < id;
    const reason = keccak256(numberToHex(id));
    if (id % LANES === 0 || staysInside) {
      distributor.sponsor = sponsor;
      return [{ kind: 'sponsorCorrected', id, newId: id, sponsor, reason }];
    }
    const newId = (this.#occupancy.size + 1) * LANES;
    this.#occupy(newId);
    for (const child of this.childrenOf(id)) child.sponsor = newId;
    this.all.push({ ...distributor, id: newId, sponsor });
    Object.assign(distributor, {
      status: STATUS_CLOSED,
      movedTo: newId,
      wallet: null,
      hold: null,
      recovery: null,
    });
    return [{ kind: 'sponsorCorrected', id, newId, sponsor, reason }];
  }

  leave(): Entry[] {
    const distributor = this.#random.pick(this.present);
    // Keep a few distributors for the rest of the history.
    if (this.present.length < 6) return [];
    Object.assign(distributor, { rank: 0, status: STATUS_CLOSED });
    return [{ kind: 'distributorLeft', id: distributor.id }];
  }

  /** Gives a distributor a first or another wallet, sometimes one that another distributor has just given up. */
  setWallet(): Entry[] {
    const [one, other] = [this.#random.pick(this.present), this.#random.pick(this.present)];
    if (one !== other && one.wallet && this.#random.below(2) === 0) {
      const passed = one.wallet;
      return [this.#giveWallet(one, this.#newWallet()), this.#giveWallet(other, passed)];
    }
    return [this.#giveWallet(one, this.#newWallet())];
  }

  proposeRecovery(time: number): Entry[] {
    const distributor = this.#random.pick(this.present);
    const { id, wallet } = distributor;
    if (!wallet) return [];
    if (distributor.recovery) {
      distributor.recovery = null;
      return [{ kind: 'recoverySet', id, from: wallet, to: zeroAddress, executableFrom: 0 }];
    }
    distributor.recovery = { wallet: this.#newWallet(), executableFrom: time + 14 * 86_400 };
    const { wallet: to, executableFrom } = distributor.recovery;
    return [{ kind: 'recoverySet', id, from: wallet, to, executableFrom }];
  }

  hold(time: number): Entry[] {
    const distributor = this.#random.pick(this.present);
    if (!distributor.wallet) return [];
    const isHeld = (distributor.hold?.until ?? 0) > time;
    distributor.hold = { until: isHeld ? time : time + 86_400, reason: keccak256(numberToHex(time)) };
    return [{ kind: 'holdSet', id: distributor.id, ...distributor.hold }];
  }

  #giveWallet(distributor: MadeDistributor, to: Address): Entry {
    const from = distributor.wallet ?? zeroAddress;
    const how = distributor.wallet ? this.#random.pick(['changed', 'recovered'] as const) : 'claimed';
    Object.assign(distributor, { wallet: to, recovery: null });
    return { kind: 'walletSet', id: distributor.id, from, to, how };
  }

  /** A distributor and its upline. */
  #uplineOf(id: number): number[] {
    const distributor = this.find(id);
    return distributor ? [id, ...this.#uplineOf(distributor.sponsor)] : [];
  }

  #get(id: number): MadeDistributor {
    const distributor = this.find(id);
    if (!distributor) throw new Error(`there is no distributor ${id}`);
    return distributor;
  }

  #occupy(id: number): void {
    this.#occupancy.set(id >>> 2, (this.#occupancy.get(id >>> 2) ?? 0) + 1);
  }

  #newWallet(): Address {
    return namedWallet(1_000 + this.#wallets++);
  }
}

/** The wallet with this number. */
export function namedWallet(number: number): Address {
  return numberToHex(0xabc000 + number, { size: 20 });
}
