import { setTimeout as sleep } from 'node:timers/promises';
import { commissionLedgerAbi } from '@plumbline/protocol';
import type { LedgerResponse, StatusResponse } from '@plumbline/protocol/api';
import { type Address, createPublicClient, createTestClient, http } from 'viem';
import { LOCAL_CHAIN_ID } from './anvil.ts';
import type { GatewayClient } from './client.ts';

/** Waits until gateway, chain and books have caught up, and moves the clock of a local chain. */
export class ChainClock {
  readonly #gateway: GatewayClient;
  readonly #rpcUrl: string;
  readonly #ledger: Address;
  #reported = '';

  constructor(gateway: GatewayClient, rpcUrl: string, ledger: string) {
    this.#gateway = gateway;
    this.#rpcUrl = rpcUrl;
    this.#ledger = ledger as Address;
  }

  /** Waits until the gateway has nothing left to send and the books are level with the chain. */
  async untilIndexed(): Promise<void> {
    await this.#until(async () => (await this.#isQueueEmpty()) && (await this.#booksAreLevel()));
  }

  /** Waits until every batch whose window has ended is settled and in the books. */
  async untilSettled(): Promise<void> {
    await this.#until(async () => {
      const { totals } = await this.#gateway.get<LedgerResponse>('/v1/ledger');
      return totals.pendingSales === 0 && (await this.#booksAreLevel());
    });
  }

  /**
   * Moves the clock of a local chain past the return window.
   * @throws Error on any other chain.
   */
  async passReturnWindow(): Promise<void> {
    const client = createPublicClient({ transport: http(this.#rpcUrl) });
    if ((await client.getChainId()) !== LOCAL_CHAIN_ID) {
      throw new Error(
        'only the clock of a local chain can be moved; on others, sales settle when their window ends',
      );
    }
    const terms = await client.readContract({
      address: this.#ledger,
      abi: commissionLedgerAbi,
      functionName: 'terms',
    });
    const chain = createTestClient({ mode: 'anvil', transport: http(this.#rpcUrl) });
    await chain.increaseTime({ seconds: terms.returnWindow + 1 });
    await chain.mine({ blocks: 1 });
  }

  async #isQueueEmpty(): Promise<boolean> {
    const { queue } = await this.#gateway.get<StatusResponse>('/v1/status');
    return Object.values(queue).every((waiting) => waiting === 0);
  }

  /** Prints why the gateway waits, e.g. for a float that is too low, whenever the reason changes. */
  async #reportWaiting(): Promise<void> {
    const { batcher } = await this.#gateway.get<StatusResponse>('/v1/status');
    const reasons = [
      ...batcher.waiting.map(({ reason }) => reason),
      ...(batcher.problem ? [batcher.problem] : []),
    ];
    const reported = reasons.join('; ');
    if (reported !== this.#reported && reported !== '') console.error(`the gateway waits: ${reported}`);
    this.#reported = reported;
  }

  async #booksAreLevel(): Promise<boolean> {
    const client = createPublicClient({ transport: http(this.#rpcUrl) });
    const head = await client.readContract({
      address: this.#ledger,
      abi: commissionLedgerAbi,
      functionName: 'head',
    });
    return (await this.#gateway.get<LedgerResponse>('/v1/ledger')).head === head;
  }

  async #until(reached: () => Promise<boolean>): Promise<void> {
    for (let turn = 1; !(await reached()); turn++) {
      await sleep(200);
      if (turn % 25 === 0) await this.#reportWaiting();
    }
  }
}
