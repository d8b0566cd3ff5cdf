import { setTimeout as delay } from 'node:timers/promises';
import hre, { network } from 'hardhat';
import type { NetworkHooks } from 'hardhat/types/hooks';

/** The one chain that every file of contract tests shares; `loadFixture` keeps the tests apart. */
const connection = await network.create();
export const { ethers, networkHelpers } = connection;
export const { loadFixture, time } = networkHelpers;

export const HOUR = 3600;
export const DAY = 24 * HOUR;

/** Below the time that mocha gives a test. */
const MINED_WITHIN_MS = 30_000;
/** After this a transaction that the node does not know any more has been lost. */
const LOST_AFTER_MS = 500;
/** anvil answers a revert before it is done with it, and drops a transaction that comes too soon after. */
const REVERTED_WITHIN_MS = 10;

/**
 * The simulated chain answers when a transaction is in a block and when a snapshot is restored, another node at once:
 * then this waits.
 */
const settled: Partial<NetworkHooks> = {
  async onRequest(context, sender, request, next) {
    const response = await next(context, sender, request);
    if ('error' in response) return response;
    if (request.method === 'evm_revert') await delay(REVERTED_WITHIN_MS);
    if (request.method !== 'eth_sendTransaction') return response;
    return (await isMined(String(response.result))) ? response : next(context, sender, request);
  },
};

/** Waits until a transaction is in a block; false if the node has lost it. */
async function isMined(hash: string): Promise<boolean> {
  const ask = (method: string) => connection.provider.request({ method, params: [hash] });
  const sentAt = Date.now();
  while ((await ask('eth_getTransactionReceipt')) === null) {
    const waited = Date.now() - sentAt;
    if (waited > LOST_AFTER_MS && (await ask('eth_getTransactionByHash')) === null) return false;
    // Without a limit the loop outlives its test and keeps the process from ending.
    if (waited > MINED_WITHIN_MS) throw new Error(`transaction ${hash} was not mined`);
    await delay(1);
  }
  return true;
}
if (connection.networkConfig.type === 'http') hre.hooks.registerHandlers('network', settled);

const second: Partial<NetworkHooks> = {
  async onRequest(context, sender, request, next) {
    if (request.method === 'eth_sendTransaction') await time.setNextBlockTimestamp((await time.latest()) + 1);
    return next(context, sender, request);
  },
};

/** Puts each transaction of `action` one second after the block before, however long it takes. */
export async function secondBySecond(action: () => Promise<void>): Promise<void> {
  hre.hooks.registerHandlers('network', second);
  try {
    await action();
  } finally {
    hre.hooks.unregisterHandlers('network', second);
  }
}
