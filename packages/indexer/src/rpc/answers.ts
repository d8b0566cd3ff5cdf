import type { LedgerLog } from '@plumbline/protocol';
import type { BlockRow } from '@plumbline/store';
import type { Address, Hex } from 'viem';
import { InvalidLogsError } from '../errors.ts';

/** Parses the answers of a node. Every parser throws InvalidLogsError for an answer that is not of its form. */

const HASH = /^0x[0-9a-f]{64}$/;

function unexpected(what: string, value: unknown): InvalidLogsError {
  return new InvalidLogsError(`the node gives ${what} ${JSON.stringify(value)?.slice(0, 80)}`);
}

function parseNumber(what: string, value: unknown): number {
  const number = typeof value === 'string' && value.startsWith('0x') ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw unexpected(`as ${what}`, value);
  return number;
}

function parseHash(what: string, value: unknown): Hex {
  if (typeof value !== 'string' || !HASH.test(value)) throw unexpected(`as ${what}`, value);
  return value as Hex;
}

export function parseChainId(result: unknown): number {
  return parseNumber('chain id', result);
}

/** A block with the hashes of its transactions. */
export interface Block extends BlockRow {
  transactions: readonly unknown[];
}

/** A block; null where the chain has none. */
export function parseBlock(result: unknown): Block | null {
  if (result === null) return null;
  const { number, hash, timestamp, transactions } = result as Record<string, unknown>;
  return {
    number: parseNumber('number of a block', number),
    hash: parseHash('hash of a block', hash),
    timestamp: parseNumber('time of a block', timestamp),
    transactions: Array.isArray(transactions) ? transactions : [],
  };
}

/** Block `expected`, or null where the chain has none. */
export function parseBlockAt(expected: number, result: unknown): Block | null {
  const block = parseBlock(result);
  if (block && block.number !== expected)
    throw unexpected(`for block ${expected} the one of number`, block.number);
  return block;
}

/** The contract, block and transaction of a log. */
export interface LogPlace {
  address: Address;
  blockNumber: bigint;
  blockHash: Hex;
  transactionHash: Hex;
  transactionIndex: number;
}

/** A log with its place; logs of one transaction share the object. */
export interface AddressedLog extends LedgerLog {
  place: LogPlace;
}

export function parseLogs(result: unknown): AddressedLog[] {
  if (!Array.isArray(result)) throw unexpected('as logs', result);
  // Most logs are of the same transaction as the one before.
  let raw: Record<string, unknown> = {};
  let place: LogPlace | undefined;
  return result.map((each: unknown) => {
    const last = raw;
    raw = each as Record<string, unknown>;
    const { address, topics, data } = raw;
    const isLog = typeof address === 'string' && typeof data === 'string' && Array.isArray(topics);
    if (!isLog || !topics.every((topic) => typeof topic === 'string')) throw unexpected('as a log', raw);
    if (!place || !isNeighbour(raw, last)) place = parseLogPlace(raw);
    const { blockNumber, blockHash, transactionHash } = place;
    const logIndex = parseNumber('index of a log', raw.logIndex);
    return {
      topics: topics as Hex[],
      data: data as Hex,
      blockNumber,
      blockHash,
      transactionHash,
      logIndex,
      place,
    };
  });
}

function isNeighbour(one: Record<string, unknown>, other: Record<string, unknown>): boolean {
  return (
    one.transactionHash === other.transactionHash &&
    one.transactionIndex === other.transactionIndex &&
    one.blockNumber === other.blockNumber &&
    one.blockHash === other.blockHash &&
    one.address === other.address
  );
}

export function parseLogPlace(raw: Record<string, unknown>): LogPlace {
  return {
    address: String(raw.address).toLowerCase() as Address,
    blockNumber: BigInt(parseNumber('block of a log', raw.blockNumber)),
    blockHash: parseHash('block hash of a log', raw.blockHash),
    transactionHash: parseHash('transaction of a log', raw.transactionHash),
    transactionIndex: parseNumber('transaction index of a log', raw.transactionIndex),
  };
}
