import { bytesOf } from '../encoding/digits.ts';
import type { BatchRecorded } from './entries.ts';

/** The bytes of a batch's packed sales, which several ask for. */
const unpacked = new WeakMap<BatchRecorded, Uint8Array>();

/** The packed sales of an entry as bytes; `visitSales` reads them. */
export function recordBytes(entry: BatchRecorded): Uint8Array {
  const known = unpacked.get(entry);
  if (known) return known;
  const bytes = bytesOf(entry.records);
  unpacked.set(entry, bytes);
  return bytes;
}
