import {
  type Entry,
  foldEntries,
  type JournalEntry,
  JournalMismatchError,
  type LedgerTerms,
  MalformedError,
  type Settler,
  termsHash,
  UnexpectedLogError,
} from '@plumbline/protocol';
import type { Address } from 'viem';
import { ChainMovedError, FalseLogsError, HeadMismatchError, type Journal } from '../errors.ts';
import type { Block, LogPlace } from '../rpc/answers.ts';
import type { DecodedLogs, LogRun } from '../rpc/logs.ts';
import { keccak } from './keccak.ts';

/** Holds what a node says against the journal. */

/** What was read of some blocks. */
export interface Piece {
  from: number;
  to: number;
  logs: DecodedLogs;
  /** The blocks that hold logs and, last, block `to`; ascending. */
  blocks: readonly [...Block[], Block];
}

/** The ledger that the logs must be of. */
export interface Expected {
  chainId: number;
  ledger: Address;
  terms: LedgerTerms;
}

/** A piece whose logs stand where its blocks say, or why they do not. */
export interface CheckedPiece extends Omit<Piece, 'logs'> {
  logCount: number;
  entries: JournalEntry[];
  /** Why the logs can be no journal, whatever comes before them; then there are no entries. */
  failure: unknown;
}

/** Holds the logs of a piece against its blocks; the head has to be folded yet. */
export function checkPiece<P extends Piece>(ledger: Address, piece: P): Omit<P, 'logs'> & CheckedPiece {
  const { logs, ...rest } = piece;
  const logCount = logs.count;
  try {
    checkPlaces(ledger, piece);
    if (logs.failure !== undefined) throw logs.failure;
    checkTimes(logs.entries, piece.blocks);
    return { ...rest, logCount, entries: logs.entries, failure: undefined };
  } catch (failure) {
    return { ...rest, logCount, entries: [], failure };
  }
}

/**
 * The journal after a piece, if it is the journal from `from` on.
 * @param settler Knows the entries before, and completes settlements whose lines were not asked for.
 * @throws ChainMovedError if logs and blocks are of different forks.
 * @throws an error for which `isFalse` holds if the logs are not the journal.
 */
export function foldPiece(
  expected: Expected,
  from: Journal,
  { entries, failure }: CheckedPiece,
  settler?: Settler,
): Journal {
  if (failure) throw failure;
  const whole = settler ? completed(entries, settler) : entries;
  const head = foldEntries(from.head, from.entryCount, whole, keccak);
  if (from.entryCount === 0) checkFirst(expected, entries);
  return { head, entryCount: from.entryCount + entries.length };
}

/** The entries, completed; each is taken for true once it is folded. */
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

/** Whether `error` says that what the node gives is not the journal. */
export function isFalse(error: unknown): error is Error {
  return [FalseLogsError, HeadMismatchError, JournalMismatchError, MalformedError, UnexpectedLogError].some(
    (kind) => error instanceof kind,
  );
}

function checkPlaces(ledger: Address, { from, to, logs, blocks }: Piece): void {
  const known = new Map(blocks.map((block) => [block.number, block]));
  let before: LogRun | undefined;
  for (const run of logs.runs) {
    const { address, blockNumber, blockHash, transactionHash, transactionIndex } = run.place;
    const [log, number] = [nameOf(run.place, run.first), Number(blockNumber)];
    if (address !== ledger) throw new FalseLogsError(`${log} is of ${address}, not of ledger ${ledger}`);
    if (before && !isAfter(run, before)) {
      throw new FalseLogsError(`${log} comes after ${nameOf(before.place, before.last)}`);
    }
    if (number < from || number > to) {
      throw new FalseLogsError(`${log} is not in blocks ${from} to ${to}, which were asked for`);
    }
    const block = known.get(number);
    if (block?.hash !== blockHash) throw new ChainMovedError(number);
    if (block.transactions[transactionIndex] !== transactionHash) {
      throw new FalseLogsError(`${log} is of transaction ${transactionHash}, which is not there`);
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
      throw new FalseLogsError(
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
    throw new FalseLogsError(
      `the journal begins with ${found}, not with terms ${right} of ledger ${ledger} on chain ${chainId}`,
    );
  }
}
