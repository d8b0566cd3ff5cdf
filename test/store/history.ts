import {
  amountOf,
  BUYER_CLASSES,
  countedVolume,
  creditedBy,
  type Entry,
  encodeSales,
  extendHead,
  GENESIS_HEAD,
  type JournalEntry,
  nextId,
  type Plan,
  payByLevel,
  planHash,
  type SaleRecord,
  type SettledLine,
} from '@plumbline/protocol';
import { type Address, type Hex, keccak256, numberToHex, zeroAddress } from 'viem';
import type { Stretch } from '../../packages/store/src/books/apply.ts';
import type { Position } from '../../packages/store/src/books/position.ts';
import { Random } from '../support/random.ts';

/** A ledger's history, made up by the rules of protocol, with books of its own to compare the store's with. */

export const LEDGER: Address = '0x00000000000000000000000000000000000000aa';
export const RETURN_WINDOW = 3_600;
export const START_BLOCK = 10;
export const START: Position = { number: START_BLOCK - 1, hash: null, head: GENESIS_HEAD, entryCount: 0 };

/** Two plans of different depth; the second pays the seller nothing and counts classes differently. */
const PLANS: Plan[] = [
  {
    kind: 0,
    compression: 0,
    boundaryRank: 0,
    ceilingBps: 4_000,
    weightsBps: [10_000, 7_777, 0],
    ratesBps: [[2_000, 500, 300, 1]],
  },
  {
    kind: 0,
    compression: 0,
    boundaryRank: 0,
    ceilingBps: 4_000,
    weightsBps: [9_999, 10_000, 5_000],
    ratesBps: [[0, 900, 0, 200, 100, 50]],
  },
];

export interface MadeSale extends SaleRecord {
  reversedPrice: bigint;
  reversedVolume: bigint;
  /** What was settled. */
  line: SettledLine | null;
}

export interface MadeBatch {
  batch: number;
  plan: number;
  recordedAt: number;
  sales: MadeSale[];
  settled: number;
}

interface MadeBlock {
  number: number;
  hash: Hex;
  timestamp: number;
  entries: JournalEntry[];
}

export class History {
  readonly blocks: MadeBlock[] = [];
  readonly people: { id: number; sponsor: number; wallet: Address }[] = [];
  readonly batches: MadeBatch[] = [];
  readonly credited = new Map<number, bigint>();
  readonly paid = new Map<number, bigint>();
  readonly #random: Random;
  readonly #occupancy = new Map<number, number>();
  #head = GENESIS_HEAD;
  #pending: Entry[] = [];
  #plans = 0;

  /** A history of `blocks` blocks, about every third of which is empty. */
  constructor(seed: number, blocks: number) {
    this.#random = new Random(seed);
    for (let number = START_BLOCK; number < START_BLOCK + blocks; number++) this.#makeBlock(number);
  }

  get entryCount(): number {
    return this.blocks.reduce((sum, { entries }) => sum + entries.length, 0);
  }

  planOf(version: number): Plan {
    return PLANS[version - 1] as Plan;
  }

  /** What a reader of the chain brings for the blocks after `from` up to `to`. */
  stretch(from: Position, to: number, tipNumber = to): Stretch {
    const inside = this.blocks.filter(({ number }) => number > from.number && number <= to);
    const blocks = inside.filter(({ entries, number }) => entries.length > 0 || number === to);
    return {
      from,
      entries: inside.flatMap(({ entries }) => entries),
      blocks: blocks as unknown as Stretch['blocks'],
      tipNumber,
    };
  }

  /** Who is paid what for a sale by its plan, with the tree as it stands at the end. */
  settledNow(batch: MadeBatch, sale: MadeSale): SettledLine {
    const plan = this.planOf(batch.plan);
    const sponsors = new Map(this.people.map(({ id, sponsor }) => [id, sponsor]));
    const tree = {
      sponsorOf: (id: number) => sponsors.get(id) ?? 0,
      statusOf: (id: number) => (sponsors.has(id) ? 1 : 0),
    };
    const counted = countedVolume(plan, sale.class, sale.volumeCents - sale.reversedVolume);
    return payByLevel(tree, plan, sale.seller, counted);
  }

