import { LogText } from '@plumbline/protocol';
import type { Hex } from 'viem';
import { type AddressedLog, type LogPlace, parseLogPlace } from './answers.ts';
import { type DecodedLogs, LogDecoder } from './logs.ts';

/**
 * Decodes the logs in an answer straight from its bytes. JSON.parse makes some twenty strings and objects of each log;
 * making and collecting them would be most of an indexer's work. An answer in an unusual form is left to JSON.parse.
 */

/** What comes before the logs in the answer to a single call, whatever the order of its other fields. */
const RESULT = '"result":[';
/** It must begin within this many bytes. */
const HEADER = 200;

/** Hex digits of a topic, and the most of a log index. */
const DIGITS = 64;
const MAX_DIGITS = 8;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const ZERO = 0x30;
const X = 0x78;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/** The fields of a log that are read. A field is known by its index here. */
const FIELDS = [
  'topics',
  'data',
  'logIndex',
  'address',
  'blockHash',
  'blockNumber',
  'transactionHash',
  'transactionIndex',
] as const;
const [TOPICS, DATA, LOG_INDEX, FIRST_OF_PLACE] = [0, 1, 2, 3];
const UNKNOWN = FIELDS.length;

/**
 * The logs in `answer`, the body of a node's answer to a batch of one call with id 0.
 * @returns undefined if the answer has to be read with JSON.parse.
 */
export function scanLogs(answer: Buffer): DecodedLogs | undefined {
  const found = answer.subarray(0, HEADER).indexOf(RESULT);
  if (found < 0) return undefined;
  const start = found + RESULT.length;
  const scan = new LogScan(answer, start);
  const decoder = new LogDecoder();
  while (scan.next()) {
    if (decoder.addSale(scan.place, scan.logIndex, scan.text)) continue;
    decoder.add(scan.log());
  }
  if (scan.end < 0) return undefined;
  const around = answer.toString('latin1', 0, start) + answer.toString('latin1', scan.end);
  return isAnswer(around) ? decoder.end() : undefined;
}

/** Whether `text` is an answer with no logs and no error. */
function isAnswer(text: string): boolean {
  try {
    const [answer, ...others] = JSON.parse(text);
    return (
      others.length === 0 && answer.id === 0 && answer.error === undefined && Array.isArray(answer.result)
    );
  } catch {
    return false;
  }
}

/** A key as the log before had it: most logs have the same keys in the same order. */
interface KnownKey {
  /** With its quotes and colon. */
  bytes: Buffer;
  field: number;
}

