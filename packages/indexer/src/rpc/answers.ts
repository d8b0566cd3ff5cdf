import type { LedgerLog } from '@plumbline/protocol';
import type { BlockRow } from '@plumbline/store';
import type { Address, Hex } from 'viem';
import { FalseLogsError } from '../errors.ts';

/** What a node answers, held to its form. All readers throw FalseLogsError for an answer that is not of it. */

const HASH = /^0x[0-9a-f]{64}$/;

function wrong(what: string, value: unknown): FalseLogsError {
  return new FalseLogsError(`the node gives ${what} ${JSON.stringify(value)?.slice(0, 80)}`);
}

function numberOf(what: string, value: unknown): number {
  const number = typeof value === 'string' && value.startsWith('0x') ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw wrong(`as ${what}`, value);
  return number;
}

function hashOf(what: string, value: unknown): Hex {
  if (typeof value !== 'string' || !HASH.test(value)) throw wrong(`as ${what}`, value);
  return value as Hex;
}

export function chainIdIn(result: unknown): number {
  return numberOf('chain id', result);
}

/** A block with the hashes of its transactions. */
export interface Block extends BlockRow {
  transactions: readonly unknown[];
}

/** The header of a block; null where the chain has none. */
export function blockIn(result: unknown): Block | null {
  if (result === null) return null;
  const { number, hash, timestamp, transactions } = result as Record<string, unknown>;
  return {
    number: numberOf('number of a block', number),
    hash: hashOf('hash of a block', hash),
    timestamp: numberOf('time of a block', timestamp),
    transactions: Array.isArray(transactions) ? transactions : [],
  };
}

/** The header of block `asked`. */
export function blockAt(asked: number, result: unknown): Block | null {
  const block = blockIn(result);
  if (block && block.number !== asked) throw wrong(`for block ${asked} the one of number`, block.number);
  return block;
}

/** Where a log stands: of which contract, block and transaction. */
export interface LogPlace {
  address: Address;
  blockNumber: bigint;
  blockHash: Hex;
  transactionHash: Hex;
  transactionIndex: number;
}

/** A log with its place, which it shares with its neighbours. */
export interface AddressedLog extends LedgerLog {
  place: LogPlace;
}

export function logsIn(result: unknown): AddressedLog[] {
  if (!Array.isArray(result)) throw wrong('as logs', result);
  // Most logs are of the block and the transaction of the one before.
  let raw: Record<string, unknown> = {};
  let place: LogPlace | undefined;
  return result.map((each: unknown) => {
    const last = raw;
    raw = each as Record<string, unknown>;
    const { address, topics, data } = raw;
    const isLog = typeof address === 'string' && typeof data === 'string' && Array.isArray(topics);
    if (!isLog || !topics.every((topic) => typeof topic === 'string')) throw wrong('as a log', raw);
    if (!place || !isNeighbour(raw, last)) place = placeOf(raw);
    const { blockNumber, blockHash, transactionHash } = place;
    const logIndex = numberOf('index of a log', raw.logIndex);
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

export function placeOf(raw: Record<string, unknown>): LogPlace {
  return {
    address: String(raw.address).toLowerCase() as Address,
    blockNumber: BigInt(numberOf('block of a log', raw.blockNumber)),
    blockHash: hashOf('block hash of a log', raw.blockHash),
    transactionHash: hashOf('transaction of a log', raw.transactionHash),
    transactionIndex: numberOf('transaction index of a log', raw.transactionIndex),
  };
}
