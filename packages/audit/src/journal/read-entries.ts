import {
  type BatchSettled,
  decodeEntries,
  formatSaleRef,
  type JournalEntry,
  journalTopics,
  type LedgerLog,
  MAX_BATCH,
  type SettledLine,
  saleNumber,
  saleRefOf,
} from '@plumbline/protocol';
import type { Hex } from 'viem';
import type { Observation, Place } from '../findings.ts';
import type { ReadableEntry } from '../replay/replay.ts';
import type { Settlement } from '../replay/settlement.ts';

/** One entry as its logs give it, and what is wrong with the logs. */
export interface ReadEntry {
  place: Place;
  /** Null if the logs cannot be read. */
  content: { entry: ReadableEntry; head: Hex } | null;
  /** Whether it counts as an entry of the journal; the lines of a settlement without a closing log do not. */
  isEntry: boolean;
  observations: Observation[];
}

/** The log of one settled sale; protocol lists its topic last. */
const SALE_SETTLED = journalTopics.at(-1);

/**
 * Reads entries one by one, so that an unreadable log is one finding and not the end of the audit. The log of a settled
 * sale carries the sale's number, which the journal's hash does not cover: it is checked here.
 */
export function* readEntries(logs: readonly LedgerLog[]): Generator<ReadEntry> {
  let lines: LedgerLog[] = [];
  let entry = 0;
  for (const log of logs) {
    if (log.topics[0] === SALE_SETTLED) {
      lines.push(log);
      continue;
    }
    const read = readEntry({ entry, ...whereIs(log) }, lines, log);
    yield read;
    lines = [];
    if (read.isEntry) entry++;
  }
  const [first] = lines;
  if (first) {
    const observations = lines.map((log) => stray(log));
    yield { place: { entry, ...whereIs(first) }, content: null, isEntry: false, observations };
  }
}

function whereIs({ blockNumber, transactionHash }: LedgerLog): Omit<Place, 'entry'> {
  return { blockNumber, transactionHash };
}

function readEntry(place: Place, lines: LedgerLog[], log: LedgerLog): ReadEntry {
  const closing = attempt([log]);
  if (closing instanceof Error) {
    const isEntry = journalTopics.some((topic) => topic === log.topics[0]);
    return { place, content: null, isEntry, observations: [unreadable(log, closing)] };
  }
  const { entry, head } = closing;
  const observations: Observation[] = [];
  const read = (content: ReadableEntry): ReadEntry => {
    return { place, content: { entry: content, head }, isEntry: true, observations };
  };
  if (entry.kind !== 'batchSettled' || entry.lines.length > 0) {
    observations.push(...lines.map((line) => stray(line)));
    return read(entry.kind === 'batchSettled' ? { ...entry, lines: countLines(entry, observations) } : entry);
  }
  const isWhole = lines.length === entry.until - entry.from;
  const whole = isWhole ? attempt([...lines, log]) : null;
  if (whole && !(whole instanceof Error)) return read(whole.entry);
  return read({ ...entry, lines: placeLines(entry, lines, log, observations) });
}

/** Puts each line at the index that its sale's number gives. */
function placeLines(
  { batch, from, until }: Settlement,
  logs: LedgerLog[],
  closing: LedgerLog,
  observations: Observation[],
): (SettledLine | null)[] {
  const count = Math.min(Math.max(until - from, 0), MAX_BATCH);
  const first = saleNumber({ batch, index: from });
  const placed = new Map<number, SettledLine | null>();
  let next = 0;
  for (const log of logs) {
    const slot = saleOf(log) - first;
    const fits = slot >= 0 && slot < count && !placed.has(slot);
    if (!fits || slot < next) observations.push(stray(log));
    if (!fits) continue;
    next = slot + 1;
    const read = attempt([log, beginningAt(closing, from + slot)]);
    if (read instanceof Error) observations.push(unreadable(log, read));
    placed.set(slot, read instanceof Error ? null : firstLine(read));
  }
  return Array.from({ length: count }, (_, slot) => {
    if (!placed.has(slot)) observations.push(missing(formatSaleRef({ batch, index: from + slot })));
    return placed.get(slot) ?? null;
  });
}

function firstLine({ entry }: JournalEntry): SettledLine | null {
  return entry.kind === 'batchSettled' ? (entry.lines[0] ?? null) : null;
}

/** The closing log of a settlement that begins at `index`, for reading one line by itself. */
function beginningAt(closing: LedgerLog, index: number): LedgerLog {
  const from = index.toString(16).padStart(64, '0');
  return { ...closing, data: `0x${from}${closing.data.slice(66)}` };
}

/** Packed lines have no numbers, so if there are too few, the last ones are missing. */
function countLines(entry: BatchSettled, observations: Observation[]): (SettledLine | null)[] {
  const { batch, from, until, lines } = entry;
  const count = until - from;
  if (lines.length === count || count < 0 || count > MAX_BATCH) return lines;
  observations.push({
    code: lines.length < count ? 'line-missing' : 'line-misplaced',
    subject: `batch ${batch}`,
    expected: `${count} settled sales`,
    found: lines.length,
    message: `batch ${batch} was settled from ${from} to ${until}, but ${lines.length} settled sales were logged`,
  });
  return Array.from({ length: Math.max(count, lines.length) }, (_, i) => lines[i] ?? null);
}

/** The one entry that `logs` make. */
function attempt(logs: LedgerLog[]): JournalEntry | Error {
  try {
    const [entry] = decodeEntries(logs);
    return entry ?? new Error('there is no entry in it');
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function saleOf(log: LedgerLog): number {
  return Number.parseInt(log.topics[1]?.slice(-13) ?? '', 16);
}

function missing(sale: string): Observation {
  return {
    code: 'line-missing',
    subject: `sale ${sale}`,
    expected: `a log of sale ${sale}`,
    found: 'none',
    message: `sale ${sale} was settled, but the log that says whom it paid is missing`,
  };
}

function unreadable(log: LedgerLog, error: Error): Observation {
  const isLine = log.topics[0] === SALE_SETTLED;
  const subject = isLine
    ? `sale ${formatSaleRef(saleRefOf(saleOf(log)))}`
    : `log ${log.logIndex} of block ${log.blockNumber}`;
  return {
    code: isLine ? 'line-unreadable' : 'log-unreadable',
    subject,
    expected: isLine ? 'a settled sale' : 'an entry',
    found: error.message,
    message: `${subject} cannot be read: ${error.message}`,
  };
}

function stray(log: LedgerLog): Observation {
  const sale = formatSaleRef(saleRefOf(saleOf(log)));
  return {
    code: 'line-misplaced',
    subject: `sale ${sale}`,
    expected: 'the settlement of its batch, in order',
    found: `log ${log.logIndex} of block ${log.blockNumber}`,
    message: `log ${log.logIndex} of block ${log.blockNumber} settles sale ${sale}, but it does not belong there`,
  };
}
