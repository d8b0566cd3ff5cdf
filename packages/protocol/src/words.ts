import type { Address, Hex } from 'viem';
import type { LedgerLog } from './entries.ts';
import { UnexpectedLogError } from './errors.ts';

/**
 * The words of a log, read where they stand. All readers throw UnexpectedLogError for a word that is not there, is not
 * hex, or holds more than the field that it is read as.
 */

/** Where a log stands, for errors. */
export function where(log: LedgerLog): string {
  return `${log.logIndex} of block ${log.blockNumber}`;
}

/** What stands in a word before a field, by the field's width in bytes. */
const PADDING = Array.from({ length: 33 }, (_, width) => '0'.repeat(64 - 2 * width));

/** The digits of a field of `width` bytes at the end of a word of 64 digits. */
function narrow(log: LedgerLog, value: string, width: number): string {
  const padding = PADDING[width] ?? '';
  if (!value.startsWith(padding)) {
    throw new UnexpectedLogError(`log ${where(log)} has a field of more than ${width} bytes: 0x${value}`);
  }
  return value.slice(padding.length);
}

function notHex(log: LedgerLog, value: string): UnexpectedLogError {
  return new UnexpectedLogError(`log ${where(log)} is not hex: ${value}`);
}

/** Digits that go into an entry as they are. */
function hex(log: LedgerLog, value: string): Hex {
  const lower = value.toLowerCase();
  if (!/^[0-9a-f]*$/.test(lower)) throw notHex(log, value);
  return `0x${lower}`;
}

function numberOf(log: LedgerLog, value: string): number {
  const number = Number(`0x${value}`);
  if (Number.isNaN(number)) throw notHex(log, value);
  return number;
}

function topicDigits(log: LedgerLog, index: number): string {
  const value = log.topics[index];
  if (value?.length !== 66) throw new UnexpectedLogError(`log ${where(log)} has no whole topic ${index}`);
  return value.slice(2);
}

export function topic(log: LedgerLog, index: number): Hex {
  return hex(log, topicDigits(log, index));
}

/** For fields of at most 6 bytes. */
export function topicNumber(log: LedgerLog, index: number, width: number): number {
  return numberOf(log, narrow(log, topicDigits(log, index), width));
}

export function topicAddress(log: LedgerLog, index: number): Address {
  return hex(log, narrow(log, topicDigits(log, index), 20));
}

/** Word number `index` of the data, as 64 hex digits. */
function digits(log: LedgerLog, index: number): string {
  const value = log.data.slice(2 + 64 * index, 66 + 64 * index);
  if (value.length !== 64) throw new UnexpectedLogError(`log ${where(log)} is cut off before word ${index}`);
  return value;
}

export function word(log: LedgerLog, index: number): Hex {
  return hex(log, digits(log, index));
}

/** For fields of at most 6 bytes. */
export function wordNumber(log: LedgerLog, index: number, width: number): number {
  return numberOf(log, narrow(log, digits(log, index), width));
}

export function wordBoolean(log: LedgerLog, index: number): boolean {
  const value = wordNumber(log, index, 1);
  if (value > 1) throw new UnexpectedLogError(`log ${where(log)} has neither true nor false: ${value}`);
  return value === 1;
}

/** Which of `choices` a field names by its place. */
export function choice<T>(log: LedgerLog, choices: readonly T[], index: number): T {
  const chosen = choices[index];
  if (chosen === undefined) {
    throw new UnexpectedLogError(`log ${where(log)} has a choice that is none of ${choices.join(', ')}`);
  }
  return chosen;
}

export function wordBigInt(log: LedgerLog, index: number, width: number): bigint {
  const value = narrow(log, digits(log, index), width);
  try {
    return BigInt(`0x${value}`);
  } catch {
    throw notHex(log, value);
  }
}

/** The dynamic bytes whose offset is word number `index`. */
export function bytesAt(log: LedgerLog, index: number): Hex {
  const offset = wordNumber(log, index, 4) / 32;
  const length = wordNumber(log, offset, 4);
  const start = 2 + 64 * (offset + 1);
  const value = log.data.slice(start, start + 2 * length);
  if (value.length !== 2 * length)
    throw new UnexpectedLogError(`log ${where(log)} is cut off inside its bytes`);
  return hex(log, value);
}
