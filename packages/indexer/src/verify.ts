import {
  decodeEntries,
  foldEntries,
  type JournalEntry,
  JournalMismatchError,
  type LedgerLog,
  type LedgerTerms,
  MalformedError,
  planHash,
  termsHash,
  UnexpectedLogError,
} from '@plumbline/protocol';
import type { BlockRow, Position } from '@plumbline/store';
import type { Address } from 'viem';
import { ChainMovedError, FalseLogsError, HeadMismatchError, type Journal } from './errors.ts';

/** Holds what a node says against the journal. Pure. */

/** A log with who wrote it. */
export type AddressedLog = LedgerLog & { address: Address };

/** What was read of a stretch of the chain. */
export interface Reading {
  logs: readonly AddressedLog[];
  /** The blocks that hold logs and, last, the one up to which was read. */
  blocks: readonly [...BlockRow[], BlockRow];
  /** The contract's journal after the last block; undefined if the node has forgotten the state there. */
  contract: Journal | undefined;
}

/** The ledger that the logs must be of. */
export interface Expected {
  chainId: number;
  ledger: Address;
  terms: LedgerTerms;
}

/**
 * The entries of a reading, if it is the journal from `from` on.
 * @throws ChainMovedError if logs and blocks are of different forks.
 * @throws an error for which `isFalse` holds if the logs are not the journal.
 */
export function verifyReading(expected: Expected, from: Position, reading: Reading): JournalEntry[] {
  checkPlaces(expected.ledger, from, reading);
  const entries = decodeEntries(reading.logs);
  const head = foldEntries(from.head, from.entryCount, entries);
  for (const { entry } of entries) {
    // The journal holds a plan's hash only.
    if (entry.kind === 'planAnnounced' && planHash(entry.plan) !== entry.planHash) {
      throw new FalseLogsError(`plan ${entry.version} is not the one that its hash ${entry.planHash} names`);
    }
  }
  if (from.entryCount === 0) checkFirst(expected, entries);
  const folded = { head, entryCount: from.entryCount + entries.length };
  const { contract } = reading;
  if (contract && (contract.head !== head || contract.entryCount !== folded.entryCount)) {
    throw new HeadMismatchError(reading.blocks.at(-1)?.number ?? from.number, folded, contract);
  }
  return entries;
}

/** Whether `error` says that the logs are not the journal. */
export function isFalse(error: unknown): error is Error {
  return [FalseLogsError, HeadMismatchError, JournalMismatchError, MalformedError, UnexpectedLogError].some(
    (kind) => error instanceof kind,
  );
}

function checkPlaces(ledger: Address, from: Position, { logs, blocks }: Reading): void {
  const hashes = new Map(blocks.map(({ number, hash }) => [number, hash]));
  const last = blocks.at(-1)?.number ?? from.number;
  let before = { blockNumber: BigInt(from.number), logIndex: Number.POSITIVE_INFINITY };
  for (const log of logs) {
    const { address, blockNumber, blockHash, logIndex } = log;
    const place = `log ${logIndex} of block ${blockNumber}`;
    if (address !== ledger) throw new FalseLogsError(`${place} is of ${address}, not of ledger ${ledger}`);
    const isAfter =
      blockNumber > before.blockNumber || (blockNumber === before.blockNumber && logIndex > before.logIndex);
    if (!isAfter)
      throw new FalseLogsError(`${place} comes after log ${before.logIndex} of block ${before.blockNumber}`);
    if (blockNumber > last) throw new FalseLogsError(`${place} is above block ${last}, the last asked for`);
    if (hashes.get(Number(blockNumber)) !== blockHash) throw new ChainMovedError(Number(blockNumber));
    before = log;
  }
}

function checkFirst({ chainId, ledger, terms }: Expected, entries: readonly JournalEntry[]): void {
  const entry = entries[0]?.entry;
  if (!entry) return;
  const right = termsHash(chainId, ledger, terms);
  if (entry.kind !== 'opened' || entry.termsHash !== right) {
    const found = entry.kind === 'opened' ? `terms ${entry.termsHash}` : `entry "${entry.kind}"`;
    throw new FalseLogsError(
      `the journal begins with ${found}, not with terms ${right} of ledger ${ledger} on chain ${chainId}`,
    );
  }
}
