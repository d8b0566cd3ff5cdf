import { FLAG_OUTCOMES } from '@plumbline/protocol';
import type { Hex } from 'viem';
import type { Finding, Observation } from '../findings.ts';
import type { LogAudit } from '../journal/audit-logs.ts';
import { grantAt } from '../replay/caps.ts';
import { currentPlan } from '../replay/plans.ts';
import {
  compareDistributors,
  compareRecoveries,
  compareUnclaimed,
  compareWallets,
} from './compare-distributors.ts';
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

const comparePlans: Compare = (state, { plans, currentPlan: inForce }, report, time) => {
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
  const expected = currentPlan(state, time);
  if (inForce === expected) return;
  const message = `the contract would use plan ${inForce} now, but by the entries plan ${expected} is in force`;
  report({ code: 'plan-state', subject: 'plan in force', expected, found: inForce, message });
};

const compareFlags: Compare = (state, { flags }, report) => {
  flags.forEach((is, i) => {
    const outcome = state.flags.get(i + 1);
    const expected = outcome === undefined ? 'not there' : (outcome ?? 'open');
    const found = is === null ? 'not there' : is === 0 ? 'open' : (FLAG_OUTCOMES[is - 1] ?? `outcome ${is}`);
    if (expected === found) return;
    const subject = `flag ${i + 1}`;
    const message = `${subject} is ${found} in the contract, but ${expected} by the entries`;
    report({ code: 'flag-state', subject, expected, found, message });
  });
};

const comparePowers: Compare = (state, { grants, roles, admin, isPaused }, report, time) => {
  for (const recorder of state.recorders.keys()) {
    const is = grants.get(recorder) ?? { cap: 0n, left: 0n };
    const { cap, left } = grantAt(state, recorder, time);
    if (cap === is.cap && left === is.left) continue;
    const [expected, found] = [`cap ${cap}, left ${left}`, `cap ${is.cap}, left ${is.left}`];
    const message =
      `the contract gives recorder ${recorder} a cap of ${is.cap} units with ${is.left} left, ` +
      `but by the entries it is ${cap} with ${left} left`;
    report({ code: 'recorder-state', subject: `recorder ${recorder}`, expected, found, message });
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
  if (state.paused !== isPaused) {
    const [expected, found] = state.paused ? ['paused', 'not paused'] : ['not paused', 'paused'];
    const message = `the ledger is ${found} in the contract, but ${expected} by the entries`;
    report({ code: 'pause-state', subject: 'ledger', expected, found, message });
  }
  const seated = state.roles.admin ?? `0x${'0'.repeat(40)}`;
  if (seated === admin) return;
  const message = `the contract's admin is ${admin}, but by the entries it is ${seated}`;
  report({ code: 'role-state', subject: 'admin', expected: seated, found: admin, message });
};
