import { type Hex, keccak256 } from 'viem';
import { UnexpectedLogError } from '../../errors.ts';
import { saleRefOf } from '../../ids.ts';
import { type Entry, FLAG_OUTCOMES, FLAG_SUBJECTS, type LedgerLog } from '../entries.ts';
import { type Layout, topicOf } from './layout.ts';
import {
  bytesAt,
  choice,
  topic,
  topicAddress,
  topicNumber,
  where,
  word,
  wordBigInt,
  wordNumber,
} from './log-words.ts';

/** The layouts of the logs about powers and their announcement, flags, and what a company brings along and publishes. */
export const powerLayouts: readonly (readonly [Hex, Layout])[] = [
  [
    topicOf('StandbySet'),
    (log) => ({
      entry: { kind: 'standbySet', number: topicNumber(log, 1, 1), key: topicAddress(log, 2) },
      head: word(log, 0),
    }),
  ],
  [
    topicOf('RecorderReplaced'),
    (log) => ({
      entry: {
        kind: 'recorderReplaced',
        number: topicNumber(log, 1, 1),
        from: topicAddress(log, 2),
        to: topicAddress(log, 3),
      },
      head: word(log, 0),
    }),
  ],
  [topicOf('ActAnnounced'), decodeActAnnounced],
  [
    topicOf('ActCancelled'),
    (log) => ({
      entry: { kind: 'actCancelled', act: topic(log, 1), by: topicAddress(log, 2) },
      head: word(log, 0),
    }),
  ],
  [
    topicOf('PlanCancelled'),
    (log) => ({ entry: { kind: 'planCancelled', version: topicNumber(log, 1, 2) }, head: word(log, 0) }),
  ],
  [
    topicOf('BalancesOpened'),
    (log) => ({
      entry: {
        kind: 'balancesOpened',
        evidence: topic(log, 1),
        units: wordBigInt(log, 0, 8),
        records: bytesAt(log, 1),
      },
      head: word(log, 2),
    }),
  ],
  [
    topicOf('RefundedLate'),
    (log) => ({
      entry: {
        kind: 'refundedLate',
        ...saleRefOf(topicNumber(log, 1, 6)),
        priceCents: wordBigInt(log, 0, 4),
        evidence: word(log, 1),
      },
      head: word(log, 2),
    }),
  ],
  [
    topicOf('DisclosurePublished'),
    (log) => ({
      entry: {
        kind: 'disclosurePublished',
        period: topicNumber(log, 1, 4),
        root: word(log, 0),
        hash: word(log, 1),
      },
      head: word(log, 2),
    }),
  ],
  [
    topicOf('FlagRaised'),
    (log) => ({
      entry: {
        kind: 'flagRaised',
        flag: topicNumber(log, 1, 4),
        subjectKind: choice(log, FLAG_SUBJECTS, topicNumber(log, 2, 1)),
        subject: topicNumber(log, 3, 6),
        flagKind: wordNumber(log, 0, 1),
        severity: wordNumber(log, 1, 1),
        evidence: word(log, 2),
        reviewBy: wordNumber(log, 3, 5),
      },
      head: word(log, 4),
    }),
  ],
  [
    topicOf('FlagAnswered'),
    (log) => ({
      entry: {
        kind: 'flagAnswered',
        flag: topicNumber(log, 1, 4),
        id: topicNumber(log, 2, 4),
        answer: word(log, 0),
      },
      head: word(log, 1),
    }),
  ],
  [
    topicOf('FlagClosed'),
    (log) => ({
      entry: {
        kind: 'flagClosed',
        flag: topicNumber(log, 1, 4),
        outcome: choice(log, FLAG_OUTCOMES, topicNumber(log, 2, 1) - 1),
        evidence: word(log, 0),
      },
      head: word(log, 1),
    }),
  ],
  [
    topicOf('SuccessorSet'),
    (log) => ({ entry: { kind: 'successorSet', successor: topicAddress(log, 1) }, head: word(log, 0) }),
  ],
  [
    topicOf('SurplusSwept'),
    (log) => ({ entry: { kind: 'surplusSwept', units: wordBigInt(log, 0, 8) }, head: word(log, 1) }),
  ],
];

/** The journal covers the hash of the call, so the call must be the one that it names. */
function decodeActAnnounced(log: LedgerLog): { entry: Entry; head: Hex } {
  const [act, call] = [topic(log, 1), bytesAt(log, 0)];
  if (keccak256(call) !== act) {
    throw new UnexpectedLogError(`log ${where(log)} has another call than its hash ${act} names`);
  }
  return {
    entry: { kind: 'actAnnounced', act, call, effectiveAt: wordNumber(log, 1, 5) },
    head: word(log, 2),
  };
}
