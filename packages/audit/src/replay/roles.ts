import type { Entry } from '@plumbline/protocol';
import { zeroAddress, zeroHash } from 'viem';
import { doubtAct, useAct } from './acts.ts';
import { checkSomeAdmin, ROLES, roleKey } from './authority.ts';
import type { ReplayContext, Roles } from './ledger-state.ts';

type EntryOf<K extends Entry['kind']> = Extract<Entry, { kind: K }>;

/**
 * Longest wait before a longer delay takes effect, in seconds. Twin of OpenZeppelin's defaultAdminDelayIncreaseWait.
 */
const MAX_INCREASE_WAIT = 432_000;

/** A role granted or revoked: never twice, and the admin's seat only by a transfer whose time has come. */
export function changeRole(context: ReplayContext, entry: EntryOf<'roleChanged'>): void {
  const { state, report, time } = context;
  const { role, account, granted } = entry;
  const { roles } = state;
  const key = roleKey(role, account);
  const subject = `role ${role} of ${account}`;
  if (roles.held.has(key) === granted) {
    report({
      code: 'role-change',
      subject,
      expected: granted ? 'an account without the role' : 'an account with the role',
      found: account,
      message: `${account} ${granted ? 'was given a role it had' : 'lost a role it did not have'}: ${role}`,
    });
  } else if (role === zeroHash && !isSeatChangeDue(roles, entry, time)) {
    report({
      code: 'admin-transfer',
      subject,
      expected: 'a transfer that was offered and whose time has come',
      found: `${account} ${granted ? 'seated' : 'unseated'} at ${time}`,
      message: `the admin's seat was ${granted ? 'given to' : 'taken from'} ${account} at ${time} without a due transfer`,
    });
  }
  if (role !== zeroHash && granted) useAct(context, subject, 'grantRole', [role, account]);
  if (role === ROLES.guardian && !granted) doubtAct(context, 'revokeRole', [role, account]);
  roles.mentioned.add(key);
  if (granted) roles.held.add(key);
  else roles.held.delete(key);
  if (role !== zeroHash) return;
  roles.seated = true;
  roles.admin = granted ? account : null;
  // Taking the seat ends the offer; so does leaving it for good.
  if (granted || roles.pendingAdmin?.account === zeroAddress) roles.pendingAdmin = null;
}

function isSeatChangeDue(roles: Roles, { account, granted }: EntryOf<'roleChanged'>, time: number): boolean {
  if (granted && !roles.seated) return true;
  const offer = roles.pendingAdmin;
  if (!offer || offer.acceptableFrom >= time) return false;
  return granted ? roles.admin === null && offer.account === account : roles.admin === account;
}

/** An offer of the admin's seat, or its withdrawal. */
export function offerSeat(context: ReplayContext, entry: EntryOf<'adminTransferSet'>): void {
  const { state, report, time } = context;
  checkSomeAdmin(context, "an offer of the admin's seat");
  const { newAdmin, acceptableFrom } = entry;
  const { roles } = state;
  if (newAdmin === zeroAddress && acceptableFrom === 0) {
    roles.pendingAdmin = null;
    return;
  }
  applyDueDelay(roles, time);
  const expected = time + (roles.delay ?? 0);
  if (roles.delay !== null && acceptableFrom !== expected) {
    report({
      code: 'admin-transfer',
      subject: `admin's seat for ${newAdmin}`,
      expected,
      found: acceptableFrom,
      message: `the admin's seat can be taken by ${newAdmin} from ${acceptableFrom} on, but the delay leads to ${expected}`,
    });
  }
  roles.pendingAdmin = { account: newAdmin, acceptableFrom };
}

/** Another delay for transfers of the seat, or its withdrawal. */
export function changeDelay(context: ReplayContext, entry: EntryOf<'adminDelaySet'>): void {
  const { state, report, time } = context;
  checkSomeAdmin(context, "the admin's delay");
  const { delay, effectiveFrom } = entry;
  const { roles } = state;
  applyDueDelay(roles, time);
  if (delay === 0 && effectiveFrom === 0) {
    roles.pendingDelay = null;
    return;
  }
  // The first comes with the ledger and counts at once.
  const isFirst = roles.delay === null;
  const expected = time + (roles.delay === null ? 0 : waitFor(roles.delay, delay));
  if (delay < state.terms.delay) {
    report({
      code: 'admin-delay-short',
      subject: "admin's delay",
      expected: `at least ${state.terms.delay}`,
      found: delay,
      message: `transfers of the admin's seat are to take ${delay} seconds, less than the ledger's delay of ${state.terms.delay}`,
    });
  }
  if (effectiveFrom !== expected) {
    report({
      code: 'admin-delay',
      subject: "admin's delay",
      expected,
      found: effectiveFrom,
      message: `a delay of ${delay} seconds takes effect at ${effectiveFrom}, but it should at ${expected}`,
    });
  }
  if (isFirst) roles.delay = delay;
  else roles.pendingDelay = { delay, effectiveFrom };
}

/** Twin of OpenZeppelin's _delayChangeWait. */
function waitFor(current: number, next: number): number {
  return next > current ? Math.min(next, MAX_INCREASE_WAIT) : current - next;
}

/** Puts a pending delay in force once its time has come. */
function applyDueDelay(roles: Roles, time: number): void {
  if (!roles.pendingDelay || roles.pendingDelay.effectiveFrom >= time) return;
  roles.delay = roles.pendingDelay.delay;
  roles.pendingDelay = null;
}
