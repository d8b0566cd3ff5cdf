import {
  COMPRESSION_DYNAMIC,
  COMPRESSION_NONE,
  COMPRESSION_ROLL_UP,
  encodeStandings,
  PLAN_BY_DIFFERENCE,
  PLAN_BY_GENERATION,
  PLAN_BY_LEVEL,
  type Plan,
  STATUS_ACTIVE,
  STATUS_INACTIVE,
} from '@plumbline/protocol';
import { type Address, type Hex, keccak256, stringToHex, zeroAddress } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { type Company, DAY, sale } from './company.ts';

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

export const EVIDENCE: Hex = `0x${'e1'.repeat(32)}`;
const REASON: Hex = `0x${'4e'.repeat(32)}`;

const FOREVER = 1n << 40n;

const SIGNED = {
  ClaimVoucher: ['uint256 id', 'address wallet', 'uint256 deadline'],
  WalletConsent: ['uint256 id', 'address from', 'address to', 'uint256 nonce', 'uint256 deadline'],
  WithdrawTo: ['uint256 id', 'address wallet', 'address to', 'uint256 nonce', 'uint256 deadline'],
};

/** A signature by EIP-712, as the ledger asks for it. */
function sign(
  { chainId, ledger }: Company,
  signer: PrivateKeyAccount,
  primaryType: keyof typeof SIGNED,
  message: Record<string, unknown>,
): Promise<Hex> {
  const fields = SIGNED[primaryType].map((field) => {
    const [type = '', name = ''] = field.split(' ');
    return { type, name };
  });
  const verifyingContract = ledger as Address;
  return signer.signTypedData({
    domain: { name: 'Plumbline CommissionLedger', version: '1', chainId, verifyingContract },
    types: { [primaryType]: fields },
    primaryType,
    message,
  });
}

export function roleNamed(name: string): Hex {
  return keccak256(stringToHex(`${name}_ROLE`));
}

/**
 * Everything else that can happen to a ledger. At the end the line is 12 > 16 > 6 > 7, 12 > 16 > 8 > 10 and
 * 12 > 16 > 20 > 21, beside the roots 4 and 24: who was 5 is 16, who was 9 is 20, and 10 has left. Open are a batch, a
 * flag, a hold of 16's payouts and a recovery of 7's wallet; 20 and 24 have no wallet.
 */
export async function thrive(company: Company): Promise<void> {
  await begin(company);
  const first = await company.record([sale(7, 10_000n), sale(9, 5_000n), sale(10, 2_000n), sale(6, 1_000n)]);
  await correct(company);
  await watch(company);
  await company.pass(15 * DAY);
  await company.settle(first, 1);
  await company.settle(first);
  await moveMoney(company);

  await company.pass(16 * DAY);
  await company.call('announcePlan', [BY_LEVEL]);
  const standings = [{ id: 6, rank: 1, status: STATUS_ACTIVE }];
  await company.call('setStanding', [encodeStandings(standings), EVIDENCE]);
  const second = await company.record([sale(7, 10_000n), sale(10, 2_000n), sale(5, 1_000n)]);
  await company.pass(14 * DAY);
  await company.settle(second);

  await company.pass(17 * DAY);
  await company.record([sale(21, 4_000n, 'preferred'), sale(9, 1_000n, 'self')]);
  await company.enrol([
    { id: 21, sponsor: 20, wallet: company.wallet(21) },
    { id: 24, sponsor: 0, wallet: zeroAddress },
  ]);
  const until = BigInt((await company.now()) + 20 * DAY);
  await company.call('hold', [company.account(5).address, until, REASON]);
  await company.call('proposeRecovery', [company.account(7).address, company.wallet(107)]);
}

