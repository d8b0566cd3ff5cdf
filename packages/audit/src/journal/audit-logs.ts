import { extendHead, GENESIS_HEAD, type LedgerLog, type LedgerTerms } from '@plumbline/protocol';
import type { Address, Hex } from 'viem';
import { type Finding, findingAt, type Observation } from '../findings.ts';
import type { LedgerState } from '../replay/ledger-state.ts';
import { finishReplay, openReplay, replayEntry } from '../replay/replay.ts';
import { readEntries } from './read-entries.ts';

/** The ledger that the logs are said to come from. */
export interface Origin {
  chainId: number;
  /** Lower case. */
  ledger: Address;
  terms: LedgerTerms;
}

/** A ledger as its logs alone make it. */
export interface LogAudit {
  /** Distributors, plans, batches and sums after the last entry. */
  state: LedgerState;
  /** The head that the last entry claims; null if its log cannot be read. */
  head: Hex | null;
  entryCount: number;
  /** In the order of the entries. */
  findings: Finding[];
}

/**
 * Audits logs without a chain: folds the journal, replays every entry by the rules, and reports everything that is
 * wrong. A whole stream that was forged by the rules passes; only the contract's own head and storage give it away, and
 * `auditLedger` compares those.
 * @param logs All journal logs of the ledger from its first block, in order.
 * @param blockTimes Unix seconds of every block that has a log.
 * @throws RangeError for a block whose time is not given.
 */
export function auditLogs(
  logs: readonly LedgerLog[],
  blockTimes: ReadonlyMap<bigint, number>,
  origin: Origin,
): LogAudit {
  const { chainId, ledger, terms } = origin;
  const state = openReplay(chainId, ledger, terms);
  const findings: Finding[] = [];
  // The head of an unreadable log is unknown, so the next head is taken as it is.
  let head: Hex | null = GENESIS_HEAD;
  let entryCount = 0;
  for (const { place, content, isEntry, observations } of readEntries(logs)) {
    const report = (observation: Observation) => findings.push(findingAt(place, observation));
    observations.forEach(report);
    if (isEntry) entryCount++;
    if (!content) {
      if (isEntry) head = null;
      continue;
    }
    const time = blockTimes.get(place.blockNumber);
    if (time === undefined) throw new RangeError(`the time of block ${place.blockNumber} is not given`);
    const replayed = replayEntry(state, place, time, content.entry);
    const computed: Hex = head === null ? content.head : extendHead(head, replayed.entry);
    if (computed !== content.head) report(mismatch(place.entry, replayed.entry.kind, computed, content.head));
    findings.push(...replayed.findings);
    head = content.head;
  }
  findings.push(...finishReplay(state));
  return { state, head, entryCount, findings };
}

function mismatch(entry: number, kind: string, computed: Hex, claimed: Hex): Observation {
  return {
    code: 'journal-mismatch',
    subject: `entry ${entry}`,
    expected: computed,
    found: claimed,
    message:
      `entry ${entry} (${kind}) folds to head ${computed}, but its log says ${claimed}: ` +
      'a log before or at it is missing, altered or out of order',
  };
}
