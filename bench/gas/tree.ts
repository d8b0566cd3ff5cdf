import { type DistributorRecord, fragmentOf, LANES, nextId } from '@plumbline/protocol';
import { dataSlice, id as hashOf } from 'ethers';
import type { Random } from '../../test/support/random.ts';

/** A sponsor tree as an enroller builds it: a recruit goes into the sponsor's fragment while there is room. */
export class Tree {
  /** In the order of enrolment, as a ledger wants them. */
  readonly distributors: DistributorRecord[] = [];
  readonly #sponsors = new Map<number, number>();
  readonly #occupancy: number[] = [0];
  /** Whether everybody gets a fragment of their own: the worst that can be. */
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

  /** Each recruit below anybody enrolled before, with equal chance. */
  grow(count: number, random: Random): void {
    for (let i = 0; i < count; i++) {
      this.add(this.distributors.length === 0 ? 0 : random.pick(this.distributors).id);
    }
  }

  /** The seller and whoever is above, `most` in all. */
  payees(seller: number, most: number): number[] {
    const line = [seller];
    for (let id = this.#sponsors.get(seller); id && line.length < most; id = this.#sponsors.get(id)) {
      line.push(id);
    }
    return line;
  }
}

/** Addresses as they are in reality: hardly a byte of them is zero, and calldata is paid by that. */
export function walletOf(id: number): `0x${string}` {
  return dataSlice(hashOf(`wallet ${id}`), 12) as `0x${string}`;
}
