import type { Hex } from 'viem';
import { MalformedError } from '../errors.ts';

/** Hex digits, read in place. */

/** The value of each character that is a digit, else -1. */
const VALUES = new Int8Array(128).fill(-1);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  VALUES[digit.charCodeAt(0)] = value;
  VALUES[digit.toUpperCase().charCodeAt(0)] = value;
}

/** The digit at `index` of `text`; -1 if there is none. */
export function digitAt(text: string, index: number): number {
  return VALUES[text.charCodeAt(index)] ?? -1;
}

/** Whether `text` is all lower-case hex digits. */
export function isHex(text: string): boolean {
  return /^[0-9a-f]*$/.test(text);
}

/**
 * The bytes that hex with `0x` stands for; bytes are left as they are.
 * @throws MalformedError if it is not hex, or has an odd number of digits.
 */
export function parseBytes(packed: Hex | Uint8Array): Uint8Array {
  if (typeof packed !== 'string') return packed;
  const bytes = new Uint8Array(packed.length / 2 - 1);
  let all = packed.length % 2 === 0 && packed.startsWith('0x') ? 0 : -1;
  for (let i = 0; i < bytes.length; i++) {
    const [high, low] = [digitAt(packed, 2 * i + 2), digitAt(packed, 2 * i + 3)];
    bytes[i] = high * 16 + low;
    all |= high | low;
  }
  if (all < 0)
    throw new MalformedError('bytes', `must be 0x and whole bytes of hex, not ${packed.slice(0, 80)}`);
  return bytes;
}
