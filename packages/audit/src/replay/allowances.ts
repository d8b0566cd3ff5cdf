import type { FindingCode } from '../findings.ts';
import type { Allowance, LedgerState, Recorder, ReplayContext } from './ledger-state.ts';

/** What recorders may still do. Twin of contracts/types/RecorderWord.sol. */

/** Parts of a second in which a bucket's time is kept. */
const TICKS = 256n;

type Kind = 'units' | 'count' | 'returns';

/** What a recorder spends, and how it is said if there is not enough. */
interface Spending {
  recorder: Recorder;
  kind: Kind;
  amount: bigint;
  code: FindingCode;
  subject: string;
  what: string;
}

/** Spends an allowance by a call that has one entry. */
export function spend(context: ReplayContext, spending: Spending): void {
  const { recorder, kind, amount } = spending;
  checkSpending(context, spending, amount);
  const allowance = recorder[kind];
  const at = wholeAfter(context, recorder, kind, allowance.wholeAt, amount);
  if (at !== null) allowance.wholeAt = at;
}

/**
 * Spends an allowance by one of several entries of a call: the ledger counts them together, and rounds once. Entries of
 * one transaction that follow each other and have the same `key` are taken for one call.
 */
export function spendTogether(context: ReplayContext, key: string, spending: Spending): void {
  const { state, place } = context;
  const { recorder, kind, amount } = spending;
  const allowance = recorder[kind];
  const isSame = isSameCall(context, key) && state.call?.before?.allowance === allowance;
  const call = isSame && state.call?.before ? state.call : null;
  const before = call?.before ?? { allowance, wholeAt: allowance.wholeAt };
  const total = (call?.amount ?? 0n) + amount;
  allowance.wholeAt = before.wholeAt;
  checkSpending(context, spending, total);
  const at = wholeAfter(context, recorder, kind, before.wholeAt, total);
  if (at !== null) allowance.wholeAt = at;
  if (call) allowance.slack++;
  state.call = { key: callKey(context, key), entry: place.entry, amount: total, before };
}

/** Whether the entry may belong to the call of the one before. */
export function isSameCall(context: ReplayContext, key: string): boolean {
  const { state, place } = context;
  return state.call?.key === callKey(context, key) && state.call.entry === place.entry - 1;
}

export function callKey({ place }: ReplayContext, key: string): string {
  return `${place.transactionHash} ${key}`;
}

/** What is left of an allowance at `time`. */
export function leftOf({ terms }: LedgerState, recorder: Recorder, kind: Kind, time: number): bigint {
  const whole = BigInt(terms.capPeriod) * TICKS;
  const now = BigInt(time) * TICKS;
  const at = BigInt(recorder[kind].wholeAt);
  const missing = at > now ? at - now : 0n;
  return missing < whole ? ((whole - missing) * halfOf(recorder, kind)) / whole : 0n;
}

function checkSpending({ state, time, report }: ReplayContext, spending: Spending, total: bigint): void {
  const { recorder, kind, code, subject, what } = spending;
  const left = leftOf(state, recorder, kind, time);
  if (total === 0n || fits(state, recorder, kind, time, total)) return;
  report({
    code,
    subject,
    expected: `at most ${left}`,
    found: total,
    message: `${subject} ${what} ${total}, but recorder ${recorder.number} had ${left} left`,
  });
}

/** Whether an amount is left of an allowance. */
export function fits(
  state: LedgerState,
  recorder: Recorder,
  kind: Kind,
  time: number,
  amount: bigint,
): boolean {
  if (amount > halfOf(recorder, kind)) return amount === 0n;
  const at = timeAfter(state, recorder, kind, time, recorder[kind].wholeAt, amount);
  return at <= (BigInt(time) + BigInt(state.terms.capPeriod)) * TICKS;
}

/** When the bucket is whole again after `amount` is spent of it; null if nothing is spent. */
function wholeAfter(
  { state, time }: ReplayContext,
  recorder: Recorder,
  kind: Kind,
  wholeAt: Allowance['wholeAt'],
  amount: bigint,
): number | null {
  if (amount === 0n) return null;
  // Of a bucket that holds nothing, nothing can be spent: reported already.
  return Number(timeAfter(state, recorder, kind, time, wholeAt, amount));
}

function timeAfter(
  { terms }: LedgerState,
  recorder: Recorder,
  kind: Kind,
  time: number,
  wholeAt: number,
  amount: bigint,
): bigint {
  const half = halfOf(recorder, kind);
  const whole = BigInt(terms.capPeriod) * TICKS;
  const now = BigInt(time) * TICKS;
  const from = BigInt(wholeAt) > now ? BigInt(wholeAt) : now;
  if (half === 0n) return from;
  return from + (amount * whole + half - 1n) / half;
}

/** A bucket holds half the cap and fills evenly in one period, so that no period lets more than the cap through. */
function halfOf({ cap, countCap }: Recorder, kind: Kind): bigint {
  return (kind === 'count' ? BigInt(countCap) : cap) / 2n;
}
