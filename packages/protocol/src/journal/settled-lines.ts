import { bytesToHex, type Hex } from 'viem';
import { ByteWriter } from '../encoding/bytes.ts';
import { parseBytes } from '../encoding/digits.ts';
import { MalformedError } from '../errors.ts';
import { MAX_ID } from '../ids.ts';
import type { Credit, SettledLine } from '../rules/commission.ts';
import type { BatchSettled } from './entries.ts';

/** Settled sales in the packed form that the journal hashes and compact ledgers log. */

/** Seller (4 bytes), counted volume in cents (4) and number of levels (1). */
const LINE_HEADER = 9;
/** Distributor id (26 bits) and basis points (14). */
export const CREDIT_BYTES = 5;
const RATE_BITS = 14;
const RATES = 2 ** RATE_BITS;

/** @throws MalformedError if an id, a rate or a volume does not fit its bits. */
export function encodeLines(lines: readonly SettledLine[]): Hex {
  return bytesToHex(packLines(lines));
}

/** The bytes of `encodeLines`. */
function packLines(lines: readonly SettledLine[]): Uint8Array {
  const size = lines.reduce((sum, line) => sum + LINE_HEADER + line.credits.length * CREDIT_BYTES, 0);
  const writer = new ByteWriter(size);
  for (const { seller, volumeCents, credits } of lines) {
    addLine(writer, seller, Number(volumeCents), credits.length);
    for (const { id, bps } of credits) addCredit(writer, id, bps);
  }
  return writer.bytes();
}

/** The head of a packed line, before its credits. */
export function addLine(writer: ByteWriter, seller: number, cents: number, levels: number): void {
  writer.uint32(seller).uint32(cents).uint8(levels);
}

export function addCredit(writer: ByteWriter, id: number, bps: number): void {
  // A wider rate would spill into the id and name another distributor.
  if (!isWithin(bps, RATES - 1)) throw new MalformedError('bps', `must be at most 10000, not ${bps}`);
  if (!isWithin(id, MAX_ID)) throw new MalformedError('id', `must be at most ${MAX_ID}, not ${id}`);
  // Of the fourth byte, two bits are the id's.
  writer.uint32(id * 64 + (bps >>> 8)).uint8(bps & 255);
}

/** Whether `value` is a whole number from 0 to `max`. */
function isWithin(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}

/** @throws MalformedError if `packed` does not end where its last sale ends. */
export function decodeLines(packed: Hex | Uint8Array): SettledLine[] {
  const lines: SettledLine[] = [];
  let credits: Credit[] = [];
  visitLines(
    parseBytes(packed),
    (seller, cents) => {
      credits = [];
      lines.push({ seller, volumeCents: BigInt(cents), credits });
    },
    (id, bps) => {
      credits.push({ id, bps });
    },
  );
  return lines;
}

/**
 * Visits settled sales in place.
 * @param onLine Gets each sale's seller and counted volume in cents.
 * @param onCredit Gets each of its levels, the seller's first: distributor id and basis points, zeros where it stays unpaid.
 * @throws MalformedError if `packed` does not end where its last sale ends.
 */
export function visitLines(
  packed: Uint8Array,
  onLine: (seller: number, cents: number) => void,
  onCredit: (id: number, bps: number, level: number) => void,
): void {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  for (let at = 0; at < packed.length; ) {
    const levels = packed[at + 8] ?? 0;
    const end = at + LINE_HEADER + levels * CREDIT_BYTES;
    if (at + LINE_HEADER > packed.length || end > packed.length) {
      throw new MalformedError('sales', `the sale at byte ${at} is cut off`);
    }
    onLine(view.getUint32(at), view.getUint32(at + 4));
    for (let level = 0; level < levels; level++) {
      const p = at + LINE_HEADER + level * CREDIT_BYTES;
      const high = view.getUint32(p);
      // Of the fourth byte, two bits are the id's.
      onCredit(high >>> 6, ((high & 63) << 8) | view.getUint8(p + 4), level);
    }
    at = end;
  }
}

/** The packed form of settlements that were decoded from it. */
const packedForms = new WeakMap<BatchSettled, Uint8Array>();

/** A settlement whose sales are unpacked on first use. */
export function settlementOf(fields: Omit<BatchSettled, 'lines'>, packed: Uint8Array): BatchSettled {
  let lines: SettledLine[] | undefined;
  const entry = {
    ...fields,
    get lines() {
      lines ??= decodeLines(packed);
      return lines;
    },
  };
  packedForms.set(entry, packed);
  return entry;
}

/** The settled sales of an entry in packed form. */
export function packedLines(entry: BatchSettled): Uint8Array {
  return packedForms.get(entry) ?? packLines(entry.lines);
}
