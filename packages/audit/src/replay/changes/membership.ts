import { type ChangeApplied, type EndingAnnounced, STATUS_CLOSED } from '@plumbline/protocol';
import { zeroHash } from 'viem';
import { checkSomeHolder } from '../authority.ts';
import { presentId, type ReplayContext } from '../ledger-state.ts';
import { checkNothingElse, describeGone } from './outcome.ts';

/** Leaving, and being made to. Twin of contracts/changes/LedgerMembership.sol. */

/** An announcement: by the distributor's own wallet, once, or by compliance with a reason. */
export function checkEnding(context: ReplayContext, entry: EndingAnnounced): void {
  const { state, report } = context;
  const { id, forCause, reason, change } = entry;
  const subject = `distributor ${id}`;
  if (forCause) checkSomeHolder(context, 'compliance', `the end of the membership of ${subject}`);
  if (forCause === (reason === zeroHash)) {
    report({
      code: 'ending-reason',
      subject,
      expected: forCause ? 'a reason' : 'none',
      found: reason,
      message: forCause
        ? `the membership of ${subject} was to be ended for cause, but without a reason`
        : `${subject} was to leave by their own wish, but with a reason of the company's`,
    });
  }
  const distributor = state.distributors.get(id);
  const isGone = !distributor || distributor.status === STATUS_CLOSED;
  if (isGone || (!forCause && distributor.wallet === null)) {
    const found = distributor
      ? isGone
        ? describeGone(distributor)
        : 'has no wallet to leave by'
      : 'is not enrolled';
    report({
      code: 'ending-distributor',
      subject,
      expected: 'an enrolled distributor who has neither left nor moved; to leave, with a wallet',
      found: distributor ? found : 'no distributor',
      message: `the membership of ${subject} was to be ended, who ${found}`,
    });
    return;
  }
  if (forCause) return;
  if (distributor.leaving !== 0) {
    report({
      code: 'ending-again',
      subject,
      expected: 'a distributor who is not leaving',
      found: `leaving by change ${distributor.leaving}`,
      message: `${subject} announced to leave by change ${change}, but was leaving already by change ${distributor.leaving}`,
    });
  }
  distributor.leaving = change;
}

/** The end of a membership, which lapses if the distributor has left before. What is owed stays owed. */
export function applyEnding(context: ReplayContext, entry: ChangeApplied, { id }: EndingAnnounced): void {
  const distributor = context.state.distributors.get(presentId(context.state, id));
  checkNothingElse(context, entry, distributor?.status === STATUS_CLOSED);
  if (!distributor || entry.lapsed || distributor.movedTo !== 0) return;
  distributor.rank = 0;
  distributor.status = STATUS_CLOSED;
}
