import type { Database } from '@plumbline/store';
import type { FastifyBaseLogger } from 'fastify';
import type { Hex, PrivateKeyAccount } from 'viem';
import type { Chain } from '../chain/chain.ts';

/** What the batcher does, one task at a time. */
export const TASKS = ['enrol', 'record', 'reverse', 'settle'] as const;
export type Task = (typeof TASKS)[number];

/** How the batcher works. Times in milliseconds. */
export interface BatcherSettings {
  /** Most sales, and most reversals, of one transaction. */
  batchSize: number;
  /** Most distributors of one transaction. */
  enrolSize: number;
  /** A batch that is not full goes out when its oldest item is this old. */
  batchAgeMs: number;
  /** A transaction that a node has held for this long is signed anew with higher fees. */
  stuckMs: number;
  /** After this the same bytes are broadcast again. */
  rebroadcastMs: number;
  /** Wei per gas that no transaction may exceed. */
  maxFee: bigint;
  /** Blocks after which an inclusion is called final. It is checked beyond them too. */
  finalityDepth: number;
  leaseSeconds: number;
  /** Longest pause between two looks. */
  pollMs: number;
}

/** What the tasks of the batcher share. */
export interface Context {
  database: Database;
  chain: Chain;
  account: PrivateKeyAccount;
  settings: BatcherSettings;
  log: FastifyBaseLogger;
  /** Writes under the lease on the signer, which is renewed if it is getting old. @throws LostLeaseError */
  write<T>(work: (transaction: Database) => Promise<T>): Promise<T>;
  /** Says why a task, or sending as such, cannot go on; null if it can. */
  wait(task: Task | 'send', reason: string | null): void;
  /** When this process last broadcast a transaction, by the transaction's id. */
  broadcastAt: Map<bigint, number>;
  /** The newest bytes of a transaction that the node holds, and since when it has, as far as this process saw. */
  heldSince: Map<bigint, { raw: string; at: number }>;
  /** How often a transaction's nonce was seen used by another one. */
  displacedSightings: Map<bigint, number>;
  /** The head at which the newest inclusion was last found in place. */
  checkedHead: Hex | undefined;
}

/** Forgets what this process saw of a transaction that has ended. */
export function forget(context: Context, id: bigint): void {
  context.broadcastAt.delete(id);
  context.heldSince.delete(id);
  context.displacedSightings.delete(id);
}

/** What EIP-7825 allows a transaction, and where the batcher stops filling it. */
export const MAX_GAS = 16_777_216n;
export const FULL_GAS = 15_000_000n;
