import {
  COMPRESSION_DYNAMIC,
  COMPRESSION_NONE,
  COMPRESSION_ROLL_UP,
  PLAN_BY_DIFFERENCE,
  PLAN_BY_GENERATION,
  PLAN_BY_LEVEL,
  type Plan,
  STATUS_ACTIVE,
  STATUS_INACTIVE,
} from '@plumbline/protocol';
import { type Hex, zeroAddress } from 'viem';
import {
  DAY,
  EVIDENCE,
  type LedgerCompany,
  roleNamed,
  saleOf,
  walletOf,
} from '../support/company/company.ts';
import { signMessage } from '../support/company/signatures.ts';

const WEIGHTS: [number, number, number] = [10_000, 8_000, 5_000];

/** Seller 10 %; up the line whatever a rank has more than those below: 5, 9, 15 %. Inactive distributors do not count. */
export const BY_DIFFERENCE = {
  kind: PLAN_BY_DIFFERENCE,
  compression: COMPRESSION_ROLL_UP,
  boundaryRank: 0,
  ceilingBps: 2_500,
  weightsBps: WEIGHTS,
  ratesBps: [
    [1_000, 0],
    [1_000, 500],
    [1_000, 900],
    [1_000, 1_500],
  ],
} satisfies Plan;

/** Seller 10 %; a generation is each distributor of rank 1 or above, and a rank reaches as many as its number. */
export const BY_GENERATION: Plan = {
  ...BY_DIFFERENCE,
  kind: PLAN_BY_GENERATION,
  compression: COMPRESSION_DYNAMIC,
  boundaryRank: 1,
  ratesBps: [[1_000], [1_000, 300], [1_000, 300, 200], [1_000, 300, 200, 100]],
};

/** By level, with one more for those of a rank. */
const BY_LEVEL: Plan = {
  ...BY_DIFFERENCE,
  kind: PLAN_BY_LEVEL,
  compression: COMPRESSION_NONE,
  ceilingBps: 2_800,
  ratesBps: [
    [2_000, 500],
    [2_000, 500, 300],
  ],
};

const REASON: Hex = `0x${'4e'.repeat(32)}`;

const FOREVER = 1n << 40n;

/**
 * Everything else that can happen to a ledger. At the end the line is 12 > 16 > 6 > 7, 12 > 16 > 8 > 10 and
 * 12 > 16 > 20 > 21, beside the roots 4 and 24: who was 5 is 16, who was 9 is 20, and 10 has left. Open are a batch, a
 * flag, a hold of 16's payouts and a recovery of 7's wallet; 20 and 24 have no wallet.
 */
export async function thrive(company: LedgerCompany): Promise<void> {
  await begin(company);
  const first = await company.record([
    saleOf(7, 10_000n),
    saleOf(9, 5_000n),
    saleOf(10, 2_000n),
    saleOf(6, 1_000n),
  ]);
  await correct(company);
  await watch(company);
  await company.passTime(15 * DAY);
  await company.settle(first, 1);
  await company.settle(first);
  await moveMoney(company);

  await company.passTime(16 * DAY);
  await company.call('announcePlan', [BY_LEVEL]);
  const standings = [{ id: 6, rank: 1, status: STATUS_ACTIVE }];
  await company.setStanding(standings);
  const second = await company.record([saleOf(7, 10_000n), saleOf(10, 2_000n), saleOf(5, 1_000n)]);
  await company.passTime(14 * DAY);
  await company.settle(second);

  await company.passTime(17 * DAY);
  await company.record([saleOf(21, 4_000n, 'preferred'), saleOf(9, 1_000n, 'self')]);
  await company.enrol([
    { id: 21, sponsor: 20, wallet: walletOf(21) },
    { id: 24, sponsor: 0, wallet: zeroAddress },
  ]);
  const until = BigInt((await company.now()) + 20 * DAY);
  await company.call('hold', [company.account(5).address, until, REASON]);
  await company.call('proposeRecovery', [company.account(7).address, walletOf(107)]);
}

