import { type Entry, LANES, nextId, STATUS_ACTIVE, STATUS_CLOSED } from '@plumbline/protocol';
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

  presentId(id: number): number {
    return this.find(id)?.movedTo ?? id;
  }

  /** Sets a standing, unless the distributor has left. */
  stand(announced: number, rank: number, status: number): void {
    const distributor = this.#get(this.presentId(announced));
    if (distributor.status !== STATUS_CLOSED) Object.assign(distributor, { rank, status });
  }

  /** Ends a membership. @returns False if it had ended before. */
  end(announced: number): boolean {
    const distributor = this.#get(this.presentId(announced));
    if (distributor.status === STATUS_CLOSED) return false;
    Object.assign(distributor, { rank: 0, status: STATUS_CLOSED });
    return true;
  }

  /** Whether a distributor can be put below a sponsor, 0 for none. */
  fits(id: number, sponsor: number): boolean {
    const distributor = this.#get(id);
    if (distributor.status === STATUS_CLOSED || distributor.sponsor === sponsor) return false;
    if (sponsor === 0) return true;
    return this.#get(sponsor).status !== STATUS_CLOSED && !this.#uplineOf(sponsor).includes(id);
  }

  /** Puts a distributor below another sponsor, in place or under another id. @returns The id; 0 if it does not fit. */
  correct(announced: number, announcedSponsor: number): number {
    const [id, sponsor] = [this.presentId(announced), this.presentId(announcedSponsor)];
    if (!this.fits(id, sponsor)) return 0;
    const distributor = this.#get(id);
    const staysInside = sponsor >>> 2 === id >>> 2 && sponsor < id;
    if (id % LANES === 0 || staysInside) {
      distributor.sponsor = sponsor;
      return id;
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
    return newId;
  }

  /** The same without another id. */
  correctInPlace(announced: number, announcedSponsor: number): void {
    const [id, sponsor] = [this.presentId(announced), this.presentId(announcedSponsor)];
    if (this.fits(id, sponsor)) this.#get(id).sponsor = sponsor;
  }

  copy(): MadeDistributors {
    const copy = new MadeDistributors(this.#random);
    copy.all.push(...structuredClone(this.all));
    return copy;
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
