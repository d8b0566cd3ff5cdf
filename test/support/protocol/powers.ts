import { encodeStandings, fragmentOf, STATUS_CLOSED, type StandingRecord } from '@plumbline/protocol';
import { zeroAddress, zeroHash } from 'viem';
import type { Call } from '../company/calls.ts';
import { signMessage } from '../company/signatures.ts';
import { edgyBigInt, ranks } from './arbitraries.ts';
import type { Subject } from './subject.ts';

/** What a random company does besides enrolling, selling and paying: each sends calls and tells the twin. */

const DAY = 86_400;
const SPONSOR_WINDOW = 7 * DAY;
const RECOVERY_DELAY = 14 * DAY;
const MAX_HOLD = 30 * DAY;
const HOLD_GAP = 7 * DAY;

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
  twin.setStanding(company.admin, standings, evidence);
}

/** A distributor's sponsor becomes any distributor who is not in their downline, in their fragment or not, or none. */
export async function correctSponsor(company: Subject): Promise<void> {
  const { random, twin } = company;
  if (twin.paused) return;
  const time = company.now + 1;
  const fresh = [...twin.distributors].filter(
    ([, { status, enrolledAt }]) => status !== STATUS_CLOSED && time < enrolledAt + SPONSOR_WINDOW,
  );
  if (fresh.length === 0) return;
  const [id, distributor] = random.pick(fresh);
  const sponsors = [...twin.distributors].filter(
    ([sponsor, { status }]) =>
      status !== STATUS_CLOSED && sponsor !== distributor.sponsor && !twin.isAbove(id, sponsor),
  );
  const near = sponsors.filter(([sponsor]) => fragmentOf(sponsor) === fragmentOf(id));
  const choices = near.length > 0 && random.chance(50) ? near : sponsors;
  const [sponsor] = choices.length > 0 && random.chance(90) ? random.pick(choices) : [0];
  if (sponsor === distributor.sponsor) return;
  const reason = random.hex(32);
  await company.send(['correctSponsor', id, distributor.wallet, sponsor, reason]);
  twin.correctSponsor(id, sponsor, reason);
}

/** A distributor leaves, with their own wallet. */
export async function leave(company: Subject): Promise<void> {
  const staying = company.walletOwners().filter(([, { status }]) => status !== STATUS_CLOSED);
  if (staying.length === 0) return;
  const [id, { wallet }] = company.random.pick(staying);
  await company.send(['leaveProgramme'], { from: wallet });
  company.twin.leave(id);
}

/** A hold of at most 30 days, or a shorter one in place of the one that is on. */
async function hold(company: Subject): Promise<void> {
  const { random, twin } = company;
  const now = company.now + 1;
  const free = company
    .walletOwners()
    .filter(([, { heldUntil }]) => heldUntil === 0 || heldUntil > now + 1 || now >= heldUntil + HOLD_GAP);
  if (free.length === 0) return;
  const [id, { wallet, heldUntil }] = random.pick(free);
  const latest = heldUntil > now ? heldUntil : now + MAX_HOLD;
  const until = random.pick([latest, now + 1, random.between(now + 1, latest)]);
  const reason = random.hex(32);
  await company.send(['hold', wallet, until, reason]);
  twin.hold(id, until, reason);
}

async function releaseHold(company: Subject): Promise<void> {
  const now = company.now + 1;
  const held = company.walletOwners().filter(([, { heldUntil }]) => heldUntil > now);
  if (held.length === 0) return;
  const [id, { wallet }] = company.random.pick(held);
  const reason = company.random.hex(32);
  await company.send(['releaseHold', wallet, reason]);
  company.twin.hold(id, now, reason);
}

async function raiseFlag(company: Subject): Promise<void> {
  const { random, twin } = company;
  const onSale = twin.batches.length > 0 && random.chance(50);
  const sale = random.between(1, twin.batches.length) * 65_536 + random.between(0, 65_535);
  const subject = onSale ? sale : random.pick([...twin.distributors.keys()]);
  const reason = random.hex(32);
  await company.send(['raiseFlag', Number(onSale), subject, reason]);
  twin.raiseFlag(Number(onSale), subject, reason);
}

async function closeFlag(company: Subject): Promise<void> {
  const { random, twin } = company;
  const open = twin.flags.flatMap((outcome, i) => (outcome === 0 ? [i + 1] : []));
  if (open.length === 0) return;
  const [flag, outcome, evidence] = [random.pick(open), random.between(1, 3), random.hex(32)];
  await company.send(['closeFlag', flag, outcome, evidence]);
  twin.closeFlag(flag, outcome, evidence);
}

/** A distributor without a wallet gets one, by the registrar's voucher. */
async function claim(company: Subject): Promise<void> {
  const { random, twin } = company;
  const walletless = [...twin.distributors].filter(
    ([, { wallet, movedTo }]) => wallet === zeroAddress && movedTo === 0,
  );
  if (walletless.length === 0) return;
  const [id] = random.pick(walletless);
  const wallet = company.newWallet();
  const deadline = BigInt(company.now + random.between(1, 1000));
  const signature = await signMessage(company.place, company.adminKey, 'ClaimVoucher', {
    id: BigInt(id),
    wallet,
    deadline,
  });
  await company.send(['claimWallet', id, wallet, deadline, company.admin, signature]);
  twin.setWallet(id, wallet, 'claimed');
}

