import type { Account, LedgerLog, LedgerTerms, Plan } from '@plumbline/protocol';
import type { Hex } from 'viem';

/** What a plan looks at of a distributor in the ledger's storage. */
export type TreeAccount = Omit<Account, 'owed'>;

/** The ledger's events that a verification reads, each by its first indexed field. */
export type VerifiedEvent =
  | 'LedgerOpened'
  | 'PlanAnnounced'
  | 'BatchRecorded'
  | 'SaleReversed'
  | 'BatchSettled'
  | 'Enrolled'
  | 'StandingAnnounced'
  | 'CorrectionAnnounced'
  | 'EndingAnnounced'
  | 'ChangeCancelled'
  | 'ChangeApplied';

/** What a verification asks a node. Every call rejects if the node does not answer. */
export interface ChainReader {
  chainId(): Promise<number>;
  terms(): Promise<LedgerTerms>;
  /** @param version From 1. */
  planOf(version: number): Promise<{ plan: Plan; startsAt: number; hash: Hex }>;
  /** @returns Undefined for an id that has not been given. */
  findAccount(id: number): Promise<TreeAccount | undefined>;
  /**
   * Lists the logs of an event of the ledger in order; with `key`, only those whose first indexed field it is.
   * @param from Number of the first block to look in; the ledger's first if it is not given.
   */
  listLogs(event: VerifiedEvent, key?: number, from?: bigint): Promise<LedgerLog[]>;
  /** All logs of the ledger's journal in one block, in order. */
  listBlockLogs(block: bigint): Promise<LedgerLog[]>;
}
