import {
  COMPRESSION_DYNAMIC,
  COMPRESSION_NONE,
  COMPRESSION_ROLL_UP,
  encodeBalances,
  encodeSales,
  PLAN_BY_DIFFERENCE,
  PLAN_BY_GENERATION,
  PLAN_BY_LEVEL,
  type Plan,
  STATUS_ACTIVE,
  STATUS_INACTIVE,
} from '@plumbline/protocol';
import { type Hex, keccak256, zeroAddress } from 'viem';
import { encodeCall } from '../support/company/calls.ts';
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
  reach: 64,
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

/** Sale 1-0, which is settled early. */
const FIRST_SALE = 65_536n;

/** Keys of the second recorder: the first, and the standby key that replaces it. */
const SECOND_KEY = walletOf(50);
const STANDBY_KEY = walletOf(51);

/**
 * Everything else that can happen to a ledger. At the end the line is 12 > 16 > 6 > 7, 12 > 16 > 8 > 10 > 11 and
 * 12 > 16 > 20 > 21, beside the roots 4 and 24: who was 5 is 16, who was 9 is 20, 10 has left and 11 had to. Open are two
 * batches, a flag, a hold of 16's payouts and a recovery of 7's wallet; 20 and 24 have no wallet. Pending are a rank of 7,
 * the end of 24's membership and the leaving of 21, and a call that the admin has announced.
 */
export async function thrive(company: LedgerCompany): Promise<void> {
  await begin(company);
  await correct(company);
  const first = await company.record([
    saleOf(7, 10_000n),
    saleOf(9, 5_000n),
    saleOf(10, 2_000n),
    saleOf(6, 1_000n),
  ]);
  await watch(company);
  await company.passTime(15 * DAY);
  await company.settle(first, 1);
  await company.settle(first);
  await moveMoney(company);

  await company.passTime(16 * DAY);
  await end(company);
  await company.call('announcePlan', [BY_LEVEL]);
  await company.setStanding([{ id: 6, rank: 1, status: STATUS_ACTIVE }]);
  const second = await company.record([saleOf(7, 10_000n), saleOf(10, 2_000n), saleOf(5, 1_000n)]);
  await company.passTime(14 * DAY);
  await company.settle(second);

  await company.passTime(17 * DAY);
  await company.enrol([
    { id: 21, sponsor: 20, wallet: walletOf(21) },
    { id: 24, sponsor: 0, wallet: zeroAddress },
  ]);
  await company.record([saleOf(21, 4_000n, 'preferred'), saleOf(9, 1_000n, 'self')]);
  const until = BigInt((await company.now()) + 20 * DAY);
  await company.call('hold', [company.account(5).address, until, REASON]);
  await company.call('proposeRecovery', [company.account(7).address, walletOf(107)]);
  await delegate(company);
  await announce(company);
}

/** Lets time pass to the next noon, so that what is announced together is effective together. */
async function passToNoon(company: LedgerCompany): Promise<void> {
  await company.passTime(DAY - (((await company.now()) + DAY / 2) % DAY));
}

/** Roles, distributors, balances from before, ranks and the plan that comes next. */
async function begin(company: LedgerCompany): Promise<void> {
  await company.callAnnounced('grantRole', [roleNamed('GUARDIAN'), company.account(2).address]);
  await company.callAnnounced('grantRole', [roleNamed('REGISTRAR'), company.account(3).address]);
  await company.enrol([
    { id: 4, sponsor: 0, wallet: company.account(4).address },
    { id: 5, sponsor: 4, wallet: company.account(5).address },
    { id: 6, sponsor: 5, wallet: zeroAddress },
    { id: 7, sponsor: 6, wallet: company.account(7).address },
    { id: 8, sponsor: 4, wallet: company.account(8).address },
    { id: 9, sponsor: 8, wallet: zeroAddress },
    { id: 10, sponsor: 9, wallet: walletOf(10) },
    { id: 11, sponsor: 10, wallet: walletOf(11) },
    { id: 12, sponsor: 0, wallet: walletOf(12) },
  ]);
  const balances = [
    { id: 4, units: 5_000n },
    { id: 9, units: 70n },
  ];
  await company.callAnnounced('openBalances', [encodeBalances(balances), EVIDENCE]);
  await company.setStanding([
    { id: 5, rank: 2, status: STATUS_ACTIVE },
    { id: 6, rank: 1, status: STATUS_INACTIVE },
    { id: 8, rank: 1, status: STATUS_ACTIVE },
    { id: 12, rank: 3, status: STATUS_ACTIVE },
  ]);
  await company.call('announcePlan', [BY_GENERATION]);
}

/**
 * Sponsors put right: in lane 0, inside a fragment, and by moves with and without a wallet. One is announced twice and
 * lapses the second time. Before them stands a rank that a guardian cancels.
 */
