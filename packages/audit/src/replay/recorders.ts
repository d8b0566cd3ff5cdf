import {
  batchNumber,
  MAX_RECORDERS,
  RecorderAllowances,
  type RecorderReplaced,
  type RecorderSet,
  type StandbySet,
} from '@plumbline/protocol';
import { zeroAddress } from 'viem';
import { useAct } from './acts.ts';
import { checkSomeAdmin } from './authority.ts';
import type { Recorder, ReplayContext } from './ledger-state.ts';

/** Keys, numbers and caps of recorders. Twin of contracts/powers/LedgerRoles.sol. */

/** What the caps' bits can hold. */
const MAX_UNIT_CAP = 2n ** 50n - 1n;
const MAX_COUNT_CAP = 2 ** 24 - 1;

/** A recorder's caps. More than before, or a new recorder, must have been announced; a new one gets the next number. */
export function setRecorder(context: ReplayContext, entry: RecorderSet): void {
  const { state, report } = context;
  const { number, recorder: key, cap, countCap } = entry;
  const subject = `recorder ${key}`;
  checkSomeAdmin(context, subject);
  const known = state.recorders.get(state.recorderKeys.get(key) ?? 0);
  const expected = known?.number ?? state.recorders.size + 1;
  if (number !== expected || number > MAX_RECORDERS) {
    report({
      code: 'recorder-number',
      subject,
      expected: expected > MAX_RECORDERS ? `at most ${MAX_RECORDERS} recorders` : expected,
      found: number,
      message: `${subject} was set as number ${number}, where it is number ${expected}`,
    });
  }
  if (cap > MAX_UNIT_CAP || countCap > MAX_COUNT_CAP || key === zeroAddress) {
    report({
      code: 'recorder-cap',
      subject,
      expected: `a key, with at most ${MAX_UNIT_CAP} units and ${MAX_COUNT_CAP} distributors and sales`,
      found: `${cap} units and ${countCap}`,
      message: `${subject} was given caps of ${cap} units and ${countCap} distributors and sales, which no ledger takes`,
    });
  }
  if (!known || cap > known.cap || countCap > known.countCap) {
    useAct(context, subject, 'setRecorder', [key, cap, BigInt(countCap)]);
  }
  const recorder = known ?? newRecorder(number, key, state.terms.capPeriod);
  recorder.allowances.setCaps(cap, countCap);
  recorder.cap = cap;
  recorder.countCap = countCap;
  state.recorders.set(number, recorder);
  state.recorderKeys.set(key, number);
}

function newRecorder(number: number, key: Recorder['key'], capPeriod: number): Recorder {
  return {
    number,
    key,
    standby: zeroAddress,
    sequence: 0,
    cap: 0n,
    countCap: 0,
    allowances: new RecorderAllowances(capPeriod),
    slack: { units: 0, count: 0, returns: 0 },
    mayHaveEnrolled: false,
  };
}

/** A key that can replace a recorder's at once, announced; taking it away needs no announcement. */
export function setStandby(context: ReplayContext, { number, key }: StandbySet): void {
  const { state, report } = context;
  const subject = `recorder ${number}`;
  checkSomeAdmin(context, `the standby key of ${subject}`);
  const recorder = state.recorders.get(number);
  const owner = state.recorderKeys.get(key) ?? 0;
  if (!recorder || owner !== 0) {
    report({
      code: 'standby-key',
      subject,
      expected: recorder ? 'a key that is no recorder’s' : `a recorder up to ${state.recorders.size}`,
      found: recorder ? `the key of recorder ${owner}` : number,
      message: recorder
        ? `${subject} was given the standby key ${key}, which is recorder ${owner}'s`
        : `a standby key was given to ${subject}, which was never set`,
    });
  }
  if (key !== zeroAddress) useAct(context, subject, 'setStandby', [BigInt(number), key]);
  if (recorder) recorder.standby = key;
}

/** A recorder's key replaced by its standby key; number, batches and what is spent of the caps stay. */
export function replaceRecorder(context: ReplayContext, { number, from, to }: RecorderReplaced): void {
  const { state, report } = context;
  const subject = `recorder ${number}`;
  const recorder = state.recorders.get(number);
  const owner = state.recorderKeys.get(to) ?? 0;
  const isRight =
    recorder && recorder.key === from && recorder.standby === to && to !== zeroAddress && owner === 0;
  if (!isRight) {
    report({
      code: 'recorder-replaced',
      subject,
      expected: recorder
        ? `${recorder.key} by ${recorder.standby}`
        : `a recorder up to ${state.recorders.size}`,
      found: `${from} by ${to}`,
      message: `the key of ${subject} was replaced, ${from} by ${to}, but that is not its key and its standby key`,
    });
  }
  if (!recorder) return;
  state.recorderKeys.set(recorder.key, 0);
  state.recorderKeys.set(to, number);
  recorder.key = to;
  recorder.standby = zeroAddress;
}

/** The number of the batch that a recorder records next. */
export function nextBatch({ number, sequence }: Recorder): number {
  return batchNumber(number, sequence + 1);
}
