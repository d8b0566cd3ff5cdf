import {
  type Entry,
  formatUnits,
  type Payout,
  type PayoutRedirected,
  type SurplusSwept,
} from '@plumbline/protocol';
import { useAct } from './acts.ts';
import { checkSomeAdmin } from './authority.ts';
import { isUsable } from './distributors.ts';
import type { ReplayContext } from './ledger-state.ts';

/** The most a ledger can hold, in base units: 50 bits. Twin of MAX_CUSTODY in contracts/types/Totals.sol. */
const MAX_CUSTODY = (1n << 50n) - 1n;

/** Tokens paid into the float: more than none, and no more than the ledger can count. */
export function fundFloat(
  { state, report }: ReplayContext,
  { units }: Extract<Entry, { kind: 'floatFunded' }>,
): void {
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
  checkCustody({ state, report }, `a funding of ${units} units`);
}

/** Tokens that had come without a funding, put into the float: more than none. */
export function sweepSurplus({ state, report }: ReplayContext, { units }: SurplusSwept): void {
  state.float += units;
  state.sums.swept += units;
  if (units === 0n) {
    report({
      code: 'sweep-amount',
      subject: 'ledger',
      expected: 'more than 0',
      found: 0,
      message: 'a sweep added nothing to the float',
    });
  }
  checkCustody({ state, report }, `a sweep of ${units} units`);
}

function checkCustody({ state, report }: Pick<ReplayContext, 'state' | 'report'>, what: string): void {
  const custody = state.float + state.reserved + state.owed;
  if (custody <= MAX_CUSTODY) return;
  report({
    code: 'custody-limit',
    subject: 'ledger',
    expected: `at most ${MAX_CUSTODY}`,
    found: custody,
    message: `${what} brought the ledger to ${custody}, above its limit of ${MAX_CUSTODY}`,
  });
}

/** Free float taken out by the company: never what is reserved or owed, and to an address where it is not lost. */
export function withdrawFloat(
  context: ReplayContext,
  { to, units }: Extract<Entry, { kind: 'floatWithdrawn' }>,
): void {
  const { state, report } = context;
  checkSomeAdmin(context, 'a withdrawal of float');
  useAct(context, `float for ${to}`, 'withdrawFloat', [units, to]);
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

/** A payout: the whole balance, to the distributor's wallet, and not while payouts are held. */
export function payOut(
  { state, time, report }: ReplayContext,
  { id, wallet, units }: Omit<Payout, 'kind'>,
): void {
  state.sums.paid += units;
  const subject = `distributor ${id}`;
  const distributor = state.distributors.get(id);
  if (distributor?.movedTo !== 0) {
    state.owed -= units;
    const why = distributor ? `has moved to ${distributor.movedTo}` : 'is not enrolled';
    report({
      code: 'payout-distributor',
      subject,
      expected: distributor ? `distributor ${distributor.movedTo}` : 'an enrolled distributor',
      found: id,
      message: `${formatUnits(units)} were paid out to distributor ${id}, who ${why}`,
    });
    return;
  }
  if (distributor.wallet !== wallet) {
    report({
      code: 'payout-wallet',
      subject,
      expected: distributor.wallet ?? 'no wallet, so no payout',
      found: wallet,
      message: `a payout of distributor ${id} went to ${wallet}, but their wallet is ${distributor.wallet ?? 'not known'}`,
    });
  }
  if (distributor.heldUntil > time) {
    report({
      code: 'payout-held',
      subject,
      expected: `none before ${distributor.heldUntil}`,
      found: time,
      message: `distributor ${id} was paid ${formatUnits(units)} at ${time}, but their payouts were held until ${distributor.heldUntil}`,
    });
  }
  if (distributor.owed !== units || units === 0n) {
    report({
      code: 'payout-amount',
      subject,
      expected: distributor.owed,
      found: units,
      message: `distributor ${id} was paid ${formatUnits(units)}, but was owed ${formatUnits(distributor.owed)}`,
    });
  }
  // A payout takes everything, so that one wrong amount does not make the next one look wrong too.
  state.owed -= distributor.owed;
  distributor.paid += units;
  distributor.owed = 0n;
}

/** A payout to another address, for which the owner of the wallet has used a signature. */
export function payElsewhere(context: ReplayContext, { id, wallet, to, units }: PayoutRedirected): void {
  const { state, report } = context;
  if (!isUsable(state, to)) {
    report({
      code: 'payout-address',
      subject: `distributor ${id}`,
      expected: 'an address that is neither zero nor the ledger nor its token',
      found: to,
      message: `a payout of distributor ${id} was sent to ${to}, where it is lost`,
    });
  }
  payOut(context, { id, wallet, units });
  const distributor = state.distributors.get(id);
  if (distributor) distributor.nonce++;
}
