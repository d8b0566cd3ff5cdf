import { checkPlan, type Plan, type PlanAnnounced } from '@plumbline/protocol';
import { checkSomeAdmin } from './authority.ts';
import type { LedgerState, ReplayContext } from './ledger-state.ts';

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
  state.plans.set(version, { plan, hash: entry.planHash, startsAt });
  state.planCount = Math.max(state.planCount, version);
}

/** Version of the newest plan whose time has come. Twin of _adoptDue in contracts/ledger/LedgerBase.sol. */
export function currentPlan({ plans, planInForce }: LedgerState, time: number): number {
  let version = planInForce;
  for (;;) {
    const next = plans.get(version + 1);
    if (next === undefined || next.startsAt > time) return version;
    version++;
  }
}

/** Puts that plan in force. */
export function adoptDue(state: LedgerState, time: number): number {
  state.planInForce = currentPlan(state, time);
  return state.planInForce;
}

function problemOf(plan: Plan): string | null {
  try {
    checkPlan(plan);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
