import {
  amountOf,
  type BalanceRecord,
  batchNumber,
  countedVolume,
  creditedBy,
  encodeBalances,
  encodeSales,
  maxTotalBps,
  payCommission,
  type ReversalRecord,
  recorderOfBatch,
  recordsAfter,
  type SaleRecord,
  type SettledLine,
} from '@plumbline/protocol';
import type { Address, Hex } from 'viem';
import { PowersTwin } from './twin-powers.ts';

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
export class Twin extends PowersTwin {
  readonly batches: TwinBatch[] = [];
  float = 0n;
  reserved = 0n;
  owed = 0n;

  fund(from: Address, units: bigint): void {
    this.float += units;
    this.enter({ kind: 'floatFunded', from, units });
  }

  sweep(units: bigint): void {
    this.float += units;
    this.enter({ kind: 'surplusSwept', units });
  }

  /** What distributors are owed from before the ledger. */
  openBalances(balances: readonly BalanceRecord[], evidence: Hex): void {
    let all = 0n;
    for (const { id, units } of balances) {
      this.distributor(id).owed += units;
      all += units;
    }
    this.float -= all;
    this.owed += all;
    this.enter({ kind: 'balancesOpened', units: all, evidence, records: encodeBalances(balances) });
  }

  /** What recording `sales` at `time` reserves. */
  needed(sales: readonly SaleRecord[], time: number): bigint {
    const plan = this.planOf(this.planAt(time));
    const volume = sales.reduce((sum, sale) => sum + countedVolume(plan, sale.class, sale.volumeCents), 0n);
    return volume * BigInt(maxTotalBps(plan));
  }

  record(number: number, records: SaleRecord[], manifestRoot: Hex, recordedAt: number): TwinBatch {
    const recorder = this.recorder(number);
    recorder.sequence += 1;
    const reserved = this.needed(records, recordedAt);
    this.spend(recorder.allowances.spend('count', recordedAt, BigInt(records.length)));
    this.spend(recorder.allowances.spend('units', recordedAt, reserved));
    this.float -= reserved;
    this.reserved += reserved;
    const batch: TwinBatch = {
      batch: batchNumber(number, recorder.sequence),
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
      recorder: recorder.key,
      recordedAt,
      reserved,
      manifestRoot,
      records: encodeSales(records),
    });
    if (this.returnWindow === 0) this.settle(batch, records.length);
    return batch;
  }

  /** Batches with sales that are not settled. */
  get open(): TwinBatch[] {
    return this.batches.filter(({ settled, records }) => settled < records.length);
  }

  /** The open batches that must be settled before the next change can be applied. */
  get openBefore(): TwinBatch[] {
    const startsAt = this.pending?.effectiveAt ?? Number.POSITIVE_INFINITY;
    return this.open.filter(({ recordedAt }) => recordedAt < startsAt);
  }

  /** The batch's records as its reversals have left them. */
  presentRecords({ records, reversals }: TwinBatch): Hex {
    return recordsAfter(encodeSales(records), reversals);
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

  /** What reversals of a batch free. */
  freedBy(batch: TwinBatch, reversals: readonly ReversalRecord[]): bigint {
    const plan = this.planOf(batch.plan);
    const after = { ...batch, reversals: [...batch.reversals, ...reversals] };
    const counted = (each: TwinBatch, index: number) => {
      const { class: buyer, volumeCents } = this.leftOf(each, index);
      return countedVolume(plan, buyer, volumeCents);
    };
    const fewer = [...new Set(reversals.map(({ index }) => index))].reduce(
      (sum, index) => sum + counted(batch, index) - counted(after, index),
      0n,
    );
    return fewer * BigInt(maxTotalBps(plan));
  }

  /** @param reversals In the order of their leaves. */
  reverse(batch: TwinBatch, reversals: readonly ReversalRecord[], time: number): void {
    const { allowances } = this.recorder(recorderOfBatch(batch.batch));
    const freed = this.freedBy(batch, reversals);
    this.spend(allowances.spend('returns', time, freed));
    this.release(freed);
    for (const reversal of reversals) {
      batch.reversals.push(reversal);
      const { seller } = this.leftOf(batch, reversal.index);
      this.enter({ kind: 'saleReversed', batch: batch.batch, seller, ...reversal });
    }
  }

  refundLate(batch: TwinBatch, index: number, priceCents: bigint, evidence: Hex): void {
    this.enter({ kind: 'refundedLate', batch: batch.batch, index, priceCents, evidence });
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
    const rest = { from, until: batch.settled, credited, released, lines };
    this.enter({ kind: 'batchSettled', batch: batch.batch, ...rest });
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
      distributor.wordId = id;
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

  private spend(isLeft: boolean): void {
    if (!isLeft) throw new Error('The recorder has not that much left.');
  }
}
