import {
  decodeEntries,
  type Entry,
  foldEntries,
  type JournalEntry,
  JournalMismatchError,
  type LedgerLog,
  type LedgerTerms,
  MalformedError,
  termsHash,
  UnexpectedLogError,
} from '@plumbline/protocol';
import type { BlockRow } from '@plumbline/store';
import type { Address } from 'viem';
import { ChainMovedError, FalseLogsError, HeadMismatchError, type Journal } from './errors.ts';
import { keccak } from './keccak.ts';

/** Holds what a node says against the journal. */

/** A log with who wrote it, and where in its block its transaction is. */
export type AddressedLog = LedgerLog & { address: Address; transactionIndex: number };

/** A block with the hashes of its transactions. */
export interface Block extends BlockRow {
  transactions: readonly unknown[];
}

/** What was read of some blocks. */
export interface Piece {
  from: number;
  to: number;
  logs: readonly AddressedLog[];
  /** The blocks that hold logs and, last, block `to`; ascending. */
  blocks: readonly [...Block[], Block];
}

/** The ledger that the logs must be of. */
export interface Expected {
  chainId: number;
  ledger: Address;
  terms: LedgerTerms;
}

/** A piece without its logs, which are many times larger than what they say. */
export interface DecodedPiece extends Omit<Piece, 'logs'> {
  logCount: number;
  entries: JournalEntry[];
  /** Why the logs can be no journal, whatever comes before them; then there are no entries. */
  failure: unknown;
}

/** Decodes the logs of a piece and holds them against its blocks; the head has to be folded yet. */
export function decodePiece<P extends Piece>(ledger: Address, piece: P): Omit<P, 'logs'> & DecodedPiece {
  const { logs, ...rest } = piece;
  const logCount = logs.length;
  try {
    checkPlaces(ledger, piece);
    const entries = decodeEntries(logs);
    checkTimes(entries, piece.blocks);
    return { ...rest, logCount, entries, failure: undefined };
  } catch (failure) {
    return { ...rest, logCount, entries: [], failure };
  }
}

/**
 * The journal after a piece, if it is the journal from `from` on.
 * @throws ChainMovedError if logs and blocks are of different forks.
 * @throws an error for which `isFalse` holds if the logs are not the journal.
 */
export function foldPiece(expected: Expected, from: Journal, { entries, failure }: DecodedPiece): Journal {
  if (failure) throw failure;
  const head = foldEntries(from.head, from.entryCount, entries, keccak);
  if (from.entryCount === 0) checkFirst(expected, entries);
  return { head, entryCount: from.entryCount + entries.length };
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
  let before: Pick<AddressedLog, 'blockNumber' | 'logIndex'> | undefined;
  let block: Block | undefined;
  for (const log of logs) {
    const { address, blockHash, transactionHash, transactionIndex } = log;
    if (address !== ledger) {
      throw new FalseLogsError(`${placeOf(log)} is of ${address}, not of ledger ${ledger}`);
    }
    if (before && !isAfter(log, before)) {
      throw new FalseLogsError(`${placeOf(log)} comes after ${placeOf(before)}`);
    }
    const number = Number(log.blockNumber);
    if (number < from || number > to) {
      throw new FalseLogsError(`${placeOf(log)} is not in blocks ${from} to ${to}, which were asked for`);
    }
    if (block?.number !== number) block = known.get(number);
    if (block?.hash !== blockHash) throw new ChainMovedError(number);
    if (block.transactions[transactionIndex] !== transactionHash) {
      throw new FalseLogsError(`${placeOf(log)} is of transaction ${transactionHash}, which is not there`);
    }
    before = log;
  }
}

function isAfter(
  one: Pick<AddressedLog, 'blockNumber' | 'logIndex'>,
  other: Pick<AddressedLog, 'blockNumber' | 'logIndex'>,
): boolean {
  if (one.blockNumber !== other.blockNumber) return one.blockNumber > other.blockNumber;
  return one.logIndex > other.logIndex;
}

function placeOf({ logIndex, blockNumber }: Pick<AddressedLog, 'blockNumber' | 'logIndex'>): string {
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
