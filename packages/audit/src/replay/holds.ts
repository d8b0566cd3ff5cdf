import type { HoldSet } from '@plumbline/protocol';
import { checkSomeHolder } from './authority.ts';
import type { ReplayContext } from './ledger-state.ts';

/** Holds. Twin of contracts/powers/LedgerCompliance.sol. */

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
