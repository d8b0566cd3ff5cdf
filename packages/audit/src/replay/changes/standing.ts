import {
  type ChangeApplied,
  decodeStandings,
  STATUS_ACTIVE,
  STATUS_CLOSED,
  STATUS_INACTIVE,
  type StandingAnnounced,
  type StandingRecord,
} from '@plumbline/protocol';
import type { Hex } from 'viem';
import { ROLES, roleKey } from '../authority.ts';
import { presentId, type ReplayContext } from '../ledger-state.ts';
import { checkNothingElse, describeGone } from './outcome.ts';

/** Ranks and activity. Twin of contracts/changes/LedgerStanding.sol. */

/** Hex digits of a packed standing. */
const STANDING_DIGITS = 8;

/** Whole records in it. */
export function countStandings({ records }: StandingAnnounced): number {
  return Math.floor((records.length - 2) / STANDING_DIGITS);
}

/** An announcement by a ranker, for enrolled distributors who have neither left nor moved. */
export function checkStandings(context: ReplayContext, entry: StandingAnnounced): void {
  const { state, report } = context;
  if (!state.roles.held.has(roleKey(ROLES.ranker, entry.ranker))) {
    report({
      code: 'standing-ranker',
      subject: `change ${entry.change}`,
      expected: 'an account with the ranker’s role',
      found: entry.ranker,
      message: `ranks were announced by ${entry.ranker}, who was no ranker`,
    });
  }
  const digits = entry.records.length - 2;
  if (digits === 0 || digits % STANDING_DIGITS !== 0) {
    report({
      code: 'standing-records',
      subject: `change ${entry.change}`,
      expected: 'whole records of 4 bytes, at least one',
      found: `${digits / 2} bytes`,
      message: `ranks were announced by ${digits / 2} bytes of records, which are not whole ones`,
    });
  }
  for (const record of recordsOf(entry)) checkOne(context, record);
}

function recordsOf(entry: StandingAnnounced): StandingRecord[] {
  return decodeStandings(entry.records.slice(0, 2 + countStandings(entry) * STANDING_DIGITS) as Hex);
}

function checkOne({ state, report }: ReplayContext, { id, status }: StandingRecord): void {
  const subject = `distributor ${id}`;
  const distributor = state.distributors.get(id);
  if (!distributor || distributor.status === STATUS_CLOSED) {
    report({
      code: 'standing-distributor',
      subject,
      expected: 'an enrolled distributor who has neither left nor moved',
      found: distributor ? describeGone(distributor) : 'no distributor',
      message: `a rank was announced for ${subject}, who ${distributor ? describeGone(distributor) : 'is not enrolled'}`,
    });
  }
  if (status === STATUS_ACTIVE || status === STATUS_INACTIVE) return;
  report({
    code: 'standing-status',
    subject,
    expected: `active (${STATUS_ACTIVE}) or inactive (${STATUS_INACTIVE})`,
    found: status,
    message: `${subject} was to be given status ${status}, which no distributor can be given`,
  });
}

/** Records of a change applied; whoever has left meanwhile is passed over. */
export function applyStandings(
  context: ReplayContext,
  entry: ChangeApplied,
  announced: StandingAnnounced,
  from: number,
): void {
  checkNothingElse(context, entry, false);
  for (const { id, rank, status } of recordsOf(announced).slice(from, entry.until)) {
    const distributor = context.state.distributors.get(presentId(context.state, id));
    if (!distributor || distributor.status === STATUS_CLOSED) continue;
    distributor.rank = rank;
    distributor.status = status;
  }
}