class LogScan {
  readonly text: LogText;
  logIndex = 0;
  place!: LogPlace;
  /** Offset where the list of logs ends; -1 if the scan did not get there. */
  end = -1;
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #at: number;
  /** Offset where the last log begins; -1 before the first. */
  #start = -1;
  readonly #keys: KnownKey[] = [];
  /** Offsets of the value of each field, and of the values that `place` was made of. */
  readonly #starts = new Int32Array(FIELDS.length + 1);
  readonly #ends = new Int32Array(FIELDS.length + 1);
  readonly #placeStarts = new Int32Array(FIELDS.length);
  readonly #placeEnds = new Int32Array(FIELDS.length);

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = at;
    this.text = new LogText(bytes, () => `${this.logIndex} of block ${this.place.blockNumber}`);
  }

  /** Goes to the next log; false at the end, or where something is unusual. */
  next(): boolean {
    const bytes = this.#bytes;
    const before = bytes[this.#at - 1];
    if (bytes[this.#at] === CLOSE_LIST && before !== COMMA) {
      this.end = this.#at;
      return false;
    }
    // There is a comma between two logs, and the opening bracket before the first.
    if (before === CLOSE) {
      if (bytes[this.#at] !== COMMA) return false;
      this.#at++;
    }
    if (this.#scanLikeLast()) return true;
    this.#start = this.#at;
    return this.#scanFields() && this.#readPlace();
  }

  /** The current log as strings. */
  log(): AddressedLog {
    const { text, place, logIndex } = this;
    const topics = Array.from({ length: text.topicCount }, (_, i) => {
      const start = text.topics[i] ?? 0;
      return this.#bytes.toString('latin1', start - 2, start + 64) as Hex;
    });
    const data = this.#bytes.toString('latin1', text.dataStart - 2, text.dataEnd) as Hex;
    const { blockNumber, blockHash, transactionHash } = place;
    return { topics, data, blockNumber, blockHash, transactionHash, logIndex, place };
  }

  /**
   * Goes past a log that differs from the last one only in its topics, its data and its index, as logs of the same event
   * and transaction do. No field has to be parsed to see that.
   */
  #scanLikeLast(): boolean {
    const { text } = this;
    const shift = this.#at - this.#start;
    const numberStart = (this.#starts[LOG_INDEX] ?? 0) + 2;
    if (this.#start < 0 || numberStart < text.dataEnd || this.#at + shift > this.#bytes.length) return false;
    let same = this.#start;
    for (let i = 1; i < text.topicCount; i++) {
      const topic = text.topics[i] ?? 0;
      if (!this.#isRepeated(same, topic, shift)) return false;
      same = topic + DIGITS;
    }
    if (!this.#isRepeated(same, text.dataStart, shift)) return false;
    if (!this.#isRepeated(text.dataEnd, numberStart, shift)) return false;
    const numberEnd = this.#scanNumber(numberStart + shift);
    const rest = this.#ends[LOG_INDEX] ?? 0;
    const end = numberEnd + (this.#at - rest);
    if (numberEnd < 0 || end > this.#bytes.length) return false;
    if (!this.#isRepeated(rest, this.#at, numberEnd - rest)) return false;
    for (let i = 0; i < text.topicCount; i++) text.topics[i] = (text.topics[i] ?? 0) + shift;
    text.dataStart += shift;
    text.dataEnd += shift;
    this.#starts[LOG_INDEX] = numberStart - 2 + shift;
    this.#ends[LOG_INDEX] = numberEnd;
    this.#start += shift;
    this.#at = end;
    return true;
  }

  /** Whether the bytes from `from` to `to` are repeated `shift` bytes later. */
  #isRepeated(from: number, to: number, shift: number): boolean {
    let at = from;
    for (; at + 4 <= to; at += 4) {
      if (this.#view.getUint32(at) !== this.#view.getUint32(at + shift)) return false;
    }
    for (; at < to; at++) if (this.#bytes[at] !== this.#bytes[at + shift]) return false;
    return true;
  }

  /** Reads the log index. Returns the offset where its digits end, or -1 if it is not a number. */
  #scanNumber(from: number): number {
    let number = 0;
    let at = from;
    for (; this.#bytes[at] !== QUOTE; at++) {
      const digit = digitOf(this.#bytes[at] ?? 0);
      if (digit < 0 || at === from + MAX_DIGITS) return -1;
      number = number * 16 + digit;
    }
    if (at === from) return -1;
    this.logIndex = number;
    return at;
  }

  #scanFields(): boolean {
    const bytes = this.#bytes;
    if (bytes[this.#at] !== OPEN) return false;
    this.#starts.fill(-1);
    for (let i = 0; ; i++) {
      this.#at++;
      const field = this.#scanKey(i);
      if (field < 0 || !(field === TOPICS ? this.#scanTopics() : this.#scanValue(field))) return false;
      const next = bytes[this.#at];
      if (next === COMMA) continue;
      if (next !== CLOSE) return false;
      this.#at++;
      return this.#isWhole() && this.#readData();
    }
  }

  #isWhole(): boolean {
    for (let field = 0; field < UNKNOWN; field++) if (this.#starts[field] === -1) return false;
    return true;
  }

  /** Goes past a key. Returns the index of its field, or -1 if there is no key. */
  #scanKey(index: number): number {
    const bytes = this.#bytes;
    const known = this.#keys[index];
    if (known && isSame(bytes, this.#at, known.bytes, 0, known.bytes.length)) {
      this.#at += known.bytes.length;
      return known.field;
    }
    if (bytes[this.#at] !== QUOTE) return -1;
    const end = bytes.indexOf(QUOTE, this.#at + 1);
    if (end < 0 || bytes[end + 1] !== COLON) return -1;
    const name = bytes.toString('latin1', this.#at + 1, end);
    const found = FIELDS.indexOf(name as (typeof FIELDS)[number]);
    const field = found < 0 ? UNKNOWN : found;
    this.#keys[index] = { bytes: bytes.subarray(this.#at, end + 2), field };
    this.#at = end + 2;
    return field;
  }

  #scanTopics(): boolean {
    const { bytes, topics } = this.text;
    let count = 0;
    if (bytes[this.#at] !== OPEN_LIST) return false;
    this.#starts[TOPICS] = this.#at;
    this.#at++;
    while (bytes[this.#at] !== CLOSE_LIST) {
      const start = this.#at + 3;
      const isTopic = bytes[this.#at] === QUOTE && this.#isHex(this.#at + 1) && bytes[start + 64] === QUOTE;
      if (!isTopic || count === topics.length) return false;
      topics[count++] = start;
      this.#at = start + 65;
      if (bytes[this.#at] === COMMA) this.#at++;
      else if (bytes[this.#at] !== CLOSE_LIST) return false;
    }
    this.#at++;
    this.text.topicCount = count;
    return true;
  }

  /** Goes past a string or a word, and notes the offsets of a string. */
  #scanValue(field: number): boolean {
    const bytes = this.#bytes;
    const start = this.#at + 1;
    if (bytes[this.#at] === QUOTE) {
      const end = bytes.indexOf(QUOTE, start);
      if (end < 0) return false;
      this.#starts[field] = start;
      this.#ends[field] = end;
      this.#at = end + 1;
      return true;
    }
    let at = this.#at;
    // true, false, null or a number.
    for (let byte = bytes[at] ?? 0; isOfWord(byte); byte = bytes[at] ?? 0) at++;
    const isWord = at > this.#at && field === UNKNOWN;
    this.#at = at;
    return isWord;
  }

  #readData(): boolean {
    const start = this.#starts[DATA] ?? 0;
    this.text.dataStart = start + 2;
    this.text.dataEnd = this.#ends[DATA] ?? 0;
    return this.#isHex(start) && this.text.dataEnd >= this.text.dataStart;
  }

  #readPlace(): boolean {
    const start = this.#starts[LOG_INDEX] ?? 0;
    if (!this.#isHex(start) || this.#scanNumber(start + 2) < 0) return false;
    return this.place && this.#isSamePlace() ? true : this.#changePlace();
  }

  #isSamePlace(): boolean {
    for (let field = FIRST_OF_PLACE; field < UNKNOWN; field++) {
      const [start, end] = [this.#starts[field] ?? 0, this.#ends[field] ?? 0];
      const before = this.#placeStarts[field] ?? 0;
      const length = (this.#placeEnds[field] ?? 0) - before;
      if (end - start !== length || !isSame(this.#bytes, start, this.#bytes, before, length)) return false;
    }
    return true;
  }

  #changePlace(): boolean {
    const raw: Record<string, string> = {};
    for (let field = FIRST_OF_PLACE; field < UNKNOWN; field++) {
      raw[FIELDS[field] ?? ''] = this.#valueOf(field);
      this.#placeStarts[field] = this.#starts[field] ?? 0;
      this.#placeEnds[field] = this.#ends[field] ?? 0;
    }
    try {
      this.place = parseLogPlace(raw);
      return true;
    } catch {
      return false;
    }
  }

  #valueOf(field: number): string {
    return this.#bytes.toString('latin1', this.#starts[field], this.#ends[field]);
  }

  #isHex(at: number): boolean {
    return this.#bytes[at] === ZERO && this.#bytes[at + 1] === X;
  }
}

/** The value of a hex digit; -1 for anything else. */
function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
}

function isSame(one: Uint8Array, start: number, other: Uint8Array, from: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (one[start + i] !== other[from + i]) return false;
  return true;
}

/** Letters, digits and the signs of numbers. */
function isOfWord(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x2b && byte <= 0x39 && byte !== COMMA);
}
