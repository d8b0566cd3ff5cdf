import {
  amountOf,
  BUYER_CLASSES,
  batchNumber,
  countedVolume,
  creditedBy,
  type Entry,
  encodeBalances,
  encodeSales,
  extendHead,
  GENESIS_HEAD,
  type JournalEntry,
  payCommission,
  recorderOfBatch,
  type SaleRecord,
  type SaleRef,
  type SettledLine,
} from '@plumbline/protocol';
import type { Flag, PendingChange, Position, Powers, Stretch, StretchPart } from '@plumbline/store';
import { type Address, type Hex, keccak256, numberToHex } from 'viem';
import { Random } from '../support/random.ts';
import { MadeChanges } from './made-changes.ts';
import { type MadeDistributor, MadeDistributors, namedWallet } from './made-distributors.ts';
import { MadeFlags } from './made-flags.ts';
import { MadePlans } from './made-plans.ts';
import { MadePowers } from './made-powers.ts';

/** A made-up history of a ledger that follows the protocol's rules, with results of its own to compare the store with. */

export const LEDGER: Address = '0xaa000000000000000000000000000000000000aa';
export const RETURN_WINDOW = 3_600;
export const START_BLOCK = 10;
/** Just below 1,024, where the marks of batches continue in another row. */
const FIRST_BATCH = 1_016;
export const START: Position = { number: START_BLOCK - 1, hash: null, head: GENESIS_HEAD, entryCount: 0 };

