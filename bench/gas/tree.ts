import { type DistributorRecord, fragmentOf, LANES, nextId } from '@plumbline/protocol';
import { dataSlice, id as hashOf } from 'ethers';
import type { Random } from '../../test/support/random.ts';

/** A sponsor tree as an enroller builds it: a recruit goes into the sponsor's fragment while there is room. */
export class Tree {
  /** In the order of enrolment, which is the order that a ledger takes. */
  readonly distributors: DistributorRecord[] = [];
  readonly #sponsors = new Map<number, number>();
  readonly #occupancy: number[] = [0];
  /** Whether each distributor gets a fragment of their own: the worst case. */
  readonly #apart: boolean;

  constructor(apart = false) {
    this.#apart = apart;
  }

  add(sponsor: number): number {
    const fragments = this.#occupancy.length - 1;
    const taken = this.#apart ? LANES : (this.#occupancy[fragmentOf(sponsor)] ?? 0);
    const id = nextId(sponsor, taken, fragments);
    this.#occupancy[fragmentOf(id)] = (this.#occupancy[fragmentOf(id)] ?? 0) + 1;
    this.#sponsors.set(id, sponsor);
    this.distributors.push({ id, sponsor, wallet: walletOf(id) });
    return id;
  }

  /** A seller with `above` distributors above. */
  addLine(above: number): number {
    let id = this.add(0);
    for (let i = 0; i < above; i++) id = this.add(id);
    return id;
  }

  /** Places each recruit below a random distributor enrolled before, all equally likely. */
  grow(count: number, random: Random): void {
    for (let i = 0; i < count; i++) {
      this.add(this.distributors.length === 0 ? 0 : random.pick(this.distributors).id);
    }
  }

  /** The seller and the upline, at most `most` distributors in all. */
  payees(seller: number, most: number): number[] {
    const line = [seller];
    for (let id = this.#sponsors.get(seller); id && line.length < most; id = this.#sponsors.get(id)) {
      line.push(id);
    }
    return line;
  }
}

/** Addresses like real ones, with hardly any zero bytes: zero bytes of calldata are cheaper. */
export function walletOf(id: number): `0x${string}` {
  return dataSlice(hashOf(`wallet ${id}`), 12) as `0x${string}`;
}
