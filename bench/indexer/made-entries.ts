import { createHash, randomBytes } from 'node:crypto';
import {
  amountOf,
  BUYER_CLASSES,
  type Entry,
  encodeSales,
  type Plan,
  planHash,
  type SaleRecord,
  type SettledLine,
} from '@plumbline/protocol';
import type { Address, Hex } from 'viem';
import { Random } from '../../test/support/random.ts';
import { MadeTree, type Scale } from './made-tree.ts';

export const LEDGER: Address = '0xaa000000000000000000000000000000000000aa';
export const RETURN_WINDOW = 14 * 86_400;
/** The sales are spread evenly over the first half of a year. Those of the last two weeks are not settled. */
const FROM = Date.UTC(2026, 0, 1) / 1000;
export const UNTIL = Date.UTC(2026, 6, 1) / 1000;
export const PERIODS = [202601, 202602, 202603, 202604, 202605, 202606];

/** Seller 20 %, then 5, 3, 2, 1 and 1 % up the line, like the default plan of a deployment. */
const RATES = [2_000, 500, 300, 200, 100, 100];
const PLAN: Plan = {
  kind: 0,
  compression: 0,
  boundaryRank: 0,
  reach: 64,
  ceilingBps: 3_200,
  weightsBps: [10_000, 10_000, 10_000],
  ratesBps: [RATES],
};

const SALES_A_BATCH = 1_000;
const ENROLLED_A_BLOCK = 1_000;
const PAID_A_BLOCK = 1_000;

/** Entries of one block. */
export interface MadeBlock {
  /** Unix seconds. */
  time: number;
  entries: Entry[];
}

interface Recorded {
  batch: number;
  time: number;
  /** Numbers of distributors, and volume net of reversals. */
  sales: { one: number; seller: number; cents: number }[];
}

/** What happened on a ledger; all but the wallets is the same in every run. */
export class MadeEntries {
  readonly tree: MadeTree;
  readonly batches: number;
  readonly #scale: Scale;
  readonly #random = new Random(7);
  #lastId: number;
  #changes = 0;
  #window: Recorded[] = [];

