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

/**
 * The simulated chain answers when a transaction is in a block, another node at once: then this waits for the block.
 */
const mined: Partial<NetworkHooks> = {
  async onRequest(context, sender, request, next) {
    const response = await next(context, sender, request);
    if (request.method === 'eth_sendTransaction' && 'result' in response) {
      const receipt = { method: 'eth_getTransactionReceipt', params: [response.result] };
      const limit = Date.now() + MINED_WITHIN_MS;
      while ((await connection.provider.request(receipt)) === null) {
        // Without a limit the loop outlives its test and keeps the process from ending.
        if (Date.now() > limit) throw new Error(`transaction ${response.result} was not mined`);
        await delay(1);
      }
    }
    return response;
  },
};
if (connection.networkConfig.type === 'http') hre.hooks.registerHandlers('network', mined);

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
