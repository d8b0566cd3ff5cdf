import { type BatchSettled, type Entry, type LedgerTerms, termsHash } from '@plumbline/protocol';
import type { Address } from 'viem';
import { type Finding, findingAt, type Observation, type Place } from '../findings.ts';
import { announceAct, cancelAct } from './acts.ts';
import {
  announceCorrection,
  announceEnding,
  announceStanding,
  applyChange,
  cancelChange,
} from './changes/queue.ts';
import { enrol } from './distributors.ts';
import { answerFlag, closeFlag, raiseFlag } from './flags.ts';
import { setHold } from './holds.ts';
import { emptyLedger, type LedgerState, type ReplayContext } from './ledger-state.ts';
import { fundFloat, payElsewhere, payOut, sweepSurplus, withdrawFloat } from './money.ts';
import { openBalances, publishDisclosure, refundLate, setSuccessor } from './notices.ts';
import { setPause } from './pause.ts';
import { announcePlan, cancelPlan } from './plans.ts';
import { replaceRecorder, setRecorder, setStandby } from './recorders.ts';
import { recordBatch } from './recording.ts';
import { reverseSale } from './reversal.ts';
import { changeDelay, changeRole, offerSeat } from './roles.ts';
import { type Settlement, settleBatch } from './settlement.ts';
import { setRecovery, setWallet } from './wallets.ts';

/** An entry as it was read; a settlement may lack some of its lines. */
export type ReadableEntry = Exclude<Entry, BatchSettled> | Settlement;

/** The result of replaying one entry. */
export interface Replayed {
  findings: Finding[];
  /** The entry, complete, as it enters the journal. */
  entry: Entry;
}

/** The state before the first entry. */
export function openReplay(chainId: number, ledger: Address, terms: LedgerTerms): LedgerState {
  const [own, token] = [ledger.toLowerCase() as Address, terms.token.toLowerCase() as Address];
  return emptyLedger(own, { ...terms, token }, termsHash(chainId, ledger, terms));
}

/**
 * Checks one entry against the rules, then applies what the entry says, right or wrong, so that one fault gives one
 * finding. It depends on nothing but its arguments. The state is changed in place: copying it for every entry would
 * take hours.
 * @param time Unix seconds of the entry's block.
 */
export function replayEntry(state: LedgerState, place: Place, time: number, entry: ReadableEntry): Replayed {
  const findings: Finding[] = [];
  const report = (observation: Observation) => findings.push(findingAt(place, observation));
  const context: ReplayContext = { state, place, time, report };
  checkOpening(context, entry);
  if (state.createdIn === null) {
    state.createdIn = place.transactionHash;
    state.createdAt = time;
  }
  findings.push(...checkDue(state, place, entry));
  if (entry.kind === 'batchSettled') return { findings, entry: settleBatch(context, entry) };
  apply(context, entry);
  return { findings, entry };
}

/** Findings that show only after the last entry. */
export function finishReplay(state: LedgerState): Finding[] {
  return checkDue(state, null, null);
}

