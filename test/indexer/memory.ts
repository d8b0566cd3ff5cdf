import type { Hex } from 'viem';
import type { OpenBatch } from '../support/company/batch.ts';

/** Somebody of a random programme. */
export interface Distributor {
  id: number;
  sponsor: number;
  /** Private key of the wallet; null for somebody without one. */
  key: Hex | null;
  /** What the next signature must carry. */
  nonce: number;
  /** Has left or moved. */
  gone: boolean;
  held: 'never' | 'now' | 'before';
  /** Another wallet was proposed. */
  recovered: boolean;
}

/** What the programme knows of its chain; it goes back with it. */
export interface Memory {
  distributors: Distributor[];
  occupancy: Record<number, number>;
  batches: number;
  open: OpenBatch[];
  flags: number;
  /** Wallets that came after those of the enrolments. */
  wallets: number;
}
