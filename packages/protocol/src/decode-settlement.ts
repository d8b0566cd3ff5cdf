import { decodeLines, type SettledLine } from './commission.ts';
import type { LedgerLog } from './entries.ts';
import { UnexpectedLogError } from './errors.ts';
import { formatSaleRef, MAX_ID, type SaleRef, saleNumber, saleRefOf } from './ids.ts';
import { BPS } from './plan.ts';
import { bytesAt, topicNumber, where, wordBigInt, wordNumber } from './words.ts';

/** The sales of a settlement, from the logs of either form of ledger. */

/** A line of a settlement, before the log that closes it. */
export interface PendingLine {
  sale: number;
  line: SettledLine;
}

/** In readable events an id takes the last eight decimal digits of a credit. */
const ID_DECIMALS = 100_000_000n;

/** One sale of a settlement in a readable ledger. */
export function decodeSaleSettled(log: LedgerLog): PendingLine {
  const volumeCents = wordBigInt(log, 0, 4);
  const count = wordNumber(log, 2, 1);
  const credits = Array.from({ length: count }, (_, level) => {
    const value = wordBigInt(log, 3 + level, 10);
    const id = Number(value % ID_DECIMALS);
    const amount = value / ID_DECIMALS;
    const bps = volumeCents === 0n ? 0n : amount / volumeCents;
    if (volumeCents === 0n || bps > BPS || bps * volumeCents !== amount || id > MAX_ID) {
      throw new UnexpectedLogError(
        `log ${where(log)} pays ${amount} units to ${id} at level ${level}, which no rate makes of ${volumeCents} cents`,
      );
    }
    return { id, bps: Number(bps) };
  });
  return { sale: topicNumber(log, 1, 6), line: { seller: topicNumber(log, 2, 4), volumeCents, credits } };
}

/** The sales of a settlement that begins at `first`: from the logs before it, or in a compact ledger from its own bytes. */
export function settledLines(log: LedgerLog, first: SaleRef, pending: readonly PendingLine[]): SettledLine[] {
  const packed = bytesAt(log, 4);
  const start = saleNumber(first);
  const stray = pending.find(({ sale }, i) => packed !== '0x' || sale !== start + i);
  if (stray) {
    throw new UnexpectedLogError(
      `sale ${formatSaleRef(saleRefOf(stray.sale))} has no place in the settlement of log ${where(log)}`,
    );
  }
  return packed === '0x' ? pending.map(({ line }) => line) : decodeLines(packed);
}