function apply(context: ReplayContext, entry: Exclude<Entry, BatchSettled>): void {
  switch (entry.kind) {
    case 'opened':
      checkTerms(context, entry.termsHash);
      break;
    case 'enrolled':
      enrol(context, entry);
      break;
    case 'planAnnounced':
      announcePlan(context, entry);
      break;
    case 'recorderSet':
      setRecorder(context, entry);
      break;
    case 'roleChanged':
      changeRole(context, entry);
      break;
    case 'adminTransferSet':
      offerSeat(context, entry);
      break;
    case 'adminDelaySet':
      changeDelay(context, entry);
      break;
    case 'floatFunded':
      fundFloat(context, entry);
      break;
    case 'floatWithdrawn':
      withdrawFloat(context, entry);
      break;
    case 'batchRecorded':
      recordBatch(context, entry);
      break;
    case 'saleReversed':
      reverseSale(context, entry);
      break;
    case 'payout':
      payOut(context, entry);
      break;
    case 'payoutRedirected':
      payElsewhere(context, entry);
      break;
    case 'standingAnnounced':
      announceStanding(context, entry);
      break;
    case 'correctionAnnounced':
      announceCorrection(context, entry);
      break;
    case 'endingAnnounced':
      announceEnding(context, entry);
      break;
    case 'changeCancelled':
      cancelChange(context, entry);
      break;
    case 'changeApplied':
      applyChange(context, entry);
      break;
    case 'standbySet':
      setStandby(context, entry);
      break;
    case 'recorderReplaced':
      replaceRecorder(context, entry);
      break;
    case 'actAnnounced':
      announceAct(context, entry);
      break;
    case 'actCancelled':
      cancelAct(context, entry);
      break;
    case 'planCancelled':
      cancelPlan(context, entry);
      break;
    case 'balancesOpened':
      openBalances(context, entry);
      break;
    case 'refundedLate':
      refundLate(context, entry);
      break;
    case 'disclosurePublished':
      publishDisclosure(context, entry);
      break;
    case 'successorSet':
      setSuccessor(context, entry);
      break;
    case 'surplusSwept':
      sweepSurplus(context, entry);
      break;
    case 'flagAnswered':
      answerFlag(context, entry);
      break;
    case 'walletSet':
      setWallet(context, entry);
      break;
    case 'recoverySet':
      setRecovery(context, entry);
      break;
    case 'holdSet':
      setHold(context, entry);
      break;
    case 'flagRaised':
      raiseFlag(context, entry);
      break;
    case 'flagClosed':
      closeFlag(context, entry);
      break;
    case 'pauseSet':
      setPause(context, entry);
      break;
  }
}

function checkOpening({ place, report }: ReplayContext, { kind }: ReadableEntry): void {
  if ((place.entry === 0) === (kind === 'opened')) return;
  report({
    code: 'opening',
    subject: 'ledger',
    expected: place.entry === 0 ? 'opened' : 'an entry that is not the first',
    found: kind,
    message:
      place.entry === 0
        ? `the first entry is ${kind}, not the ledger's opening: the logs do not begin where the ledger does`
        : `the ledger was opened again by entry ${place.entry}`,
  });
}

function checkTerms({ state, report }: ReplayContext, given: string): void {
  if (given === state.termsHash) return;
  report({
    code: 'terms-hash',
    subject: 'ledger',
    expected: state.termsHash,
    found: given,
    message: `the ledger was opened with terms ${given}, but its chain, address and terms hash to ${state.termsHash}`,
  });
}

/**
 * Without a return window, a batch and its settlement are one call, and so are a change and its application: two entries,
 * one after the other.
 */
function checkDue(state: LedgerState, place: Place | null, entry: ReadableEntry | null): Finding[] {
  const { due } = state;
  if (!due) return [];
  state.due = null;
  const isSame = place?.transactionHash === due.place.transactionHash;
  if (entry && isSame && isDone(state, due, entry)) return [];
  const subject = `${due.kind} ${due.number}`;
  const [code, what, done] =
    due.kind === 'batch'
      ? (['settlement-missing', 'recorded', 'settled'] as const)
      : (['change-missing', 'announced', 'applied'] as const);
  return [
    findingAt(due.place, {
      code,
      subject,
      expected: `${subject} ${done}`,
      found: entry?.kind ?? 'nothing',
      message: `${subject} was ${what} without a return window, but was not ${done} in the same call`,
    }),
  ];
}

function isDone(state: LedgerState, due: NonNullable<LedgerState['due']>, entry: ReadableEntry): boolean {
  if (due.kind === 'batch') {
    const count = state.batches.get(due.number)?.sales.length;
    return entry.kind === 'batchSettled' && entry.batch === due.number && entry.until === count;
  }
  const size = state.changes.all.get(due.number)?.size;
  return entry.kind === 'changeApplied' && entry.change === due.number && entry.until === size;
}
