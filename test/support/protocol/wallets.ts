import { zeroAddress } from 'viem';
import { signMessage } from '../company/signatures.ts';
import type { Subject } from './subject.ts';

/** What happens to wallets and payouts in a random company. */

const DAY = 86_400;
const RECOVERY_DELAY = 14 * DAY;
const MAX_HOLD = 30 * DAY;
const HOLD_GAP = 7 * DAY;

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
export async function recover(company: Subject): Promise<void> {
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

/** All of them; how often one is listed is how often it is done. */
export const WALLETS = [hold, releaseHold, claim, change, recover, withdrawTo, payOut];
