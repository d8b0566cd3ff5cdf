import { formatCents, formatUnits } from '@plumbline/protocol';
import { text } from './text.ts';

const money = new Intl.NumberFormat(text.locale, { minimumFractionDigits: 2, maximumFractionDigits: 6 });
const whole = new Intl.NumberFormat(text.locale);
const percent = new Intl.NumberFormat(text.locale, { style: 'percent', maximumFractionDigits: 2 });
const monthly = new Intl.DateTimeFormat(text.locale, { year: 'numeric', month: 'long', timeZone: 'UTC' });
const moment = new Intl.DateTimeFormat(text.locale, { dateStyle: 'medium', timeStyle: 'short' });

/** Base units as tokens, e.g. `12500000` is `12.50`; exact, because the formatter takes the digits as text. */
export function units(amount: bigint | string): string {
  return money.format(formatUnits(BigInt(amount)) as `${number}`);
}

/** Base units as tokens, all with the decimals that the finest of them needs: for a column. */
export function column(amounts: readonly bigint[]): string[] {
  const decimals = amounts.map((amount) => formatUnits(amount).split('.')[1]?.length ?? 0);
  const aligned = new Intl.NumberFormat(text.locale, { minimumFractionDigits: Math.max(2, ...decimals) });
  return amounts.map((amount) => aligned.format(formatUnits(amount) as `${number}`));
}

/** Cents as tokens, e.g. `123456` is `1,234.56`. */
export function cents(amount: bigint | string): string {
  return money.format(formatCents(BigInt(amount)) as `${number}`);
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
