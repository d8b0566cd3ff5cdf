/** The figures of a distributor's month. */

/** The month in UTC that holds `time` (unix seconds): year x 100 + month. */
export function periodOf(time: number): number {
  const date = new Date(time * 1000);
  return date.getUTCFullYear() * 100 + date.getUTCMonth() + 1;
}

/** Levels with a column of their own, from 0. */
export const LEVELS = 11;

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

/** Settled commissions by level; the last column is the sum of all higher levels. */
export const creditedColumns = [
  ...Array.from({ length: LEVELS }, (_, level) => `credited_${level}` as const),
  'credited_above',
] as const;

/** The sums of table distributor_periods, in the order of their columns. */
export const periodColumns = [
  ...ownColumns,
  'team_cents',
  'reversed_team_cents',
  ...creditedColumns,
  'opened_units',
  'paid_units',
] as const;

export type PeriodColumn = (typeof periodColumns)[number];

/** Index of a column in `periodColumns`. */
export function columnOf(name: PeriodColumn): number {
  return periodColumns.indexOf(name);
}

/** Volume of a distributor or of a downline, in cents. */
export interface Volumes {
  volume: bigint;
  reversed: bigint;
}