/** Roles, distributors, ranks and the plan that comes next. */
async function begin(company: LedgerCompany): Promise<void> {
  await company.call('grantRole', [roleNamed('GUARDIAN'), company.account(2).address]);
  await company.call('grantRole', [roleNamed('REGISTRAR'), company.account(3).address]);
  await company.enrol([
    { id: 4, sponsor: 0, wallet: company.account(4).address },
    { id: 5, sponsor: 4, wallet: company.account(5).address },
    { id: 6, sponsor: 5, wallet: zeroAddress },
    { id: 7, sponsor: 6, wallet: company.account(7).address },
    { id: 8, sponsor: 4, wallet: company.account(8).address },
    { id: 9, sponsor: 8, wallet: zeroAddress },
    { id: 10, sponsor: 9, wallet: walletOf(10) },
    { id: 12, sponsor: 0, wallet: walletOf(12) },
  ]);
  const standings = [
    { id: 5, rank: 2, status: STATUS_ACTIVE },
    { id: 6, rank: 1, status: STATUS_INACTIVE },
    { id: 8, rank: 1, status: STATUS_ACTIVE },
    { id: 12, rank: 3, status: STATUS_ACTIVE },
  ];
  await company.setStanding(standings);
  await company.call('announcePlan', [BY_GENERATION]);
}

/** Sponsors put right: in lane 0, inside a fragment, and by moves with and without a wallet. */
async function correct(company: LedgerCompany): Promise<void> {
  await company.call('correctSponsor', [8n, company.account(8).address, 5n, REASON]);
  await company.call('correctSponsor', [10n, walletOf(10), 8n, REASON]);
  await company.call('correctSponsor', [5n, company.account(5).address, 12n, REASON]);
  await company.call('correctSponsor', [9n, zeroAddress, 16n, REASON]);
}

/** Claim, hold, flags, pause, and a recovery that its owner cancels, and the company too. */
async function watch(company: LedgerCompany): Promise<void> {
  const claim = { id: 6n, wallet: company.account(6).address, deadline: FOREVER };
  const voucher = await signMessage(company, company.keyOf(3), 'ClaimVoucher', claim);
  await company.call('claimWallet', [6n, claim.wallet, FOREVER, company.account(3).address, voucher]);
  const held = company.account(5).address;
  const now = await company.now();
  await company.call('hold', [held, BigInt(now + 10 * DAY), REASON]);
  await company.call('hold', [held, BigInt(now + 9 * DAY), REASON]);
  await company.call('releaseHold', [held, REASON]);
  await company.call('raiseFlag', [0n, 10n, REASON]);
  await company.call('raiseFlag', [1n, 65_537n, REASON]);
  await company.call('closeFlag', [1n, 2n, EVIDENCE]);
  await company.callAs(company.account(2).address, 'setPaused', [true]);
  await company.call('setPaused', [false]);
  await company.call('proposeRecovery', [walletOf(12), walletOf(111)]);
  await company.callAs(walletOf(12), 'cancelRecovery', []);
  await company.call('proposeRecovery', [walletOf(12), walletOf(110)]);
  await company.call('proposeRecovery', [walletOf(12), zeroAddress]);
  await company.call('proposeRecovery', [walletOf(12), walletOf(112)]);
}

/** Money out by every way, wallets replaced by their owners and by the company, and a distributor who leaves. */
async function moveMoney(company: LedgerCompany): Promise<void> {
  await company.call('recoverWallet', [walletOf(12)]);
  await company.call('withdraw', [company.account(7).address]);
  const order = {
    id: 16n,
    wallet: company.account(5).address,
    to: walletOf(105),
    nonce: 0n,
    deadline: FOREVER,
  };
  const redirect = await signMessage(company, company.keyOf(5), 'WithdrawTo', order);
  await company.call('withdrawTo', [order.wallet, order.to, FOREVER, redirect]);
  const change = {
    id: 8n,
    from: company.account(8).address,
    to: company.account(9).address,
    nonce: 0n,
    deadline: FOREVER,
  };
  const consent = await signMessage(company, company.keyOf(9), 'WalletConsent', change);
  await company.callAs(company.account(8).address, 'changeWallet', [change.to, FOREVER, consent]);
  await company.call('payOut', [[walletOf(112), change.to]]);
  await company.call('withdrawFloat', [1_000_000n, walletOf(1)]);
  await company.callAs(walletOf(10), 'leaveProgramme', []);
  const until = BigInt((await company.now()) + 20 * DAY);
  await company.call('hold', [order.wallet, until, REASON]);
}
