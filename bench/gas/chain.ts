import { type ContractTransactionResponse, dataLength, getBytes, type Log } from 'ethers';
import { network } from 'hardhat';

/** The one EVM that everything is measured on: Hardhat's simulated network, hard fork Osaka. */
export const { ethers, networkHelpers } = await network.create({ network: 'default' });

/** The most that one transaction may use, by EIP-7825. Passed with each call, so that no gas is estimated. */
export const MOST = { gasLimit: 2 ** 24 };

/** The cost of one or more transactions. */
export interface Spent {
  /** `gasUsed` of the receipts: with the 21,000 and the calldata, less refunds. */
  gas: number;
  /** The part that any transactions with this calldata and these logs would cost. */
  carried: number;
  /** The logs of the last. */
  logs: readonly Log[];
}

/** The EVM's prices from which the floor is computed. */
export const PRICE = {
  transaction: 21_000,
  /** A cold account called, such as the code behind a clone. */
  account: 2_600,
  /** A cold slot that is only read. */
  read: 2_100,
  /** A cold slot, not zero, that gets another value, not zero. */
  change: 5_000,
  /** A cold slot that was zero. */
  fill: 22_100,
  /** A cold slot set to zero, less the refund. */
  clear: 5_000 - 4_800,
} as const;

/** Waits for transactions and adds up their cost. */
export async function spent(...sent: Promise<ContractTransactionResponse>[]): Promise<Spent> {
  const sum: Spent = { gas: 0, carried: 0, logs: [] };
  for (const each of sent) {
    const transaction = await each;
    const receipt = await transaction.wait();
    if (receipt === null) throw new Error(`transaction ${transaction.hash} has no receipt`);
    sum.gas += Number(receipt.gasUsed);
    sum.carried += PRICE.transaction + priceOfData(transaction.data) + priceOfLogs(receipt.logs);
    sum.logs = receipt.logs;
  }
  return sum;
}

export function add(...parts: Spent[]): Spent {
  return {
    gas: parts.reduce((sum, { gas }) => sum + gas, 0),
    carried: parts.reduce((sum, { carried }) => sum + carried, 0),
    logs: parts.at(-1)?.logs ?? [],
  };
}

function priceOfData(data: string): number {
  return getBytes(data).reduce((sum, byte) => sum + (byte === 0 ? 4 : 16), 0);
}

function priceOfLogs(logs: readonly Log[]): number {
  return logs.reduce((sum, { topics, data }) => sum + 375 + 375 * topics.length + 8 * dataLength(data), 0);
}
