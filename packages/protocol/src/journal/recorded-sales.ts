import { parseBytes } from '../encoding/digits.ts';
import type { BatchRecorded } from './entries.ts';

/** Parsed once per batch, because several readers need them. */
const parsedRecords = new WeakMap<BatchRecorded, Uint8Array>();

/** The packed sales of an entry as bytes; `visitSales` reads them. */
export function recordBytes(entry: BatchRecorded): Uint8Array {
  const known = parsedRecords.get(entry);
  if (known) return known;
  const bytes = parseBytes(entry.records);
  parsedRecords.set(entry, bytes);
  return bytes;
}
