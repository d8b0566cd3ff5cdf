import { ByteWriter } from '../../encoding/bytes.ts';
import { parseBytes } from '../../encoding/digits.ts';
import { UnexpectedLogError } from '../../errors.ts';
import { formatSaleRef, MAX_ID, type SaleRef, saleNumber, saleRefOf } from '../../ids.ts';
import { BPS } from '../../rules/plan.ts';
import type { LedgerLog } from '../entries.ts';
import { addCredit, addLine, visitLines } from '../settled-lines.ts';
import { LogText } from './log-text.ts';
import { bytesAt, where } from './log-words.ts';

/** The sales of a settlement, from the logs of a readable or a compact ledger. */

/** In readable events, the last eight decimal digits of a credit are the distributor's id. */
const ID_DECIMALS = 100_000_000;

const MAX_BPS = Number(BPS);

/** The settled sales of a readable ledger that wait for the log that closes their settlement. */
export class PendingLines {
  readonly #packed = new ByteWriter(1 << 15);
  #first = 0;
  /** The first sale that does not follow the one before. */
  #stray: number | undefined;
  count = 0;

  add(log: LogText): void {
    const sale = log.topicNumber(1, 6);
    if (this.count === 0) this.#first = sale;
    else if (sale !== this.#first + this.count) this.#stray ??= sale;
    this.count++;
    const cents = log.wordNumber(0, 4);
    const levels = log.wordNumber(2, 1);
    addLine(this.#packed, log.topicNumber(2, 4), cents, levels);
    for (let level = 0; level < levels; level++) {
      const { whole: amount, rest: id } = log.wordParts(3 + level, ID_DECIMALS);
      const bps = cents === 0 ? 0 : amount / cents;
      if (cents === 0 || bps > MAX_BPS || !Number.isInteger(bps) || id > MAX_ID) {
        throw new UnexpectedLogError(
          `log ${log.where} pays ${amount} units to ${id} at level ${level}, which no rate makes of ${cents} cents`,
        );
      }
      addCredit(this.#packed, id, bps);
    }
  }

  /**
   * The sales of a settlement that begins at `first`: the pending ones or, in a compact ledger, those in its own bytes.
   * Afterwards nothing is pending.
   */
  close(log: LedgerLog, first: SaleRef): Uint8Array {
    const packed = parseBytes(bytesAt(log, 4));
    const isElsewhere = packed.length > 0 || this.#first !== saleNumber(first);
    const stray = this.count > 0 && isElsewhere ? this.#first : this.#stray;
    if (stray !== undefined) {
      throw new UnexpectedLogError(
        `sale ${formatSaleRef(saleRefOf(stray))} has no place in the settlement of log ${where(log)}`,
      );
    }
    if (packed.length === 0) return this.#take();
    const nothing = () => {};
    visitLines(packed, nothing, nothing);
    return packed;
  }

  #take(): Uint8Array {
    const lines = this.#packed.bytes().slice();
    this.#packed.clear();
    this.count = 0;
    return lines;
  }
}

const encoder = new TextEncoder();

/** The same log as text, for the reader of settled sales. */
export function toLogText(log: LedgerLog): LogText {
  const whole = log.topics.findIndex((topic) => topic.length !== 66);
  const topics = whole < 0 ? log.topics : log.topics.slice(0, whole);
  const text = new LogText(encoder.encode(`${topics.join('')}${log.data}`), () => where(log));
  text.topicCount = Math.min(topics.length, text.topics.length);
  for (let i = 0; i < text.topicCount; i++) text.topics[i] = 66 * i + 2;
  text.dataStart = 66 * topics.length + 2;
  text.dataEnd = text.bytes.length;
  return text;
}
