import {
  type Enrolled,
  fragmentOf,
  idAt,
  LANES,
  laneOf,
  MAX_ID,
  STATUS_ACTIVE,
  STATUS_CLOSED,
} from '@plumbline/protocol';
import { type Address, zeroAddress } from 'viem';
import type { FindingCode } from '../findings.ts';
import { callKey, isSameCall, spendTogether } from './allowances.ts';
import { checkNotPaused, checkSomeRecorder } from './authority.ts';
import type { LedgerState, ReplayContext } from './ledger-state.ts';

/** Enrolment: the next free lane or the next fragment, a sponsor who is enrolled, a wallet without an owner. */
export function enrol(context: ReplayContext, { id, sponsor, wallet }: Enrolled): void {
  const { state, time } = context;
  const subject = `distributor ${id}`;
  checkSomeRecorder(context, subject);
  checkNotPaused(context, subject);
  spendCount(context, subject);
  checkId(context, id);
  checkSponsor(context, id, sponsor);
  const isWalletless = wallet === zeroAddress;
  // A distributor enrolled twice is one finding.
  if (!isWalletless && state.wallets.get(wallet) !== id)
    checkFreeWallet(context, 'enrolment-wallet', id, wallet);

  const before = state.distributors.get(id);
  state.distributors.set(id, {
    id,
    sponsor,
    rank: 0,
    status: STATUS_ACTIVE,
    movedTo: 0,
    wallet: isWalletless ? null : wallet,
    enrolledAt: time,
    heldUntil: 0,
    nonce: 0,
    leaving: 0,
    owed: before?.owed ?? 0n,
    credited: before?.credited ?? 0n,
    paid: before?.paid ?? 0n,
  });
  if (isWalletless) state.unclaimed.add(id);
  else giveWallet(state, wallet, id);
  takeLane(state, id);
}

/**
 * Counts an enrolment against the recorder who made it. The entry does not name the recorder, so where several could have
 * made it, each may have.
 */
function spendCount(context: ReplayContext, subject: string): void {
  const { state, place, time, report } = context;
  if (state.recorders.size === 0) return;
  const isSame = isSameCall(context, 'enrol');
  const amount = (isSame ? (state.call?.amount ?? 0n) : 0n) + 1n;
  const before = isSame ? state.call?.before : null;
  const able = [...state.recorders.values()].filter((recorder) => {
    const { allowances } = recorder;
    const wholeAt = allowances.wholeAt('count');
    if (before?.recorder === recorder) allowances.rewind('count', before.wholeAt);
    const isAble = allowances.spend('count', time, amount);
    allowances.rewind('count', wholeAt);
    return isAble;
  });
  const [recorder] = able;
  if (recorder && able.length === 1 && (!isSame || before)) {
    const spending = { recorder, kind: 'count', amount: 1n, code: 'enrolment-count', subject } as const;
    spendTogether(context, 'enrol', { ...spending, what: 'was enrolled, by a call that enrolled' });
    return;
  }
  for (const each of able) each.mayHaveEnrolled = true;
  state.call = { key: callKey(context, 'enrol'), entry: place.entry, amount, before: null };
  if (recorder) return;
  report({
    code: 'enrolment-count',
    subject,
    expected: 'a recorder with enough left of its count',
    found: `${amount} enrolled by one call`,
    message: `${subject} was enrolled, number ${amount} of one call, but no recorder had so many left`,
  });
}

/** The id that opens the next fragment. */
export function nextFragmentId({ lastFragment }: LedgerState): number {
  return idAt(lastFragment + 1, 0);
}

/** Counts the lane of `id` as taken. */
export function takeLane(state: LedgerState, id: number): void {
  const fragment = fragmentOf(id);
  state.fragments = Math.max(state.fragments, fragment);
  if (laneOf(id) === 0) state.lastFragment = fragment;
  state.lanes.set(fragment, Math.max(state.lanes.get(fragment) ?? 0, laneOf(id) + 1));
}

/** Gives a wallet to distributor `id` if it has no owner. */
export function giveWallet({ wallets }: LedgerState, wallet: Address, id: number): void {
  if (!wallets.get(wallet)) wallets.set(wallet, id);
}

/** A wallet that may become distributor `id`'s. Twin of _checkWallet in contracts/ledger/LedgerBase.sol. */
export function checkFreeWallet(
  { state, report }: ReplayContext,
  code: FindingCode,
  id: number,
  wallet: Address,
): void {
  const owner = state.wallets.get(wallet) ?? 0;
  const isTaken = owner !== 0;
  if (!isTaken && isUsable(state, wallet)) return;
  const why = isTaken ? `which belongs to distributor ${owner}` : 'where what is paid is lost';
  report({
    code,
    subject: `distributor ${id}`,
    expected: isTaken ? 'a wallet without an owner' : 'a wallet that is neither the ledger nor its token',
    found: wallet,
    message: `distributor ${id} was given wallet ${wallet}, ${why}`,
  });
}

/** Whether tokens paid to an address can be moved from there. */
export function isUsable({ ledger, terms }: LedgerState, address: Address): boolean {
  return address !== zeroAddress && address !== ledger && address !== terms.token;
}

function checkId({ state, report }: ReplayContext, id: number): void {
  const expected = expectedId(state, id);
  if (id === expected && id <= MAX_ID) return;
  report({
    code: 'enrolment-id',
    subject: `distributor ${id}`,
    expected,
    found: id,
    message: `distributor ${id} was enrolled where the next free id is ${expected}`,
  });
}

/** The id that was free where `id` was put: in its own fragment while there is room, else the next fragment's first. */
function expectedId(state: LedgerState, id: number): number {
  const fragment = fragmentOf(id);
  const taken = state.lanes.get(fragment) ?? 0;
  const fits = laneOf(id) !== 0 && fragment >= 1 && fragment <= state.fragments && taken < LANES;
  return fits ? idAt(fragment, taken) : nextFragmentId(state);
}

function checkSponsor({ state, report }: ReplayContext, id: number, sponsor: number): void {
  const first = laneOf(id) === 0;
  const above = sponsor === id ? undefined : state.distributors.get(sponsor);
  const isThere = above !== undefined && above.status !== STATUS_CLOSED;
  const near = fragmentOf(sponsor) === fragmentOf(id) && laneOf(sponsor) < laneOf(id);
  if (first ? sponsor === 0 || isThere : isThere && near) return;
  const gone = above?.status === STATUS_CLOSED ? ', who had left or moved' : '';
  report({
    code: 'enrolment-sponsor',
    subject: `distributor ${id}`,
    expected: first
      ? 'a distributor enrolled before, or 0'
      : 'a distributor in a lower lane of the same fragment',
    found: sponsor,
    message: `distributor ${id} was enrolled below ${sponsor}${gone}, who cannot be the sponsor there`,
  });
}
