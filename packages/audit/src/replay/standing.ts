import {
  decodeStandings,
  fragmentOf,
  laneOf,
  moveAway,
  type PersonLeft,
  type SponsorCorrected,
  STATUS_ACTIVE,
  STATUS_CLOSED,
  STATUS_INACTIVE,
  type StandingRecord,
  type StandingSet,
} from '@plumbline/protocol';
import type { Hex } from 'viem';
import { checkNotPaused, checkSomeRecorder, ROLES, roleKey } from './authority.ts';
import { nextFragmentId, takeLane } from './people.ts';
import type { LedgerState, Person, Step } from './state.ts';

/** Where people stand. Twin of contracts/powers/LedgerStanding.sol. */

/** Seconds after enrolment in which a sponsor can be put right. */
const SPONSOR_WINDOW = 7 * 86_400;

/** The longest upline that a correction looks through. */
const MAX_UPLINE = 2_000;

/** Hex digits of a packed standing. */
const STANDING_DIGITS = 8;

/** Ranks and activity: by a ranker, of people who are there and have neither left nor moved. */
export function setStanding(step: Step, entry: StandingSet): void {
  const { state, place, report } = step;
  if (!state.roles.held.has(roleKey(ROLES.ranker, entry.ranker))) {
    report({
      code: 'standing-ranker',
      subject: `standings of entry ${place.entry}`,
      expected: 'an account with the ranker’s role',
      found: entry.ranker,
      message: `ranks were set by ${entry.ranker}, who was no ranker`,
    });
  }
  for (const record of readStandings(step, entry)) setOne(step, record);
}

function readStandings({ place, report }: Step, { records }: StandingSet): StandingRecord[] {
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

function setOne({ state, report }: Step, { id, rank, status }: StandingRecord): void {
  const subject = `person ${id}`;
  const person = state.people.get(id);
  if (!person || person.status === STATUS_CLOSED) {
    report({
      code: 'standing-person',
      subject,
      expected: 'somebody enrolled who has neither left nor moved',
      found: person ? describeGone(person) : 'nobody',
      message: `a rank was set for ${subject}, who ${person ? describeGone(person) : 'is not enrolled'}`,
    });
    return;
  }
  if (status !== STATUS_ACTIVE && status !== STATUS_INACTIVE) {
    report({
      code: 'standing-status',
      subject,
      expected: `active (${STATUS_ACTIVE}) or inactive (${STATUS_INACTIVE})`,
      found: status,
      message: `${subject} was given status ${status}, which nobody can be given`,
    });
    return;
  }
  person.rank = rank;
  person.status = status;
}

/** A sponsor put right: soon after enrolment, above the person, and the person moves where the tree makes them. */
export function correctSponsor(step: Step, { id, newId, sponsor }: SponsorCorrected): void {
  const { state, time, report } = step;
  const subject = `person ${id}`;
  checkSomeRecorder(step, `the correction of ${subject}`);
  checkNotPaused(step, `the correction of ${subject}`);
  const person = state.people.get(id);
  if (!person || person.status === STATUS_CLOSED) {
    report({
      code: 'correction-person',
      subject,
      expected: 'somebody enrolled who has neither left nor moved',
      found: person ? describeGone(person) : 'nobody',
      message: `the sponsor of ${subject} was corrected, who ${person ? describeGone(person) : 'is not enrolled'}`,
    });
    return;
  }
  const endsAt = person.enrolledAt + SPONSOR_WINDOW;
  if (time >= endsAt) {
    report({
      code: 'correction-window',
      subject,
      expected: `before ${endsAt}`,
      found: time,
      message: `the sponsor of ${subject} was corrected at ${time}, after the time for it ended at ${endsAt}`,
    });
  }
  const problem = problemOfSponsor(state, person, sponsor);
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
  // Nobody is put into a lane that is somebody else's.
  if (newId === id || state.people.has(newId)) person.sponsor = sponsor;
  else move(state, person, newId, sponsor);
}

/** Why `sponsor` cannot become the sponsor of `person`, if so. */
function problemOfSponsor({ people }: LedgerState, person: Person, sponsor: number): string | null {
  if (sponsor === person.sponsor) return 'who was the sponsor already';
  if (sponsor === 0) return null;
  const above = people.get(sponsor);
  if (!above) return 'who is not enrolled';
  if (above.status === STATUS_CLOSED) return `who ${describeGone(above)}`;
  let id = sponsor;
  for (let looked = 0; id !== 0; looked++) {
    if (id === person.id) return 'who stands below them';
    if (looked === MAX_UPLINE) return `who has more than ${MAX_UPLINE} people above`;
    const next = people.get(id);
    id = next?.movedTo || (next?.sponsor ?? 0);
  }
  return null;
}

/** The person goes on in the first lane of the next fragment; the lane they leave points there. */
function move(state: LedgerState, person: Person, newId: number, sponsor: number): void {
  const { id, wallet } = person;
  state.people.set(newId, { ...person, id: newId, sponsor });
  const left = { ...person, ...moveAway(person, newId) };
  state.people.set(id, { ...left, wallet: null, heldUntil: 0, nonce: 0, credited: 0n, paid: 0n });
  if (wallet === null) state.unclaimed.add(newId);
  else state.wallets.set(wallet, newId);
  takeLane(state, newId);
}

/** Somebody leaves by their own wallet, once. What is owed to them stays owed. */
export function leave({ state, report }: Step, { id }: PersonLeft): void {
  const subject = `person ${id}`;
  const person = state.people.get(id);
  if (!person || person.status === STATUS_CLOSED || person.wallet === null) {
    const gone =
      person && person.status === STATUS_CLOSED ? describeGone(person) : 'has no wallet to leave by';
    report({
      code: 'leaving-person',
      subject,
      expected: 'somebody with a wallet who has neither left nor moved',
      found: person ? gone : 'nobody',
      message: `${subject} left, who ${person ? gone : 'is not enrolled'}`,
    });
  }
  if (person?.movedTo !== 0) return;
  person.rank = 0;
  person.status = STATUS_CLOSED;
}

function describeGone({ movedTo }: Person): string {
  return movedTo === 0 ? 'had left' : `had moved to ${movedTo}`;
}