/** Blocks from the announcement of a change until it is effective. */
const CHANGE_BLOCKS = 4;

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
  readonly opened = new Map<number, bigint>();
  readonly lateRefunds: (SaleRef & { priceCents: bigint })[] = [];
  readonly float = { funded: 0n, withdrawn: 0n, swept: 0n };
  readonly plans = new MadePlans();
  readonly #random: Random;
  readonly #made: MadeDistributors;
  readonly #changes: MadeChanges;
  readonly #flags: MadeFlags;
  readonly #powers: MadePowers;
  #head = GENESIS_HEAD;
  #pending: Entry[] = [];
  #disclosures = 0;

  readonly #blockTime: number;

  /**
   * A history of `blocks` blocks, about a third of them empty. A shorter history is the beginning of a longer one.
   * @param blockTime Seconds from one block to the next.
   */
  constructor(seed: number, blocks: number, blockTime = 12) {
    this.#random = new Random(seed);
    this.#blockTime = blockTime;
    this.#made = new MadeDistributors(this.#random);
    this.#changes = new MadeChanges(this.#random, this.#made);
    this.#flags = new MadeFlags(this.#random);
    this.#powers = new MadePowers(this.#random);
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

  get powers(): Powers {
    return this.#powers.powers;
  }

  get pendingChanges(): PendingChange[] {
    return this.#changes.pending;
  }

  flagsAt(now: number): Flag[] {
    return this.#flags.at(now);
  }

  get entryCount(): number {
    return this.blocks.reduce((sum, { entries }) => sum + entries.length, 0);
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

  /** The commission of a sale by its plan, in the tree that was effective when it was recorded. */
  settledNow(batch: MadeBatch, sale: MadeSale): SettledLine {
    const plan = this.plans.planOf(batch.plan);
    const made = this.#changes.effectiveAt(batch.recordedAt);
    const distributors = new Map(made.all.map((distributor) => [distributor.id, distributor]));
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
      this.#pending.push(...this.plans.announceNext(timestamp));
      this.#pending.push(...this.#powers.addRecorder(), ...this.#powers.addRecorder());
    } else if (this.#random.below(3) > 0) {
      if (this.#random.below(4) === 0) this.#applyChange(timestamp);
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
      () => enter(this.#changes.announce(timestamp + CHANGE_BLOCKS * this.#blockTime)),
    ];
    const rare = [
      () => this.#fund(),
      () => enter(this.#changes.cancel(timestamp)),
      () => this.#refundLate(),
      () => this.#disclose(),
      () => enter(this.plans.announceOrCancel(timestamp)),
      () => enter(made.setWallet()),
      () => enter(made.proposeRecovery(timestamp)),
      () => enter(made.hold(timestamp)),
      () => this.#flag(timestamp),
      () => this.#flag(timestamp),
      () => enter(this.#powers.act(timestamp)),
      () => enter(this.#powers.act(timestamp)),
    ];
    if (this.distributors.length === 0) {
      enter(made.enrol(3, number));
      this.#openBalances();
    } else if (this.plans.left > 0 && number > START_BLOCK + 25 * this.plans.started) {
      enter(this.plans.announceNext(timestamp));
    } else this.#random.pick(this.#random.below(3) === 0 ? rare : usual)();
  }

  #fund(): void {
    const units = BigInt(this.#random.below(1_000_000));
    this.float.funded += units;
    this.float.withdrawn += units / 3n;
    this.float.swept += units / 5n;
    this.#pending.push({ kind: 'floatFunded', from: namedWallet(1), units });
    this.#pending.push({ kind: 'floatWithdrawn', to: namedWallet(1), units: units / 3n });
    this.#pending.push({ kind: 'surplusSwept', units: units / 5n });
  }

  #openBalances(): void {
    const balances = this.distributors.map(({ id }) => ({
      id,
      units: BigInt(1 + this.#random.below(1_000)),
    }));
    // In two records for the first of them.
    const records = [...balances, ...balances.slice(0, 1)];
    for (const { id, units } of records) grow(this.opened, id, units);
    const units = records.reduce((sum, balance) => sum + balance.units, 0n);
    const evidence = keccak256('0x06');
    this.#pending.push({ kind: 'balancesOpened', units, evidence, records: encodeBalances(records) });
  }

  #refundLate(): void {
    const settled = this.batches.filter((batch) => batch.settled > 0);
    if (settled.length === 0) return;
    const batch = this.#random.pick(settled);
    const index = this.#random.below(batch.settled);
    const refund = { batch: batch.batch, index, priceCents: BigInt(1 + this.#random.below(100)) };
    this.lateRefunds.push(refund);
    this.#pending.push({ kind: 'refundedLate', ...refund, evidence: keccak256('0x07') });
  }

  #disclose(): void {
    const period = ++this.#disclosures;
    const [root, hash] = [keccak256('0x08'), keccak256(numberToHex(period))];
    this.#pending.push({ kind: 'disclosurePublished', period, root, hash });
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
    const number = 1 + this.#random.below(2);
    const before = this.batches.filter(({ batch }) => recorderOfBatch(batch) === number).length;
    const batch = batchNumber(number, FIRST_BATCH + before);
    const plan = this.plans.versionAt(recordedAt);
    this.batches.push({ batch, plan, recordedAt, sales, settled: 0 });
    this.#pending.push({
      kind: 'batchRecorded',
      batch,
      plan,
      recorder: this.#powers.keyOf(number),
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
    const open = this.#open.filter(({ recordedAt }) => recordedAt < this.#changes.startsAt);
    if (open.length === 0) return;
    const batch = this.#random.pick(open);
    this.#settleUntil(batch, batch.settled + 1 + this.#random.below(batch.sales.length - batch.settled));
  }

  get #open(): MadeBatch[] {
    return this.batches.filter(({ settled, sales }) => settled < sales.length);
  }

  #settleUntil(batch: MadeBatch, until: number): void {
    const from = batch.settled;
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
    const units = (this.opened.get(id) ?? 0n) + (this.credited.get(id) ?? 0n) - (this.paid.get(id) ?? 0n);
    if (units === 0n || wallet === null) return;
    grow(this.paid, id, units);
    const to = namedWallet(9);
    this.#pending.push(
      this.#random.below(3) === 0
        ? { kind: 'payoutRedirected', id, wallet, to, units }
        : { kind: 'payout', id, wallet, units },
    );
  }

  #flag(now: number): void {
    const batch = this.batches.length > 0 ? this.#random.pick(this.batches).batch : undefined;
    const { id } = this.#random.pick(this.#made.present);
    this.#pending.push(...this.#flags.act(now, id, batch));
  }

  /** Applies the next change if it is effective, once every batch recorded before it is settled. */
  #applyChange(now: number): void {
    const { startsAt } = this.#changes;
    if (now < startsAt) return;
    const before = this.#open.filter(({ recordedAt }) => recordedAt < startsAt);
    for (const batch of before) this.#settleUntil(batch, batch.sales.length);
    const { entry, moved } = this.#changes.applyNext();
    this.#pending.push(entry);
    if (!moved) return;
    // A distributor who moves takes balances and payouts along.
    for (const sums of [this.credited, this.paid, this.opened]) {
      sums.set(moved.to, sums.get(moved.from) ?? 0n);
      sums.delete(moved.from);
    }
  }
}

function grow(sums: Map<number, bigint>, id: number, units: bigint): void {
  sums.set(id, (sums.get(id) ?? 0n) + units);
}
