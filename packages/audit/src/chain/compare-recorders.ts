import type { Recorder } from '../replay/ledger-state.ts';
import type { Compare } from './contract-view.ts';
import { bitsAt } from './storage-layout.ts';

/** Every recorder: its key and standby key, its caps, how many batches it has recorded, and how far it has spent. */
export const compareRecorders: Compare = (state, { recorderKeys, words }, report) => {
  recorderKeys.forEach(({ key, standby }, i) => {
    const recorder = state.recorders.get(i + 1);
    // One that the entries do not have was reported with their number.
    if (!recorder) return;
    const word = words.recorders.get(recorder.key) ?? 0n;
    const expected = `key ${recorder.key}, standby ${recorder.standby}, ${describe(wordsOf(recorder))}`;
    const found = `key ${key}, standby ${standby}, ${describe(readWord(recorder, word))}`;
    if (expected === found) return;
    const subject = `recorder ${i + 1}`;
    const message = `${subject} has ${found} in the contract, but ${expected} by the entries`;
    report({ code: 'recorder-state', subject, expected, found, message });
  });
  for (const [key, number] of state.recorderKeys) {
    const word = words.recorders.get(key) ?? 0n;
    if (number !== 0 || word === 0n) continue;
    const found = `recorder ${bitsAt(word, 0, 8)}`;
    const message = `${key} is the key of ${found} in the contract, but by the entries it was replaced`;
    report({ code: 'recorder-state', subject: `key ${key}`, expected: 'no recorder', found, message });
  }
};

interface Words extends Pick<Recorder, 'number' | 'sequence' | 'cap' | 'countCap'> {
  units: bigint;
  count: bigint;
  returns: bigint;
}

function wordsOf({ allowances, number, sequence, cap, countCap }: Recorder): Words {
  const [units, count, returns] = (['units', 'count', 'returns'] as const).map((kind) =>
    allowances.wholeAt(kind),
  ) as [bigint, bigint, bigint];
  return { number, sequence, cap, countCap, units, count, returns };
}

function describe({ number, sequence, cap, countCap, units, count, returns }: Words): string {
  return (
    `number ${number}, ${sequence} batches, cap ${cap}, count cap ${countCap}, whole again at ` +
    `${units} for units, ${count} for counts, ${returns} for returns (256ths of a second)`
  );
}

/**
 * A recorder's word. Where the entries leave open by how much calls rounded up, or who enrolled, what can be is taken as
 * right.
 */
function readWord(recorder: Recorder, word: bigint): Words {
  const { slack, mayHaveEnrolled } = recorder;
  const { count, returns } = wordsOf(recorder);
  const [counted, returned] = [bitsAt(word, 154, 48), bitsAt(word, 202, 48)];
  const mayCount = counted >= count && (mayHaveEnrolled || counted <= count + BigInt(slack.count));
  const mayReturn = returned >= returns && returned <= returns + BigInt(slack.returns);
  return {
    number: Number(bitsAt(word, 0, 8)),
    sequence: Number(bitsAt(word, 8, 24)),
    cap: bitsAt(word, 32, 50),
    countCap: Number(bitsAt(word, 82, 24)),
    units: bitsAt(word, 106, 48),
    count: mayCount ? count : counted,
    returns: mayReturn ? returns : returned,
  };
}

/** Every call that was ever announced, and whether a guardian may cancel it. */
export const compareActs: Compare = (state, { acts, words }, report) => {
  for (const [act, { effectiveAt, isDoubtful, isAdminOnly }] of state.acts) {
    const found = acts.get(act) ?? 0;
    if (found === 0 && isDoubtful) continue;
    const isOnly = effectiveAt !== 0 && bitsAt(words.acts.get(act) ?? 0n, 40, 8) !== 0n;
    const [right, is] = [describeAct(effectiveAt, isAdminOnly), describeAct(found, isOnly)];
    if (right === is) continue;
    const message = `the call ${act} is ${is} in the contract, but ${right} by the entries`;
    report({ code: 'act-state', subject: `act ${act}`, expected: right, found: is, message });
  }
};

function describeAct(effectiveAt: number, isAdminOnly: boolean): string {
  if (effectiveAt === 0) return 'not announced';
  return `announced for ${effectiveAt}${isAdminOnly ? ', for the admin alone to cancel' : ''}`;
}
