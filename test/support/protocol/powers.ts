import { type BalanceRecord, encodeBalances, type Plan, planHash } from '@plumbline/protocol';
import { type Address, type Hex, keccak256, zeroAddress, zeroHash } from 'viem';
import { type Call, encodeCall } from '../company/calls.ts';
import { roleNamed } from '../company/company.ts';
import { edgyBigInt, plans } from './arbitraries.ts';
import { adminDelayOf } from './ledger.ts';
import type { Subject } from './subject.ts';

/** What the admin and the guardians of a random company do: each sends calls and tells the twin. */

export const MAX_CAP = 2n ** 50n - 1n;
export const MAX_COUNT_CAP = 2 ** 24 - 1;
const MAX_RECORDERS = 5;
const MAX_PENDING_PLANS = 8;
const GUARDIAN = roleNamed('GUARDIAN');

/** A call that must be announced, and what it does to the twin. */
interface Act {
  call: Call;
  apply: () => void;
  /** The guardian whom it removes, who may not cancel it. */
  guardian?: Address | undefined;
}

function chooseAct(company: Subject): Act | undefined {
  const { random, twin, guardians } = company;
  switch (random.below(5)) {
    case 0: {
      const [role, account] = [roleNamed('QUOTER'), random.hex(20)];
      return { call: ['grantRole', role, account], apply: () => twin.setRole(role, account, true) };
    }
    case 1: {
      const [guardian] = guardians;
      const account = guardian ?? random.hex(20);
      const apply = () => {
        twin.setRole(GUARDIAN, account, guardian === undefined);
        if (guardian) guardians.delete(guardian);
        else guardians.add(account);
      };
      const name = guardian ? 'revokeRole' : 'grantRole';
      return { call: [name, GUARDIAN, account], apply, guardian };
    }
    case 2: {
      // A new one, or higher caps for one that is there.
      const isNew = twin.recorders.length < MAX_RECORDERS && random.chance(50);
      const before = random.pick(twin.recorders);
      const key = isNew ? random.hex(20) : before.key;
      const cap = isNew ? company.draw(edgyBigInt(0n, MAX_CAP)) : before.cap + 1n;
      const countCap = isNew ? random.pick([0, 7, 300]) : before.countCap + 10;
      if (cap > MAX_CAP || countCap > MAX_COUNT_CAP) return undefined;
      return { call: ['setRecorder', key, cap, countCap], apply: () => twin.setRecorder(key, cap, countCap) };
    }
    case 3:
      return standbyAct(company);
    default: {
      if (twin.float < 100n) return undefined;
      const [units, to] = [company.draw(edgyBigInt(1n, twin.float / 100n)), random.hex(20)];
      return { call: ['withdrawFloat', units, to], apply: () => twin.withdrawFloat(to, units) };
    }
  }
}

function standbyAct({ random, twin }: Subject): Act {
  const [{ number }, key] = [random.pick(twin.recorders), random.hex(20)];
  return { call: ['setStandby', number, key], apply: () => twin.setStandby(number, key) };
}

/** Opens balances from before the ledger. */
export function openBalances(
  company: Subject,
  balances: readonly BalanceRecord[],
  evidence: Hex,
): Promise<void> {
  const call: Call = ['openBalances', encodeBalances(balances), evidence];
  return act(company, { call, apply: () => company.twin.openBalances(balances, evidence) }, 'make');
}

/** Gives a recorder a standby key. */
export function nameStandby(company: Subject): Promise<void> {
  return act(company, standbyAct(company), 'make');
}

const FATES = ['make', 'make', 'make', 'cancel', 'void', 'leave'] as const;

async function actAtRandom(company: Subject): Promise<void> {
  const chosen = chooseAct(company);
  if (chosen) await act(company, chosen, company.random.pick(FATES));
}

/** Announces a call and makes it when it may; or it is cancelled, comes too late, or is left. */
async function act(
  company: Subject,
  { call, apply, guardian }: Act,
  fate: (typeof FATES)[number],
): Promise<void> {
  const { random, twin, terms, ledger, admin } = company;
  if (terms.delay === 0) {
    await company.send(call);
    return apply();
  }
  const data = encodeCall(call);
  const hash = keccak256(data);
  const before = twin.acts.get(hash);
  // The very same call may have been announced and left.
  if (before !== undefined && company.now <= before + terms.delay) return;
  await company.expectReason(call, before === undefined ? 'ActNotAnnounced' : 'ActVoid');
  await company.send(['announce', data]);
  const effectiveAt = company.now + terms.delay;
  twin.announceAct(data, effectiveAt);
  await company.expectReason(call, 'ActTooEarly');
  await company.expectReason(['announce', data], 'ActPending');
  if (guardian) await company.expectReason(['cancel', hash], 'NotGuardian', guardian);
  if (fate === 'make') {
    const time = effectiveAt + random.pick([0, terms.delay, random.between(0, terms.delay)]);
    await company.send(call, { time });
    twin.acts.delete(hash);
    apply();
  }
  if (fate === 'cancel') {
    const from = guardian ? admin : random.pick([admin, ...company.guardians]);
    await company.send(['cancel', hash], { from });
    twin.cancelAct(hash, from);
  }
  if (fate === 'void') {
    await ledger.chain.pass(effectiveAt + terms.delay + 1);
    await company.expectReason(call, 'ActVoid');
  }
}

