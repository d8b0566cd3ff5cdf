import { type ContractEventName, getAbiItem, type Hex, toEventSelector } from 'viem';
import { commissionLedgerAbi } from '../../abi.generated.ts';
import type { Entry, LedgerLog } from '../entries.ts';
import type { PendingLines } from './pending-lines.ts';

/** Decodes a log to its entry and the head that it claims. */
export type Layout = (log: LedgerLog, pending: PendingLines) => { entry: Entry; head: Hex };

/** The first topic of a ledger's event. */
export function topicOf(name: ContractEventName<typeof commissionLedgerAbi>): Hex {
  return toEventSelector(getAbiItem({ abi: commissionLedgerAbi, name }));
}
