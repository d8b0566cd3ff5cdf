import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Database,
  type Lease,
  LostLeaseError,
  releaseLease,
  takeLease,
  withLease,
} from '@plumbline/store';
import type { FastifyBaseLogger } from 'fastify';
import type { Address, Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { Chain } from '../chain/chain.ts';
import { reasonOf } from '../chain/reason.ts';
import { apply } from './apply.ts';
import { type BatcherSettings, type Context, TASKS, type Task } from './context.ts';
import { enrol } from './enrol.ts';
import { follow } from './follow.ts';
import { record } from './record.ts';
import { reverse } from './reverse.ts';
import { settle } from './settle.ts';

const DEFAULT_SETTINGS: BatcherSettings = {
  batchSize: 250,
  enrolSize: 200,
  batchAgeMs: 2_000,
  stuckMs: 60_000,
  rebroadcastMs: 5_000,
  maxFee: 500_000_000_000n,
  finalityDepth: 12,
  leaseSeconds: 10,
  pollMs: 250,
};

export interface BatcherOptions {
  database: Database;
  chain: Chain;
  /** Private key of the recorder. */
  signerKey: Hex;
  log: FastifyBaseLogger;
  settings?: Partial<BatcherSettings>;
}

/** State of the batcher of this process. */
export interface BatcherStatus {
  /** Whether this process holds the signer's lease. */
  leading: boolean;
  signer: Address;
  /** The tasks that cannot go on, and why. */
  waiting: { step: Task | 'send'; reason: string }[];
  /** Why the last tick failed; null if it did not. */
  problem: string | null;
}

/** Turns what was accepted into transactions. While it holds the lease, nothing else sends for its signer. */
export interface Batcher {
  /**
   * Follows the open transactions; if there are none, sends at most one new transaction.
   * @returns Whether there may be more to do at once.
   */
  tick(): Promise<boolean>;
  /** Ticks until the signal, then gives the lease back. Errors are logged and tried again. */
  run(signal: AbortSignal): Promise<void>;
  status(): BatcherStatus;
}

/** Each does the next piece of its work and says whether it did anything. */
const tasks: Record<Task, (context: Context) => Promise<boolean>> = {
  enrol,
  record,
  reverse,
  settle,
  apply,
};

/** Name of the lease on a signer. Nonces belong to the signer, whatever ledger a transaction is for. */
export function leaseName(signer: string): string {
  return `signer:${signer.toLowerCase()}`;
}

export function createBatcher({ database, chain, signerKey, log, settings }: BatcherOptions): Batcher {
  const account = privateKeyToAccount(signerKey);
  const signer = account.address.toLowerCase() as Address;
  const config = { ...DEFAULT_SETTINGS, ...settings };
  const holder = randomUUID();
  const waiting = new Map<Task | 'send', string>();
  let lease: Lease | undefined;
  let leasedAt = 0;
  let turn = 0;
  let problem: string | null = null;

  async function keepLease(): Promise<Lease | undefined> {
    if (lease && Date.now() - leasedAt < (config.leaseSeconds * 1000) / 3) return lease;
    const before = lease;
    lease = await takeLease(database, leaseName(signer), holder, config.leaseSeconds);
    leasedAt = Date.now();
    if (!!before !== !!lease) log.info({ leading: !!lease }, lease ? 'took the signer' : 'lost the signer');
    return lease;
  }

  const context: Context = {
    database,
    chain,
    account,
    signer,
    settings: config,
    log,
    async write(work) {
      const before = lease;
      const kept = await keepLease();
      if (kept) return withLease(database, kept, work);
      throw new LostLeaseError(before ?? { name: leaseName(signer), holder, fence: 0n });
    },
    wait(step, reason) {
      if (reason !== null && waiting.get(step) !== reason) log.warn({ step, reason }, 'waiting');
      if (reason === null) waiting.delete(step);
      else waiting.set(step, reason);
    },
    broadcastAt: new Map(),
    heldSince: new Map(),
    displacedSightings: new Map(),
    checkedHead: undefined,
  };

  async function tick(): Promise<boolean> {
    if (!(await keepLease())) return false;
    const state = await follow(context);
    if (state !== 'clear') return state === 'moved';
    for (let i = 0; i < TASKS.length; i++) {
      // Each task in turn, so that a long queue of one kind cannot keep the others waiting.
      const task = TASKS[(turn + i) % TASKS.length] ?? 'enrol';
      if (await tasks[task](context)) {
        turn = (turn + i + 1) % TASKS.length;
        return true;
      }
    }
    return false;
  }

  async function guardedTick(): Promise<boolean> {
    try {
      const busy = await tick();
      problem = null;
      return busy;
    } catch (error) {
      if (error instanceof LostLeaseError) lease = undefined;
      const reason = reasonOf(error);
      if (problem !== reason)
        log.error({ error: (error as Error).name, reason }, 'the batcher will try again');
      problem = reason;
      return false;
    }
  }

  return {
    tick,
    async run(signal) {
      for (let pause = 10; !signal.aborted; ) {
        const busy = await guardedTick();
        pause = busy ? 10 : Math.min(pause * 2, config.pollMs);
        // After a tick that did something comes another at once, but a node needs a moment to have a receipt.
        await sleep(busy ? 1 : pause, undefined, { signal }).catch(() => {});
      }
      // Without the database the lease expires by itself.
      if (lease)
        await releaseLease(database, lease).catch((error: Error) =>
          log.warn({ reason: reasonOf(error) }, 'the lease was not released'),
        );
    },
    status: () => ({
      leading: lease !== undefined,
      signer,
      waiting: [...waiting].map(([step, reason]) => ({ step, reason })),
      problem,
    }),
  };
}
