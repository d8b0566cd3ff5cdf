import {
  type BalancesOpened,
  type DisclosurePublished,
  decodeBalances,
  formatSaleRef,
  formatUnits,
  type RefundedLate,
  STATUS_CLOSED,
  type SuccessorSet,
} from '@plumbline/protocol';
import { type Hex, zeroAddress } from 'viem';
import { useAct } from './acts.ts';
import { checkSomeAdmin } from './authority.ts';
import { describeGone } from './changes/outcome.ts';
import { isNumbered, type ReplayContext } from './ledger-state.ts';

/** What a company brings along, and what it publishes. Twin of contracts/changes/LedgerNotices.sol. */

/** Hex digits of a packed balance. */
const BALANCE_DIGITS = 24;

/** What distributors are owed from before the ledger: before the first sale, and out of the float. */
export function openBalances(context: ReplayContext, { units, records, evidence }: BalancesOpened): void {
  const { state, report } = context;
  const subject = 'opening balances';
  checkSomeAdmin(context, subject);
  if (state.sums.sales > 0) {
    report({
      code: 'opening-late',
      subject,
      expected: 'before the first sale',
      found: `after ${state.sums.sales} sales`,
      message: `balances from before were opened after ${state.sums.sales} sales were recorded`,
    });
  }
  const digits = records.length - 2;
  const whole = digits - (digits % BALANCE_DIGITS);
  const balances = decodeBalances(records.slice(0, 2 + whole) as Hex);
  const sum = balances.reduce((total, balance) => total + balance.units, 0n);
  if (whole !== digits || whole === 0 || sum !== units || balances.some((balance) => balance.units === 0n)) {
    report({
      code: 'opening-records',
      subject,
      expected: `whole records of 12 bytes, none of 0 units, of ${units} in all`,
      found: `${digits / 2} bytes, ${sum} units in all`,
      message: `balances of ${units} units were opened by ${digits / 2} bytes of records with ${sum} units in all`,
    });
  }
  if (units > state.float) {
    report({
      code: 'opening-float',
      subject,
      expected: `at most ${state.float}`,
      found: units,
      message: `balances of ${units} units were opened out of a float of ${state.float}`,
    });
  }
  state.float -= units;
  state.owed += units;
  state.sums.opened += units;
  for (const { id, units: opened } of balances) openBalance(context, id, opened);
  useAct(context, subject, 'openBalances', [records, evidence]);
}

function openBalance({ state, report }: ReplayContext, id: number, units: bigint): void {
  const subject = `distributor ${id}`;
  const distributor = state.distributors.get(id);
  if (!distributor || distributor.status === STATUS_CLOSED) {
    const found = distributor ? describeGone(distributor) : 'is not enrolled';
    report({
      code: 'opening-distributor',
      subject,
      expected: 'an enrolled distributor who has neither left nor moved',
      found: distributor ? found : 'no distributor',
      message: `a balance of ${formatUnits(units)} was opened for ${subject}, who ${found}`,
    });
  }
  if (distributor) distributor.owed += units;
}

/** A refund at the company's cost: of a sale that is settled. */
export function refundLate({ state, report }: ReplayContext, entry: RefundedLate): void {
  const { batch: number, index, priceCents } = entry;
  const subject = `sale ${formatSaleRef(entry)}`;
  state.sums.lateRefundCents += priceCents;
  const batch = state.batches.get(number);
  // That its batch is missing from the logs was said where the numbers have a gap.
  if (!batch && isNumbered(state, number)) return;
  if (!batch?.sales[index]) {
    report({
      code: 'refund-sale',
      subject,
      expected: 'a sale that was recorded',
      found: 'none',
      message: `${subject} was refunded late, but there is no such sale`,
    });
    return;
  }
  if (index >= batch.settled) {
    report({
      code: 'refund-early',
      subject,
      expected: 'a sale that is settled',
      found: `settled below ${batch.settled}`,
      message: `${subject} was refunded late before it was settled, when it can still be reversed or will be settled`,
    });
  }
  if (priceCents === 0n) {
    report({
      code: 'refund-amount',
      subject,
      expected: 'more than 0',
      found: 0,
      message: `a late refund of ${subject} gave nothing back`,
    });
  }
}

export function publishDisclosure(context: ReplayContext, { period }: DisclosurePublished): void {
  checkSomeAdmin(context, `the disclosure of ${period}`);
}

/** The ledger in which the programme goes on: named once. */
export function setSuccessor(context: ReplayContext, { successor }: SuccessorSet): void {
  const { state, report } = context;
  checkSomeAdmin(context, 'the successor');
  if (state.successor !== null) {
    report({
      code: 'successor-again',
      subject: 'ledger',
      expected: state.successor,
      found: successor,
      message: `${successor} was named as the successor, but ${state.successor} had been`,
    });
  }
  if (successor === zeroAddress || successor === state.ledger) {
    report({
      code: 'successor-address',
      subject: 'ledger',
      expected: 'another ledger',
      found: successor,
      message: `${successor} was named as the successor, where no programme can go on`,
    });
  }
  state.successor = successor;
}
