import { type Entry, formatUnits, type Payout, type PayoutRedirected } from '@plumbline/protocol';
import { checkSomeAdmin } from './authority.ts';
import { isUsable } from './people.ts';
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

/** Free float out to the company: never what is reserved or owed, and to where it can be had. */
export function withdrawFloat(step: Step, { to, units }: Extract<Entry, { kind: 'floatWithdrawn' }>): void {
  const { state, report } = step;
  checkSomeAdmin(step, 'a withdrawal of float');
  if (units === 0n || units > state.float) {
    report({
      code: 'withdrawal-amount',
      subject: 'ledger',
      expected: `from 1 to ${state.float}`,
      found: units,
      message: `the company took ${units} units out of a free float of ${state.float}`,
    });
  }
  if (!isUsable(state, to)) {
    report({
      code: 'withdrawal-address',
      subject: 'ledger',
      expected: 'an address that is neither zero nor the ledger nor its token',
      found: to,
      message: `the company took ${units} units out to ${to}, where they are lost`,
    });
  }
  state.float -= units;
  state.sums.withdrawn += units;
}

/** A payout: the whole balance, not held, to the wallet of somebody who is owed. */
export function payOut({ state, time, report }: Step, { id, wallet, units }: Omit<Payout, 'kind'>): void {
  state.sums.paid += units;
  const subject = `person ${id}`;
  const person = state.people.get(id);
  if (person?.movedTo !== 0) {
    state.owed -= units;
    const why = person ? `has moved to ${person.movedTo}` : 'is not enrolled';
    report({
      code: 'payout-person',
      subject,
      expected: person ? `person ${person.movedTo}` : 'somebody enrolled',
      found: id,
      message: `${formatUnits(units)} were paid out to person ${id}, who ${why}`,
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
  if (person.heldUntil > time) {
    report({
      code: 'payout-held',
      subject,
      expected: `none before ${person.heldUntil}`,
      found: time,
      message: `person ${id} was paid ${formatUnits(units)} at ${time}, but their payouts were held until ${person.heldUntil}`,
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

/** A payout to another address, for which the owner of the wallet has used a signature. */
export function payElsewhere(step: Step, { id, wallet, to, units }: PayoutRedirected): void {
  const { state, report } = step;
  if (!isUsable(state, to)) {
    report({
      code: 'payout-address',
      subject: `person ${id}`,
      expected: 'an address that is neither zero nor the ledger nor its token',
      found: to,
      message: `a payout of person ${id} was sent to ${to}, where it is lost`,
    });
  }
  payOut(step, { id, wallet, units });
  const person = state.people.get(id);
  if (person) person.nonce++;
}
