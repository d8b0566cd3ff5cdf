/** What happens to people in a month. */

/** The month in UTC that holds `time` (unix seconds): year x 100 + month. */
export function periodOf(time: number): number {
  const date = new Date(time * 1000);
  return date.getUTCFullYear() * 100 + date.getUTCMonth() + 1;
}

/** Levels with a column of their own, from 0. */
const LEVELS = 11;

const ownColumns = [
  'sales',
  'retail_cents',
  'preferred_cents',
  'self_cents',
  'reversed_retail_cents',
  'reversed_preferred_cents',
  'reversed_self_cents',
  'self_price_cents',
  'reversed_self_price_cents',
] as const;

/** Settled commissions by level; the last is the sum of all levels above those before. */
export const creditedColumns = [
  ...Array.from({ length: LEVELS }, (_, level) => `credited_${level}` as const),
  'credited_above',
] as const;

/** The sums of table person_periods, in the order of their columns. */
export const periodColumns = [
  ...ownColumns,
  'team_cents',
  'reversed_team_cents',
  ...creditedColumns,
  'paid_units',
] as const;

export type PeriodColumn = (typeof periodColumns)[number];

const COLUMN = Object.fromEntries(periodColumns.map((name, i) => [name, i])) as Record<PeriodColumn, number>;

/** Where the volume of a class (index in `BUYER_CLASSES`) is counted, and the volume taken back. */
const SOLD = COLUMN.retail_cents;
const REVERSED = COLUMN.reversed_retail_cents;
const CREDITED = periodColumns.indexOf('credited_0');
/** Class of those who buy for themselves. */
const SELF = 2;

/** What one person's sums of one month grow by; negative where they shrink. */
export class PeriodChange {
  readonly id: number;
  readonly period: number;
  /** In the order of `periodColumns`; doubles, because most sums are far below what these hold exactly. */
  readonly #small = new Float64Array(periodColumns.length);
  /** What a double would not hold. */
  #large: bigint[] | undefined;

  constructor(id: number, period: number) {
    this.id = id;
    this.period = period;
  }

  get(column: number): bigint {
    return BigInt(this.#small[column] ?? 0) + (this.#large?.[column] ?? 0n);
  }

  /** The same, for writing: a double where it holds the sum. */
  value(column: number): number | bigint {
    return this.#large ? this.get(column) : (this.#small[column] ?? 0);
  }

  /** @param amount Below 2^52, and so are all sums that it is added to. */
  add(column: number, amount: number): void {
    const sum = (this.#small[column] ?? 0) + amount;
    this.#small[column] = sum;
    if (sum < EXACT && sum > -EXACT) return;
    this.#small[column] = 0;
    this.#carry(column, BigInt(sum));
  }

  addLarge(column: number, amount: bigint): void {
    if (amount < BIG && amount > -BIG) {
      this.add(column, Number(amount));
      return;
    }
    this.#carry(column, amount);
  }

  #carry(column: number, amount: bigint): void {
    this.#large ??= periodColumns.map(() => 0n);
    this.#large[column] = (this.#large[column] ?? 0n) + amount;
  }

  isZero(): boolean {
    return periodColumns.every((_, column) => this.value(column) === 0 || this.value(column) === 0n);
  }

  /** Own volumes of all classes together. */
  ownVolumes(): Volumes {
    const sum = (from: number) => this.get(from) + this.get(from + 1) + this.get(from + 2);
    return { volume: sum(SOLD), reversed: sum(REVERSED) };
  }

  /** The same the other way round. */
  negated(): PeriodChange {
    const other = new PeriodChange(this.id, this.period);
    for (let column = 0; column < periodColumns.length; column++) other.addLarge(column, -this.get(column));
    return other;
  }
}

/** Two amounts below it add up exactly. */
const EXACT = 2 ** 52;
const BIG = BigInt(EXACT);

/** Volumes of a person or of everybody below them, in cents. */
export interface Volumes {
  volume: bigint;
  reversed: bigint;
}

/** Collects what the sums of people grow by. Cents and units are numbers here: those of one sale are below 2^46. */
export class PeriodSums {
  readonly #months = new Map<number, Map<number, PeriodChange>>();

  /** All rows that were touched. */
  changes(): PeriodChange[] {
    return [...this.#months.values()].flatMap((month) => [...month.values()]);
  }

  sold(id: number, period: number, buyer: number, priceCents: number, volumeCents: number): void {
    const row = this.#row(id, period);
    row.add(COLUMN.sales, 1);
    row.add(SOLD + buyer, volumeCents);
    if (buyer === SELF) row.add(COLUMN.self_price_cents, priceCents);
  }

  reversed(id: number, period: number, buyer: number, priceCents: number, volumeCents: number): void {
    const row = this.#row(id, period);
    row.add(REVERSED + buyer, volumeCents);
    if (buyer === SELF) row.add(COLUMN.reversed_self_price_cents, priceCents);
  }

  credited(id: number, period: number, level: number, units: number): void {
    this.#row(id, period).add(CREDITED + Math.min(level, LEVELS), units);
  }

  paid(id: number, period: number, units: bigint): void {
    this.#row(id, period).addLarge(COLUMN.paid_units, units);
  }

  team(id: number, period: number, { volume, reversed }: Volumes): void {
    const row = this.#row(id, period);
    row.addLarge(COLUMN.team_cents, volume);
    row.addLarge(COLUMN.reversed_team_cents, reversed);
  }

  #row(id: number, period: number): PeriodChange {
    let month = this.#months.get(period);
    if (!month) {
      month = new Map();
      this.#months.set(period, month);
    }
    let row = month.get(id);
    if (!row) {
      row = new PeriodChange(id, period);
      month.set(id, row);
    }
    return row;
  }
}
