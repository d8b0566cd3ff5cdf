import type { Database } from '@plumbline/store';
import type { FastifyBaseLogger } from 'fastify';
import type { Address, Hex, PrivateKeyAccount } from 'viem';
import type { Chain } from '../chain/chain.ts';

/** What the batcher does, one task at a time. */
export const TASKS = ['enrol', 'record', 'reverse', 'settle', 'apply'] as const;
export type Task = (typeof TASKS)[number];

/** Limits of the batcher. */
export interface BatcherSettings {
  /** Most sales, and most reversals, in one transaction. */
  batchSize: number;
  /** Most distributors in one transaction. */
  enrolSize: number;
  /** Age of the oldest item, in milliseconds, at which a batch that is not full is sent. */
  batchAgeMs: number;
  /** A transaction that the node has held for this many milliseconds is replaced with one that pays more. */
  stuckMs: number;
  /** Milliseconds between two broadcasts of the same bytes. */
  rebroadcastMs: number;
  /** Most wei per gas that a transaction may offer. */
  maxFee: bigint;
  /** Blocks after which an inclusion is called final. It is still checked later. */
  finalityDepth: number;
  leaseSeconds: number;
  /** Most milliseconds between two ticks. */
  pollMs: number;
}

/** What all parts of the batcher share. */
export interface Context {
  database: Database;
  chain: Chain;
  account: PrivateKeyAccount;
  /** The account's address in lower case, as the store has it. */
  signer: Address;
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

/** Most gas that a transaction may have (EIP-7825). */
export const MAX_GAS = 16_777_216n;
/** Most gas that the batcher fills a transaction with. */
export const FULL_GAS = 15_000_000n;
