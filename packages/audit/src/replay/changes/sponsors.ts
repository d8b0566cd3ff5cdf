import {
  type ChangeApplied,
  type CorrectionAnnounced,
  fragmentOf,
  laneOf,
  MAX_ID,
  moveAway,
  STATUS_CLOSED,
} from '@plumbline/protocol';
import { zeroHash } from 'viem';
import { checkNotPaused, checkSomeRecorder } from '../authority.ts';
import { nextFragmentId, takeLane } from '../distributors.ts';
import { type Distributor, type LedgerState, presentId, type ReplayContext } from '../ledger-state.ts';
import { checkLapse, describeGone } from './outcome.ts';

/** Corrections of sponsors. Twin of contracts/changes/LedgerSponsors.sol. */

/** Seconds after enrolment in which a sponsor can be corrected. */
const SPONSOR_WINDOW = 7 * 86_400;

/** The longest upline that a correction looks through. */
const MAX_UPLINE = 2_000;

/** An announcement: soon after enrolment, with a reason, and of a sponsor who is not of the distributor's downline. */
export function checkCorrection(context: ReplayContext, entry: CorrectionAnnounced): void {
  const { state, time, report } = context;
  const { id, sponsor, reason } = entry;
  const subject = `distributor ${id}`;
  checkSomeRecorder(context, `the correction of ${subject}`);
  checkNotPaused(context, `the correction of ${subject}`);
  if (reason === zeroHash) {
    report({
      code: 'correction-reason',
      subject,
      expected: 'a reason',
      found: 'none',
      message: `the sponsor of ${subject} was to be corrected without a reason`,
    });
  }
  const distributor = state.distributors.get(id);
  if (!distributor || distributor.status === STATUS_CLOSED) {
    report({
      code: 'correction-distributor',
      subject,
      expected: 'an enrolled distributor who has neither left nor moved',
      found: distributor ? describeGone(distributor) : 'no distributor',
      message: `the sponsor of ${subject} was to be corrected, who ${distributor ? describeGone(distributor) : 'is not enrolled'}`,
    });
    return;
  }
  const endsAt = distributor.enrolledAt + SPONSOR_WINDOW;
  if (time >= endsAt) {
    report({
      code: 'correction-window',
      subject,
      expected: `before ${endsAt}`,
      found: time,
      message: `a correction of ${subject} was announced at ${time}, after the time for it ended at ${endsAt}`,
    });
  }
  const problem = problemOfSponsor(state, distributor, sponsor);
  if (problem === null) return;
  report({
    code: 'correction-sponsor',
    subject,
    expected: 'another sponsor who is there and does not stand below, or 0',
    found: sponsor,
    message: `the sponsor of ${subject} was to be corrected to ${sponsor}, ${problem}`,
  });
}

/** A correction applied with the id that the tree asks for, or lapsed because it does not fit any more. */
export function applyCorrection(
  context: ReplayContext,
  entry: ChangeApplied,
  announced: CorrectionAnnounced,
): void {
  const { state, report } = context;
  const id = presentId(state, announced.id);
  const sponsor = presentId(state, announced.sponsor);
  const distributor = state.distributors.get(id);
  // That there is no such distributor was found at the announcement.
  if (!distributor) return;
  const staysPut =
    laneOf(id) === 0 || (fragmentOf(sponsor) === fragmentOf(id) && laneOf(sponsor) < laneOf(id));
  const place = staysPut ? id : nextFragmentId(state);
  const isGone = distributor.status === STATUS_CLOSED;
  const lapses = isGone || problemOfSponsor(state, distributor, sponsor) !== null || place > MAX_ID;
  checkLapse(context, entry, lapses);
  const expected = entry.lapsed ? 0 : place;
  if (entry.newId !== expected) {
    report({
      code: 'change-place',
      subject: `change ${entry.change}`,
      expected,
      found: entry.newId,
      message: `change ${entry.change} gives distributor ${id} the id ${entry.newId} below ${sponsor}, but the tree gives ${expected}`,
    });
  }
  if (entry.lapsed || distributor.movedTo !== 0) return;
  // Never into a lane that another distributor has.
  if (entry.newId === id || state.distributors.has(entry.newId)) distributor.sponsor = sponsor;
  else move(state, distributor, entry.newId, sponsor);
}

/** Why `sponsor` cannot become the sponsor of `distributor`, if so. */
function problemOfSponsor(
  { distributors }: LedgerState,
  distributor: Distributor,
  sponsor: number,
): string | null {
  if (sponsor === distributor.sponsor) return 'who was the sponsor already';
  if (sponsor === 0) return null;
  const above = distributors.get(sponsor);
  if (!above) return 'who is not enrolled';
  if (above.status === STATUS_CLOSED) return `who ${describeGone(above)}`;
  let id = sponsor;
  for (let looked = 0; id !== 0; looked++) {
    if (id === distributor.id) return 'who stands below them';
    if (looked === MAX_UPLINE) return `who has more than ${MAX_UPLINE} distributors above`;
    const next = distributors.get(id);
    id = next?.movedTo || (next?.sponsor ?? 0);
  }
  return null;
}

/** The distributor moves to the first lane of the next fragment; the old lane points there. */
function move(state: LedgerState, distributor: Distributor, newId: number, sponsor: number): void {
  const { id, wallet } = distributor;
  state.distributors.set(newId, { ...distributor, id: newId, sponsor });
  const left = { ...distributor, ...moveAway(distributor, newId) };
  const nobody = { wallet: null, heldUntil: 0, nonce: 0, leaving: 0, credited: 0n, paid: 0n };
  state.distributors.set(id, { ...left, ...nobody });
  if (wallet === null) state.unclaimed.add(newId);
  else state.wallets.set(wallet, newId);
  takeLane(state, newId);
}
