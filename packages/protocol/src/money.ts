import { MalformedError } from './errors.ts';

/** Base units per token of 6 decimals: the ledger's unit of account. */
export const UNITS_PER_TOKEN = 1_000_000n;

/** Base units per cent, and basis points of the whole: so `cents x basis points` is an exact number of base units. */
export const UNITS_PER_CENT = 10_000n;

/** The largest price or volume of a sale, in cents: 32 bits. */
export const MAX_CENTS = 0xffff_ffffn;

/**
 * Base units as a decimal number of tokens, e.g. `12500000n` is `"12.50"`; at least two decimals, no more than needed.
 */
export function formatUnits(units: bigint): string {
  const sign = units < 0n ? '-' : '';
  const size = units < 0n ? -units : units;
  const decimals = (size % UNITS_PER_TOKEN)
    .toString()
    .padStart(6, '0')
    .replace(/0{1,4}$/, '');
  return `${sign}${size / UNITS_PER_TOKEN}.${decimals}`;
}

/** Cents as a decimal number of tokens, e.g. `1999n` is `"19.99"`. */
export function formatCents(cents: bigint): string {
  return formatUnits(cents * UNITS_PER_CENT);
}

/**
 * Parses a decimal integer as it is sent over the wire.
 * @param field What to name in the error.
 * @throws MalformedError if `text` is not a plain non-negative integer of at most `max`.
 */
export function parseInteger(field: string, text: string, max: bigint): bigint {
  if (!/^(0|[1-9][0-9]{0,30})$/.test(text)) {
    throw new MalformedError(
      field,
      `must be a non-negative integer in decimal digits, not ${JSON.stringify(text)}`,
    );
  }
  const value = BigInt(text);
  if (value > max) throw new MalformedError(field, `must be at most ${max}, not ${text}`);
  return value;
}
