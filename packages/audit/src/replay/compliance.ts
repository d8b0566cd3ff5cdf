import type { FlagClosed, FlagRaised, HoldSet } from '@plumbline/protocol';
import { formatSaleRef, saleRefOf } from '@plumbline/protocol';
import { checkSomeHolder } from './authority.ts';
import type { ReplayContext } from './ledger-state.ts';

/** Holds and flags. Twin of contracts/powers/LedgerCompliance.sol. */

/** The longest hold, and what must lie between the end of one and the next; seconds. */
const MAX_HOLD = 30 * 86_400;
const HOLD_GAP = 7 * 86_400;

/**
 * A hold of a wallet's payouts: not too long, never extended, not too soon after the last one. Or the end of a hold.
 */
export function setHold(context: ReplayContext, { id, until }: HoldSet): void {
  const { state, time, report } = context;
  const subject = `distributor ${id}`;
  checkSomeHolder(context, 'compliance', `the hold of ${subject}`);
  const distributor = state.distributors.get(id);
  if (!distributor || distributor.wallet === null) {
    report({
      code: 'hold-distributor',
      subject,
      expected: 'a distributor with a wallet',
      found: distributor ? 'no wallet' : 'no distributor',
      message: `payouts to ${subject} were held, who ${distributor ? 'has no wallet' : 'is not enrolled'}`,
    });
    return;
  }
  const held = distributor.heldUntil;
  const isOn = held > time;
  if (until === time) {
    if (!isOn) {
      report({
        code: 'hold-release',
        subject,
        expected: 'a hold that is on',
        found: 'none',
        message: `a hold of ${subject} was ended at ${time}, but none was on`,
      });
    }
  } else {
    const latest = isOn ? held : time + MAX_HOLD;
    if (until < time || until > latest) {
      report({
        code: 'hold-length',
        subject,
        expected: `up to ${latest} at most`,
        found: until,
        message: isOn
          ? `a hold of ${subject} until ${held} was changed to ${until}, but it can only be made shorter`
          : `payouts to ${subject} were held at ${time} until ${until}, but ${latest} is the latest`,
      });
    }
    if (!isOn && held !== 0 && time < held + HOLD_GAP) {
      report({
        code: 'hold-gap',
        subject,
        expected: `from ${held + HOLD_GAP} on`,
        found: time,
        message: `payouts to ${subject} were held again at ${time}, too soon after a hold that ended at ${held}`,
      });
    }
  }
  distributor.heldUntil = until;
}

/** A flag: the next number, about an enrolled distributor or a recorded sale. */
export function raiseFlag(context: ReplayContext, { flag, subjectKind, subject }: FlagRaised): void {
  const { state, report } = context;
  const name = `flag ${flag}`;
  checkSomeHolder(context, 'compliance', name);
  if (flag !== state.flagCount + 1) {
    report({
      code: 'flag-number',
      subject: name,
      expected: state.flagCount + 1,
      found: flag,
      message: `flag ${flag} was raised where number ${state.flagCount + 1} comes next`,
    });
  }
  const { batch } = saleRefOf(subject);
  const isThere =
    subjectKind === 'distributor' ? state.distributors.has(subject) : batch >= 1 && batch <= state.batchCount;
  if (!isThere) {
    const what = `${subjectKind} ${subjectKind === 'distributor' ? subject : formatSaleRef(saleRefOf(subject))}`;
    report({
      code: 'flag-subject',
      subject: name,
      expected:
        subjectKind === 'distributor'
          ? 'an enrolled distributor'
          : `a sale of batches 1 to ${state.batchCount}`,
      found: what,
      message: `${name} is about ${what}, which the ledger does not have`,
    });
  }
  state.flags.set(flag, null);
  state.flagCount = Math.max(state.flagCount, flag);
}

/** The end of a review, once. */
export function closeFlag(context: ReplayContext, { flag, outcome }: FlagClosed): void {
  const { state, report } = context;
  const name = `flag ${flag}`;
  checkSomeHolder(context, 'compliance', name);
  const before = state.flags.get(flag);
  if (before !== null) {
    report({
      code: 'flag-open',
      subject: name,
      expected: 'a flag that is open',
      found: before ?? 'no such flag',
      message: before
        ? `${name} was closed as ${outcome}, but it had been closed as ${before}`
        : `${name} was closed as ${outcome}, but it was never raised`,
    });
  }
  if (before !== undefined) state.flags.set(flag, outcome);
}
