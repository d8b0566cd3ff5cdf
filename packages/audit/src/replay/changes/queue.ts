import type {
  AnnouncedChange,
  ChangeApplied,
  ChangeCancelled,
  CorrectionAnnounced,
  EndingAnnounced,
  StandingAnnounced,
} from '@plumbline/protocol';
import { ROLES, roleKey } from '../authority.ts';
import type { Change, LedgerState, ReplayContext } from '../ledger-state.ts';
import { presentId } from '../ledger-state.ts';
import { applyEnding, checkEnding } from './membership.ts';
import { applyCorrection, checkCorrection } from './sponsors.ts';
import { applyStandings, checkStandings, countStandings } from './standing.ts';

/** Changes of standing, sponsor and membership in their order. Twin of contracts/changes/LedgerChangeQueue.sol. */

/** What may be announced and not applied: records of standing, and corrections and endings for cause. */
const MAX_PENDING_STANDINGS = 20_000;
const MAX_PENDING_CASES = 100;

const DAY = 86_400;

export function announceStanding(context: ReplayContext, entry: StandingAnnounced): void {
  checkStandings(context, entry);
  enqueue(context, entry, countStandings(entry));
}

export function announceCorrection(context: ReplayContext, entry: CorrectionAnnounced): void {
  checkCorrection(context, entry);
  enqueue(context, entry, 1);
}

export function announceEnding(context: ReplayContext, entry: EndingAnnounced): void {
  checkEnding(context, entry);
  enqueue(context, entry, 1);
}

/** The next number, effective in time, and no more pending than there may be. */
function enqueue(context: ReplayContext, announced: AnnouncedChange, size: number): void {
  const { state, place, time, report } = context;
  const { changes, terms } = state;
  const { change, effectiveAt } = announced;
  const subject = `change ${change}`;
  if (change !== changes.count + 1) {
    report({
      code: 'change-number',
      subject,
      expected: changes.count + 1,
      found: change,
      message: `change ${change} was announced where number ${changes.count + 1} comes next`,
    });
  }
  const expected = effectiveTime(state, time);
  if (effectiveAt !== expected) {
    report({
      code: 'change-time',
      subject,
      expected,
      found: effectiveAt,
      message: `${subject}, announced at ${time}, is effective from ${effectiveAt} on, but it should be from ${expected}`,
    });
  }
  changes.count = Math.max(changes.count, change);
  changes.all.set(change, { announced, size, done: 0, isCancelled: false });
  changes.pending.add(change);
  countPending(state, announced, size);
  checkPending(context, announced);
  const last = changes.eras.at(-1);
  const isNewEra = last?.startsAt !== effectiveAt || last.lastChange <= changes.applied;
  if (isNewEra) changes.eras.push({ startsAt: effectiveAt, lastChange: change });
  else last.lastChange = change;
  if (terms.returnWindow === 0) state.due = { kind: 'change', number: change, place };
}

/** The first midnight (UTC) that is at least the delay away; at once without a return window. */
function effectiveTime({ terms }: LedgerState, time: number): number {
  return terms.returnWindow === 0 ? time : Math.ceil((time + terms.delay) / DAY) * DAY;
}

function countPending({ changes }: LedgerState, announced: AnnouncedChange, size: number): void {
  if (announced.kind === 'standingAnnounced') changes.standings += size;
  else if (announced.kind === 'correctionAnnounced' || announced.forCause) changes.cases += size;
}

function checkPending({ state, report }: ReplayContext, { kind, change }: AnnouncedChange): void {
  const { standings, cases } = state.changes;
  const [pending, limit, what] =
    kind === 'standingAnnounced'
      ? [standings, MAX_PENDING_STANDINGS, 'records of standing']
      : [cases, MAX_PENDING_CASES, 'corrections and endings for cause'];
  if (pending <= limit) return;
  report({
    code: 'change-limit',
    subject: `change ${change}`,
    expected: `at most ${limit}`,
    found: pending,
    message: `with change ${change}, ${pending} ${what} are announced and not applied, but there may be ${limit}`,
  });
}

/** A change withdrawn before it is effective, by an account that may. */
export function cancelChange(context: ReplayContext, { change: number, by }: ChangeCancelled): void {
  const { state, time, report } = context;
  const subject = `change ${number}`;
  const change = findPending(context, number, 'cancelled');
  if (!change) return;
  const { announced } = change;
  if (time >= announced.effectiveAt) {
    report({
      code: 'change-cancel-late',
      subject,
      expected: `before ${announced.effectiveAt}`,
      found: time,
      message: `${subject} was cancelled at ${time}, but it was effective from ${announced.effectiveAt} on`,
    });
  }
  if (!mayCancel(state, announced, by)) {
    report({
      code: 'change-cancel-power',
      subject,
      expected: isLeaving(announced) ? 'the distributor’s own wallet' : 'an account with the power to',
      found: by,
      message: `${subject} was cancelled by ${by}, who has no power to`,
    });
  }
  change.isCancelled = true;
  close(state, number, change);
  if (isLeaving(announced)) setLeaving(state, announced.id, 0);
}

function isLeaving(announced: AnnouncedChange): announced is EndingAnnounced {
  return announced.kind === 'endingAnnounced' && !announced.forCause;
}

