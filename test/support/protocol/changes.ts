import { encodeStandings, fragmentOf, STATUS_CLOSED, type StandingRecord } from '@plumbline/protocol';
import type { Address } from 'viem';
import type { Call } from '../company/calls.ts';
import { ranks } from './arbitraries.ts';
import { settle } from './sales.ts';
import type { Subject } from './subject.ts';
import type { TwinChange } from './twin-changes.ts';

/** What a random company does with changes of standing, sponsor and membership. */

const SPONSOR_WINDOW = 7 * 86_400;
const MAX_UINT256 = 2n ** 256n - 1n;

/** Ranks and activity of a few distributors, or of all; now and then of one twice. */
export async function setStanding(company: Subject, isSparse = false): Promise<void> {
  const { random, twin } = company;
  const open = [...twin.distributors].filter(([, { status }]) => status !== STATUS_CLOSED);
  if (open.length === 0) return;
  const count = isSparse ? open.length : random.pick([1, random.between(1, 10), open.length]);
  const inactive = isSparse ? 95 : random.pick([5, 20, 60, 95]);
  const standings = Array.from({ length: count }, (_, i): StandingRecord => {
    const [id] = count === open.length ? (open[i] ?? random.pick(open)) : random.pick(open);
    return { id, rank: company.draw(ranks), status: random.chance(inactive) ? 2 : 1 };
  });
  const evidence = random.hex(32);
  await company.send(['setStanding', encodeStandings(standings), evidence]);
  twin.announceChange(company.admin, { kind: 'standing', standings, evidence }, company.now);
}

/** A distributor's sponsor becomes any distributor who is not in their downline, in their fragment or not, or none. */
export async function correctSponsor(company: Subject): Promise<void> {
  const { random, twin } = company;
  if (twin.paused) return;
  const fresh = freshDistributors(company);
  if (fresh.length === 0) return;
  const id = random.pick(fresh);
  const sponsors = [...twin.distributors.keys()].filter((sponsor) => twin.fits(id, sponsor));
  const near = sponsors.filter((sponsor) => fragmentOf(sponsor) === fragmentOf(id));
  const choices = near.length > 0 && random.chance(50) ? near : sponsors;
  const sponsor = choices.length > 0 && random.chance(90) ? random.pick(choices) : 0;
  if (!twin.fits(id, sponsor)) return;
  await announceCorrection(company, id, sponsor);
  // The other way round as well: each is right alone, and together they would be a cycle.
  const isOther = random.chance(40) && freshDistributors(company).includes(sponsor);
  if (isOther && twin.fits(sponsor, id)) await announceCorrection(company, sponsor, id);
}

/** Who can still be given another sponsor. */
function freshDistributors({ twin, now }: Subject): number[] {
  return [...twin.distributors]
    .filter(([, { status, enrolledAt }]) => status !== STATUS_CLOSED && now + 1 < enrolledAt + SPONSOR_WINDOW)
    .map(([id]) => id);
}

async function announceCorrection(company: Subject, id: number, sponsor: number): Promise<void> {
  const { random, twin } = company;
  const reason = random.hex(32);
  // Who may record nothing corrects nothing. The first recorder's caps stay.
  const { key } = random.pick(twin.recorders.filter(({ countCap }) => countCap > 0));
  await company.send(['correctSponsor', id, twin.distributor(id).wallet, sponsor, reason], { from: key });
  twin.announceChange(key, { kind: 'sponsor', id, sponsor, reason }, company.now);
}

/** A distributor announces to leave, with their own wallet. */
export async function leave(company: Subject): Promise<void> {
  const { twin, random } = company;
  const staying = company.walletOwners().filter(([, { status }]) => status !== STATUS_CLOSED);
  if (staying.length === 0) return;
  const [id, { wallet, leaving }] = random.pick(staying);
  if (leaving !== 0) return;
  await company.send(['leaveProgramme'], { from: wallet });
  const { number } = twin.announceChange(wallet, { kind: 'leaving', id }, company.now);
  await company.expectReason(['cancelChange', number], 'NotAnnouncer');
  const reason = twin.returnWindow === 0 ? 'DistributorGone' : 'AlreadyLeaving';
  await company.expectReason(['leaveProgramme'], reason, wallet);
}

/** The company ends a membership, with or without a wallet. */
export async function endMembership(company: Subject): Promise<void> {
  const { twin, random } = company;
  const staying = [...twin.distributors].filter(([, { status }]) => status !== STATUS_CLOSED);
  if (staying.length === 0) return;
  const [id] = random.pick(staying);
  const [reason, evidence] = [random.hex(32), random.hex(32)];
  await company.send(['endMembership', id, reason, evidence]);
  twin.announceChange(company.admin, { kind: 'ending', id, reason, evidence }, company.now);
}

