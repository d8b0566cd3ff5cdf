import type { Address, Hex } from 'viem';
import { digitAt, isHex } from '../../encoding/digits.ts';
import { UnexpectedLogError } from '../../errors.ts';
import type { LedgerLog } from '../entries.ts';

/**
 * The words of a log, read in place: there are millions of fields, so no substring is made unless it is needed. All
 * readers throw UnexpectedLogError for a word that is missing, is not hex, or does not fit the field that it is read
 * as.
 */

/** A log's position, for errors. */
export function where(log: LedgerLog): string {
  return `${log.logIndex} of block ${log.blockNumber}`;
}

/** The padding in front of a field, by the field's width in bytes. */
const PADDING = Array.from({ length: 33 }, (_, width) => '0'.repeat(64 - 2 * width));

/** Where a field of `width` bytes begins in the word that begins at `start` of `text`. */
function fieldStart(log: LedgerLog, text: string, start: number, width: number): number {
  const padding = PADDING[width] ?? '';
  if (!text.startsWith(padding, start)) {
    const value = text.slice(start, start + 64);
    throw new UnexpectedLogError(`log ${where(log)} has a field of more than ${width} bytes: 0x${value}`);
  }
  return start + padding.length;
}

function notHex(log: LedgerLog, value: string): UnexpectedLogError {
  return new UnexpectedLogError(`log ${where(log)} is not hex: ${value}`);
}

/** Digits that go into an entry as they are. */
function hex(log: LedgerLog, text: string, start: number, end: number): Hex {
  const value = text.slice(start, end);
  if (isHex(value)) return `0x${value}`;
  const lower = value.toLowerCase();
  if (!isHex(lower)) throw notHex(log, value);
  return `0x${lower}`;
}

/** The number in at most 12 digits. */
function parseNumber(log: LedgerLog, text: string, start: number, end: number): number {
  let number = 0;
  let all = 0;
  for (let i = start; i < end; i++) {
    const digit = digitAt(text, i);
    number = number * 16 + digit;
    all |= digit;
  }
  if (all < 0) throw notHex(log, text.slice(start, end));
  return number;
}

/** A whole topic; its digits begin at 2. */
function topicText(log: LedgerLog, index: number): string {
  const value = log.topics[index];
  if (value?.length !== 66) throw new UnexpectedLogError(`log ${where(log)} has no whole topic ${index}`);
  return value;
}

export function topic(log: LedgerLog, index: number): Hex {
  return hex(log, topicText(log, index), 2, 66);
}

/** For fields of at most 6 bytes. */
export function topicNumber(log: LedgerLog, index: number, width: number): number {
  const text = topicText(log, index);
  return parseNumber(log, text, fieldStart(log, text, 2, width), 66);
}

export function topicAddress(log: LedgerLog, index: number): Address {
  const text = topicText(log, index);
  return hex(log, text, fieldStart(log, text, 2, 20), 66);
}

/** Where word number `index` of the data begins. */
function wordStart(log: LedgerLog, index: number): number {
  const start = 2 + 64 * index;
  if (log.data.length < start + 64) {
    throw new UnexpectedLogError(`log ${where(log)} is cut off before word ${index}`);
  }
  return start;
}

export function word(log: LedgerLog, index: number): Hex {
  const start = wordStart(log, index);
  return hex(log, log.data, start, start + 64);
}

/** For fields of at most 6 bytes. */
export function wordNumber(log: LedgerLog, index: number, width: number): number {
  const start = wordStart(log, index);
  return parseNumber(log, log.data, fieldStart(log, log.data, start, width), start + 64);
}

export function wordBoolean(log: LedgerLog, index: number): boolean {
  const value = wordNumber(log, index, 1);
  if (value > 1) throw new UnexpectedLogError(`log ${where(log)} has neither true nor false: ${value}`);
  return value === 1;
}

/** The one of `choices` whose index a field holds. */
export function choice<T>(log: LedgerLog, choices: readonly T[], index: number): T {
  const chosen = choices[index];
  if (chosen === undefined) {
    throw new UnexpectedLogError(`log ${where(log)} has a choice that is none of ${choices.join(', ')}`);
  }
  return chosen;
}

export function wordBigInt(log: LedgerLog, index: number, width: number): bigint {
  if (width <= 6) return BigInt(wordNumber(log, index, width));
  const start = wordStart(log, index);
  const from = fieldStart(log, log.data, start, width);
  const value = log.data.slice(from, start + 64);
  if (!isHex(value.toLowerCase())) throw notHex(log, value);
  return BigInt(`0x${value}`);
}

/** The dynamic bytes whose offset is word number `index`. */
export function bytesAt(log: LedgerLog, index: number): Hex {
  const offset = wordNumber(log, index, 4) / 32;
  const length = wordNumber(log, offset, 4);
  const start = 2 + 64 * (offset + 1);
  const end = start + 2 * length;
  if (log.data.length < end) throw new UnexpectedLogError(`log ${where(log)} is cut off inside its bytes`);
  return hex(log, log.data, start, end);
}
