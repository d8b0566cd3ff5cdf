import { type Hex, zeroAddress } from 'viem';
import type { Finding, Observation } from '../findings.ts';
import type { LogAudit } from '../journal/audit-logs.ts';
import { currentPlan } from '../replay/plans.ts';
import { compareBatches } from './compare-batches.ts';
import { compareChanges, compareQueue } from './compare-changes.ts';
import {
  compareDistributors,
  compareRecoveries,
  compareUnclaimed,
  compareWallets,
} from './compare-distributors.ts';
import { compareFlags } from './compare-flags.ts';
import { compareActs, compareRecorders } from './compare-recorders.ts';
import type { Compare, ContractView } from './contract-view.ts';
import type { PinnedBlock } from './node.ts';

/** Compares the contract's storage with what the entries lead to, to the last unit. */
export function compareWithContract(audit: LogAudit, view: ContractView, block: PinnedBlock): Finding[] {
  const findings: Finding[] = [];
  const report = ({ expected, found, ...rest }: Observation): void => {
    const place = { entry: null, blockNumber: block.number, transactionHash: null };
    findings.push({ ...place, ...rest, expected: String(expected), found: String(found) });
  };
  compareJournal(audit, view, report);
  for (const compare of [
    compareMoney,
    compareCounts,
    compareDistributors,
    compareWallets,
    compareUnclaimed,
    compareRecoveries,
    compareFlags,
    compareBatches,
    comparePlans,
    comparePowers,
    compareRecorders,
    compareActs,
    compareQueue,
    compareChanges,
  ]) {
    compare(audit.state, view, report, block.timestamp);
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
    ['fragments', state.fragments, counts.fragments],
    ['plans', state.planCount, counts.plans],
    ['recorders', state.recorders.size, counts.recorders],
  ] as const;
  for (const [name, expected, found] of numbers) {
    if (expected === found) continue;
    const message = `the contract counts ${found} ${name}, but the entries have ${expected}`;
    report({ code: 'count-state', subject: name, expected, found, message });
  }
};

const comparePlans: Compare = (state, { plans, currentPlan: inForce }, report, time) => {
  plans.forEach((is, i) => {
    const plan = state.plans.get(i + 1);
    if (!plan || describePlan(plan) === describePlan(is)) return;
    report({
      code: 'plan-state',
      subject: `plan ${i + 1}`,
      expected: describePlan(plan),
      found: describePlan(is),
      message: `the contract's plan ${i + 1} is ${describePlan(is)}, but by its entries ${describePlan(plan)}`,
    });
  });
  const expected = currentPlan(state, time);
  if (inForce === expected) return;
  const message = `the contract would use plan ${inForce} now, but by the entries plan ${expected} is in force`;
  report({ code: 'plan-state', subject: 'plan in force', expected, found: inForce, message });
};

function describePlan({ hash, startsAt, isCancelled }: ContractView['plans'][number]): string {
  return `${hash} from ${startsAt}${isCancelled ? ', cancelled' : ''}`;
}

const comparePowers: Compare = (state, { roles, admin, isPaused, successor }, report) => {
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
  if (state.paused !== isPaused) {
    const [expected, found] = state.paused ? ['paused', 'not paused'] : ['not paused', 'paused'];
    const message = `the ledger is ${found} in the contract, but ${expected} by the entries`;
    report({ code: 'pause-state', subject: 'ledger', expected, found, message });
  }
  const named = state.successor ?? zeroAddress;
  if (successor !== named) {
    const message = `the contract's successor is ${successor}, but by the entries it is ${named}`;
    report({ code: 'successor-state', subject: 'ledger', expected: named, found: successor, message });
  }
  const seated = state.roles.admin ?? zeroAddress;
  if (seated === admin) return;
  const message = `the contract's admin is ${admin}, but by the entries it is ${seated}`;
  report({ code: 'role-state', subject: 'admin', expected: seated, found: admin, message });
};