/** A change that is not effective yet is cancelled by somebody who may; or one that is effective is not. */
async function cancelChange(company: Subject): Promise<void> {
  const { twin, random, admin } = company;
  const uncancelled = twin.changes.slice(twin.nextChange - 1).filter(({ isCancelled }) => !isCancelled);
  if (uncancelled.length === 0) return;
  const { number, content, effectiveAt } = random.pick(uncancelled);
  const isEffective = effectiveAt <= company.now;
  if (content.kind === 'leaving') {
    const id = twin.presentId(content.id);
    const { wallet, leaving } = twin.distributor(id);
    if (leaving !== number) throw new Error(`Distributor ${id} leaves by ${leaving}, not ${number}.`);
    if (isEffective) return company.expectReason(['cancelLeaving'], 'ChangeEffective', wallet);
    if (effectiveAt === company.now + 1) return;
    await company.send(['cancelLeaving'], { from: wallet });
    return twin.cancelLeaving(id);
  }
  if (isEffective) return company.expectReason(['cancelChange', number], 'ChangeEffective');
  if (effectiveAt === company.now + 1) return;
  const mayCancel: Address[] = [admin, ...company.guardians];
  if (content.kind === 'sponsor') {
    mayCancel.push(...twin.recorders.filter(({ countCap }) => countCap > 0).map(({ key }) => key));
  }
  const from = random.pick(mayCancel);
  await company.send(['cancelChange', number], { from });
  twin.cancelChange(number, from);
}

/** Lets time pass until the next change is effective, and leaves it at that. */
async function passToChange({ twin, ledger }: Subject): Promise<void> {
  if (twin.pending) await ledger.chain.pass(twin.pending.effectiveAt);
}

/** Applies the next change, in whole or in part; now and then only some of the batches before it are settled. */
async function applyNext(company: Subject): Promise<void> {
  const { twin, random, ledger } = company;
  const change = twin.pending;
  if (!change) return company.expectReason(['applyEnding', twin.nextChange, 4], 'ChangeMismatch');
  if (company.now < change.effectiveAt) {
    await company.expectReason(applyCall(change), 'ChangeTooEarly');
    await ledger.chain.pass(change.effectiveAt);
    const reason = change.content.kind === 'leaving' ? 'NotAnnouncer' : 'ChangeEffective';
    if (!change.isCancelled) await company.expectReason(['cancelChange', change.number], reason);
  }
  for (const batch of twin.openBefore) {
    await company.expectReason(applyCall(change), 'BatchesOpen');
    if (random.chance(10)) return;
    await settle(company, batch, MAX_UINT256);
  }
  if (change.isCancelled) {
    const alike = twin.changes.slice(change.number - 1);
    const end = alike.findIndex(
      ({ isCancelled, effectiveAt }) => !isCancelled || effectiveAt !== change.effectiveAt,
    );
    const count = random.between(1, end < 0 ? alike.length : end);
    await company.send(['skipCancelled', count]);
    return twin.skipCancelled(count);
  }
  if (random.chance(20)) await company.expectReason(otherContent(change), 'ChangeMismatch');
  if (random.chance(20)) {
    const later = { ...change, number: change.number + 1 };
    const isEnding = change.content.kind === 'leaving' || change.content.kind === 'ending';
    if (!isEnding) await company.expectReason(applyCall(later), 'NotNextChange');
  }
  const until = random.pick([change.size, random.between(change.done + 1, change.size)]);
  await company.send(applyCall(change, random.chance(50) && until === change.size ? MAX_UINT256 : until));
  twin.applyChange(until);
  if (until > 1 && until < change.size) {
    await company.expectReason(applyCall(change, until), 'NothingToApply');
  }
}

/** Applies all changes that are pending. */
export async function applyAll(company: Subject): Promise<void> {
  while (company.twin.pending) await applyNext(company);
}

function applyCall({ number, content }: TwinChange, until: number | bigint = MAX_UINT256): Call {
  switch (content.kind) {
    case 'standing':
      return ['applyStanding', number, encodeStandings(content.standings), until];
    case 'sponsor':
      return ['applyCorrection', number, content.id, content.sponsor, content.reason];
    default:
      return content.kind === 'leaving' || content.kind === 'ending'
        ? ['applyEnding', number, content.id]
        : ['skipCancelled', 1];
  }
}

/** The same with other content. */
function otherContent(change: TwinChange): Call {
  const call = applyCall(change);
  if (call[0] === 'applyStanding') return call.with(2, `${call[2]}00000011`) as Call;
  if (call[0] === 'applyCorrection') return call.with(4, `0x${'ee'.repeat(32)}`) as Call;
  return call.with(2, Number(call[2]) + 1) as Call;
}

/** All of them; how often one is listed is how often it is done. */
export const CHANGES = [
  setStanding,
  setStanding,
  correctSponsor,
  correctSponsor,
  leave,
  endMembership,
  cancelChange,
  passToChange,
  applyNext,
  applyNext,
  applyAll,
];
