import { toBytes } from '../../../schema/database.ts';

/** Rows in the binary format of PostgreSQL's COPY, which is several times faster than statements with parameters. */

type CopyType = 'int2' | 'int4' | 'int8' | 'text' | 'jsonb' | 'bytea' | 'varbit' | 'int2[]';

/** Integers for `int2`, `int4` and `int8`; bytes or `0x` hex for `bytea`; zeros and ones for `varbit`. */
export type CopyValue = string | number | bigint | Uint8Array | Int16Array | null;

/** A column to write, and where its value comes from. */
export interface CopyColumn<Row> {
  name: string;
  type: CopyType;
  of(row: Row): CopyValue;
}

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const END = Buffer.from([0xff, 0xff]);

/** Bytes per part. PostgreSQL takes parts of any size. */
const PART = 1 << 18;

/** Writes rows of one table. Format: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format". */
class CopyRows {
  readonly #full: Buffer[] = [];
  #part = Buffer.allocUnsafe(PART);
  /** Writes numbers in about half the time of the buffer's own methods. */
  #view = viewOf(this.#part);
  #at = 0;
  /** Bytes reserved for the numbers of a row. */
  #numbers = 0;

  constructor() {
    this.#at = SIGNATURE.copy(this.#part);
  }

  /** Begins a row. `most`: the most bytes that its numbers take, each with 4 bytes of length. */
  begin(columns: number, most: number): void {
    this.#numbers = most;
    this.#make(most + 2);
    this.#int16(columns);
  }

  null(): void {
    this.#int32(-1);
  }

  int2(value: number): void {
    // A view would silently cut off higher bits.
    if ((value << 16) >> 16 !== value) throw new RangeError(`${value} is not a 16-bit integer`);
    this.#int32(2);
    this.#int16(value);
  }

  int4(value: number): void {
    if ((value | 0) !== value) throw new RangeError(`${value} is not a 32-bit integer`);
    this.#int32(4);
    this.#int32(value);
  }

  int8(value: bigint | number): void {
    this.#int32(8);
    if (typeof value === 'bigint') {
      this.#at = this.#part.writeBigInt64BE(value, this.#at);
      return;
    }
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer`);
    this.#int32(Math.floor(value / 2 ** 32));
    this.#int32(value);
  }

  bytes(value: Uint8Array): void {
    this.#make(value.length + 4 + this.#numbers);
    this.#int32(value.length);
    this.#part.set(value, this.#at);
    this.#at += value.length;
  }

  /** A one-dimensional array, in the format that PostgreSQL's `array_recv` reads. */
  int2s(values: Int16Array): void {
    const size = ARRAY_HEADER + ELEMENT * values.length;
    this.#make(size + 4 + this.#numbers);
    // Dimensions, whether some are null, element type; then the length and the lower bound.
    for (const word of [size, 1, 0, INT2, values.length, 1]) this.#int32(word);
    for (const value of values) this.int2(value);
  }

  /** The parts, in order. Nothing can be added afterwards. */
  parts(): Buffer[] {
    this.#make(END.length);
    this.#at += END.copy(this.#part, this.#at);
    return [...this.#full, this.#part.subarray(0, this.#at)];
  }

  #int16(value: number): void {
    this.#view.setInt16(this.#at, value);
    this.#at += 2;
  }

  /** The lowest 32 bits. */
  #int32(value: number): void {
    this.#view.setInt32(this.#at, value);
    this.#at += 4;
  }

  #make(size: number): void {
    if (this.#at + size <= this.#part.length) return;
    this.#full.push(this.#part.subarray(0, this.#at));
    this.#part = Buffer.allocUnsafe(Math.max(PART, size));
    this.#view = viewOf(this.#part);
    this.#at = 0;
  }
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** The type's OID, the bytes before an array's elements, and the bytes of an element with its length. */
const INT2 = 21;
const ARRAY_HEADER = 20;
const ELEMENT = 6;

/** The most bytes of a number with its length. */
const NUMBER = 12;

/** Encodes rows, in parts. `ledger` is the first column of each. */
export function encodeRows<Row>(
  ledger: bigint,
  columns: readonly CopyColumn<Row>[],
  rows: readonly Row[],
): Buffer[] {
  const copy = new CopyRows();
  for (const row of rows) {
    copy.begin(columns.length + 1, (columns.length + 1) * NUMBER);
    copy.int8(ledger);
    for (const { type, of } of columns) encodeValue(copy, type, of(row));
  }
  return copy.parts();
}

function encodeValue(copy: CopyRows, type: CopyType, value: CopyValue): void {
  if (value === null) copy.null();
  else if (type === 'int2') copy.int2(Number(value));
  else if (type === 'int4') copy.int4(Number(value));
  else if (type === 'int8') copy.int8(value as bigint | number);
  else if (type === 'int2[]') copy.int2s(value as Int16Array);
  else if (type === 'text') copy.bytes(Buffer.from(value as string));
  // Version 1 of jsonb's binary format is its text.
  else if (type === 'jsonb') copy.bytes(Buffer.from(`\u0001${value}`));
  else if (type === 'bytea') copy.bytes(typeof value === 'string' ? toBytes(value) : (value as Uint8Array));
  else copy.bytes(bitBytes(value as string));
}

/** A bit string: its length in bits, then the bits, padded with zeros on the right. */
function bitBytes(bits: string): Buffer {
  const bytes = Buffer.alloc(4 + Math.ceil(bits.length / 8));
  bytes.writeInt32BE(bits.length);
  for (let at = 0; at < bits.length; at += 8) {
    bytes[4 + at / 8] = Number.parseInt(bits.slice(at, at + 8).padEnd(8, '0'), 2);
  }
  return bytes;
}
