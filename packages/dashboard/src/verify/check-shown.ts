import { amountOf, creditedBy } from '@plumbline/protocol';
import type { SaleResponse } from '@plumbline/protocol/api';
import type { Outcome } from './check-settlement.ts';
import type { Comparison } from './comparison.ts';

/** Compares what the gateway shows of the payout with the recomputation. */
export function checkShown(found: Comparison, { line, settled }: Outcome, sale: SaleResponse): void {
  if (!sale.settled) {
    // The books are behind the chain, so a settlement that they lack is no contradiction.
    found.note = settled ? 'gatewayBehind' : 'wouldPay';
    found.fact('total', creditedBy(line));
    return;
  }
  found.same('settled', settled, sale.settled);
  found.same('counted', line.volumeCents, sale.countedCents ?? '');
  const shown = new Map((sale.credits ?? []).map((credit) => [credit.level, credit]));
  const levels = Math.max(line.credits.length, ...[...shown.keys()].map((level) => level + 1));
  for (let level = 0; level < levels; level++) {
    const mine = line.credits[level] ?? { id: 0, bps: 0 };
    const theirs = shown.get(level) ?? { id: 0, bps: 0, units: '0' };
    found.same('payee', mine.id, theirs.id, level);
    found.same('bps', mine.bps, theirs.bps, level);
    found.same('units', amountOf(line, mine), theirs.units, level);
  }
}
