import { type Address, type Hex, zeroAddress } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import type { OpenBatch } from '../support/company/batch.ts';

/** A distributor of a random programme. */
export interface Distributor {
  id: number;
  sponsor: number;
  /** Private key of the wallet; null without one. */
  key: Hex | null;
  /** The nonce of the next signature. */
  nonce: number;
  /** Unix seconds. */
  enrolledAt: number;
  /** Has left or moved. */
  gone: boolean;
  /** Has announced to leave. */
  isLeaving: boolean;
  held: 'never' | 'now' | 'before';
  /** Until when payouts are held, in Unix seconds. */
  heldUntil: number;
  /** Another wallet was proposed. */
  recovered: boolean;
}

/** A change that was announced and has not had its turn. */
export type PendingAct = {
  change: bigint;
  /** Unix seconds. */
  effectiveAt: number;
} & (
  | { kind: 'standing'; records: Hex; size: number }
  | { kind: 'correction'; id: number; sponsor: number }
  /** The key of a distributor who leaves; null if the company ends the membership. */
  | { kind: 'ending'; id: number; key: Hex | null }
  | { kind: 'cancelled' }
);

/** An open batch, and the place of its recorder's key among the chain's accounts. */
interface RecordedBatch extends OpenBatch {
  recorder: number;
}

/** What the programme remembers of its chain; it is rolled back with it. */
export interface Memory {
  distributors: Distributor[];
  occupancy: Record<number, number>;
  /** Recorded by the first recorder. */
  batches: number;
  open: RecordedBatch[];
  /** Batches of the first recorder that are settled. */
  settled: number[];
  changes: PendingAct[];
  flags: number;
  /** When the plans that were announced start, in Unix seconds, by version from 2. */
  plans: number[];
  /** Wallets created after those of the enrolments. */
  wallets: number;
  /** The place of the second recorder's key among the chain's accounts. */
  secondRecorder: number;
  hasSuccessor: boolean;
}

/** What a programme remembers at its beginning. */
export function newMemory(): Memory {
  return {
    distributors: [],
    occupancy: {},
    batches: 0,
    open: [],
    settled: [],
    changes: [],
    flags: 0,
    plans: [],
    wallets: 0,
    secondRecorder: 2,
    hasSuccessor: false,
  };
}

/** The distributors who have neither left nor moved. */
export function present({ distributors }: Memory): Distributor[] {
  return distributors.filter(({ gone }) => !gone);
}

/** The wallet of a private key; the zero address without a key. */
export function addressOf(key: Hex | null): Address {
  return key === null ? zeroAddress : (privateKeyToAddress(key).toLowerCase() as Address);
}
