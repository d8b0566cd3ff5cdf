import type { Plan } from '@plumbline/protocol';
import { type Hex, zeroAddress } from 'viem';
import { DAY, type LedgerCompany, saleOf, walletOf } from '../support/company/company.ts';

/** A role that means nothing to the ledger. */
export const ROLE: Hex = `0x${'ec'.repeat(32)}`;

/** Seller 20 %, then 5, 3, 2, 1 and 1 %; a preferred customer counts for 80 %, a purchase of one's own for half. */
export const FIRST_PLAN = {
  kind: 0,
  compression: 0,
  boundaryRank: 0,
  reach: 64,
  ceilingBps: 3_200,
  weightsBps: [10_000, 8_000, 5_000] as [number, number, number],
  ratesBps: [[2_000, 500, 300, 200, 100, 100]],
} satisfies Plan;

export const SECOND_PLAN: Plan = { ...FIRST_PLAN, ceilingBps: 4_000, ratesBps: [[2_500, 1_000, 500]] };

/** A company that has lived has this line: 4 > 5 > 6 > 7 > 8 > 9 and a root 12 beside it; 6 and 10 have no wallet. */
const SPONSORS = [
  [4, 0],
  [5, 4],
  [6, 5],
  [7, 6],
  [8, 7],
  [9, 8],
  [10, 8],
  [12, 0],
  [16, 12],
] as const;
const WALLETLESS = [6, 10];

/** Everything that can happen to a ledger with a return window, once. The last two batches stay open. */
export async function live(company: LedgerCompany): Promise<void> {
  await company.enrol(
    SPONSORS.map(([id, sponsor]) => ({
      id,
      sponsor,
      wallet: WALLETLESS.includes(id) ? zeroAddress : walletOf(id),
    })),
  );
  const first = await company.record([
    saleOf(9, 10_000n),
    saleOf(6, 9_999n, 'preferred'),
    saleOf(5, 1n),
    saleOf(8, 4_000n, 'self'),
  ]);
  const second = await company.record([saleOf(10, 7_777n), saleOf(16, 5_000n), saleOf(9, 0n), saleOf(4, 3n)]);
  await company.reverse(first, [
    { index: 3, priceCents: 1_000n, volumeCents: 999n },
    { index: 1, priceCents: 10_499n, volumeCents: 9_999n },
  ]);
  await company.reverse(second, [{ index: 0, priceCents: 1_000n, volumeCents: 777n }]);
  await company.reverse(second, [{ index: 0, priceCents: 1_000n, volumeCents: 1_000n }]);
  await company.call('announcePlan', [SECOND_PLAN]);
  await company.callAnnounced('setRecorder', [walletOf(5), 2_000n, 4n]);
  await company.callAnnounced('grantRole', [ROLE, walletOf(4)]);
  await company.call('beginDefaultAdminTransfer', [walletOf(12)]);
  await company.call('cancelDefaultAdminTransfer', []);
  await company.call('changeDefaultAdminDelay', [BigInt(DAY)]);
  await company.passTime(14 * DAY);
  await company.settle(first, 2);
  await company.settle(first);
  // Of the rest, the third has no volume: it pays nobody.
  await company.settle(second, 3);
  for (const id of [9, 5]) await company.call('withdraw', [walletOf(id)]);
  await company.record([saleOf(9, 2_000n), saleOf(12, 1_000n)]);
  await company.passTime(16 * DAY);
  await company.call('beginDefaultAdminTransfer', [walletOf(12)]);
  await company.record([saleOf(8, 2_500n), saleOf(7, 1_000n)]);
  await company.call('setRecorder', [walletOf(5), 0n, 0n]);
}
