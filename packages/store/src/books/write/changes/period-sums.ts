import { NumbersById } from '@plumbline/protocol';
import { columnOf, LEVELS, periodColumns, type Volumes } from '../../periods.ts';

/** Growth of distributors' sums, collected in flat memory because every level of every sale adds a credit. */

const COLUMNS = periodColumns.length;

/** First of the columns for volume, and for reversed volume, by class (index in `BUYER_CLASSES`). */
const SOLD = columnOf('retail_cents');
const REVERSED = columnOf('reversed_retail_cents');
const SALES = columnOf('sales');
const SELF_PRICE = columnOf('self_price_cents');
const REVERSED_SELF_PRICE = columnOf('reversed_self_price_cents');
const CREDITED = columnOf('credited_0');
const OPENED = columnOf('opened_units');
const PAID = columnOf('paid_units');
const TEAM = columnOf('team_cents');
const REVERSED_TEAM = columnOf('reversed_team_cents');
/** Class of distributors' own purchases. */
const SELF = 2;

/** Doubles below it add up exactly. */
const EXACT = 2 ** 52;
const BIG = BigInt(EXACT);

/** Growth of one distributor's month; negative where sums shrink. */
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

  /** The same for writing: a double if it holds the sum exactly. */
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

/** Collects the growth of one month. Numbers are cents and units of one sale, so they are below 2^46. */
class MonthSums {
  readonly period: number;
  readonly #ids: number[] = [];
  /** Each distributor's place in `#ids`. */
  readonly #places = new NumbersById();
  /** A cell per distributor and column; doubles hold nearly all sums exactly. */
  #cells = new Float64Array(16 * COLUMNS);
  /** By cell: the part that a double would not hold. */
  readonly #carried = new Map<number, bigint>();

  constructor(period: number) {
    this.period = period;
  }

  /** A row for each distributor with changes. */
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

  opened(id: number, units: bigint): void {
    this.#addLarge(this.#cellsOf(id) + OPENED, units);
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

/** Collects the growth of distributors' sums, month by month. */
export class PeriodSums {
  readonly #months = new Map<number, MonthSums>();

  /** @param period Of `periodOf`. */
  month(period: number): MonthSums {
    let month = this.#months.get(period);
    if (!month) {
      month = new MonthSums(period);
      this.#months.set(period, month);
    }
    return month;
  }

  /** All rows with changes. */
  changes(): PeriodChange[] {
    return [...this.#months.values()].flatMap((month) => month.changes());
  }

  /** The same with opposite signs. */
  negated(): PeriodSums {
    const other = new PeriodSums();
    for (const month of this.#months.values()) other.#months.set(month.period, month.negated());
    return other;
  }
}