function mayCancel(state: LedgerState, announced: AnnouncedChange, by: ChangeCancelled['by']): boolean {
  const { roles, recorders, recorderKeys } = state;
  const has = (role: keyof typeof ROLES) => roles.held.has(roleKey(ROLES[role], by));
  if (isLeaving(announced)) return state.distributors.get(presentId(state, announced.id))?.wallet === by;
  if (by === roles.admin || has('guardian')) return true;
  if (announced.kind === 'standingAnnounced') return has('ranker');
  if (announced.kind === 'correctionAnnounced') {
    return (recorders.get(recorderKeys.get(by) ?? 0)?.countCap ?? 0) > 0;
  }
  return has('compliance');
}

/** A change applied: next in order, in its time, after every batch recorded before it was settled, and as announced. */
export function applyChange(context: ReplayContext, entry: ChangeApplied): void {
  const { state } = context;
  const change = findPending(context, entry.change, 'applied');
  if (!change) return;
  checkTurn(context, entry.change, change);
  checkRange(context, entry, change);
  const { announced } = change;
  const from = change.done;
  change.done = Math.max(change.done, Math.min(entry.until, change.size));
  if (change.done >= change.size) {
    close(state, entry.change, change);
    state.changes.applied = Math.max(state.changes.applied, entry.change);
  }
  if (announced.kind === 'standingAnnounced') applyStandings(context, entry, announced, from);
  else if (announced.kind === 'correctionAnnounced') applyCorrection(context, entry, announced);
  else applyEnding(context, entry, announced);
}

function findPending({ state, report }: ReplayContext, number: number, what: string): Change | undefined {
  const change = state.changes.all.get(number);
  if (change && state.changes.pending.has(number)) return change;
  const found = change ? (change.isCancelled ? 'cancelled' : 'applied') : 'never announced';
  report({
    code: 'change-pending',
    subject: `change ${number}`,
    expected: 'a change that is announced, and neither applied nor cancelled',
    found,
    message: `change ${number} was ${what}, but it was ${found}${change ? ' already' : ''}`,
  });
  return undefined;
}

function checkTurn({ state, time, report }: ReplayContext, number: number, { announced }: Change): void {
  const subject = `change ${number}`;
  const [next] = state.changes.pending;
  if (next !== undefined && number !== next) {
    report({
      code: 'change-order',
      subject,
      expected: next,
      found: number,
      message: `${subject} was applied before change ${next}, which was announced earlier`,
    });
  }
  const { effectiveAt } = announced;
  if (time < effectiveAt) {
    report({
      code: 'change-early',
      subject,
      expected: `from ${effectiveAt} on`,
      found: time,
      message: `${subject} was applied at ${time}, before it was effective at ${effectiveAt}`,
    });
  }
  const open = findOpenBefore(state, effectiveAt);
  if (open === undefined) return;
  report({
    code: 'change-batches',
    subject,
    expected: `after batch ${open} is settled`,
    found: `batch ${open} open`,
    message: `${subject} was applied while batch ${open} was open, which was recorded before it was effective`,
  });
}

/** Notes the era of a batch. Twin of _enterEra in contracts/ledger/LedgerEras.sol. */
export function enterEra({ changes }: LedgerState, recordedAt: number): void {
  for (let next = changes.eras[changes.recording]; next && next.startsAt <= recordedAt; ) {
    changes.recording++;
    next = changes.eras[changes.recording];
  }
}

/** An open batch that was recorded before `time`. */
function findOpenBefore({ openBatches, batches }: LedgerState, time: number): number | undefined {
  for (const number of openBatches) {
    if ((batches.get(number)?.recordedAt ?? time) < time) return number;
  }
  return undefined;
}

function checkRange({ report }: ReplayContext, entry: ChangeApplied, { size, done }: Change): void {
  if (entry.until > done && entry.until <= size) return;
  report({
    code: 'change-range',
    subject: `change ${entry.change}`,
    expected: `up to ${done + 1} at least and ${size} at most`,
    found: entry.until,
    message: `change ${entry.change} of ${size} records was applied up to ${entry.until}, but ${done} were applied before`,
  });
}

/** No longer pending. */
function close({ changes }: LedgerState, number: number, { announced, size }: Change): void {
  changes.pending.delete(number);
  if (announced.kind === 'standingAnnounced') changes.standings -= size;
  else if (!isLeaving(announced)) changes.cases--;
}

/** The era whose batches may be settled: the first is 0, and each ends when its last change is applied. */
export function settlingEra(eras: LedgerState['changes']['eras'], applied: number): number {
  return eras.filter(({ lastChange }) => lastChange <= applied).length;
}

/** Notes by which change a distributor leaves. */
function setLeaving(state: LedgerState, id: number, change: number): void {
  const distributor = state.distributors.get(presentId(state, id));
  if (distributor) distributor.leaving = change;
}

/** Refuses changes that must be applied before a batch of `recordedAt` can be settled. */
export function checkEra({ state, report }: ReplayContext, batch: number, recordedAt: number): void {
  for (const number of state.changes.pending) {
    const effectiveAt = state.changes.all.get(number)?.announced.effectiveAt ?? 0;
    if (effectiveAt > recordedAt) continue;
    report({
      code: 'settlement-changes',
      subject: `batch ${batch}`,
      expected: `after change ${number} is applied`,
      found: `change ${number} pending`,
      message: `batch ${batch} was settled before change ${number} was applied, which was effective when it was recorded`,
    });
    return;
  }
}
