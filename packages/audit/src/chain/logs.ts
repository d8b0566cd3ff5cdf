import { journalTopics, type LedgerLog } from '@plumbline/protocol';
import { type Address, type Hex, numberToHex, type PublicClient, type RpcLog } from 'viem';
import { LogsUnavailableError, reasonOf } from './errors.ts';

/** Blocks to ask for at first, and at most. */
const FIRST_SPAN = 5_000n;
const MAX_SPAN = 1_000_000n;

/** Requests at the same time. */
const REQUESTS = 4;

/** Rounds without a refusal before a longer range is tried again: where there are many sales, ranges must stay short. */
const ROUNDS_BEFORE_GROWTH = 8;

/** The journal's logs in order, and the time of each block that has some. */
export interface LedgerLogs {
  logs: LedgerLog[];
  /** Unix seconds by block number. */
  blockTimes: Map<bigint, number>;
}

export interface LogsQuery {
  ledger: Address;
  from: bigint;
  until: bigint;
  onProgress?: ((block: bigint) => void) | undefined;
}

/** A log with the time of its block, which many nodes send with it. */
interface TimedLog {
  log: LedgerLog;
  time: Hex | undefined;
}

/**
 * Reads all logs of the ledger's journal, in ranges as large as the node accepts.
 * @throws LogsUnavailableError if the node gives no logs even for one block.
 */
export async function listLogs(client: PublicClient, query: LogsQuery): Promise<LedgerLogs> {
  const { ledger, from, until, onProgress } = query;
  const found: TimedLog[] = [];
  let span = FIRST_SPAN;
  let roundsBeforeGrowth = 1;
  let acceptedRounds = 0;
  for (let next = from; next <= until; ) {
    const ranges = cutRanges(next, until, span);
    const parts = await Promise.all(ranges.map(([first, last]) => readRange(client, ledger, first, last)));
    for (const { logs } of parts) for (const log of logs) found.push(log);
    const accepted = parts.flatMap((part) => part.accepted ?? []);
    if (accepted.length > 0) {
      for (const blocks of accepted) if (blocks < span) span = blocks;
      [roundsBeforeGrowth, acceptedRounds] = [ROUNDS_BEFORE_GROWTH, 0];
    } else if (++acceptedRounds % roundsBeforeGrowth === 0 && span < MAX_SPAN) {
      span *= 2n;
    }
    next = (ranges.at(-1)?.[1] ?? until) + 1n;
    onProgress?.(next - 1n);
  }
  found.sort((a, b) => compareBlocks(a.log, b.log));
  return { logs: found.map(({ log }) => log), blockTimes: await readTimes(client, found) };
}

function cutRanges(from: bigint, until: bigint, span: bigint): [bigint, bigint][] {
  const ranges: [bigint, bigint][] = [];
  for (let next = from; next <= until && ranges.length < REQUESTS; next += span) {
    const last = next + span - 1n;
    ranges.push([next, last < until ? last : until]);
  }
  return ranges;
}

/** The logs of a range and, if the node refused the whole of it, how many blocks it gave at once. */
interface RangeLogs {
  logs: TimedLog[];
  accepted: bigint | null;
}

/** Halves the range when the node refuses it: nodes limit blocks, logs or bytes, each in its own words. */
async function readRange(
  client: PublicClient,
  ledger: Address,
  from: bigint,
  until: bigint,
): Promise<RangeLogs> {
  try {
    const filter = { address: ledger, topics: [[...journalTopics]] };
    const range = { fromBlock: numberToHex(from), toBlock: numberToHex(until) };
    // Waiting does not help against a refusal, but a single block cannot be halved any more.
    const retries = from === until ? {} : { retryCount: 1 };
    const logs = await client.request({ method: 'eth_getLogs', params: [{ ...filter, ...range }] }, retries);
    return { logs: logs.map((log) => parseLog(log, ledger)), accepted: null };
  } catch (cause) {
    if (from === until || cause instanceof LogsUnavailableError) {
      const why = reasonOf(cause);
      throw new LogsUnavailableError(`the node gives no logs of block ${from}: ${why}`, { cause });
    }
    const middle = (from + until) / 2n;
    const lower = await readRange(client, ledger, from, middle);
    const upper = await readRange(client, ledger, middle + 1n, until);
    const accepted = lower.accepted ?? middle - from + 1n;
    return { logs: [...lower.logs, ...upper.logs], accepted };
  }
}

function parseLog(log: RpcLog, ledger: Address): TimedLog {
  const { address, topics, data, blockNumber, blockHash, transactionHash, logIndex } = log;
  if (address.toLowerCase() !== ledger) {
    throw new LogsUnavailableError(`the node gives logs of ${address} when asked for ${ledger}`);
  }
  if (blockNumber === null || blockHash === null || transactionHash === null || logIndex === null) {
    throw new LogsUnavailableError('the node gives logs that are in no block');
  }
  const place = { blockNumber: BigInt(blockNumber), blockHash, transactionHash, logIndex: Number(logIndex) };
  return { log: { topics, data, ...place }, time: log.blockTimestamp ?? undefined };
}

function compareBlocks(a: LedgerLog, b: LedgerLog): number {
  if (a.blockNumber !== b.blockNumber) return a.blockNumber < b.blockNumber ? -1 : 1;
  return a.logIndex - b.logIndex;
}

/** Asks, block by block, for the times that did not come with the logs. */
async function readTimes(client: PublicClient, logs: readonly TimedLog[]): Promise<Map<bigint, number>> {
  const times = new Map<bigint, number>();
  const unknown = new Set<bigint>();
  for (const { log, time } of logs) {
    if (time) times.set(log.blockNumber, Number(time));
    else unknown.add(log.blockNumber);
  }
  const blocks = [...unknown].filter((block) => !times.has(block));
  for (let i = 0; i < blocks.length; i += REQUESTS) {
    const group = blocks.slice(i, i + REQUESTS);
    const read = await Promise.all(group.map((blockNumber) => client.getBlock({ blockNumber })));
    for (const { number, timestamp } of read) times.set(number, Number(timestamp));
  }
  return times;
}
