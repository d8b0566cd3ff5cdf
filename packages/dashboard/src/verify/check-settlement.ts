import {
  amountOf,
  creditedBy,
  decodeEntries,
  type LedgerLog,
  type SaleRef,
  type SettledLine,
  saleNumber,
} from '@plumbline/protocol';
import type { ChainReader } from './chain-reader.ts';
import type { Comparison } from './comparison.ts';
import { isBefore, type SettlementLog } from './settlement-log.ts';

/** What a sale pays by recomputation, and whether the ledger has credited it. */
export interface Outcome {
  line: SettledLine;
  settled: boolean;
}

/**
 * Compares the recomputed line with the settlement as it was logged. A readable ledger logs a line for each sale, a
 * compact one all lines of a call together.
 */
export async function checkSettlement(
  found: Comparison,
  chain: ChainReader,
  ref: SaleRef,
  computed: SettledLine,
  settlement: SettlementLog | undefined,
): Promise<Outcome> {
  if (!settlement) {
    found.note = 'notSettled';
    return { line: computed, settled: false };
  }
  const logged = await loggedLine(chain, ref, settlement);
  found.fact('block', settlement.log.blockNumber);
  found.fact('transaction', settlement.log.transactionHash);
  if (!logged) {
    found.same('sale', '', saleNumber(ref));
    return { line: computed, settled: true };
  }
  const line = await asOfSettlement(found, chain, computed, logged, settlement.log);
  compareLines(found, line, logged);
  return { line, settled: true };
}

async function loggedLine(
  chain: ChainReader,
  ref: SaleRef,
  { log, entry }: SettlementLog,
): Promise<SettledLine | undefined> {
  if (entry.lines.length > 0) return entry.lines[ref.index - entry.from];
  // A readable ledger: the lines are logs of their own, and only the whole block shows that each is in its place.
  for (const { entry: other, logIndex } of decodeEntries(await chain.listBlockLogs(log.blockNumber))) {
    if (other.kind === 'batchSettled' && logIndex === log.logIndex)
      return other.lines[ref.index - other.from];
  }
  return undefined;
}

/** A sale whose seller was not enrolled when it settled paid no one, even if the id has been given since. */
async function asOfSettlement(
  found: Comparison,
  chain: ChainReader,
  computed: SettledLine,
  logged: SettledLine,
  settlement: LedgerLog,
): Promise<SettledLine> {
  if (logged.credits.length > 0 || computed.credits.length === 0) return computed;
  const [enrolled] = await chain.listLogs('Enrolled', computed.seller);
  if (!enrolled || isBefore(enrolled, settlement)) return computed;
  found.note = 'sellerEnrolledLater';
  return { ...computed, credits: [] };
}

function compareLines(found: Comparison, computed: SettledLine, logged: SettledLine): void {
  found.same('seller', computed.seller, logged.seller);
  found.same('counted', computed.volumeCents, logged.volumeCents);
  const levels = Math.max(computed.credits.length, logged.credits.length);
  for (let level = 0; level < levels; level++) {
    const mine = computed.credits[level] ?? { id: 0, bps: 0 };
    const theirs = logged.credits[level] ?? { id: 0, bps: 0 };
    found.same('payee', mine.id, theirs.id, level);
    found.same('units', amountOf(computed, mine), amountOf(logged, theirs), level);
  }
  found.same('total', creditedBy(computed), creditedBy(logged));
}
