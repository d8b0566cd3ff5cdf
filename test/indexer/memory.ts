import type { Hex } from 'viem';
import type { OpenBatch } from '../support/company/batch.ts';

/** A distributor of a random programme. */
export interface Distributor {
  id: number;
  sponsor: number;
  /** Private key of the wallet; null without one. */
  key: Hex | null;
  /** The nonce of the next signature. */
  nonce: number;
  /** Has left the programme or moved to another id. */
  gone: boolean;
  held: 'never' | 'now' | 'before';
  /** A recovery to another wallet was proposed. */
  recovered: boolean;
}

/** What the programme knows of its chain; reset when the chain is rolled back. */
export interface Memory {
  distributors: Distributor[];
  occupancy: Record<number, number>;
  batches: number;
  open: OpenBatch[];
  flags: number;
  /** Wallets made after enrolment. */
  wallets: number;
}
