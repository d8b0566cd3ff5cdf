import {
  amountOf,
  BUYER_CLASSES,
  countedVolume,
  creditedBy,
  type Entry,
  encodeSales,
  extendHead,
  FLAG_OUTCOMES,
  GENESIS_HEAD,
  type JournalEntry,
  type Plan,
  payCommission,
  planHash,
  type SaleRecord,
  type SettledLine,
  saleNumber,
} from '@plumbline/protocol';
import type { Flag, Position, Powers, Stretch, StretchPart } from '@plumbline/store';
import { type Address, type Hex, keccak256, numberToHex } from 'viem';
import { Random } from '../support/random.ts';
import { type MadeDistributor, MadeDistributors, namedWallet } from './made-distributors.ts';

/** A made-up history of a ledger that follows the protocol's rules, with results of its own to compare the store with. */

export const LEDGER: Address = '0xaa000000000000000000000000000000000000aa';
export const RETURN_WINDOW = 3_600;
export const START_BLOCK = 10;
/** Just below 1,024, where the marks of batches continue in another row. */
const FIRST_BATCH = 1_016;
export const START: Position = { number: START_BLOCK - 1, hash: null, head: GENESIS_HEAD, entryCount: 0 };

/** Plans of each kind; the second pays the seller nothing below rank 1 and counts classes differently. */
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
    kind: 2,
    compression: 2,
    boundaryRank: 1,
    ceilingBps: 4_000,
    weightsBps: [9_999, 10_000, 5_000],
    ratesBps: [[0], [100, 900], [100, 900, 0, 200, 100, 50]],
  },
  {
    kind: 1,
    compression: 1,
    boundaryRank: 0,
    ceilingBps: 4_000,
    weightsBps: [10_000, 10_000, 10_000],
    ratesBps: [
      [1_000, 100],
      [1_000, 600],
      [1_000, 600],
      [1_000, 1_500],
    ],
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
  readonly batches: MadeBatch[] = [];
  readonly credited = new Map<number, bigint>();
  readonly paid = new Map<number, bigint>();
  readonly flags: Flag[] = [];
  readonly powers: Powers = { paused: false, recorders: [], roles: [] };
  readonly float = { funded: 0n, withdrawn: 0n };
  readonly #random: Random;
  readonly #made: MadeDistributors;
  #head = GENESIS_HEAD;
  #pending: Entry[] = [];
  #plans = 0;

  readonly #blockTime: number;

  /**
   * A history of `blocks` blocks, about a third of them empty. A shorter history is the beginning of a longer one.
   * @param blockTime Seconds from one block to the next.
   */
  constructor(seed: number, blocks: number, blockTime = 12) {
    this.#random = new Random(seed);
    this.#blockTime = blockTime;
    this.#made = new MadeDistributors(this.#random);
    for (let number = START_BLOCK; number < START_BLOCK + blocks; number++) this.#makeBlock(number);
  }

  /** All ids, also those of distributors who have left or moved. */
  get distributors(): readonly MadeDistributor[] {
    return this.#made.all;
  }

  idsOf(id: number): number[] {
    return this.#made.idsOf(id);
  }

  childrenOf(id: number): MadeDistributor[] {
    return this.#made.childrenOf(id);
  }

  get entryCount(): number {
    return this.blocks.reduce((sum, { entries }) => sum + entries.length, 0);
  }

  planOf(version: number): Plan {
    return PLANS[version - 1] as Plan;
  }

  /** The blocks after `from` up to `to`, as a reader of the chain delivers them: in parts of a few blocks. */
  stretch(from: Position, to: number, tipNumber = to, size = 7): Stretch & { parts: StretchPart[] } {
    const inside = this.blocks.filter(({ number }) => number > from.number && number <= to);
    const parts: StretchPart[] = [];
    for (let first = 0; first < inside.length; first += size) {
      const some = inside.slice(first, first + size);
      const blocks = some.filter(({ entries, number }) => entries.length > 0 || number === to);
      parts.push({ entries: some.flatMap(({ entries }) => entries), blocks, tipNumber });
    }
    return { from, parts };
  }

  /** The commission of a sale by its plan, in the tree at the end of the history. */
  settledNow(batch: MadeBatch, sale: MadeSale): SettledLine {
    const plan = this.planOf(batch.plan);
    const distributors = new Map(this.distributors.map((distributor) => [distributor.id, distributor]));
    const tree = {
      sponsorOf: (id: number) => distributors.get(id)?.sponsor ?? 0,
      rankOf: (id: number) => distributors.get(id)?.rank ?? 0,
      statusOf: (id: number) => distributors.get(id)?.status ?? 0,
      movedTo: (id: number) => distributors.get(id)?.movedTo ?? 0,
    };
    const counted = countedVolume(plan, sale.class, sale.volumeCents - sale.reversedVolume);
    return payCommission(tree, plan, sale.seller, counted);
  }

  #makeBlock(number: number): void {
    const timestamp = 1_700_000_000 + number * this.#blockTime;
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
    const made = this.#made;
    const enter = (entries: Entry[]) => this.#pending.push(...entries);
    const usual = [
      () => enter(made.enrol(1 + this.#random.below(6), number)),
      () => this.#record(timestamp, 1 + this.#random.below(5)),
      () => this.#reverse(),
      () => this.#settle(),
      () => this.#payOut(),
    ];
    const rare = [
      () => this.#fund(),
      () => enter(made.setStanding()),
      () => this.#correct(),
      () => enter(made.leave()),
      () => enter(made.setWallet()),
      () => enter(made.proposeRecovery(timestamp)),
      () => enter(made.hold(timestamp)),
      () => this.#flag(),
      () => this.#grantOrPause(),
    ];
    if (this.distributors.length === 0) enter(made.enrol(3, number));
    else if (number > START_BLOCK + 25 * this.#plans && this.#plans < PLANS.length) this.#announce(timestamp);
    else this.#random.pick(this.#random.below(3) === 0 ? rare : usual)();
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
    this.float.funded += units;
    this.float.withdrawn += units / 3n;
    this.#pending.push({ kind: 'floatFunded', from: namedWallet(1), units });
    this.#pending.push({ kind: 'floatWithdrawn', to: namedWallet(1), units: units / 3n });
    const recorder = namedWallet(2);
    const cap = 2n ** 64n - 1n;
    if (!this.powers.recorders.some((each) => each.recorder === recorder))
      this.powers.recorders.push({ recorder, cap });
    this.#pending.push({ kind: 'recorderSet', recorder, cap });
  }

  #record(recordedAt: number, count: number): void {
    const sales = Array.from({ length: count }, () => {
      const priceCents = BigInt(1 + this.#random.below(100_000));
      return {
        class: this.#random.pick(BUYER_CLASSES),
        // Sometimes an id that no distributor has.
        seller: this.#random.pick(this.distributors).id + (this.#random.below(10) === 0 ? 4_000 : 0),
        priceCents,
        volumeCents: priceCents - BigInt(this.#random.below(Number(priceCents))),
        reversedPrice: 0n,
        reversedVolume: 0n,
        line: null,
      };
    });
    const batch = FIRST_BATCH + this.batches.length;
    this.batches.push({ batch, plan: this.#plans, recordedAt, sales, settled: 0 });
    this.#pending.push({
      kind: 'batchRecorded',
      batch,
      plan: this.#plans,
      recorder: namedWallet(2),
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

  /** Pays a distributor with a wallet, sometimes to another address. */
  #payOut(): void {
    const { id, wallet } = this.#random.pick(this.distributors);
    const units = (this.credited.get(id) ?? 0n) - (this.paid.get(id) ?? 0n);
    if (units === 0n || wallet === null) return;
    grow(this.paid, id, units);
    const to = namedWallet(9);
    this.#pending.push(
      this.#random.below(3) === 0
        ? { kind: 'payoutRedirected', id, wallet, to, units }
        : { kind: 'payout', id, wallet, units },
    );
  }

  /** Raises a flag on a distributor or a sale, or closes an open one. */
  #flag(): void {
    const open = this.flags.find(({ outcome }) => outcome === null);
    if (open && this.#random.below(2) === 0) {
      open.outcome = this.#random.pick(FLAG_OUTCOMES);
      open.evidence = keccak256('0x02');
      const { flag, outcome, evidence } = open;
      this.#pending.push({ kind: 'flagClosed', flag, outcome, evidence });
      return;
    }
    const onSale = this.batches.length > 0 && this.#random.below(2) === 0;
    const subjectKind = onSale ? 'sale' : 'distributor';
    const subject = onSale
      ? saleNumber({ batch: this.#random.pick(this.batches).batch, index: 0 })
      : this.#random.pick(this.distributors).id;
    const raised = { flag: this.flags.length + 1, subjectKind, subject, reason: keccak256('0x03') } as const;
    this.flags.push({ ...raised, outcome: null, evidence: null });
    this.#pending.push({ kind: 'flagRaised', ...raised });
  }

  #grantOrPause(): void {
    this.powers.paused = !this.powers.paused;
    this.#pending.push({ kind: 'pauseSet', by: namedWallet(3), paused: this.powers.paused });
    const role = keccak256('0x04');
    const account = namedWallet(4 + this.#random.below(3));
    const granted = this.#random.below(2) === 0;
    const others = this.powers.roles.filter((each) => each.account !== account);
    this.powers.roles = granted ? [...others, { role, account }] : others;
    this.#pending.push({ kind: 'roleChanged', role, account, granted });
    const cap = BigInt(this.#random.below(2) * 5);
    const recorder = namedWallet(5);
    const rest = this.powers.recorders.filter((each) => each.recorder !== recorder);
    this.powers.recorders = cap === 0n ? rest : [...rest, { recorder, cap }];
    this.#pending.push({ kind: 'recorderSet', recorder, cap });
  }

  /** A distributor who moves takes credits and payouts along. */
  #correct(): void {
    for (const entry of this.#made.correctSponsor()) {
      this.#pending.push(entry);
      if (entry.kind !== 'sponsorCorrected' || entry.newId === entry.id) continue;
      for (const sums of [this.credited, this.paid]) {
        sums.set(entry.newId, sums.get(entry.id) ?? 0n);
        sums.delete(entry.id);
      }
    }
  }
}

function grow(sums: Map<number, bigint>, id: number, units: bigint): void {
  sums.set(id, (sums.get(id) ?? 0n) + units);
}