  constructor(scale: Scale) {
    this.#scale = scale;
    this.tree = new MadeTree(scale, this.#random);
    this.#lastId = this.tree.idOf(scale.distributors);
    this.batches = Math.ceil(scale.sales / SALES_A_BATCH);
  }

  /** The plan, and the enrolment of every distributor. */
  *enrolments(): Generator<MadeBlock> {
    const plan = { version: 1, startsAt: FROM, planHash: planHash(PLAN), plan: PLAN };
    yield { time: FROM, entries: [{ kind: 'planAnnounced', ...plan }] };
    for (let first = 1; first <= this.tree.count; first += ENROLLED_A_BLOCK) {
      const count = Math.min(ENROLLED_A_BLOCK, this.tree.count - first + 1);
      const entries = Array.from({ length: count }, (_, i): Entry => {
        const sponsor = this.tree.idOf(this.tree.sponsorOf(first + i));
        return { kind: 'enrolled', id: this.tree.idOf(first + i), sponsor, wallet: toHex(randomBytes(20)) };
      });
      yield { time: FROM, entries };
    }
  }

  /** The sales of one of `parts` parts of the time, and the settlements and reversals that fall into it. */
  *sales(part: number, parts: number): Generator<MadeBlock> {
    const until = Math.floor((this.batches * (part + 1)) / parts);
    for (let batch = Math.floor((this.batches * part) / parts) + 1; batch <= until; batch++) {
      const time = FROM + Math.floor(((UNTIL - FROM) * batch) / (this.batches + 1));
      yield { time, entries: [...this.#settle(time), ...this.#record(batch, time)] };
    }
    if (part === parts - 1) yield { time: UNTIL - 1, entries: this.#settle(UNTIL) };
  }

  /** Distributors who get another sponsor, enrolled before them, and another id. */
  *corrections(): Generator<MadeBlock> {
    const ones = Array.from(
      { length: this.#scale.movers },
      () => 2 + this.#random.below(this.tree.atRandom - 1),
    );
    for (const one of new Set(ones)) {
      const id = this.tree.idOf(one);
      const before = 1 + this.#random.below(one - 1);
      this.tree.sponsors[one] = before;
      this.tree.ids[one] = ++this.#lastId;
      const sponsor = this.tree.idOf(before);
      const change = ++this.#changes;
      const [newId, time] = [this.#lastId, Math.floor((FROM + UNTIL) / 2)];
      const reason = hashOf(one);
      yield {
        time,
        entries: [
          { kind: 'correctionAnnounced', change, id, sponsor, reason, effectiveAt: time },
          { kind: 'changeApplied', change, until: 1, newId, lapsed: false },
        ],
      };
    }
  }

  /** Payouts to a fifth of all distributors. */
  *payouts(): Generator<MadeBlock> {
    for (let first = 5; first <= this.tree.count; first += 5 * PAID_A_BLOCK) {
      const entries: Entry[] = [];
      for (let one = first; one < first + 5 * PAID_A_BLOCK && one <= this.tree.count; one += 5) {
        entries.push({ kind: 'payout', id: this.tree.idOf(one), wallet: LEDGER, units: 1n });
      }
      yield { time: UNTIL - 1, entries };
    }
  }

  #record(batch: number, recordedAt: number): Entry[] {
    const records: SaleRecord[] = [];
    const sales: Recorded['sales'] = [];
    const reversals: Entry[] = [];
    const count = Math.min(SALES_A_BATCH, this.#scale.sales - (batch - 1) * SALES_A_BATCH);
    for (let index = 0; index < count; index++) {
      const one = 1 + this.#random.below(this.tree.count);
      const seller = this.tree.idOf(one);
      const price = 500 + this.#random.below(20_000);
      const volume = Math.floor(price * 0.8);
      const buyer = this.#random.below(10);
      const priceCents = BigInt(price);
      records.push({
        seller,
        class: BUYER_CLASSES[buyer < 7 ? 0 : buyer < 9 ? 1 : 2] ?? 'retail',
        priceCents,
        volumeCents: BigInt(volume),
      });
      const back = this.#random.below(50) === 0 ? Math.floor(volume / 2) : 0;
      const amounts = { priceCents: BigInt(back), volumeCents: BigInt(back) };
      if (back > 0) reversals.push({ kind: 'saleReversed', batch, index, seller, ...amounts });
      sales.push({ one, seller, cents: volume - back });
    }
    this.#window.push({ batch, time: recordedAt, sales });
    const terms = { plan: 1, recorder: LEDGER, recordedAt, reserved: 1n, manifestRoot: hashOf(batch) };
    return [{ kind: 'batchRecorded', batch, ...terms, records: encodeSales(records) }, ...reversals];
  }

  /** The credits of the batches whose return windows have ended. */
  #settle(now: number): Entry[] {
    const due = this.#window.filter(({ time }) => time + RETURN_WINDOW <= now);
    this.#window = this.#window.slice(due.length);
    return due.map(({ batch, sales }): Entry => {
      const lines = sales.map(({ one, seller, cents }) => this.#line(one, seller, BigInt(cents)));
      const credited = lines.reduce(
        (sum, line) => line.credits.reduce((all, credit) => all + amountOf(line, credit), sum),
        0n,
      );
      return { kind: 'batchSettled', batch, from: 0, until: lines.length, credited, released: 0n, lines };
    });
  }

  #line(seller: number, id: number, volumeCents: bigint): SettledLine {
    const credits = [];
    for (
      let one = seller, level = 0;
      one !== 0 && level < RATES.length;
      one = this.tree.sponsorOf(one), level++
    ) {
      credits.push({ id: this.tree.idOf(one), bps: RATES[level] ?? 0 });
    }
    return { seller: id, volumeCents, credits };
  }
}

export function hashOf(number: number): Hex {
  return toHex(createHash('sha256').update(String(number)).digest());
}

function toHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}
