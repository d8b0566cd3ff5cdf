import { UnexpectedLogError } from '../../errors.ts';

/**
 * A log as the ASCII digits that a node sends, read in place. Nearly all logs of a readable ledger are settled sales,
 * and none of their fields has to become a string. Rare logs are read from strings (log-words.ts): one reader for both
 * forms would have to turn either into the other first, which costs more than reading it.
 */

const MAX_TOPICS = 4;
/** Digits of a topic or a word of data. */
const DIGITS = 64;

const ZERO = 0x30;
/** Four zero digits. */
const ZEROS = 0x30303030;

/** The byte that two characters stand for; -1 unless both are hex digits. */
const BYTES = new Int16Array(2 ** 16).fill(-1);
for (let byte = 0; byte < 256; byte++) {
  const digits = byte.toString(16).padStart(2, '0');
  for (const first of [digits.charAt(0), digits.charAt(0).toUpperCase()]) {
    for (const second of [digits.charAt(1), digits.charAt(1).toUpperCase()]) {
      BYTES[first.charCodeAt(0) * 256 + second.charCodeAt(0)] = byte;
    }
  }
}

export class LogText {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  /** Where the digits of each topic begin. */
  readonly topics = new Int32Array(MAX_TOPICS);
  topicCount = 0;
  /** Where the digits of the data begin, and where they end. */
  dataStart = 0;
  dataEnd = 0;
  readonly #where: () => string;

  /** @param where Describes the log's position, for errors. */
  constructor(bytes: Uint8Array, where: () => string) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#where = where;
  }

  get where(): string {
    return this.#where();
  }

  /** Whether the first topic has these 64 digits. */
  hasSelector(digits: Uint8Array): boolean {
    if (this.topicCount === 0) return false;
    const start = this.topics[0] ?? 0;
    for (let i = 0; i < DIGITS; i++) if (this.bytes[start + i] !== digits[i]) return false;
    return true;
  }

  /** The number in topic `index`, of a field of `width` bytes, at most 6. */
  topicNumber(index: number, width: number): number {
    if (index >= this.topicCount) {
      throw new UnexpectedLogError(`log ${this.where} has no whole topic ${index}`);
    }
    return this.#field(this.topics[index] ?? 0, width);
  }

  /** The number in word `index` of the data, of a field of `width` bytes, at most 6. */
  wordNumber(index: number, width: number): number {
    return this.#field(this.#wordStart(index), width);
  }

  /** The number in a field of 10 bytes, as `whole * divisor + rest`; exact while `whole` has at most 53 bits. */
  wordParts(index: number, divisor: number): { whole: number; rest: number } {
    const start = this.#wordStart(index);
    const end = start + DIGITS;
    const from = this.#fieldStart(start, 10);
    // Nearly all values fit into a double as they are.
    if (this.#isZero(from, from + 8)) {
      const value = this.#number(from + 8, end);
      const whole = Math.floor(value / divisor);
      return { whole, rest: value - whole * divisor };
    }
    // Long division in pieces of 32, 24 and 24 bits: with a divisor below 2^29 every step is exact in a double.
    const first = this.#number(from, from + 8);
    let whole = Math.floor(first / divisor);
    let rest = first - whole * divisor;
    for (let at = from + 8; at < end; at += 6) {
      const part = rest * 2 ** 24 + this.#number(at, at + 6);
      const share = Math.floor(part / divisor);
      whole = whole * 2 ** 24 + share;
      rest = part - share * divisor;
    }
    return { whole, rest };
  }

  #wordStart(index: number): number {
    const start = this.dataStart + DIGITS * index;
    if (start + DIGITS > this.dataEnd) {
      throw new UnexpectedLogError(`log ${this.where} is cut off before word ${index}`);
    }
    return start;
  }

  #field(start: number, width: number): number {
    return this.#number(this.#fieldStart(start, width), start + DIGITS);
  }

  /** Where a field of `width` bytes begins in the word that begins at `start`. */
  #fieldStart(start: number, width: number): number {
    const from = start + DIGITS - 2 * width;
    if (this.#isZero(start, from)) return from;
    const value = this.#text(start, start + DIGITS);
    throw new UnexpectedLogError(`log ${this.where} has a field of more than ${width} bytes: 0x${value}`);
  }

  #isZero(start: number, end: number): boolean {
    let at = start;
    for (; at + 4 <= end; at += 4) if (this.#view.getUint32(at) !== ZEROS) return false;
    for (; at < end; at++) if (this.bytes[at] !== ZERO) return false;
    return true;
  }

  /** The number in at most 12 digits. */
  #number(start: number, end: number): number {
    let number = 0;
    let all = 0;
    let at = start;
    // Two digits at a time: all fields are whole bytes.
    for (; at < end; at += 2) {
      const byte = BYTES[this.#view.getUint16(at)] ?? -1;
      number = number * 256 + byte;
      all |= byte;
    }
    if (all < 0) throw new UnexpectedLogError(`log ${this.where} is not hex: ${this.#text(start, end)}`);
    return number;
  }

  #text(start: number, end: number): string {
    return String.fromCharCode(...this.bytes.subarray(start, end));
  }
}
