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
import { type Closing, isBefore } from './settlement-log.ts';

/** What a sale pays by recomputation, and whether the ledger has credited it. */
export interface Outcome {
  line: SettledLine;
  settled: boolean;
}

/**
 * Reads the settlement as it was logged, one line a sale in readable ledgers and one for the whole batch in compact
 * ones, and holds it against the recomputed line.
 */
export async function checkSettlement(
  found: Comparison,
  chain: ChainReader,
  ref: SaleRef,
  computed: SettledLine,
  closing: Closing | undefined,
): Promise<Outcome> {
  if (!closing) {
    found.note = 'notSettled';
    return { line: computed, settled: false };
  }
  const logged = await loggedLine(chain, ref, closing);
  found.fact('block', closing.log.blockNumber);
  found.fact('transaction', closing.log.transactionHash);
  if (!logged) {
    found.same('sale', '', saleNumber(ref));
    return { line: computed, settled: true };
  }
  const line = await asOfSettlement(found, chain, computed, logged, closing.log);
  compareLines(found, line, logged);
  return { line, settled: true };
}

async function loggedLine(
  chain: ChainReader,
  ref: SaleRef,
  { log, entry }: Closing,
): Promise<SettledLine | undefined> {
  if (entry.lines.length > 0) return entry.lines[ref.index - entry.from];
  // A readable ledger: the lines are logs of their own, and only the whole block shows that each is in its place.
  for (const { entry: other, logIndex } of decodeEntries(await chain.listBlockLogs(log.blockNumber))) {
    if (other.kind === 'batchSettled' && logIndex === log.logIndex)
      return other.lines[ref.index - other.from];
  }
  return undefined;
}

/** A sale of an id that nobody had when it settled paid nobody, even if somebody has the id now. */
async function asOfSettlement(
  found: Comparison,
  chain: ChainReader,
  computed: SettledLine,
  logged: SettledLine,
  closing: LedgerLog,
): Promise<SettledLine> {
  if (logged.credits.length > 0 || computed.credits.length === 0) return computed;
  const [enrolled] = await chain.listLogs('Enrolled', computed.seller);
  if (!enrolled || isBefore(enrolled, closing)) return computed;
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
