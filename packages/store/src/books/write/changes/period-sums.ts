import { NumbersById } from '@plumbline/protocol';
import { columnOf, LEVELS, periodColumns, type Volumes } from '../../periods.ts';

/** What the sums of distributors grow by, collected in flat memory: there is a credit for every level of every sale. */

const COLUMNS = periodColumns.length;

/** Where the volume of a class (index in `BUYER_CLASSES`) is counted, and the volume taken back. */
const SOLD = columnOf('retail_cents');
const REVERSED = columnOf('reversed_retail_cents');
const SALES = columnOf('sales');
const SELF_PRICE = columnOf('self_price_cents');
const REVERSED_SELF_PRICE = columnOf('reversed_self_price_cents');
const CREDITED = columnOf('credited_0');
const PAID = columnOf('paid_units');
const TEAM = columnOf('team_cents');
const REVERSED_TEAM = columnOf('reversed_team_cents');
/** Class of those who buy for themselves. */
const SELF = 2;

/** Two amounts below it add up exactly. */
const EXACT = 2 ** 52;
const BIG = BigInt(EXACT);

/** What one distributor's sums of one month grow by; negative where they shrink. */
export class PeriodChange {
  readonly id: number;
  readonly period: number;
  readonly #month: MonthSums;
  /** The distributor's first cell. */
  readonly #at: number;

  constructor(id: number, month: MonthSums, at: number) {
    this.id = id;
    this.period = month.period;
    this.#month = month;
    this.#at = at;
  }

  get(column: number): bigint {
    return BigInt(this.value(column));
  }

  /** The same, for writing: a double where it holds the sum. */
  value(column: number): number | bigint {
    return this.#month.value(this.#at + column);
  }

  isZero(): boolean {
    for (let column = 0; column < COLUMNS; column++) if (this.value(column)) return false;
    return true;
  }

  /** Own volumes of all classes together. */
  ownVolumes(): Volumes {
    const sum = (from: number) => this.get(from) + this.get(from + 1) + this.get(from + 2);
    return { volume: sum(SOLD), reversed: sum(REVERSED) };
  }
}

/** Collects what distributors' sums of one month grow by. Numbers are cents and units of one sale: below 2^46. */
class MonthSums {
  readonly period: number;
  readonly #ids: number[] = [];
  /** Each distributor's place in `#ids`. */
  readonly #places = new NumbersById();
  /** A cell for each distributor and column; doubles, because most sums are far below what these hold exactly. */
  #cells = new Float64Array(16 * COLUMNS);
  /** By cell: what a double would not hold. */
  readonly #carried = new Map<number, bigint>();

  constructor(period: number) {
    this.period = period;
  }

  /** A row for everybody who was touched. */
  changes(): PeriodChange[] {
    return this.#ids.map((id, place) => new PeriodChange(id, this, place * COLUMNS));
  }

  value(cell: number): number | bigint {
    const small = this.#cells[cell] ?? 0;
    const carried = this.#carried.size > 0 ? this.#carried.get(cell) : undefined;
    return carried === undefined ? small : BigInt(small) + carried;
  }

  negated(): MonthSums {
    const other = new MonthSums(this.period);
    for (const change of this.changes()) {
      const to = other.#cellsOf(change.id);
      for (let column = 0; column < COLUMNS; column++) other.#addLarge(to + column, -change.get(column));
    }
    return other;
  }

  sold(id: number, buyer: number, priceCents: number, volumeCents: number): void {
    const at = this.#cellsOf(id);
    this.#add(at + SALES, 1);
    this.#add(at + SOLD + buyer, volumeCents);
    if (buyer === SELF) this.#add(at + SELF_PRICE, priceCents);
  }

  reversed(id: number, buyer: number, priceCents: number, volumeCents: number): void {
    const at = this.#cellsOf(id);
    this.#add(at + REVERSED + buyer, volumeCents);
    if (buyer === SELF) this.#add(at + REVERSED_SELF_PRICE, priceCents);
  }

  credited(id: number, level: number, units: number): void {
    this.#add(this.#cellsOf(id) + CREDITED + Math.min(level, LEVELS), units);
  }

  paid(id: number, units: bigint): void {
    this.#addLarge(this.#cellsOf(id) + PAID, units);
  }

  team(id: number, { volume, reversed }: Volumes): void {
    const at = this.#cellsOf(id);
    this.#addLarge(at + TEAM, volume);
    this.#addLarge(at + REVERSED_TEAM, reversed);
  }

  /** The first of a distributor's cells. */
  #cellsOf(id: number): number {
    const known = this.#places.get(id);
    if (known >= 0) return known * COLUMNS;
    const place = this.#ids.length;
    this.#ids.push(id);
    this.#places.set(id, place);
    if ((place + 1) * COLUMNS > this.#cells.length) {
      this.#cells = new Float64Array(this.#cells.buffer.transfer(2 * this.#cells.byteLength));
    }
    return place * COLUMNS;
  }

  /** @param amount Below 2^52, and so are all sums that it is added to. */
  #add(cell: number, amount: number): void {
    const sum = (this.#cells[cell] ?? 0) + amount;
    if (sum < EXACT && sum > -EXACT) {
      this.#cells[cell] = sum;
      return;
    }
    this.#cells[cell] = 0;
    this.#carry(cell, BigInt(sum));
  }

  #addLarge(cell: number, amount: bigint): void {
    if (amount < BIG && amount > -BIG) this.#add(cell, Number(amount));
    else this.#carry(cell, amount);
  }

  #carry(cell: number, amount: bigint): void {
    this.#carried.set(cell, (this.#carried.get(cell) ?? 0n) + amount);
  }
}

/** Collects what the sums of distributors grow by, month by month. */
export class PeriodSums {
  readonly #months = new Map<number, MonthSums>();

  /** @param period As `periodOf` gives it. */
  month(period: number): MonthSums {
    let month = this.#months.get(period);
    if (!month) {
      month = new MonthSums(period);
      this.#months.set(period, month);
    }
    return month;
  }

  /** All rows that were touched. */
  changes(): PeriodChange[] {
    return [...this.#months.values()].flatMap((month) => month.changes());
  }

  /** The same the other way round. */
  negated(): PeriodSums {
    const other = new PeriodSums();
    for (const month of this.#months.values()) other.#months.set(month.period, month.negated());
    return other;
  }
}
