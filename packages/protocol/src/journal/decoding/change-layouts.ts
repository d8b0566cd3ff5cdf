import type { Hex } from 'viem';
import { type Layout, topicOf } from './layout.ts';
import { bytesAt, topic, topicAddress, topicNumber, word, wordBoolean, wordNumber } from './log-words.ts';

/** The layouts of the logs about changes of standing, sponsor and membership. */
export const changeLayouts: readonly (readonly [Hex, Layout])[] = [
  [
    topicOf('StandingAnnounced'),
    (log) => ({
      entry: {
        kind: 'standingAnnounced',
        change: topicNumber(log, 1, 4),
        ranker: topicAddress(log, 2),
        evidence: topic(log, 3),
        records: bytesAt(log, 0),
        effectiveAt: wordNumber(log, 1, 5),
      },
      head: word(log, 2),
    }),
  ],
  [
    topicOf('CorrectionAnnounced'),
    (log) => ({
      entry: {
        kind: 'correctionAnnounced',
        change: topicNumber(log, 1, 4),
        id: topicNumber(log, 2, 4),
        sponsor: topicNumber(log, 3, 4),
        reason: word(log, 0),
        effectiveAt: wordNumber(log, 1, 5),
      },
      head: word(log, 2),
    }),
  ],
  [
    topicOf('EndingAnnounced'),
    (log) => ({
      entry: {
        kind: 'endingAnnounced',
        change: topicNumber(log, 1, 4),
        id: topicNumber(log, 2, 4),
        forCause: wordBoolean(log, 0),
        reason: word(log, 1),
        evidence: word(log, 2),
        effectiveAt: wordNumber(log, 3, 5),
      },
      head: word(log, 4),
    }),
  ],
  [
    topicOf('ChangeCancelled'),
    (log) => ({
      entry: { kind: 'changeCancelled', change: topicNumber(log, 1, 4), by: topicAddress(log, 2) },
      head: word(log, 0),
    }),
  ],
  [
    topicOf('ChangeApplied'),
    (log) => ({
      entry: {
        kind: 'changeApplied',
        change: topicNumber(log, 1, 4),
        newId: topicNumber(log, 2, 4),
        until: wordNumber(log, 0, 4),
        lapsed: wordBoolean(log, 1),
      },
      head: word(log, 2),
    }),
  ],
];
