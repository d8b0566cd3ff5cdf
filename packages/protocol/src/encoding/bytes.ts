import type { Hex } from 'viem';
import { MalformedError } from '../errors.ts';
import { digitAt } from './digits.ts';

/**
 * Big-endian fields of fixed width, back to back: the form of records and of journal entries. A value that
 * does not fit its field is refused, never truncated: otherwise two different entries could have the same hash.
 */
export class ByteWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  /** @param capacity Bytes to start with; the buffer grows when they are full. */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** An unsigned integer in `width` bytes, at most 6. */
  uint(value: number, width: number): this {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * width)) throw misfit(value, width);
    this.#make(width);
    const high = Math.floor(value / 2 ** 32);
    for (let i = width - 1; i >= 0; i--) {
      const place = width - 1 - i;
      this.#bytes[this.#length + i] = place < 4 ? value >>> (8 * place) : high >>> (8 * (place - 4));
    }
    this.#length += width;
    return this;
  }

  /** The same in one byte. */
  uint8(value: number): this {
    if (!Number.isInteger(value) || value < 0 || value > 0xff) throw misfit(value, 1);
    this.#make(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  /** The same in four bytes. */
  uint32(value: number): this {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) throw misfit(value, 4);
    this.#make(4);
    this.#view.setUint32(this.#length, value);
    this.#length += 4;
    return this;
  }

  uint64(value: bigint): this {
    if (value >> 64n !== 0n) throw misfit(value, 8);
    this.#make(8);
    this.#view.setBigUint64(this.#length, value);
    this.#length += 8;
    return this;
  }

  /** `width` bytes given as hex, with `0x`. */
  hex(value: Hex, width: number): this {
    this.#make(width);
    let isRight = value.length === 2 + 2 * width && value.startsWith('0x');
    for (let i = 2; isRight && i < value.length; i += 2) {
      const [high, low] = [digitAt(value, i), digitAt(value, i + 1)];
      isRight = high >= 0 && low >= 0;
      this.#bytes[this.#length++] = high * 16 + low;
    }
    if (!isRight) throw new MalformedError('field', `must be 0x and ${2 * width} hex digits, not ${value}`);
    return this;
  }

  raw(value: Uint8Array): this {
    this.#make(value.length);
    // For a few bytes, a call of `set` costs more than a loop.
    if (value.length > 64) this.#bytes.set(value, this.#length);
    else for (let i = 0; i < value.length; i++) this.#bytes[this.#length + i] = value[i] ?? 0;
    this.#length += value.length;
    return this;
  }

  /** Starts over; what was written is overwritten. */
  clear(): this {
    this.#length = 0;
    return this;
  }

  #make(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const bytes = new Uint8Array(2 * (this.#length + size));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }

  /** What was written; valid until the next `clear`. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

function misfit(value: number | bigint, width: number): MalformedError {
  return new MalformedError('field', `must be a whole number of at most ${8 * width} bits, not ${value}`);
}
