import {
  type FlagAnswered,
  type FlagClosed,
  type FlagRaised,
  formatSaleRef,
  saleRefOf,
} from '@plumbline/protocol';
import { checkSomeHolder } from './authority.ts';
import { type Flag, isNumbered, presentId, type ReplayContext } from './ledger-state.ts';

/** Flags, which move no money. Twin of contracts/powers/LedgerCompliance.sol. */

/** The longest review, in seconds. */
const MAX_REVIEW = 90 * 86_400;
const MAX_SEVERITY = 3;

/** A flag: the next number, about an enrolled distributor or a recorded sale, with a date at which it ends by itself. */
export function raiseFlag(context: ReplayContext, entry: FlagRaised): void {
  const { state, time, report } = context;
  const { flag, subjectKind, subject, severity, reviewBy } = entry;
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
  const isThere =
    subjectKind === 'distributor'
      ? state.distributors.has(subject)
      : isNumbered(state, saleRefOf(subject).batch);
  if (!isThere) {
    const what = `${subjectKind} ${subjectKind === 'distributor' ? subject : formatSaleRef(saleRefOf(subject))}`;
    report({
      code: 'flag-subject',
      subject: name,
      expected:
        subjectKind === 'distributor' ? 'an enrolled distributor' : 'a sale of a batch that was recorded',
      found: what,
      message: `${name} is about ${what}, which the ledger does not have`,
    });
  }
  if (severity < 1 || severity > MAX_SEVERITY) {
    report({
      code: 'flag-severity',
      subject: name,
      expected: `1 to ${MAX_SEVERITY}`,
      found: severity,
      message: `${name} was raised with severity ${severity}, which does not exist`,
    });
  }
  if (reviewBy <= time || reviewBy > time + MAX_REVIEW) {
    report({
      code: 'flag-review',
      subject: name,
      expected: `after ${time}, up to ${time + MAX_REVIEW}`,
      found: reviewBy,
      message: `${name}, raised at ${time}, is to be reviewed by ${reviewBy}, but it must end by ${time + MAX_REVIEW}`,
    });
  }
  state.flags.set(flag, { subjectKind, subject, reviewBy, isAnswered: false, outcome: null });
  state.flagCount = Math.max(state.flagCount, flag);
}

/** An answer of the distributor who is flagged, once, while the flag is open. */
export function answerFlag(context: ReplayContext, { flag, id }: FlagAnswered): void {
  const { state, report } = context;
  const name = `flag ${flag}`;
  const open = findOpen(context, flag, `answered by distributor ${id}`);
  if (!open) return;
  const flagged = open.subjectKind === 'distributor' ? presentId(state, open.subject) : 0;
  if (id !== flagged || state.distributors.get(id)?.wallet == null || open.isAnswered) {
    report({
      code: 'flag-answer',
      subject: name,
      expected: open.isAnswered
        ? 'no second answer'
        : flagged === 0
          ? 'no answer to the flag of a sale'
          : `an answer of distributor ${flagged} by their wallet`,
      found: `an answer of distributor ${id}`,
      message: open.isAnswered
        ? `${name} was answered by distributor ${id}, but it had been answered`
        : `${name} was answered by distributor ${id}, who is not flagged by it or has no wallet`,
    });
  }
  open.isAnswered = true;
}

/** The end of a review by its outcome, once, before it ends by itself. */
export function closeFlag(context: ReplayContext, { flag, outcome }: FlagClosed): void {
  checkSomeHolder(context, 'compliance', `flag ${flag}`);
  const open = findOpen(context, flag, `closed as ${outcome}`);
  if (open) open.outcome = outcome;
}

/** A flag that was raised; reported if its review is over. */
function findOpen({ state, time, report }: ReplayContext, flag: number, what: string): Flag | undefined {
  const name = `flag ${flag}`;
  const known = state.flags.get(flag);
  if (known && isOpen(known, time)) return known;
  const found = !known
    ? 'never raised'
    : known.outcome === null
      ? `under review until ${known.reviewBy}`
      : `closed as ${known.outcome}`;
  report({
    code: 'flag-open',
    subject: name,
    expected: 'a flag that is open',
    found,
    message: `${name} was ${what} at ${time}, but it was ${found}`,
  });
  return known;
}

/** Whether a flag is under review at `time`. */
export function isOpen(
  { outcome, reviewBy }: { outcome: string | null; reviewBy: number },
  time: number,
): boolean {
  return outcome === null && time < reviewBy;
}