  #makeBlock(number: number): void {
    const timestamp = 1_700_000_000 + number * 12;
    if (number === START_BLOCK) {
      this.#pending.push({ kind: 'opened', termsHash: keccak256('0x01') });
      this.#announce(timestamp);
    } else if (this.#random.below(3) > 0) {
      for (let count = 1 + this.#random.below(3); count > 0; count--) this.#act(number, timestamp);
    }
    const hash = keccak256(numberToHex(number));
    const transactionHash = keccak256(hash);
    const entries = this.#pending.map((entry, logIndex) => {
      this.#head = extendHead(this.#head, entry);
      return {
        entry,
        head: this.#head,
        blockNumber: BigInt(number),
        blockHash: hash,
        transactionHash,
        logIndex,
      };
    });
    this.#pending = [];
    this.blocks.push({ number, hash, timestamp, entries });
  }

  #act(number: number, timestamp: number): void {
    const acts = [
      () => this.#enrol(1 + this.#random.below(6)),
      () => this.#record(timestamp, 1 + this.#random.below(5)),
      () => this.#reverse(),
      () => this.#settle(),
      () => this.#payOut(),
      () => this.#fund(),
    ];
    if (this.people.length === 0) this.#enrol(3);
    else if (this.#plans === 1 && number > START_BLOCK + 20) this.#announce(timestamp);
    else this.#random.pick(acts)();
  }

  #announce(startsAt: number): void {
    const plan = PLANS[this.#plans++] as Plan;
    this.#pending.push({
      kind: 'planAnnounced',
      version: this.#plans,
      startsAt,
      planHash: planHash(plan),
      plan,
    });
  }

  #fund(): void {
    const units = BigInt(this.#random.below(1_000_000));
    this.#pending.push({ kind: 'floatFunded', from: walletOf(1), units });
    this.#pending.push({ kind: 'recorderSet', recorder: walletOf(2), cap: 2n ** 64n - 1n });
  }

  #enrol(count: number): void {
    for (let i = 0; i < count; i++) {
      const isRoot = this.people.length === 0 || this.#random.below(8) === 0;
      const sponsor = isRoot ? 0 : this.#random.pick(this.people).id;
      const id = nextId(sponsor, this.#occupancy.get(sponsor >>> 2) ?? 0, this.#occupancy.size);
      this.#occupancy.set(id >>> 2, (this.#occupancy.get(id >>> 2) ?? 0) + 1);
      const wallet = this.#random.below(4) === 0 ? zeroAddress : walletOf(id);
      this.people.push({ id, sponsor, wallet });
      this.#pending.push({ kind: 'enrolled', id, sponsor, wallet });
    }
  }

  #record(recordedAt: number, count: number): void {
    const sales = Array.from({ length: count }, () => {
      const priceCents = BigInt(1 + this.#random.below(100_000));
      return {
        class: this.#random.pick(BUYER_CLASSES),
        // Now and then a lane that nobody has taken.
        seller: this.#random.pick(this.people).id + (this.#random.below(10) === 0 ? 4_000 : 0),
        priceCents,
        volumeCents: priceCents - BigInt(this.#random.below(Number(priceCents))),
        reversedPrice: 0n,
        reversedVolume: 0n,
        line: null,
      };
    });
    const batch = this.batches.length + 1;
    this.batches.push({ batch, plan: this.#plans, recordedAt, sales, settled: 0 });
    this.#pending.push({
      kind: 'batchRecorded',
      batch,
      plan: this.#plans,
      recorder: walletOf(2),
      recordedAt,
      reserved: 1_000_000n,
      manifestRoot: keccak256(numberToHex(batch)),
      records: encodeSales(sales),
    });
  }

  #reverse(): void {
    const open = this.batches.filter(({ settled }) => settled === 0);
    if (open.length === 0) return;
    const { batch, sales } = this.#random.pick(open);
    const index = this.#random.below(sales.length);
    const sale = sales[index] as MadeSale;
    const left = Number(sale.volumeCents - sale.reversedVolume);
    if (left === 0) return;
    const volumeCents = BigInt(1 + this.#random.below(left));
    sale.reversedVolume += volumeCents;
    sale.reversedPrice += volumeCents;
    const { seller } = sale;
    this.#pending.push({ kind: 'saleReversed', batch, index, seller, priceCents: volumeCents, volumeCents });
  }

  #settle(): void {
    const open = this.batches.filter(({ settled, sales }) => settled < sales.length);
    if (open.length === 0) return;
    const batch = this.#random.pick(open);
    const from = batch.settled;
    const until = from + 1 + this.#random.below(batch.sales.length - from);
    const lines = batch.sales.slice(from, until).map((sale) => {
      sale.line = this.settledNow(batch, sale);
      for (const credit of sale.line.credits) grow(this.credited, credit.id, amountOf(sale.line, credit));
      return sale.line;
    });
    batch.settled = until;
    const credited = lines.reduce((sum, line) => sum + creditedBy(line), 0n);
    this.#pending.push({
      kind: 'batchSettled',
      batch: batch.batch,
      from,
      until,
      credited,
      released: 7n,
      lines,
    });
  }

  #payOut(): void {
    const { id, wallet } = this.#random.pick(this.people);
    const units = (this.credited.get(id) ?? 0n) - (this.paid.get(id) ?? 0n);
    if (units === 0n || wallet === zeroAddress) return;
    grow(this.paid, id, units);
    this.#pending.push({ kind: 'payout', id, wallet, units });
  }
}

function walletOf(id: number): Address {
  return numberToHex(0xabc000 + id, { size: 20 });
}

function grow(sums: Map<number, bigint>, id: number, units: bigint): void {
  sums.set(id, (sums.get(id) ?? 0n) + units);
}
