import {
  type Account,
  fragmentOf,
  idAt,
  LANES,
  packFragment,
  parseAccount,
  STATUS_NONE,
} from '@plumbline/protocol';
import { numberToHex } from 'viem';
import type { FindingCode, Observation } from '../findings.ts';
import type { Distributor } from '../replay/ledger-state.ts';
import type { Compare, WalletView } from './contract-view.ts';

const EMPTY_LANE: Account = { sponsor: 0, owed: 0n, rank: 0, status: STATUS_NONE, movedTo: 0 };
const UNOWNED: WalletView = { id: 0, enrolledAt: 0, heldUntil: 0, nonce: 0 };

/** Every lane of every fragment, and all other bits of its word. */
export const compareDistributors: Compare = ({ distributors }, { fragments }, report) => {
  fragments.forEach((word, i) => {
    const number = i + 1;
    const lanes = Array.from({ length: LANES }, (_, lane) => distributors.get(idAt(number, lane)));
    const differences = lanes.flatMap((distributor, lane) =>
      compareDistributor(idAt(number, lane), distributor, parseAccount(word, number, lane)),
    );
    differences.forEach(report);
    const expected = packFragment(lanes.map((distributor) => distributor ?? EMPTY_LANE));
    if (differences.length > 0 || word === expected) return;
    report({
      code: 'fragment-state',
      subject: `fragment ${number}`,
      expected: numberToHex(expected),
      found: numberToHex(word),
      message: `the contract's fragment ${number} has bits that no distributor has by the entries`,
    });
  });
  for (const { id } of distributors.values()) {
    if (fragmentOf(id) > fragments.length) report(missingDistributor(id));
  }
};

function compareDistributor(
  id: number,
  distributor: Distributor | undefined,
  account: Account,
): Observation[] {
  const subject = `distributor ${id}`;
  if (!distributor) {
    if (account.status === STATUS_NONE && account.owed === 0n) return [];
    const found = `status ${account.status}, owed ${account.owed}`;
    const message = `the contract has ${subject} with ${account.owed} units, whom no entry enrolled`;
    return [{ code: 'distributor-unknown', subject, expected: 'no distributor', found, message }];
  }
  if (account.status === STATUS_NONE) return [missingDistributor(id)];
  if (distributor.movedTo !== account.movedTo) {
    const [expected, found] = [describeMove(distributor), describeMove(account)];
    const message = `${subject} has ${found} in the contract, but ${expected} by the entries`;
    return [{ code: 'distributor-moved', subject, expected, found, message }];
  }
  const facts: [FindingCode, string, number | bigint, number | bigint][] = [
    ['distributor-sponsor', 'sponsor', distributor.sponsor, account.sponsor],
    ['distributor-balance', 'a balance of', distributor.owed, account.owed],
    ['distributor-rank', 'rank', distributor.rank, account.rank],
    ['distributor-status', 'status', distributor.status, account.status],
  ];
  return facts
    .filter(([, , expected, found]) => expected !== found)
    .map(([code, what, expected, found]) => {
      const message = `the contract gives ${subject} ${what} ${found}, but by the entries it is ${expected}`;
      return { code, subject, expected, found, message };
    });
}

function describeMove({ movedTo }: Account): string {
  return movedTo === 0 ? 'not moved' : `moved to ${movedTo}`;
}

function missingDistributor(id: number): Observation {
  const message = `distributor ${id} was enrolled, but the contract does not know them`;
  return {
    code: 'distributor-missing',
    subject: `distributor ${id}`,
    expected: 'enrolled',
    found: 'no distributor',
    message,
  };
}

/** Each wallet's owner, the time of enrolment, the end of the hold, and the number of signatures used. */
export const compareWallets: Compare = (state, { wallets }, report) => {
  for (const [wallet, id] of state.wallets) {
    const found = wallets.get(wallet) ?? UNOWNED;
    if (id !== found.id) {
      const subject = id === 0 ? `wallet ${wallet}` : `distributor ${id}`;
      const message = `wallet ${wallet} is ${ownedBy(id)} by the entries, but the contract says ${ownedBy(found.id)}`;
      report({ code: 'wallet-owner', subject, expected: id, found: found.id, message });
      continue;
    }
    const expected = state.distributors.get(id) ?? UNOWNED;
    const [right, is] = [describeWallet(expected), describeWallet(found)];
    if (right === is) continue;
    const message = `wallet ${wallet} is ${is} in the contract, but ${right} by the entries`;
    report({ code: 'wallet-state', subject: `distributor ${id}`, expected: right, found: is, message });
  }
};

function ownedBy(id: number): string {
  return id === 0 ? 'without an owner' : `distributor ${id}'s`;
}

function describeWallet({ enrolledAt, heldUntil, nonce }: Omit<WalletView, 'id'>): string {
  return `enrolled at ${enrolledAt}, held until ${heldUntil}, at signature ${nonce}`;
}

/** Who can still claim a wallet. */
export const compareUnclaimed: Compare = (state, { unclaimed }, report) => {
  for (const id of state.unclaimed) {
    const distributor = state.distributors.get(id);
    const waits = distributor && distributor.wallet === null && distributor.movedTo === 0;
    const [expected, found] = [waits ? distributor.enrolledAt : 0, unclaimed.get(id) ?? 0];
    if (expected === found) continue;
    const message = `the contract lets distributor ${id} claim a wallet since ${found}, but by the entries it is ${expected}`;
    report({ code: 'unclaimed-state', subject: `distributor ${id}`, expected, found, message });
  }
};

/** Recoveries under way. */
export const compareRecoveries: Compare = (state, { recoveries }, report) => {
  for (const [wallet, { to, executableFrom }] of state.recoveries) {
    const is = recoveries.get(wallet);
    if (is?.to === to && is.executableFrom === executableFrom) continue;
    const [expected, found] = [`${to} from ${executableFrom}`, `${is?.to} from ${is?.executableFrom}`];
    const message = `the recovery of wallet ${wallet} is to ${found} in the contract, but to ${expected} by the entries`;
    report({ code: 'recovery-state', subject: `wallet ${wallet}`, expected, found, message });
  }
};
