import { checkPlan, type Plan, type PlanAnnounced, type PlanCancelled } from '@plumbline/protocol';
import { checkSomeAdmin, checkSomeGuardian } from './authority.ts';
import type { LedgerState, ReplayContext } from './ledger-state.ts';

/** Plans that are announced and have not started. */
const MAX_PENDING_PLANS = 8;

/**
 * A plan's announcement: the next version, valid, and with the notice that the terms promise. That its hash is of its
 * content is a condition for reading it at all.
 */
export function announcePlan(context: ReplayContext, entry: PlanAnnounced): void {
  const { state, report, time } = context;
  const { version, startsAt, plan } = entry;
  const subject = `plan ${version}`;
  checkSomeAdmin(context, subject);
  if (version !== state.planCount + 1) {
    report({
      code: 'plan-version',
      subject,
      expected: state.planCount + 1,
      found: version,
      message: `plan ${version} was announced where version ${state.planCount + 1} comes next`,
    });
  }
  const invalid = problemOf(plan);
  if (invalid !== null) {
    report({
      code: 'plan-invalid',
      subject,
      expected: 'a plan that a ledger accepts',
      found: invalid,
      message: `plan ${version} cannot be a ledger's plan: ${invalid}`,
    });
  }
  // The first plan comes with the ledger, before anything can be recorded.
  const start = state.planCount === 0 ? time : time + state.terms.planNotice;
  if (startsAt !== start) {
    report({
      code: 'plan-start',
      subject,
      expected: start,
      found: startsAt,
      message: `plan ${version} starts at ${startsAt}, but announced at ${time} it starts at ${start}`,
    });
  }
  adoptDue(state, time);
  const pending = state.planCount - state.planDue;
  if (pending >= MAX_PENDING_PLANS) {
    report({
      code: 'plan-pending',
      subject,
      expected: `at most ${MAX_PENDING_PLANS} plans that have not started`,
      found: pending + 1,
      message: `plan ${version} was announced while ${pending} plans had not started`,
    });
  }
  state.plans.set(version, { plan, hash: entry.planHash, startsAt, isCancelled: false });
  state.planCount = Math.max(state.planCount, version);
}

/** A plan withdrawn before it starts, once. */
export function cancelPlan(context: ReplayContext, { version }: PlanCancelled): void {
  const { state, report, time } = context;
  const subject = `plan ${version}`;
  checkSomeGuardian(context, `the cancellation of ${subject}`);
  const plan = state.plans.get(version);
  if (!plan || plan.isCancelled || plan.startsAt <= time) {
    const found = plan ? (plan.isCancelled ? 'cancelled' : `started at ${plan.startsAt}`) : 'never announced';
    report({
      code: 'plan-cancelled',
      subject,
      expected: 'a plan that has not started',
      found,
      message: `${subject} was cancelled at ${time}, but it was ${found}${plan?.isCancelled ? ' already' : ''}`,
    });
  }
  if (plan) plan.isCancelled = true;
}

/**
 * Version of the newest plan whose time has come and that was not cancelled, and the last whose time has come. Twin of
 * _adoptDue in contracts/ledger/LedgerBase.sol.
 */
function planAt(
  { plans, planInForce, planDue }: LedgerState,
  time: number,
): { version: number; due: number } {
  let [version, due] = [planInForce, planDue];
  for (let next = plans.get(due + 1); next && next.startsAt <= time; next = plans.get(due + 1)) {
    due++;
    if (!next.isCancelled) version = due;
  }
  return { version, due };
}

/** Version of the plan that a batch recorded at `time` is settled by. */
export function currentPlan(state: LedgerState, time: number): number {
  return planAt(state, time).version;
}

/** Puts that plan in force. */
export function adoptDue(state: LedgerState, time: number): number {
  const { version, due } = planAt(state, time);
  state.planInForce = version;
  state.planDue = due;
  return version;
}

function problemOf(plan: Plan): string | null {
  try {
    checkPlan(plan);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
