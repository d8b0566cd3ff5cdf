import type { ChangeApplied } from '@plumbline/protocol';
import type { Distributor, ReplayContext } from '../ledger-state.ts';

/** What an application must say beside how far it went. */

/** Whether the change lapsed must be as things stand. */
export function checkLapse({ report }: ReplayContext, entry: ChangeApplied, expected: boolean): void {
  if (entry.lapsed === expected) return;
  const subject = `change ${entry.change}`;
  report({
    code: 'change-lapse',
    subject,
    expected: expected ? 'lapsed' : 'applied',
    found: entry.lapsed ? 'lapsed' : 'applied',
    message: expected
      ? `${subject} was applied, but it did not fit any more`
      : `${subject} lapsed, but it still fitted`,
  });
}

/** A change that gives no new id. */
export function checkNothingElse(context: ReplayContext, entry: ChangeApplied, lapses: boolean): void {
  checkLapse(context, entry, lapses);
  if (entry.newId === 0) return;
  context.report({
    code: 'change-place',
    subject: `change ${entry.change}`,
    expected: 0,
    found: entry.newId,
    message: `change ${entry.change} is no correction of a sponsor, but it gave the new id ${entry.newId}`,
  });
}

export function describeGone({ movedTo }: Distributor): string {
  return movedTo === 0 ? 'had left' : `had moved to ${movedTo}`;
}
