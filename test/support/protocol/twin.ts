import {
  type Account,
  amountOf,
  countedVolume,
  creditedBy,
  type Entry,
  encodeSales,
  extendHead,
  fragmentOf,
  GENESIS_HEAD,
  idAt,
  LANES,
  laneOf,
  maxTotalBps,
  type PersonRecord,
  type Plan,
  packFragment,
  payByLevel,
  planHash,
  type ReversalRecord,
  type SaleRecord,
  STATUS_ACTIVE,
  STATUS_NONE,
  type Tree,
} from '@plumbline/protocol';
import type { Address, Hex } from 'viem';

/** A batch as its facts and the ledger's state together tell it. */
export interface TwinBatch {
  batch: number;
  plan: number;
  recordedAt: number;
  records: SaleRecord[];
  reversals: ReversalRecord[];
  settled: number;
}

/**
 * A ledger in TypeScript, made of nothing but the functions of protocol: it does what the contract does and makes the
 * entries that the contract should make. It trusts its caller to ask only for what a ledger accepts.
 */
export class Twin {
  readonly entries: Entry[] = [];
  readonly people = new Map<number, Account & { wallet: Address }>();
  readonly plans: { plan: Plan; startsAt: number }[] = [];
  readonly batches: TwinBatch[] = [];
  readonly returnWindow: number;
  head: Hex = GENESIS_HEAD;
  fragments = 0;
  float = 0n;
  reserved = 0n;
  owed = 0n;

  constructor(returnWindow: number) {
    this.returnWindow = returnWindow;
  }

  /** The tree as it stands now. */
  readonly tree: Tree = {
    sponsorOf: (id) => this.people.get(id)?.sponsor ?? 0,
    statusOf: (id) => this.people.get(id)?.status ?? STATUS_NONE,
  };

  enter(entry: Entry): void {
    this.entries.push(entry);
    this.head = extendHead(this.head, entry);
  }

  enrol(people: readonly PersonRecord[]): void {
    for (const { id, sponsor, wallet } of people) {
      this.people.set(id, { sponsor, owed: 0n, rank: 0, status: STATUS_ACTIVE, wallet });
      this.fragments = Math.max(this.fragments, fragmentOf(id));
      this.enter({ kind: 'enrolled', id, sponsor, wallet });
    }
  }

  /** Lanes taken of a fragment. */
  occupancy(fragment: number): number {
    return [0, 1, 2, 3].filter((lane) => this.people.has(idAt(fragment, lane))).length;
  }

  /** The storage words of all fragments, from number 1. */
  words(): bigint[] {
    return Array.from({ length: this.fragments }, (_, i) => {
      const lanes = Array.from({ length: LANES }, (__, lane) => this.people.get(idAt(i + 1, lane)));
      return packFragment(lanes.filter((account) => account !== undefined));
    });
  }

  announce(plan: Plan, startsAt: number): void {
    this.plans.push({ plan, startsAt });
    this.enter({
      kind: 'planAnnounced',
      version: this.plans.length,
      startsAt,
      planHash: planHash(plan),
      plan,
    });
  }

  planOf(version: number): Plan {
    const announced = this.plans[version - 1];
    if (!announced) throw new Error(`There is no plan ${version}.`);
    return announced.plan;
  }

  /** Version of the plan in force at `time`. */
  planAt(time: number): number {
    return this.plans.findLastIndex(({ startsAt }) => startsAt <= time) + 1;
  }

  fund(from: Address, units: bigint): void {
    this.float += units;
    this.enter({ kind: 'floatFunded', from, units });
  }

  /** What recording `sales` at `time` reserves. */
  needed(sales: readonly SaleRecord[], time: number): bigint {
    const plan = this.planOf(this.planAt(time));
    const volume = sales.reduce((sum, sale) => sum + countedVolume(plan, sale.class, sale.volumeCents), 0n);
    return volume * BigInt(maxTotalBps(plan));
  }

  record(recorder: Address, records: SaleRecord[], manifestRoot: Hex, recordedAt: number): TwinBatch {
    const reserved = this.needed(records, recordedAt);
    this.float -= reserved;
    this.reserved += reserved;
    const batch: TwinBatch = {
      batch: this.batches.length + 1,
      plan: this.planAt(recordedAt),
      recordedAt,
      records,
      reversals: [],
      settled: 0,
    };
    this.batches.push(batch);
    this.enter({
      kind: 'batchRecorded',
      batch: batch.batch,
      plan: batch.plan,
      recorder,
      recordedAt,
      reserved,
      manifestRoot,
      records: encodeSales(records),
    });
    if (this.returnWindow === 0) this.settle(batch, records.length);
    return batch;
  }

  /** Price and volume of a sale after its reversals. */
  leftOf(batch: TwinBatch, index: number): SaleRecord {
    const sale = batch.records[index];
    if (!sale) throw new Error(`Batch ${batch.batch} has no sale ${index}.`);
    const left = { ...sale };
    for (const reversal of batch.reversals) {
      if (reversal.index !== index) continue;
      left.priceCents -= reversal.priceCents;
      left.volumeCents -= reversal.volumeCents;
    }
    return left;
  }

  reverse(batch: TwinBatch, reversal: ReversalRecord): void {
    const plan = this.planOf(batch.plan);
    const counted = () => {
      const left = this.leftOf(batch, reversal.index);
      return countedVolume(plan, left.class, left.volumeCents);
    };
    const before = counted();
    batch.reversals.push(reversal);
    this.release((before - counted()) * BigInt(maxTotalBps(plan)));
    const { seller } = this.leftOf(batch, reversal.index);
    this.enter({ kind: 'saleReversed', batch: batch.batch, seller, ...reversal });
  }

  settle(batch: TwinBatch, until: number): void {
    const plan = this.planOf(batch.plan);
    const from = batch.settled;
    batch.settled = Math.min(until, batch.records.length);
    const lines = Array.from({ length: batch.settled - from }, (_, i) => {
      const left = this.leftOf(batch, from + i);
      const volume = countedVolume(plan, left.class, left.volumeCents);
      const line = payByLevel(this.tree, plan, left.seller, volume);
      for (const credit of line.credits) {
        const person = this.people.get(credit.id);
        if (person) person.owed += amountOf(line, credit);
      }
      return line;
    });
    const credited = lines.reduce((sum, line) => sum + creditedBy(line), 0n);
    const covered = lines.reduce((sum, line) => sum + line.volumeCents, 0n) * BigInt(maxTotalBps(plan));
    const released = covered - credited;
    this.reserved -= credited;
    this.owed += credited;
    this.release(released);
    this.enter({
      kind: 'batchSettled',
      batch: batch.batch,
      from,
      until: batch.settled,
      credited,
      released,
      lines,
    });
  }

  pay(id: number): void {
    const person = this.people.get(id);
    if (!person) throw new Error(`There is no person ${id} in lane ${laneOf(id)}.`);
    this.owed -= person.owed;
    this.enter({ kind: 'payout', id, wallet: person.wallet, units: person.owed });
    person.owed = 0n;
  }

  private release(units: bigint): void {
    this.reserved -= units;
    this.float += units;
  }
}
