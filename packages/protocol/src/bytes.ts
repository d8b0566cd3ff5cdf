import type { Hex } from 'viem';
import { MalformedError } from './errors.ts';

/**
 * Big-endian fields of fixed width, back to back: the form of records and of journal entries. What does not fit its
 * field is refused and never cut, or two different entries would have one hash.
 */
export class ByteWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #length = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** An unsigned integer in `width` bytes, at most 6. */
  uint(value: number, width: number): this {
    let rest = value;
    for (let i = this.#length + width - 1; i >= this.#length; i--) {
      this.#bytes[i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    if (rest !== 0 || !Number.isInteger(value)) throw misfit(value, width);
    this.#length += width;
    return this;
  }

  uint64(value: bigint): this {
    if (value >> 64n !== 0n) throw misfit(value, 8);
    this.#view.setBigUint64(this.#length, value);
    this.#length += 8;
    return this;
  }

  /** `width` bytes given as hex, with `0x`. */
  hex(value: Hex, width: number): this {
    if (value.length !== 2 + 2 * width || !/^0x[0-9a-f]*$/i.test(value)) {
      throw new MalformedError('field', `must be 0x and ${2 * width} hex digits, not ${value}`);
    }
    for (let i = 2; i < value.length; i += 2) {
      this.#bytes[this.#length++] = Number.parseInt(value.slice(i, i + 2), 16);
    }
    return this;
  }

  raw(value: Uint8Array): this {
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  /** What was written. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

function misfit(value: number | bigint, width: number): MalformedError {
  return new MalformedError('field', `must be a whole number of at most ${8 * width} bits, not ${value}`);
}