/** A distributor changes to a new wallet, which consents. */
async function change(company: Subject): Promise<void> {
  const owners = company.walletOwners();
  if (owners.length === 0) return;
  const [id, { wallet: from, nonce }] = company.random.pick(owners);
  const to = company.newWallet();
  const deadline = BigInt(company.now + company.random.between(1, 1000));
  const consent = { id: BigInt(id), from, to, nonce: BigInt(nonce), deadline };
  const signature = await signMessage(company.place, company.keyOf(to), 'WalletConsent', consent);
  await company.send(['changeWallet', to, deadline, signature], { from });
  company.twin.setWallet(id, to, 'changed');
}

/** A recovery is proposed; or one under way is cancelled by either side, or executed when its time has come. */
async function recover(company: Subject): Promise<void> {
  const { random, twin } = company;
  const [first] = twin.recoveries;
  const owners = company.walletOwners();
  if (first) {
    const [from, { to, executableFrom }] = first;
    const id = owners.find(([, { wallet }]) => wallet === from)?.[0] ?? 0;
    if (random.chance(50)) {
      const byOwner = random.chance(50);
      await (byOwner
        ? company.send(['cancelRecovery'], { from })
        : company.send(['proposeRecovery', from, zeroAddress]));
      twin.cancelRecovery(id);
    } else {
      const time = Math.max(company.now + 1, executableFrom);
      await company.send(['recoverWallet', from], { time });
      twin.setWallet(id, to, 'recovered');
    }
  } else if (owners.length > 0) {
    const [id, { wallet }] = random.pick(owners);
    const to = company.newWallet();
    await company.send(['proposeRecovery', wallet, to]);
    twin.proposeRecovery(id, to, company.now + RECOVERY_DELAY);
  }
}

/** What a distributor is owed goes to another address, as they have signed. */
async function withdrawTo(company: Subject): Promise<void> {
  const { random, twin } = company;
  const payable = company.payable(company.now + 1);
  if (payable.length === 0) return;
  const [id, { wallet, nonce }] = random.pick(payable);
  const to = random.hex(20);
  const deadline = BigInt(company.now + random.between(1, 1000));
  const order = { id: BigInt(id), wallet, to, nonce: BigInt(nonce), deadline };
  const signature = await signMessage(company.place, company.keyOf(wallet), 'WithdrawTo', order);
  await company.send(['withdrawTo', wallet, to, deadline, signature]);
  twin.pay(id, to);
}

/** Some wallets, whether they can be paid or not, and the same wallet twice. */
async function payOut(company: Subject): Promise<void> {
  const { random } = company;
  const owners = company.walletOwners();
  if (owners.length === 0) return;
  await payOutTo(
    company,
    Array.from({ length: random.between(1, 20) }, () => random.pick(owners)),
  );
}

export async function payOutTo(company: Subject, chosen: ReturnType<Subject['walletOwners']>): Promise<void> {
  await company.send(['payOut', chosen.map(([, { wallet }]) => wallet)]);
  for (const [id, distributor] of chosen) {
    if (distributor.owed > 0n && distributor.heldUntil <= company.now) company.twin.pay(id);
  }
}

async function withdrawFloat(company: Subject): Promise<void> {
  const { random, twin } = company;
  if (twin.float < 100n) return;
  const units = company.draw(edgyBigInt(1n, twin.float / 100n));
  const to = random.hex(20);
  await company.send(['withdrawFloat', units, to]);
  twin.withdrawFloat(to, units);
}

export async function setPaused(company: Subject, paused: boolean): Promise<void> {
  await company.send(['setPaused', paused]);
  company.twin.setPaused(company.admin, paused);
}

/** Pauses, and is refused to enrol and to record; or lets it go on. */
async function pause(company: Subject): Promise<void> {
  const { twin, ledger } = company;
  await setPaused(company, !twin.paused);
  if (!twin.paused) return;
  const [distributor, sale] = [`0x${'00'.repeat(28)}`, `0x${'00'.repeat(12)}`];
  const calls: Call[] = [
    ['enrol', distributor],
    ['recordSales', twin.batches.length + 1, sale, zeroHash],
  ];
  for (const call of calls) {
    const reason = await ledger.findReason(call);
    if (reason !== 'RecordingPaused') throw new Error(`${call[0]} of a paused ledger ends with ${reason}.`);
  }
}

/** All of them; how often one is listed is how often it is done. */
export const POWERS = [
  setStanding,
  setStanding,
  setStanding,
  correctSponsor,
  correctSponsor,
  leave,
  hold,
  releaseHold,
  raiseFlag,
  closeFlag,
  claim,
  change,
  recover,
  withdrawTo,
  payOut,
  withdrawFloat,
  pause,
];