async function correct(company: LedgerCompany): Promise<void> {
  await passToNoon(company);
  await company.announceStanding([{ id: 4, rank: 5, status: STATUS_ACTIVE }]);
  await company.callAs(company.account(2).address, 'cancelChange', [2n]);
  const corrections = [
    [8n, company.account(8).address, 5n],
    [10n, walletOf(10), 8n],
    [10n, walletOf(10), 8n],
    [5n, company.account(5).address, 12n],
    [9n, zeroAddress, 5n],
  ] as const;
  for (const correction of corrections) await company.call('correctSponsor', [...correction, REASON]);
  await company.passToChange();
  await company.call('skipCancelled', [9n]);
  for (const [i, [id, , sponsor]] of corrections.entries()) {
    await company.call('applyCorrection', [BigInt(3 + i), id, sponsor, REASON]);
  }
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
  await company.call('raiseFlag', [0n, 10n, 7n, 2n, EVIDENCE, BigInt(now + 30 * DAY)]);
  await company.call('raiseFlag', [1n, 65_537n, 8n, 1n, EVIDENCE, BigInt(now + 89 * DAY)]);
  await company.call('raiseFlag', [0n, 12n, 7n, 3n, EVIDENCE, BigInt(now + 10 * DAY)]);
  await company.callAs(walletOf(10), 'answerFlag', [1n, REASON]);
  await company.call('closeFlag', [1n, 2n, EVIDENCE]);
  await company.callAs(company.account(2).address, 'setPaused', [true]);
  await company.call('setPaused', [false]);
  await company.call('proposeRecovery', [walletOf(12), walletOf(111)]);
  await company.callAs(walletOf(12), 'cancelRecovery', []);
  await company.call('proposeRecovery', [walletOf(12), walletOf(110)]);
  await company.call('proposeRecovery', [walletOf(12), zeroAddress]);
  await company.call('proposeRecovery', [walletOf(12), walletOf(112)]);
}

/** Money out by every way, tokens swept in, a late refund, and wallets replaced by their owners and by the company. */
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
  await company.callAnnounced('withdrawFloat', [1_000_000n, walletOf(1)]);
  await company.mint(company.ledger, 777n);
  await company.call('sweep', []);
  await company.call('refundLate', [FIRST_SALE, 300n, EVIDENCE]);
  const until = BigInt((await company.now()) + 20 * DAY);
  await company.call('hold', [order.wallet, until, REASON]);
}

/** A distributor who leaves, one who stays after all, and one who has to go. */
async function end(company: LedgerCompany): Promise<void> {
  await passToNoon(company);
  await company.callAs(walletOf(10), 'leaveProgramme', []);
  await company.callAs(walletOf(112), 'leaveProgramme', []);
  await company.callAs(walletOf(112), 'cancelLeaving', []);
  await company.call('endMembership', [11n, REASON, EVIDENCE]);
  const leaving = await company.passToChange();
  await company.call('applyEnding', [leaving, 10n]);
  await company.call('skipCancelled', [1n]);
  await company.call('applyEnding', [Number(leaving) + 2, 11n]);
}

/** A second recorder, whose standby key replaces the first and records. */
async function delegate(company: LedgerCompany): Promise<void> {
  await company.callAnnounced('setRecorder', [SECOND_KEY, 10n ** 12n, 100n]);
  await company.callAnnounced('setStandby', [2n, STANDBY_KEY]);
  await company.callAs(STANDBY_KEY, 'replaceRecorder', [2n]);
  const records = encodeSales([saleOf(7, 300n), saleOf(4, 200n)]);
  await company.callAs(STANDBY_KEY, 'recordSales', [records, 1n, REASON, 3n]);
  await company.enrol([{ id: 25, sponsor: 24, wallet: walletOf(25) }]);
}

/** What is published, announced and cancelled; the last changes stay pending. */
async function announce(company: LedgerCompany): Promise<void> {
  await company.call('publishDisclosure', [202_601n, REASON, EVIDENCE]);
  await company.call('announcePlan', [BY_GENERATION]);
  await company.callAs(company.account(2).address, 'cancelPlan', [4n]);
  const greedy = encodeCall(['withdrawFloat', 5n, walletOf(1)]);
  await company.call('announce', [greedy]);
  await company.callAs(company.account(2).address, 'cancel', [keccak256(greedy)]);
  await company.callAnnounced('revokeRole', [roleNamed('GUARDIAN'), company.account(2).address]);
  await company.call('setSuccessor', [walletOf(999)]);
  await company.call('announce', [greedy]);
  await passToNoon(company);
  await company.announceStanding([{ id: 7, rank: 4, status: STATUS_ACTIVE }]);
  await company.call('endMembership', [24n, REASON, EVIDENCE]);
  await company.callAs(walletOf(21), 'leaveProgramme', []);
}
