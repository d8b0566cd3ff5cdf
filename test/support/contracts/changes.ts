/** Changes of standing, sponsor and membership, announced and applied. */
import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/types';
import { DAY, time } from './chain.ts';
import { type Company, REASON } from './company.ts';
import { encodeStandings, type Standing } from './records.ts';

/** The first midnight at least a day after `at`. */
export function midnightAfter(at: bigint): bigint {
  return ((at + 2n * BigInt(DAY) - 1n) / BigInt(DAY)) * BigInt(DAY);
}

/**
 * Lets the time of the next change come.
 * @returns The number of the change announced last.
 */
async function passDelay({ ledger }: Company): Promise<bigint> {
  const { announced, startsAt } = await ledger.changes();
  if (startsAt > BigInt(await time.latest())) await time.increaseTo(startsAt);
  return announced;
}

export async function applyStanding(company: Company, standings: Standing[]): Promise<void> {
  await company.setStanding(standings);
  if (company.options.returnWindow === 0) return;
  const change = await passDelay(company);
  await company.asStranger.applyStanding(change, encodeStandings(standings), standings.length);
}

/** No wallet means a distributor without one. */
export async function applySponsor(
  company: Company,
  id: number,
  wallet: HardhatEthersSigner | undefined,
  sponsor: number,
): Promise<void> {
  await company.correctSponsor(id, wallet, sponsor);
  if (company.options.returnWindow === 0) return;
  await company.asStranger.applyCorrection(await passDelay(company), id, sponsor, REASON);
}

export async function applyLeaving(company: Company, wallet: HardhatEthersSigner): Promise<void> {
  const id = await company.ledger.idOf(wallet);
  await company.leave(wallet);
  if (company.options.returnWindow === 0) return;
  await company.asStranger.applyEnding(await passDelay(company), id);
}
