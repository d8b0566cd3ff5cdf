import type { BatchRecorded, LedgerTerms, SaleRef } from '@plumbline/protocol';
import type { ChainReader } from './chain-reader.ts';
import { ChangeHistory } from './change-history.ts';
import type { Comparison } from './comparison.ts';
import { EffectiveAccounts } from './effective-accounts.ts';
import { findSettlementLog, type SettlementLog } from './settlement-log.ts';

/** How the tree stood for a batch, and the settlement of the sale if there is one. */
export interface Standing {
  settlement: SettlementLog | undefined;
  accounts: EffectiveAccounts;
}

/**
 * Checks that the sale is, or was, settled with exactly the changes of ranks, sponsors and memberships that were effective
 * when its batch was recorded.
 */
export async function checkChanges(
  found: Comparison,
  chain: ChainReader,
  ref: SaleRef,
  batch: BatchRecorded,
  terms: LedgerTerms,
): Promise<Standing> {
  const settlement = await findSettlementLog(chain, ref);
  const history = await ChangeHistory.read(chain);
  const accounts = new EffectiveAccounts(chain, history, batch.recordedAt, settlement?.log);
  const effective = history.lastEffective(batch.recordedAt);
  const applied = history.lastApplied(settlement?.log);
  // Without a return window a change is applied as it is announced, and order within a block tells, not time.
  if (terms.returnWindow === 0) found.fact('lastChange', applied);
  else if (settlement || applied >= effective) found.same('lastChange', effective, applied);
  else {
    found.fact('lastChange', effective);
    found.note = 'changesWaiting';
  }
  return { settlement, accounts };
}
