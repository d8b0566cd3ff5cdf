import {
  type Account,
  accountIn,
  fragmentOf,
  idAt,
  LANES,
  STATUS_ACTIVE,
  STATUS_NONE,
} from '@plumbline/protocol';
import type { Hex } from 'viem';
import type { Finding, FindingCode, Observation } from '../findings.ts';
import type { LogAudit } from '../journal/audit-logs.ts';
import type { LedgerState, Person } from '../replay/state.ts';
import type { ContractView } from './contract-view.ts';

type Compare = (state: LedgerState, view: ContractView, report: (observation: Observation) => void) => void;

/** Holds what the contract's storage says against what the entries make of it, to the last unit. */
export function compareWithContract(audit: LogAudit, view: ContractView, blockNumber: bigint): Finding[] {
  const findings: Finding[] = [];
  const report = ({ expected, found, ...rest }: Observation): void => {
    const place = { entry: null, blockNumber, transactionHash: null };
    findings.push({ ...place, ...rest, expected: String(expected), found: String(found) });
  };
  compareJournal(audit, view, report);
  for (const compare of [
    compareMoney,
    compareCounts,
    comparePeople,
    compareWallets,
    compareBatches,
    comparePlans,
    comparePowers,
  ]) {
    compare(audit.state, view, report);
  }
  return findings;
}

function compareJournal(
  { head, entryCount }: LogAudit,
  view: ContractView,
  report: (observation: Observation) => void,
) {
  if (entryCount !== view.entryCount) {
    report({
      code: 'journal-count',
      subject: 'journal',
      expected: view.entryCount,
      found: entryCount,
      message: `the contract counts ${view.entryCount} entries, but the logs have ${entryCount}`,
    });
  }
  if (head !== view.head) {
    report({
      code: 'journal-head',
      subject: 'journal',
      expected: view.head,
      found: head ?? 'unreadable',
      message:
        `the contract's head is ${view.head}, but the logs end at ${head ?? 'a log that cannot be read'}: ` +
        'they are not the complete, untouched journal',
    });
  }
}

const compareMoney: Compare = (state, { solvency, tokenHeld }, report) => {
  const sums = [
    ['float-state', 'float', state.float, solvency.float],
    ['reserved-state', 'reserved', state.reserved, solvency.reserved],
    ['owed-state', 'owed', state.owed, solvency.owed],
    ['held-state', 'held', tokenHeld, solvency.held],
  ] as const;
  for (const [code, name, expected, found] of sums) {
    if (expected === found) continue;
    const source = name === 'held' ? "the token's balance" : 'the entries';
    const message = `the contract gives ${found} units as ${name}, but by ${source} it is ${expected}`;
    report({ code, subject: 'ledger', expected, found, message });
  }
  const promised = solvency.float + solvency.reserved + solvency.owed;
  if (tokenHeld < promised) {
    report({
      code: 'insolvent',
      subject: 'ledger',
      expected: `at least ${promised}`,
      found: tokenHeld,
      message: `the ledger holds ${tokenHeld} units, but float, reserved and owed are ${promised}`,
    });
  }
};

const compareCounts: Compare = (state, { counts }, report) => {
  const numbers = [
    ['batches', state.batchCount, counts.batches],
    ['fragments', state.fragments, counts.fragments],
    ['plans', state.planCount, counts.plans],
  ] as const;
  for (const [name, expected, found] of numbers) {
    if (expected === found) continue;
    const message = `the contract counts ${found} ${name}, but the entries have ${expected}`;
    report({ code: 'count-state', subject: name, expected, found, message });
  }
};

const comparePeople: Compare = ({ people }, { fragments }, report) => {
  fragments.forEach((word, i) => {
    for (let lane = 0; lane < LANES; lane++) {
      const id = idAt(i + 1, lane);
      comparePerson(id, people.get(id), accountIn(word, i + 1, lane), report);
    }
  });
  for (const { id } of people.values()) {
    if (fragmentOf(id) > fragments.length) report(missingPerson(id));
  }
};

