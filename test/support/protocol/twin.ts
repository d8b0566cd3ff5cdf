import {
  amountOf,
  countedVolume,
  creditedBy,
  encodeSales,
  maxTotalBps,
  type Plan,
  payCommission,
  planHash,
  type ReversalRecord,
  type SaleRecord,
  type SettledLine,
} from '@plumbline/protocol';
import type { Address, Hex } from 'viem';
import { DistributorsTwin } from './twin-distributors.ts';

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
export class Twin extends DistributorsTwin {
  readonly plans: { plan: Plan; startsAt: number }[] = [];
  readonly batches: TwinBatch[] = [];
  readonly returnWindow: number;
  float = 0n;
  reserved = 0n;
  owed = 0n;

  constructor(returnWindow: number) {
    super();
    this.returnWindow = returnWindow;
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

  /** What a sale of a batch is settled to, by its plan and the tree as it stands. */
  lineOf(batch: TwinBatch, index: number): SettledLine {
    const plan = this.planOf(batch.plan);
    const left = this.leftOf(batch, index);
    return payCommission(this.tree, plan, left.seller, countedVolume(plan, left.class, left.volumeCents));
  }

  settle(batch: TwinBatch, until: number): void {
    const plan = this.planOf(batch.plan);
    const from = batch.settled;
    batch.settled = Math.min(until, batch.records.length);
    const lines = Array.from({ length: batch.settled - from }, (_, i) => {
      const line = this.lineOf(batch, from + i);
      for (const credit of line.credits) {
        const distributor = this.distributors.get(credit.id);
        if (distributor) distributor.owed += amountOf(line, credit);
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

  /** Pays what is owed to a distributor, to another address than their wallet if they have signed one. */
  pay(id: number, to?: Address): void {
    const distributor = this.distributor(id);
    const { wallet, owed: units } = distributor;
    this.owed -= units;
    distributor.owed = 0n;
    if (to === undefined) {
      this.enter({ kind: 'payout', id, wallet, units });
    } else {
      distributor.nonce += 1;
      this.enter({ kind: 'payoutRedirected', id, wallet, to, units });
    }
  }

  withdrawFloat(to: Address, units: bigint): void {
    this.float -= units;
    this.enter({ kind: 'floatWithdrawn', to, units });
  }

  private release(units: bigint): void {
    this.reserved -= units;
    this.float += units;
  }
}
