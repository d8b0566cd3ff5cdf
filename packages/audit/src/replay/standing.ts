import {
  type DistributorLeft,
  decodeStandings,
  fragmentOf,
  laneOf,
  moveAway,
  type SponsorCorrected,
  STATUS_ACTIVE,
  STATUS_CLOSED,
  STATUS_INACTIVE,
  type StandingRecord,
  type StandingSet,
} from '@plumbline/protocol';
import type { Hex } from 'viem';
import { checkNotPaused, checkSomeRecorder, ROLES, roleKey } from './authority.ts';
import { nextFragmentId, takeLane } from './distributors.ts';
import type { Distributor, LedgerState, ReplayContext } from './ledger-state.ts';

/** Ranks, activity and sponsors. Twin of contracts/powers/LedgerStanding.sol. */

/** Seconds after enrolment in which a sponsor can be corrected. */
const SPONSOR_WINDOW = 7 * 86_400;

/** The longest upline that a correction looks through. */
const MAX_UPLINE = 2_000;

/** Hex digits of a packed standing. */
const STANDING_DIGITS = 8;

/** Ranks and activity: set by a ranker, for enrolled distributors who have neither left nor moved. */
export function setStanding(context: ReplayContext, entry: StandingSet): void {
  const { state, place, report } = context;
  if (!state.roles.held.has(roleKey(ROLES.ranker, entry.ranker))) {
    report({
      code: 'standing-ranker',
      subject: `standings of entry ${place.entry}`,
      expected: 'an account with the ranker’s role',
      found: entry.ranker,
      message: `ranks were set by ${entry.ranker}, who was no ranker`,
    });
  }
  for (const record of readStandings(context, entry)) setOne(context, record);
}

function readStandings({ place, report }: ReplayContext, { records }: StandingSet): StandingRecord[] {
  const digits = records.length - 2;
  const whole = digits - (digits % STANDING_DIGITS);
  if (whole === 0 || whole !== digits) {
    report({
      code: 'standing-records',
      subject: `standings of entry ${place.entry}`,
      expected: 'whole records of 4 bytes, at least one',
      found: `${digits / 2} bytes`,
      message: `ranks were set by ${digits / 2} bytes of records, which are not whole ones`,
    });
  }
  return decodeStandings(records.slice(0, 2 + whole) as Hex);
}

function setOne({ state, report }: ReplayContext, { id, rank, status }: StandingRecord): void {
  const subject = `distributor ${id}`;
  const distributor = state.distributors.get(id);
  if (!distributor || distributor.status === STATUS_CLOSED) {
    report({
      code: 'standing-distributor',
      subject,
      expected: 'an enrolled distributor who has neither left nor moved',
      found: distributor ? describeGone(distributor) : 'no distributor',
      message: `a rank was set for ${subject}, who ${distributor ? describeGone(distributor) : 'is not enrolled'}`,
    });
    return;
  }
  if (status !== STATUS_ACTIVE && status !== STATUS_INACTIVE) {
    report({
      code: 'standing-status',
      subject,
      expected: `active (${STATUS_ACTIVE}) or inactive (${STATUS_INACTIVE})`,
      found: status,
      message: `${subject} was given status ${status}, which no distributor can be given`,
    });
    return;
  }
  distributor.rank = rank;
  distributor.status = status;
}

/**
 * A corrected sponsor: soon after enrolment, not of the distributor's own downline, with the id that the tree asks for.
 */
export function correctSponsor(context: ReplayContext, { id, newId, sponsor }: SponsorCorrected): void {
  const { state, time, report } = context;
  const subject = `distributor ${id}`;
  checkSomeRecorder(context, `the correction of ${subject}`);
  checkNotPaused(context, `the correction of ${subject}`);
  const distributor = state.distributors.get(id);
  if (!distributor || distributor.status === STATUS_CLOSED) {
    report({
      code: 'correction-distributor',
      subject,
      expected: 'an enrolled distributor who has neither left nor moved',
      found: distributor ? describeGone(distributor) : 'no distributor',
      message: `the sponsor of ${subject} was corrected, who ${distributor ? describeGone(distributor) : 'is not enrolled'}`,
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
      message: `the sponsor of ${subject} was corrected at ${time}, after the time for it ended at ${endsAt}`,
    });
  }
  const problem = problemOfSponsor(state, distributor, sponsor);
  if (problem !== null) {
    report({
      code: 'correction-sponsor',
      subject,
      expected: 'another sponsor who is there and does not stand below, or 0',
      found: sponsor,
      message: `the sponsor of ${subject} was corrected to ${sponsor}, ${problem}`,
    });
  }
  const staysPut =
    laneOf(id) === 0 || (fragmentOf(sponsor) === fragmentOf(id) && laneOf(sponsor) < laneOf(id));
  const expected = staysPut ? id : nextFragmentId(state);
  if (newId !== expected) {
    report({
      code: 'correction-place',
      subject,
      expected,
      found: newId,
      message: `${subject} goes on as ${newId} below ${sponsor}, but the tree puts them at ${expected}`,
    });
  }
  // Never into a lane that another distributor has.
  if (newId === id || state.distributors.has(newId)) distributor.sponsor = sponsor;
  else move(state, distributor, newId, sponsor);
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
  state.distributors.set(id, { ...left, wallet: null, heldUntil: 0, nonce: 0, credited: 0n, paid: 0n });
  if (wallet === null) state.unclaimed.add(newId);
  else state.wallets.set(wallet, newId);
  takeLane(state, newId);
}

/** A distributor leaves with their own wallet, once. They are still owed what they were owed. */
export function leave({ state, report }: ReplayContext, { id }: DistributorLeft): void {
  const subject = `distributor ${id}`;
  const distributor = state.distributors.get(id);
  if (!distributor || distributor.status === STATUS_CLOSED || distributor.wallet === null) {
    const gone =
      distributor && distributor.status === STATUS_CLOSED
        ? describeGone(distributor)
        : 'has no wallet to leave by';
    report({
      code: 'leaving-distributor',
      subject,
      expected: 'a distributor with a wallet who has neither left nor moved',
      found: distributor ? gone : 'no distributor',
      message: `${subject} left, who ${distributor ? gone : 'is not enrolled'}`,
    });
  }
  if (distributor?.movedTo !== 0) return;
  distributor.rank = 0;
  distributor.status = STATUS_CLOSED;
}

function describeGone({ movedTo }: Distributor): string {
  return movedTo === 0 ? 'had left' : `had moved to ${movedTo}`;
}
