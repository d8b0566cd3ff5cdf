import type { AnnouncedChange } from '@plumbline/protocol';
import { encodeAbiParameters, type Hex, keccak256, numberToHex } from 'viem';
import { settlingEra } from '../replay/changes/queue.ts';
import type { Change, LedgerState } from '../replay/ledger-state.ts';
import type { ChangeView, Compare } from './contract-view.ts';
import { bitsAt } from './storage-layout.ts';

/** Where the changes are, and the eras between them. */
export const compareQueue: Compare = (state, { words }, report) => {
  const { changes } = state;
  const next = Number(bitsAt(words.queue, 96, 32));
  // Whoever passes over cancelled changes makes no entry, so the ledger may be at any of them.
  const [earliest, latest] = [changes.applied + 1, nextPending(state)];
  const isNext = next >= earliest && next <= latest;
  const passed = isNext ? next - 1 : changes.applied;
  const settling = settlingEra(changes.eras, passed);
  const fields = [
    ['the change to be applied next', isNext ? next : latest, next],
    ['the era whose batches may be settled', settling, Number(bitsAt(words.queue, 0, 32))],
    ['the era of the last batch', changes.recording, Number(bitsAt(words.queue, 32, 32))],
    ['the last era', changes.eras.length, Number(bitsAt(words.queue, 64, 32))],
    ['changes announced', changes.count, Number(bitsAt(words.queue, 128, 32))],
    ['records of standing pending', changes.standings, Number(bitsAt(words.queue, 160, 32))],
    ['corrections and endings pending', changes.cases, Number(bitsAt(words.queue, 192, 16))],
  ] as const;
  for (const [what, expected, found] of fields) {
    if (expected === found) continue;
    const message = `the contract has ${found} as ${what}, but by the entries it is ${expected}`;
    report({ code: 'queue-state', subject: what, expected, found, message });
  }
  for (const [era, word] of words.eras) {
    if (era < settling) continue;
    const [expected, found] = [eraWord(state, era), word];
    if (expected === found) continue;
    report({
      code: 'queue-state',
      subject: `era ${era}`,
      expected: describeEra(expected),
      found: describeEra(found),
      message: `the contract's era ${era} has ${describeEra(found)}, but by the entries it has ${describeEra(expected)}`,
    });
  }
};

function nextPending({ changes }: LedgerState): number {
  const [first] = changes.pending;
  return first ?? changes.count + 1;
}

/** Start, open batches and last change of an era; zeros for one that is not there. */
function eraWord({ changes, openBatches, batches, createdAt }: LedgerState, era: number): bigint {
  const { startsAt, lastChange } = changes.eras[era - 1] ?? { startsAt: createdAt, lastChange: 0 };
  if (era > changes.eras.length) return 0n;
  const endsAt = changes.eras[era]?.startsAt ?? Number.POSITIVE_INFINITY;
  let open = 0;
  for (const number of openBatches) {
    const recordedAt = batches.get(number)?.recordedAt ?? 0;
    if (recordedAt >= startsAt && recordedAt < endsAt) open++;
  }
  return BigInt(startsAt) | (BigInt(open) << 40n) | (BigInt(lastChange) << 72n);
}

function describeEra(word: bigint): string {
  const [startsAt, open, lastChange] = [bitsAt(word, 0, 40), bitsAt(word, 40, 32), bitsAt(word, 72, 32)];
  return `start ${startsAt}, ${open} batches open, last change ${lastChange}`;
}

/** Every change; of one that is pending its content too. */
export const compareChanges: Compare = ({ changes }, view, report) => {
  for (const [number, change] of changes.all) {
    const word = view.words.changes.get(number);
    const digest = digestOf(change.announced);
    const is = view.changes.get(number);
    const expected = describeChange(viewed(change), digest);
    const found = is
      ? describeChange(is, word === undefined ? digest : bitsAt(word, 0, 160))
      : 'not announced';
    if (expected === found) continue;
    const subject = `change ${number}`;
    const message = `${subject} is ${found} in the contract, but ${expected} by the entries`;
    report({ code: 'change-state', subject, expected, found, message });
  }
};

const KINDS = { standing: 1, sponsor: 2, leaving: 3, ending: 4 } as const;

function viewed({ announced, size, done, isCancelled }: Change): ChangeView {
  return { kind: kindOf(announced), size, done, isCancelled };
}

function kindOf(announced: AnnouncedChange): number {
  if (announced.kind === 'standingAnnounced') return KINDS.standing;
  if (announced.kind === 'correctionAnnounced') return KINDS.sponsor;
  return announced.forCause ? KINDS.ending : KINDS.leaving;
}

function describeChange({ kind, size, done, isCancelled }: ChangeView, digest: bigint): string {
  const state = isCancelled ? 'cancelled' : `applied up to ${done} of ${size}`;
  return `of kind ${kind}, ${state}, with content ${numberToHex(digest, { size: 20 })}`;
}

/** The lowest 160 bits of the hash of what is to be applied. */
function digestOf(announced: AnnouncedChange): bigint {
  return BigInt.asUintN(160, BigInt(keccak256(contentOf(announced))));
}

function contentOf(announced: AnnouncedChange): Hex {
  if (announced.kind === 'standingAnnounced') return announced.records;
  const number = { type: 'uint256' } as const;
  if (announced.kind === 'endingAnnounced') return encodeAbiParameters([number], [BigInt(announced.id)]);
  const { id, sponsor, reason } = announced;
  return encodeAbiParameters([number, number, { type: 'bytes32' }], [BigInt(id), BigInt(sponsor), reason]);
}
