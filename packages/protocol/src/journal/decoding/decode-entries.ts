import type { Hex } from 'viem';
import { UnexpectedLogError } from '../../errors.ts';
import type { JournalEntry, LedgerLog } from '../entries.ts';
import { topicOf } from './layout.ts';
import { layouts } from './log-layouts.ts';
import type { LogText } from './log-text.ts';
import { where } from './log-words.ts';
import { PendingLines, toLogText } from './pending-lines.ts';

/** From logs to entries. */

const SALE_SETTLED = topicOf('SaleSettled');
const SALE_DIGITS = new TextEncoder().encode(SALE_SETTLED.slice(2));

/** The first topics of the logs that are entries: enough to ask a node for if settlements are recomputed. */
export const entryTopics: readonly Hex[] = [...layouts.keys()];

/** The first topics of all logs of the journal, including the lines of settlements. */
export const journalTopics: readonly Hex[] = [...entryTopics, SALE_SETTLED];

/**
 * Decodes a ledger's logs, in order and in whole blocks, to its entries.
 * @throws UnexpectedLogError for a log that is not an entry or has a field that no entry can have, and for settlement lines
 * without their closing log.
 * @throws MalformedError if the packed sales of a compact settlement are cut off.
 */
export function decodeEntries(logs: readonly LedgerLog[]): JournalEntry[] {
  const decoder = new EntryDecoder();
  for (const log of logs) decoder.add(log);
  return decoder.end();
}

/** The same, log by log; it throws what `decodeEntries` throws. */
export class EntryDecoder {
  readonly #entries: JournalEntry[] = [];
  readonly #pending = new PendingLines();

  /** Takes a log if it is a settled sale, as most are. @returns Whether it was one. */
  addSale(text: LogText): boolean {
    const isSale = text.hasSelector(SALE_DIGITS);
    if (isSale) this.#pending.add(text);
    return isSale;
  }

  add(log: LedgerLog): void {
    const [selector] = log.topics;
    if (selector === SALE_SETTLED) {
      this.#pending.add(toLogText(log));
      return;
    }
    const decode = selector && layouts.get(selector);
    if (!decode) throw new UnexpectedLogError(`log ${where(log)} is not of the journal: topic ${selector}`);
    const { entry, head } = decode(log, this.#pending);
    if (this.#pending.count > 0) throw new UnexpectedLogError(`log ${where(log)} stands inside a settlement`);
    const { blockNumber, blockHash, transactionHash, logIndex } = log;
    this.#entries.push({ entry, head, blockNumber, blockHash, transactionHash, logIndex });
  }

  /** All entries, after the last log. */
  end(): JournalEntry[] {
    const { count } = this.#pending;
    if (count > 0)
      throw new UnexpectedLogError(`${count} settled sales at the end without their closing log`);
    return this.#entries;
  }
}
