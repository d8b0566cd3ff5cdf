import type { Account, LedgerLog, LedgerTerms, Plan } from '@plumbline/protocol';
import type { Hex } from 'viem';

/** A distributor as the ledger's storage has them, as far as a plan looks at them. */
export type TreeAccount = Omit<Account, 'owed'>;

/** The ledger's events that a verification reads, each by its first indexed field. */
export type VerifiedEvent =
  | 'LedgerOpened'
  | 'PlanAnnounced'
  | 'BatchRecorded'
  | 'SaleReversed'
  | 'BatchSettled'
  | 'Enrolled'
  | 'StandingSet'
  | 'SponsorCorrected'
  | 'DistributorLeft';

/** The little of a chain that a verification needs. Every call rejects if the node does not answer. */
export interface ChainReader {
  chainId(): Promise<number>;
  terms(): Promise<LedgerTerms>;
  /** @param version From 1. */
  planOf(version: number): Promise<{ plan: Plan; startsAt: number; hash: Hex }>;
  /** Undefined for an id that nobody has. */
  findAccount(id: number): Promise<TreeAccount | undefined>;
  /**
   * All logs of an event of the ledger in order, or only those whose first indexed field is `key`.
   * @param from Number of the first block to look in; the ledger's first if it is not given.
   */
  listLogs(event: VerifiedEvent, key?: number, from?: bigint): Promise<LedgerLog[]>;
  /** All logs of the ledger's journal in one block, in order. */
  listBlockLogs(block: bigint): Promise<LedgerLog[]>;
}
