import { EntryDecoder, type JournalEntry, type LogText } from '@plumbline/protocol';
import type { AddressedLog, LogPlace } from './answers.ts';

/** Consecutive logs of one transaction: their place, and the indexes of the first and the last. */
export interface LogRun {
  place: LogPlace;
  first: number;
  last: number;
}

/** Logs, decoded as far as each can be on its own. In this form they take a fraction of the memory. */
export interface DecodedLogs {
  count: number;
  /** In the node's order. */
  runs: LogRun[];
  entries: JournalEntry[];
  /** Why they cannot be part of any journal; then there are no entries. */
  failure: unknown;
}

/** Decodes logs as they come. */
export class LogDecoder {
  readonly #decoder = new EntryDecoder();
  readonly #runs: LogRun[] = [];
  #run: LogRun | undefined;
  #count = 0;
  #failure: unknown;

  /** Takes a log if it is a settled sale, and says whether it was. */
  addSale(place: LogPlace, logIndex: number, text: LogText): boolean {
    if (this.#failure !== undefined) return false;
    try {
      if (!this.#decoder.addSale(text)) return false;
    } catch (failure) {
      this.#failure = failure;
    }
    this.#note(place, logIndex);
    return true;
  }

  add(log: AddressedLog): void {
    this.#note(log.place, log.logIndex);
    this.#try(() => this.#decoder.add(log));
  }

  /** Everything that was added. */
  end(): DecodedLogs {
    const entries = this.#try(() => this.#decoder.end()) ?? [];
    return { count: this.#count, runs: this.#runs, entries, failure: this.#failure };
  }

  #note(place: LogPlace, logIndex: number): void {
    this.#count++;
    const run = this.#run;
    if (run && run.place === place && logIndex > run.last) {
      run.last = logIndex;
      return;
    }
    this.#run = { place, first: logIndex, last: logIndex };
    this.#runs.push(this.#run);
  }

  /** Places are noted even after a failure: they may show that the chain moved and the node is not at fault. */
  #try<T>(work: () => T): T | undefined {
    if (this.#failure !== undefined) return undefined;
    try {
      return work();
    } catch (failure) {
      this.#failure = failure;
      return undefined;
    }
  }
}

export function decodeLogs(logs: readonly AddressedLog[]): DecodedLogs {
  const decoder = new LogDecoder();
  for (const log of logs) decoder.add(log);
  return decoder.end();
}

/** Two decoded answers as one; `other` comes after `one`. */
export function mergeLogs(one: DecodedLogs, other: DecodedLogs): DecodedLogs {
  const failure = one.failure ?? other.failure;
  return {
    count: one.count + other.count,
    runs: [...one.runs, ...other.runs],
    entries: failure === undefined ? [...one.entries, ...other.entries] : [],
    failure,
  };
}
