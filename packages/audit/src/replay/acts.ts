import { type ActAnnounced, type ActCancelled, commissionLedgerAbi } from '@plumbline/protocol';
import { encodeFunctionData, type Hex, toFunctionSelector } from 'viem';
import { checkSomeAdmin, ROLES, roleKey } from './authority.ts';
import type { Act, ReplayContext } from './ledger-state.ts';

/** Calls that give power or take out money, which must be announced. Twin of _useAct in contracts/ledger/LedgerAuthority.sol. */

const REVOKE_ROLE = toFunctionSelector('revokeRole(bytes32,address)');

/** An announcement: effective after the ledger's delay, and not while the same call is announced already. */
export function announceAct(context: ReplayContext, { act, call, effectiveAt }: ActAnnounced): void {
  const { state, time, report } = context;
  const subject = `act ${act}`;
  checkSomeAdmin(context, subject);
  const expected = time + state.terms.delay;
  if (effectiveAt !== expected) {
    report({
      code: 'act-time',
      subject,
      expected,
      found: effectiveAt,
      message: `${subject}, announced at ${time}, can be made from ${effectiveAt} on, but the delay leads to ${expected}`,
    });
  }
  const before = state.acts.get(act);
  const isPending =
    before &&
    before.effectiveAt !== 0 &&
    time <= before.effectiveAt + state.terms.delay &&
    !before.isDoubtful;
  if (isPending) {
    report({
      code: 'act-pending',
      subject,
      expected: 'a call that is not announced',
      found: `announced for ${before.effectiveAt}`,
      message: `${subject} was announced again at ${time}, but it could still be made`,
    });
  }
  const isAdminOnly = removesGuardian(call);
  state.acts.set(act, { call, effectiveAt, isAdminOnly, isDoubtful: false });
}

/** An announcement withdrawn, by the admin or a guardian; that of a guardian's removal by the admin alone. */
export function cancelAct({ state, report }: ReplayContext, { act, by }: ActCancelled): void {
  const subject = `act ${act}`;
  const before = state.acts.get(act);
  if (!before || before.effectiveAt === 0) {
    report({
      code: 'act-cancelled',
      subject,
      expected: 'a call that is announced',
      found: 'none',
      message: `${subject} was cancelled, but it was not announced`,
    });
    return;
  }
  const isGuardian = state.roles.held.has(roleKey(ROLES.guardian, by)) && !before.isAdminOnly;
  if (by !== state.roles.admin && !isGuardian) {
    report({
      code: 'act-power',
      subject,
      expected: before.isAdminOnly ? 'the admin' : 'a guardian or the admin',
      found: by,
      message: `${subject} was cancelled by ${by}, who has no power to`,
    });
  }
  before.effectiveAt = 0;
}

type SlowCall = 'grantRole' | 'setRecorder' | 'setStandby' | 'withdrawFloat' | 'openBalances' | 'revokeRole';

/** Uses up the announcement of a call, which must have been made in its time. What comes with the ledger needs none. */
export function useAct(
  { state, place, time, report }: ReplayContext,
  subject: string,
  name: SlowCall,
  args: readonly unknown[],
): void {
  const { delay } = state.terms;
  if (delay === 0 || place.transactionHash === state.createdIn) return;
  const call = encodeFunctionData({ abi: commissionLedgerAbi, functionName: name, args } as never);
  const announced = listActs(state.acts, call);
  const due = announced.find(({ effectiveAt }) => effectiveAt <= time && time <= effectiveAt + delay);
  if (due) {
    due.effectiveAt = 0;
    return;
  }
  const [act] = announced;
  if (!act) {
    report({
      code: 'act-missing',
      subject,
      expected: `an announcement of ${name}`,
      found: 'none',
      message: `${name} was made for ${subject} at ${time}, but it was not announced, or the announcement was cancelled`,
    });
    return;
  }
  const isEarly = time < act.effectiveAt;
  report({
    code: isEarly ? 'act-early' : 'act-void',
    subject,
    expected: `from ${act.effectiveAt} to ${act.effectiveAt + delay}`,
    found: time,
    message: isEarly
      ? `${name} was made for ${subject} at ${time}, before its announcement was effective at ${act.effectiveAt}`
      : `${name} was made for ${subject} at ${time}, after its announcement was void at ${act.effectiveAt + delay}`,
  });
  act.effectiveAt = 0;
}

/** A guardian who resigns leaves the same entry as one who is removed, so a fitting announcement may have been used or not. */
export function doubtAct({ state, time }: ReplayContext, name: SlowCall, args: readonly unknown[]): void {
  const call = encodeFunctionData({ abi: commissionLedgerAbi, functionName: name, args } as never);
  for (const act of listActs(state.acts, call)) {
    if (act.effectiveAt <= time && time <= act.effectiveAt + state.terms.delay) act.isDoubtful = true;
  }
}

/** Announcements of a call; the ledger does not mind what stands behind the arguments. */
function listActs(acts: ReadonlyMap<Hex, Act>, call: Hex): Act[] {
  return [...acts.values()].filter((act) => act.effectiveAt !== 0 && act.call.startsWith(call));
}

function removesGuardian(call: Hex): boolean {
  return call.startsWith(REVOKE_ROLE + ROLES.guardian.slice(2));
}
