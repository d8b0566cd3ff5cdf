import type { Database, Lease } from '@plumbline/store';
import type { FastifyBaseLogger } from 'fastify';
import type { Hex, PrivateKeyAccount } from 'viem';
import type { Chain } from '../chain/chain.ts';

/** What the batcher does, one thing at a time. */
export const STEPS = ['enrol', 'record', 'reverse', 'settle'] as const;
export type Step = (typeof STEPS)[number];

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

/** What the steps of the batcher share. */
export interface Context {
  database: Database;
  chain: Chain;
  account: PrivateKeyAccount;
  settings: BatcherSettings;
  log: FastifyBaseLogger;
  /** The lease in force, prolonged if it is getting old. Everything written is written under it. */
  lease(): Promise<Lease>;
  /** Says why a step cannot go on, or that it can. */
  wait(step: Step | 'send', reason: string | null): void;
  /** When bytes of a transaction last went out, by this process. */
  broadcastAt: Map<bigint, number>;
  /** The newest bytes of a transaction that the node has, and since when it is known to, as far as this process saw. */
  heldSince: Map<bigint, { raw: string; at: number }>;
  /** How often a transaction's nonce was seen used by another one. */
  displacedSightings: Map<bigint, number>;
  /** The head at which the newest inclusion was last found in place. */
  checkedHead: Hex | undefined;
}

/** What EIP-7825 allows a transaction, and where the batcher stops filling it. */
export const MAX_GAS = 16_777_216n;
export const FULL_GAS = 15_000_000n;
