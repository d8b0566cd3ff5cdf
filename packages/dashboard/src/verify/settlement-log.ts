import { type BatchSettled, decodeEntries, type LedgerLog, type SaleRef } from '@plumbline/protocol';
import type { ChainReader } from './chain-reader.ts';

/** The settlement that covers a sale: its log and what it says. */
export interface SettlementLog {
  log: LedgerLog;
  entry: BatchSettled;
}

/** Finds the settlement of a sale, if there is one yet. A batch may be settled in several calls. */
export async function findSettlementLog(
  chain: ChainReader,
  ref: SaleRef,
): Promise<SettlementLog | undefined> {
  for (const log of await chain.listLogs('BatchSettled', ref.batch)) {
    const [decoded] = decodeEntries([log]);
    if (decoded?.entry.kind !== 'batchSettled') continue;
    if (decoded.entry.from <= ref.index && ref.index < decoded.entry.until)
      return { log, entry: decoded.entry };
  }
  return undefined;
}

/** Where a log stands on the chain. */
export type LogPlace = Pick<LedgerLog, 'blockNumber' | 'logIndex'>;

/** Whether `a` stands before `b` on the chain. */
export function isBefore(a: LogPlace, b: LogPlace): boolean {
  return a.blockNumber === b.blockNumber ? a.logIndex < b.logIndex : a.blockNumber < b.blockNumber;
}
