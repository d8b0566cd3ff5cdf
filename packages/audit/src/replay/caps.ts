import type { Entry } from '@plumbline/protocol';
import type { Address } from 'viem';
import { checkSomeAdmin } from './authority.ts';
import type { LedgerState, RecorderGrant, ReplayContext } from './ledger-state.ts';

/** What recorders may do in a period. Twin of contracts/ledger/LedgerRecorders.sol. */

/** A recorder's new cap. What was spent in the period stays spent. */
export function setRecorder(
  context: ReplayContext,
  { recorder, cap }: Extract<Entry, { kind: 'recorderSet' }>,
): void {
  const { state, time } = context;
  checkSomeAdmin(context, `recorder ${recorder}`);
  const before = state.recorders.get(recorder);
  const period = periodOf(state, time);
  const highest = before ? highestIn(before, period) : 0n;
  state.recorders.set(recorder, {
    cap,
    spent: before?.spent ?? 0n,
    period: before?.period ?? 0,
    highest: { cap: cap > highest ? cap : highest, period },
  });
}

/** A recorder's cap in the period of `time`, with what is spent and left of it. Base units. */
export function grantAt(state: LedgerState, recorder: Address, time: number) {
  const grant = state.recorders.get(recorder);
  const cap = grant?.cap ?? 0n;
  const spent = grant?.period === periodOf(state, time) ? grant.spent : 0n;
  // A cap lowered below what was spent leaves nothing.
  return { cap, spent, left: spent < cap ? cap - spent : 0n };
}

/**
 * What a reversal frees counts against the cap of the recorder who makes it. Its entry does not name the recorder, but
 * all reversals of a period together cannot free more than all caps allow.
 */
export function spendReversal({ state, time, report }: ReplayContext, subject: string, units: bigint): void {
  const period = periodOf(state, time);
  const before = state.freed.period === period ? state.freed.units : 0n;
  state.freed = { units: before + units, period };
  let most = 0n;
  for (const grant of state.recorders.values()) most += highestIn(grant, period);
  // If there was no recorder at all, that is another finding.
  if (most === 0n || state.freed.units <= most || units === 0n) return;
  report({
    code: 'reversal-cap',
    subject,
    expected: `at most ${before < most ? most - before : 0n}`,
    found: units,
    message:
      `the reversal of ${subject} freed ${units} units, ${state.freed.units} in its period, ` +
      `but the caps of all recorders allowed ${most}`,
  });
}

/** Number of the cap period of `time`. */
export function periodOf({ terms }: LedgerState, time: number): number {
  return Math.floor(time / terms.capPeriod);
}

/** The highest cap that a recorder had in a period, the present one or later than all before. */
function highestIn({ cap, highest }: RecorderGrant, period: number): bigint {
  return highest.period === period ? highest.cap : cap;
}