/** Roles, distributors, ranks and the plan that comes next. */
async function begin(company: Company): Promise<void> {
  const { account, wallet, call, admin } = company;
  await call('grantRole', [roleNamed('RANKER'), admin]);
  await call('grantRole', [roleNamed('COMPLIANCE'), admin]);
  await call('grantRole', [roleNamed('GUARDIAN'), account(2).address]);
  await call('grantRole', [roleNamed('REGISTRAR'), account(3).address]);
  await company.enrol([
    { id: 4, sponsor: 0, wallet: account(4).address },
    { id: 5, sponsor: 4, wallet: account(5).address },
    { id: 6, sponsor: 5, wallet: zeroAddress },
    { id: 7, sponsor: 6, wallet: account(7).address },
    { id: 8, sponsor: 4, wallet: account(8).address },
    { id: 9, sponsor: 8, wallet: zeroAddress },
    { id: 10, sponsor: 9, wallet: wallet(10) },
    { id: 12, sponsor: 0, wallet: wallet(12) },
  ]);
  const standings = [
    { id: 5, rank: 2, status: STATUS_ACTIVE },
    { id: 6, rank: 1, status: STATUS_INACTIVE },
    { id: 8, rank: 1, status: STATUS_ACTIVE },
    { id: 12, rank: 3, status: STATUS_ACTIVE },
  ];
  await call('setStanding', [encodeStandings(standings), EVIDENCE]);
  await call('announcePlan', [BY_GENERATION]);
}

/** Sponsors put right: in lane 0, inside a fragment, and by moves with and without a wallet. */
async function correct({ account, wallet, call }: Company): Promise<void> {
  await call('correctSponsor', [8n, account(8).address, 5n, REASON]);
  await call('correctSponsor', [10n, wallet(10), 8n, REASON]);
  await call('correctSponsor', [5n, account(5).address, 12n, REASON]);
  await call('correctSponsor', [9n, zeroAddress, 16n, REASON]);
}

/** Claim, hold, flags, pause, and a recovery that its owner cancels, and the company too. */
async function watch(company: Company): Promise<void> {
  const { account, wallet, call, callAs } = company;
  const claim = { id: 6n, wallet: account(6).address, deadline: FOREVER };
  const voucher = await sign(company, account(3), 'ClaimVoucher', claim);
  await call('claimWallet', [6n, claim.wallet, FOREVER, account(3).address, voucher]);
  const held = account(5).address;
  const now = await company.now();
  await call('hold', [held, BigInt(now + 10 * DAY), REASON]);
  await call('hold', [held, BigInt(now + 9 * DAY), REASON]);
  await call('releaseHold', [held, REASON]);
  await call('raiseFlag', [0n, 10n, REASON]);
  await call('raiseFlag', [1n, 65_537n, REASON]);
  await call('closeFlag', [1n, 2n, EVIDENCE]);
  await callAs(account(2), 'setPaused', [true]);
  await call('setPaused', [false]);
  await call('proposeRecovery', [wallet(12), wallet(111)]);
  await callAs(wallet(12), 'cancelRecovery', []);
  await call('proposeRecovery', [wallet(12), wallet(110)]);
  await call('proposeRecovery', [wallet(12), zeroAddress]);
  await call('proposeRecovery', [wallet(12), wallet(112)]);
}

/** Money out by every way, wallets replaced by their owners and by the company, and somebody who leaves. */
async function moveMoney(company: Company): Promise<void> {
  const { account, wallet, call, callAs } = company;
  await call('recoverWallet', [wallet(12)]);
  await call('withdraw', [account(7).address]);
  const order = { id: 16n, wallet: account(5).address, to: wallet(105), nonce: 0n, deadline: FOREVER };
  const redirect = await sign(company, account(5), 'WithdrawTo', order);
  await call('withdrawTo', [order.wallet, order.to, FOREVER, redirect]);
  const change = { id: 8n, from: account(8).address, to: account(9).address, nonce: 0n, deadline: FOREVER };
  const consent = await sign(company, account(9), 'WalletConsent', change);
  await callAs(account(8), 'changeWallet', [change.to, FOREVER, consent]);
  await call('payOut', [[wallet(112), change.to]]);
  await call('withdrawFloat', [1_000_000n, wallet(1)]);
  await callAs(wallet(10), 'leaveProgramme', []);
  const until = BigInt((await company.now()) + 20 * DAY);
  await call('hold', [order.wallet, until, REASON]);
}