function comparePerson(
  id: number,
  person: Person | undefined,
  account: Account,
  report: (observation: Observation) => void,
): void {
  const subject = `person ${id}`;
  const differ = (code: FindingCode, what: string, expected: number | bigint, found: number | bigint) => {
    if (expected === found) return;
    const message = `the contract gives ${subject} ${what} ${found}, but by the entries it is ${expected}`;
    report({ code, subject, expected, found, message });
  };
  if (!person) {
    if (account.status !== STATUS_NONE || account.owed !== 0n) {
      const found = `status ${account.status}, owed ${account.owed}`;
      const message = `the contract has ${subject} with ${account.owed} units, whom no entry enrolled`;
      report({ code: 'person-unknown', subject, expected: 'nobody', found, message });
    }
    return;
  }
  if (account.status === STATUS_NONE) {
    report(missingPerson(id));
    return;
  }
  differ('person-sponsor', 'sponsor', person.sponsor, account.sponsor);
  differ('person-balance', 'a balance of', person.owed, account.owed);
  differ('person-rank', 'rank', 0, account.rank);
  differ('person-status', 'status', STATUS_ACTIVE, account.status);
}

function missingPerson(id: number): Observation {
  const message = `person ${id} was enrolled, but the contract does not know them`;
  return { code: 'person-missing', subject: `person ${id}`, expected: 'enrolled', found: 'nobody', message };
}

const compareWallets: Compare = (state, { wallets }, report) => {
  for (const [wallet, expected] of state.wallets) {
    const found = wallets.get(wallet) ?? 0;
    if (expected === found) continue;
    const message = `wallet ${wallet} is person ${expected}'s by the entries, but the contract says person ${found}'s`;
    report({ code: 'wallet-owner', subject: `person ${expected}`, expected, found, message });
  }
};

const compareBatches: Compare = (state, { batches }, report) => {
  batches.forEach((is, i) => {
    const batch = state.batches.get(i + 1);
    // A batch that is missing from the logs was reported where it is missing.
    if (!batch) return;
    const open = batch.settled < batch.sales.length;
    const expected = describeBatch(open, open ? batch.settled : 0);
    const found = describeBatch(is.open, is.settled);
    if (expected === found) return;
    const subject = `batch ${i + 1}`;
    const message = `${subject} is ${found} in the contract, but ${expected} by the entries`;
    report({ code: 'batch-state', subject, expected, found, message });
  });
};

function describeBatch(open: boolean, settled: number): string {
  return open ? `open with ${settled} sales settled` : 'closed';
}

const comparePlans: Compare = (state, { plans }, report) => {
  plans.forEach(({ hash, startsAt }, i) => {
    const plan = state.plans.get(i + 1);
    if (!plan || (plan.hash === hash && plan.startsAt === startsAt)) return;
    report({
      code: 'plan-state',
      subject: `plan ${i + 1}`,
      expected: `${plan.hash} from ${plan.startsAt}`,
      found: `${hash} from ${startsAt}`,
      message: `the contract's plan ${i + 1} is ${hash} from ${startsAt}, but by its entry ${plan.hash} from ${plan.startsAt}`,
    });
  });
};

const comparePowers: Compare = (state, { caps, roles, admin }, report) => {
  for (const [recorder, { cap }] of state.recorders) {
    const found = caps.get(recorder) ?? 0n;
    if (cap === found) continue;
    const message = `the contract gives recorder ${recorder} a cap of ${found} units, but by the entries it is ${cap}`;
    report({ code: 'recorder-state', subject: `recorder ${recorder}`, expected: cap, found, message });
  }
  for (const [key, isHeld] of roles) {
    const expected = state.roles.held.has(key);
    if (expected === isHeld) continue;
    const [role, account] = key.split(' ') as [Hex, Hex];
    const found = isHeld ? 'held' : 'not held';
    const message = `role ${role} is ${found} by ${account} in the contract, but not so by the entries`;
    report({
      code: 'role-state',
      subject: `role ${role} of ${account}`,
      expected: String(expected),
      found,
      message,
    });
  }
  const seated = state.roles.admin ?? `0x${'0'.repeat(40)}`;
  if (seated === admin) return;
  const message = `the contract's admin is ${admin}, but by the entries it is ${seated}`;
  report({ code: 'role-state', subject: 'admin', expected: seated, found: admin, message });
};
