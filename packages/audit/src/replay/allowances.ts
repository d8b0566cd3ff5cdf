import type { AllowanceKind } from '@plumbline/protocol';
import type { FindingCode } from '../findings.ts';
import type { Recorder, ReplayContext } from './ledger-state.ts';

/** What the calls of recorders spend of their allowances. */

/** What a recorder spends, and how it is said if there is not enough. */
interface Spending {
  recorder: Recorder;
  kind: AllowanceKind;
  amount: bigint;
  code: FindingCode;
  subject: string;
  what: string;
}

/** Spends an allowance by a call that has one entry. */
export function spend({ time, report }: ReplayContext, spending: Spending): void {
  const { recorder, kind, amount, code, subject, what } = spending;
  if (recorder.allowances.spend(kind, time, amount)) return;
  const left = recorder.allowances.left(kind, time);
  report({
    code,
    subject,
    expected: `at most ${left}`,
    found: amount,
    message: `${subject} ${what} ${amount}, but recorder ${recorder.number} had ${left} left`,
  });
}

/**
 * Spends an allowance by one of several entries of a call: the ledger counts them together, and rounds once. Entries of
 * one transaction that follow each other and have the same `key` are taken for one call.
 */
export function spendTogether(context: ReplayContext, key: string, spending: Spending): void {
  const { state, place } = context;
  const { recorder, kind } = spending;
  const call = isSameCall(context, key) && state.call?.before?.recorder === recorder ? state.call : null;
  const before = call?.before ?? { recorder, wholeAt: recorder.allowances.wholeAt(kind) };
  const amount = (call?.amount ?? 0n) + spending.amount;
  recorder.allowances.rewind(kind, before.wholeAt);
  spend(context, { ...spending, amount });
  if (call) recorder.slack[kind]++;
  state.call = { key: callKey(context, key), entry: place.entry, amount, before };
}

/** Whether the entry may belong to the call of the one before. */
export function isSameCall(context: ReplayContext, key: string): boolean {
  const { state, place } = context;
  return state.call?.key === callKey(context, key) && state.call.entry === place.entry - 1;
}

export function callKey({ place }: ReplayContext, key: string): string {
  return `${place.transactionHash} ${key}`;
}
