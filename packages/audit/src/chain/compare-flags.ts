import { FLAG_OUTCOMES } from '@plumbline/protocol';
import { isOpen } from '../replay/flags.ts';
import type { Flag } from '../replay/ledger-state.ts';
import type { Compare } from './contract-view.ts';
import { bitsAt } from './storage-layout.ts';

/** Every flag: its outcome and the date of its review; of an open one whom it is about, and whether it was answered. */
export const compareFlags: Compare = (state, { flags, words }, report, time) => {
  flags.forEach((is, i) => {
    const flag = state.flags.get(i + 1);
    const word = words.flags.get(i + 1);
    const expected = flag ? describe(flag, time) : 'not there';
    const found = is ? describe(viewed(is, word, flag), time) : 'not there';
    if (expected === found) return;
    const subject = `flag ${i + 1}`;
    const message = `${subject} is ${found} in the contract, but ${expected} by the entries`;
    report({ code: 'flag-state', subject, expected, found, message });
  });
};

function describe(flag: Omit<Flag, 'outcome'> & { outcome: string | null }, time: number): string {
  const { outcome, reviewBy, subjectKind, subject, isAnswered } = flag;
  const isUnderReview = isOpen({ outcome, reviewBy }, time);
  const state = outcome ?? (isUnderReview ? 'open' : 'ended');
  return `${state}, review by ${reviewBy}, about ${subjectKind} ${subject}${isAnswered ? ', answered' : ''}`;
}

/** A flag as the contract has it; what no view shows of one that is closed is taken from its entries. */
function viewed(
  { outcome, reviewBy }: { outcome: number; reviewBy: number },
  word: bigint | undefined,
  flag: Flag | undefined,
) {
  const decided = outcome === 0 ? null : (FLAG_OUTCOMES[outcome - 1] ?? `outcome ${outcome}`);
  const { subject, subjectKind, isAnswered } = flag ?? {
    subject: 0,
    subjectKind: 'distributor',
    isAnswered: false,
  };
  if (word === undefined) return { outcome: decided, reviewBy, subject, subjectKind, isAnswered } as const;
  return {
    outcome: decided,
    reviewBy,
    subject: Number(bitsAt(word, 48, 48)),
    subjectKind: bitsAt(word, 96, 8) === 0n ? 'distributor' : 'sale',
    isAnswered: bitsAt(word, 104, 8) !== 0n,
  } as const;
}
