import { UNITS_PER_CENT } from '@plumbline/protocol';
import { text } from './text.ts';

/** Zeros of `UNITS_PER_CENT`. */
const STEP_DIGITS = 4;

const whole = new Intl.NumberFormat(text.locale);
const percent = new Intl.NumberFormat(text.locale, { style: 'percent', maximumFractionDigits: 2 });
const monthly = new Intl.DateTimeFormat(text.locale, { year: 'numeric', month: 'long', timeZone: 'UTC' });
const moment = new Intl.DateTimeFormat(text.locale, { dateStyle: 'medium', timeStyle: 'short' });

/** Formats of amounts in the token of a ledger. */
export interface Amounts {
  /** Units as tokens. */
  units(amount: bigint | string): string;
  /** Steps of price as tokens; a step is a cent if a unit has six decimals. */
  cents(amount: bigint | string): string;
  /** Units as tokens, all with the decimals that the finest of them needs: for a column. */
  column(amounts: readonly bigint[]): string[];
}

/**
 * Formats for a ledger whose unit is the last of so many decimals of its token: with 6, `12500000` is `12.50`. They are exact,
 * because the formatter takes the digits as text. Fewer than none: a unit is so many zeros of tokens.
 */
export function amountsOf(unitDecimals: number): Amounts {
  const most = Math.max(0, unitDecimals);
  // Prices go by steps of 10,000 units, which are never finer than these.
  const least = Math.min(2, Math.max(0, unitDecimals - STEP_DIGITS));
  const inTokens = (units: bigint | string) => `${units}e${-unitDecimals}` as `${number}`;
  const money = new Intl.NumberFormat(text.locale, {
    minimumFractionDigits: least,
    maximumFractionDigits: most,
  });
  return {
    units: (amount) => money.format(inTokens(amount)),
    cents: (amount) => money.format(inTokens(BigInt(amount) * UNITS_PER_CENT)),
    column: (amounts) => {
      const decimals = amounts.map((units) => Math.max(0, unitDecimals - zerosOf(units)));
      const aligned = new Intl.NumberFormat(text.locale, {
        minimumFractionDigits: Math.max(least, ...decimals),
        maximumFractionDigits: most,
      });
      return amounts.map((units) => aligned.format(inTokens(units)));
    },
  };
}

/** How many zeros a number ends in; for 0, any number of decimals is too many. */
function zerosOf(units: bigint): number {
  return units === 0n
    ? Number.POSITIVE_INFINITY
    : units.toString().length - units.toString().replace(/0+$/, '').length;
}

/** A month, given as year x 100 + month. */
export function month(period: number): string {
  return monthly.format(Date.UTC(Math.floor(period / 100), (period % 100) - 1));
}

/** A number of things. */
export function count(amount: number | bigint): string {
  return whole.format(amount);
}

/** Basis points as a percentage, e.g. `250` is `2.5%`. */
export function rate(bps: number): string {
  return percent.format(bps / 10_000);
}

/** Unix seconds as a date and time of the reader. */
export function time(seconds: number): string {
  return moment.format(seconds * 1_000);
}

/** Seconds in the largest unit that they are whole in. */
export function duration(seconds: number): string {
  const [size, unit] = (
    [
      [86_400, 'day'],
      [3_600, 'hour'],
      [60, 'minute'],
    ] as const
  ).find(([length]) => seconds >= length && seconds % length === 0) ?? [1, 'second'];
  return new Intl.NumberFormat(text.locale, { style: 'unit', unit, unitDisplay: 'long' }).format(
    seconds / size,
  );
}

/** The beginning and the end of a long hash or address. */
export function short(hex: string): string {
  return hex.length > 16 ? `${hex.slice(0, 8)}…${hex.slice(-6)}` : hex;
}
