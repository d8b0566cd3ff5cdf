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

const ask = (method: string, ...params: unknown[]) => connection.provider.request({ method, params });

/**
 * Makes a node behave like the simulated chain: an answer comes when a transaction is in a block and when a snapshot is
 * restored, and a block is a second after the one before unless a test sets its time. anvil's blocks would follow the
 * clock, several in a second or many seconds apart, as the machine has time.
 */
class LikeSimulated {
  /** Whether a test has set the time of the next block. */
  #isTimeSet = false;
  /** Block numbers by snapshot. */
  readonly #snapshots = new Map<unknown, unknown>();

  readonly hooks: Partial<NetworkHooks> = {
    onRequest: async (context, sender, request, next) => {
      const { method } = request;
      if (method === 'eth_sendTransaction' && !this.#isTimeSet) {
        await ask('evm_setNextBlockTimestamp', (await time.latest()) + 1);
      }
      const response = await next(context, sender, request);
      if ('error' in response) return response;
      if (method === 'evm_setNextBlockTimestamp' || method === 'evm_increaseTime') this.#isTimeSet = true;
      if (method === 'evm_mine' || method === 'hardhat_mine') this.#isTimeSet = false;
      if (method === 'evm_snapshot') this.#snapshots.set(response.result, await ask('eth_blockNumber'));
      if (method === 'evm_revert') await this.#reverted(request.params);
      if (method !== 'eth_sendTransaction') return response;
      this.#isTimeSet = false;
      return (await isMined(String(response.result))) ? response : next(context, sender, request);
    },
  };

  async #reverted(params: unknown): Promise<void> {
    this.#isTimeSet = false;
    const block = this.#snapshots.get(Array.isArray(params) ? params[0] : undefined);
    do await delay(REVERTED_WITHIN_MS);
    while (block !== undefined && (await ask('eth_blockNumber')) !== block);
  }
}

/** Waits until a transaction is in a block; false if the node has lost it. */
async function isMined(hash: string): Promise<boolean> {
  const sentAt = Date.now();
  while ((await ask('eth_getTransactionReceipt', hash)) === null) {
    const waited = Date.now() - sentAt;
    if (waited > LOST_AFTER_MS && (await ask('eth_getTransactionByHash', hash)) === null) return false;
    // Without a limit the loop outlives its test and keeps the process from ending.
    if (waited > MINED_WITHIN_MS) throw new Error(`transaction ${hash} was not mined`);
    await delay(1);
  }
  return true;
}

if (connection.networkConfig.type === 'http') {
  hre.hooks.registerHandlers('network', new LikeSimulated().hooks);
}

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
