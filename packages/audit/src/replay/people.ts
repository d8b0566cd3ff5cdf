import { type Enrolled, fragmentOf, idAt, LANES, laneOf, MAX_ID } from '@plumbline/protocol';
import { zeroAddress } from 'viem';
import { checkSomeRecorder, type LedgerState, type Step } from './state.ts';

/** Enrolment: the next free lane or the next fragment, a sponsor that is there, a wallet that is nobody's. */
export function enrol(step: Step, { id, sponsor, wallet }: Enrolled): void {
  const { state } = step;
  checkSomeRecorder(step, `person ${id}`);
  checkId(step, id);
  checkSponsor(step, id, sponsor);
  checkWallet(step, id, wallet);

  const before = state.people.get(id);
  const sums = { owed: before?.owed ?? 0n, credited: before?.credited ?? 0n, paid: before?.paid ?? 0n };
  const hasWallet = wallet !== zeroAddress;
  state.people.set(id, { id, sponsor, wallet: hasWallet ? wallet : null, ...sums });
  if (hasWallet && !state.wallets.has(wallet)) state.wallets.set(wallet, id);
  const fragment = fragmentOf(id);
  state.fragments = Math.max(state.fragments, fragment);
  if (laneOf(id) === 0) state.lastFragment = fragment;
  state.lanes.set(fragment, Math.max(state.lanes.get(fragment) ?? 0, laneOf(id) + 1));
}

function checkId({ state, report }: Step, id: number): void {
  const expected = expectedId(state, id);
  if (id === expected && id <= MAX_ID) return;
  report({
    code: 'enrolment-id',
    subject: `person ${id}`,
    expected,
    found: id,
    message: `person ${id} was enrolled where the next free id is ${expected}`,
  });
}

/** The id that was free where `id` was put: in its own fragment while there is room, else the next fragment's first. */
function expectedId({ fragments, lastFragment, lanes }: LedgerState, id: number): number {
  const fragment = fragmentOf(id);
  const taken = lanes.get(fragment) ?? 0;
  const fits = laneOf(id) !== 0 && fragment >= 1 && fragment <= fragments && taken < LANES;
  return fits ? idAt(fragment, taken) : idAt(lastFragment + 1, 0);
}

function checkSponsor({ state, report }: Step, id: number, sponsor: number): void {
  const first = laneOf(id) === 0;
  const exists = state.people.has(sponsor) && sponsor !== id;
  const near = fragmentOf(sponsor) === fragmentOf(id) && laneOf(sponsor) < laneOf(id);
  if (first ? sponsor === 0 || exists : exists && near) return;
  report({
    code: 'enrolment-sponsor',
    subject: `person ${id}`,
    expected: first ? 'somebody enrolled before, or 0' : 'somebody in a lower lane of the same fragment',
    found: sponsor,
    message: `person ${id} was enrolled below ${sponsor}, who cannot be the sponsor there`,
  });
}

function checkWallet({ state, report }: Step, id: number, wallet: Enrolled['wallet']): void {
  const owner = state.wallets.get(wallet);
  const isTaken = wallet !== zeroAddress && owner !== undefined && owner !== id;
  const isUsable = wallet !== state.ledger && wallet !== state.terms.token;
  if (!isTaken && isUsable) return;
  const why = isTaken ? `which belongs to person ${owner}` : 'where what is paid is lost';
  report({
    code: 'enrolment-wallet',
    subject: `person ${id}`,
    expected: isTaken ? 'a wallet that is nobody’s' : 'a wallet that is neither the ledger nor its token',
    found: wallet,
    message: `person ${id} was enrolled with wallet ${wallet}, ${why}`,
  });
}
