import { ByteWriter } from './bytes.ts';
import { bytesOf } from './digits.ts';
import type { LedgerLog } from './entries.ts';
import { UnexpectedLogError } from './errors.ts';
import { formatSaleRef, MAX_ID, type SaleRef, saleNumber, saleRefOf } from './ids.ts';
import { BPS } from './plan.ts';
import { addCredit, addLine, visitLines } from './settled-lines.ts';
import { bytesAt, topicNumber, where, wordNumber, wordParts } from './words.ts';

/** The sales of a settlement, from the logs of either form of ledger. */

/** In readable events an id takes the last eight decimal digits of a credit. */
const ID_DECIMALS = 100_000_000;

const MOST_BPS = Number(BPS);

/** The sales of a settlement in a readable ledger, before the log that closes it. */
export class PendingLines {
  readonly #packed = new ByteWriter(1 << 14);
  #first = 0;
  /** The first sale that does not follow the one before. */
  #stray: number | undefined;
  count = 0;

  add(log: LedgerLog): void {
    const sale = topicNumber(log, 1, 6);
    if (this.count === 0) this.#first = sale;
    else if (sale !== this.#first + this.count) this.#stray ??= sale;
    this.count++;
    const cents = wordNumber(log, 0, 4);
    const levels = wordNumber(log, 2, 1);
    addLine(this.#packed, topicNumber(log, 2, 4), cents, levels);
    for (let level = 0; level < levels; level++) {
      const { whole: amount, rest: id } = wordParts(log, 3 + level, ID_DECIMALS);
      const bps = cents === 0 ? 0 : amount / cents;
      if (cents === 0 || bps > MOST_BPS || !Number.isInteger(bps) || id > MAX_ID) {
        throw new UnexpectedLogError(
          `log ${where(log)} pays ${amount} units to ${id} at level ${level}, which no rate makes of ${cents} cents`,
        );
      }
      addCredit(this.#packed, id, bps);
    }
  }

  /** The sales of a settlement that begins at `first`: the pending ones, or in a compact ledger those of its own bytes. */
  close(log: LedgerLog, first: SaleRef): Uint8Array {
    const packed = bytesOf(bytesAt(log, 4));
    const isElsewhere = packed.length > 0 || this.#first !== saleNumber(first);
    const stray = this.count > 0 && isElsewhere ? this.#first : this.#stray;
    if (stray !== undefined) {
      throw new UnexpectedLogError(
        `sale ${formatSaleRef(saleRefOf(stray))} has no place in the settlement of log ${where(log)}`,
      );
    }
    if (packed.length === 0) return this.#packed.bytes();
    const nothing = () => {};
    visitLines(packed, nothing, nothing);
    return packed;
  }
}