/** Lowers a recorder's caps at once, the first one's excepted, so that there is always one that can do much. */
async function lowerCaps(company: Subject): Promise<void> {
  const { random, twin } = company;
  const { number, key, ...before } = random.pick(twin.recorders);
  if (number === 1) return;
  const cap = company.draw(edgyBigInt(before.cap / 4n, before.cap));
  const countCap = random.between(Math.floor(before.countCap / 4), before.countCap);
  await company.send(['setRecorder', key, cap, countCap]);
  twin.setRecorder(key, cap, countCap);
}

/** Puts a standby key in its recorder's place, or takes it back. */
async function replaceRecorder(company: Subject): Promise<void> {
  const { random, twin, admin } = company;
  const ready = () => twin.recorders.filter(({ standby }) => standby !== zeroAddress);
  if (ready().length === 0) {
    await company.expectReason(['replaceRecorder', 1], 'UnknownRecorder');
    await nameStandby(company);
  }
  const { number, standby } = random.pick(ready());
  await company.expectReason(['replaceRecorder', number], 'NotStandby', random.hex(20));
  if (random.chance(20)) {
    await company.send(['setStandby', number, zeroAddress]);
    return twin.setStandby(number, zeroAddress);
  }
  await company.send(['replaceRecorder', number], { from: random.pick([admin, standby]) });
  twin.replaceRecorder(number);
}

/** Announces a plan. */
export async function announcePlan(company: Subject, plan: Plan = company.draw(plans)): Promise<void> {
  const { twin, terms, ledger } = company;
  const pending = twin.plans.filter(({ startsAt }) => startsAt > company.now + 1).length;
  if (pending >= MAX_PENDING_PLANS) {
    return company.expectReason(['announcePlan', plan], 'TooManyPlansPending');
  }
  await company.send(['announcePlan', plan]);
  twin.announce(plan, company.now + terms.planNotice);
  const version = twin.plans.length;
  const [found] = await ledger.views(['planOf', version]);
  const [, startsAt, hash] = found as [Plan, bigint, string];
  if (hash !== planHash(plan) || startsAt !== BigInt(twin.planned(version).startsAt)) {
    throw new Error(`planOf(${version}) is ${startsAt}, ${hash}; the plan is ${JSON.stringify(plan)}.`);
  }
}

async function cancelPlan(company: Subject): Promise<void> {
  const { random, twin, admin } = company;
  const pending = twin.plans.flatMap(({ startsAt, isCancelled }, i) =>
    startsAt > company.now + 1 && !isCancelled ? [i + 1] : [],
  );
  await company.expectReason(['cancelPlan', 1], 'PlanNotPending');
  if (pending.length === 0) return;
  const version = random.pick(pending);
  await company.send(['cancelPlan', version], { from: random.pick([admin, ...company.guardians]) });
  twin.cancelPlan(version);
}

/** Tokens come without `fund`, and somebody sweeps them into the float. */
async function sweep(company: Subject): Promise<void> {
  const { twin, ledger } = company;
  await company.expectReason(['sweep'], 'NothingReceived');
  const units = company.draw(edgyBigInt(1n, 10n ** 9n));
  await ledger.mint(ledger.address, units);
  await company.send(['sweep']);
  twin.sweep(units);
}

export async function setPaused(company: Subject, paused: boolean): Promise<void> {
  await company.send(['setPaused', paused]);
  company.twin.setPaused(company.admin, paused);
}

/** Pauses, and is refused to enrol and to record; or lets it go on. */
async function pause(company: Subject): Promise<void> {
  const { twin } = company;
  await setPaused(company, !twin.paused);
  if (!twin.paused) return;
  const [{ key, sequence }] = [twin.recorder(1)];
  const [distributor, sale] = [`0x${'00'.repeat(28)}`, `0x${'00'.repeat(12)}`];
  await company.expectReason(['enrol', distributor], 'RecordingPaused', key);
  await company.expectReason(['recordSales', sale, sequence + 1, zeroHash, 1], 'RecordingPaused', key);
}

/** Offers the admin's seat, and withdraws the offer. */
async function offerSeat(company: Subject): Promise<void> {
  const { random, twin, terms } = company;
  const newAdmin: Address = random.hex(20);
  await company.send(['beginDefaultAdminTransfer', newAdmin]);
  const acceptableFrom = company.now + adminDelayOf(terms);
  twin.enter({ kind: 'adminTransferSet', newAdmin, acceptableFrom });
  await company.send(['cancelDefaultAdminTransfer']);
  twin.enter({ kind: 'adminTransferSet', newAdmin: zeroAddress, acceptableFrom: 0 });
}

/** All of them; how often one is listed is how often it is done. */
export const POWERS = [
  actAtRandom,
  actAtRandom,
  actAtRandom,
  actAtRandom,
  lowerCaps,
  replaceRecorder,
  replaceRecorder,
  cancelPlan,
  sweep,
  pause,
  offerSeat,
];
