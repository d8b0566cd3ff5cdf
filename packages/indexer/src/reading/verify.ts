import {
  type Entry,
  foldEntries,
  type JournalEntry,
  JournalMismatchError,
  type Keccak,
  type LedgerTerms,
  MalformedError,
  type Settler,
  termsHash,
  UnexpectedLogError,
} from '@plumbline/protocol';
import { createKeccak } from 'hash-wasm';
import type { Address } from 'viem';
import { ChainMovedError, HeadMismatchError, InvalidLogsError, type Journal } from '../errors.ts';
import type { Block, LogPlace } from '../rpc/answers.ts';
import type { DecodedLogs, LogRun } from '../rpc/logs.ts';

/** Checks what a node says against the journal. */

/** Keccak-256 in WebAssembly, several times as fast as the portable one: folding is mostly hashing. */
const hasher = await createKeccak(256);
const keccak: Keccak = (bytes) => hasher.init().update(bytes).digest('binary');

/** Some blocks, with the logs that a node gave for them. */
export interface BlockRange {
  from: number;
  to: number;
  logs: DecodedLogs;
  /** The blocks that hold logs and, last, block `to`; ascending. */
  blocks: readonly [...Block[], Block];
}

/** The ledger whose logs are expected. */
export interface Expected {
  chainId: number;
  ledger: Address;
  terms: LedgerTerms;
}

/** A range whose logs stand where its blocks say, or why they do not. */
export interface CheckedRange extends Omit<BlockRange, 'logs'> {
  logCount: number;
  entries: JournalEntry[];
  /** Why the logs cannot be part of any journal; then there are no entries. */
  failure: unknown;
}

/** Checks the logs of a range against its blocks. The head is checked later, by folding. */
export function checkRange<R extends BlockRange>(ledger: Address, range: R): Omit<R, 'logs'> & CheckedRange {
  const { logs, ...rest } = range;
  const logCount = logs.count;
  try {
    checkPlaces(ledger, range);
    if (logs.failure !== undefined) throw logs.failure;
    checkTimes(logs.entries, range.blocks);
    return { ...rest, logCount, entries: logs.entries, failure: undefined };
  } catch (failure) {
    return { ...rest, logCount, entries: [], failure };
  }
}

/**
 * The journal after a range, if the range continues it at `from`.
 * @param settler Knows the entries before, and completes settlements whose lines were not asked for.
 * @throws ChainMovedError if logs and blocks are of different forks.
 * @throws an error for which `isInvalidJournal` holds if the logs are not the journal.
 */
export function foldRange(
  expected: Expected,
  from: Journal,
  { entries, failure }: CheckedRange,
  settler?: Settler,
): Journal {
  if (failure) throw failure;
  const whole = settler ? completed(entries, settler) : entries;
  const head = foldEntries(from.head, from.entryCount, whole, keccak);
  if (from.entryCount === 0) checkFirst(expected, entries);
  return { head, entryCount: from.entryCount + entries.length };
}

/** The entries, completed. Each is applied to the settler once it is folded. */
function* completed(entries: readonly JournalEntry[], settler: Settler): Generator<JournalEntry> {
  for (const each of entries) {
    each.entry = settler.complete(each.entry);
    yield each;
    settler.apply(each.entry);
  }
}

/** @throws HeadMismatchError if the journal after `block` is not the contract's, where that is known. */
export function verifyJournal(block: number, folded: Journal, contract: Journal | undefined): void {
  if (contract && (contract.head !== folded.head || contract.entryCount !== folded.entryCount)) {
    throw new HeadMismatchError(block, folded, contract);
  }
}

/** Whether `error` says that what the node gave is not the journal. */
export function isInvalidJournal(error: unknown): error is Error {
  return [InvalidLogsError, HeadMismatchError, JournalMismatchError, MalformedError, UnexpectedLogError].some(
    (kind) => error instanceof kind,
  );
}

function checkPlaces(ledger: Address, { from, to, logs, blocks }: BlockRange): void {
  const known = new Map(blocks.map((block) => [block.number, block]));
  let before: LogRun | undefined;
  for (const run of logs.runs) {
    const { address, blockNumber, blockHash, transactionHash, transactionIndex } = run.place;
    const [log, number] = [nameOf(run.place, run.first), Number(blockNumber)];
    if (address !== ledger) throw new InvalidLogsError(`${log} is of ${address}, not of ledger ${ledger}`);
    if (before && !isAfter(run, before)) {
      throw new InvalidLogsError(`${log} comes after ${nameOf(before.place, before.last)}`);
    }
    if (number < from || number > to) {
      throw new InvalidLogsError(`${log} is not in blocks ${from} to ${to}, which were asked for`);
    }
    const block = known.get(number);
    if (block?.hash !== blockHash) throw new ChainMovedError(number);
    if (block.transactions[transactionIndex] !== transactionHash) {
      throw new InvalidLogsError(`${log} is of transaction ${transactionHash}, which is not there`);
    }
    before = run;
  }
}

function isAfter(one: LogRun, other: LogRun): boolean {
  const [number, earlier] = [one.place.blockNumber, other.place.blockNumber];
  return number === earlier ? one.first > other.last : number > earlier;
}

function nameOf({ blockNumber }: LogPlace, logIndex: number): string {
  return `log ${logIndex} of block ${blockNumber}`;
}

/** The journal holds the time of every batch, which is that of its block. */
function checkTimes(entries: readonly JournalEntry[], blocks: readonly Block[]): void {
  const times = new Map(blocks.map(({ number, timestamp }) => [number, timestamp]));
  for (const { entry, blockNumber } of entries) {
    if (entry.kind !== 'batchRecorded') continue;
    const time = times.get(Number(blockNumber));
    if (time !== entry.recordedAt) {
      throw new InvalidLogsError(
        `block ${blockNumber} has the time ${time}, but batch ${entry.batch} was recorded in it at ${entry.recordedAt}`,
      );
    }
  }
}

function checkFirst({ chainId, ledger, terms }: Expected, entries: readonly JournalEntry[]): void {
  const entry: Entry | undefined = entries[0]?.entry;
  if (!entry) return;
  const right = termsHash(chainId, ledger, terms);
  if (entry.kind !== 'opened' || entry.termsHash !== right) {
    const found = entry.kind === 'opened' ? `terms ${entry.termsHash}` : `entry "${entry.kind}"`;
    throw new InvalidLogsError(
      `the journal begins with ${found}, not with terms ${right} of ledger ${ledger} on chain ${chainId}`,
    );
  }
}
