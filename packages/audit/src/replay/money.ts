import { type Entry, formatUnits, type Payout } from '@plumbline/protocol';
import type { Step } from './state.ts';

/** The most a ledger can hold, in base units: 50 bits. Twin of MAX_CUSTODY in contracts/types/Totals.sol. */
const MAX_CUSTODY = (1n << 50n) - 1n;

/** Tokens into the float: some, and no more than the ledger's accounts can count. */
export function fundFloat({ state, report }: Step, { units }: Extract<Entry, { kind: 'floatFunded' }>): void {
  state.float += units;
  state.sums.funded += units;
  if (units === 0n) {
    report({
      code: 'funding-amount',
      subject: 'ledger',
      expected: 'more than 0',
      found: 0,
      message: 'a funding added nothing to the float',
    });
  }
  const custody = state.float + state.reserved + state.owed;
  if (custody > MAX_CUSTODY) {
    report({
      code: 'custody-limit',
      subject: 'ledger',
      expected: `at most ${MAX_CUSTODY}`,
      found: custody,
      message: `a funding of ${units} units brought the ledger to ${custody}, above its limit of ${MAX_CUSTODY}`,
    });
  }
}

/** A payout: the whole balance, to the wallet of somebody who is owed. */
export function payOut({ state, report }: Step, { id, wallet, units }: Payout): void {
  state.sums.paid += units;
  const subject = `person ${id}`;
  const person = state.people.get(id);
  if (!person) {
    state.owed -= units;
    report({
      code: 'payout-person',
      subject,
      expected: 'somebody enrolled',
      found: id,
      message: `${formatUnits(units)} were paid out to person ${id}, who is not enrolled`,
    });
    return;
  }
  if (person.wallet !== wallet) {
    report({
      code: 'payout-wallet',
      subject,
      expected: person.wallet ?? 'no wallet, so no payout',
      found: wallet,
      message: `a payout of person ${id} went to ${wallet}, but their wallet is ${person.wallet ?? 'not known'}`,
    });
  }
  if (person.owed !== units || units === 0n) {
    report({
      code: 'payout-amount',
      subject,
      expected: person.owed,
      found: units,
      message: `person ${id} was paid ${formatUnits(units)}, but was owed ${formatUnits(person.owed)}`,
    });
  }
  // A payout takes everything, so that one wrong amount does not make the next one look wrong too.
  state.owed -= person.owed;
  person.paid += units;
  person.owed = 0n;
}
