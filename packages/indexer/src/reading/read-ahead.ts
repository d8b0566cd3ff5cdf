import { entryTopics, type JournalEntry, journalTopics, Settler } from '@plumbline/protocol';
import type { BlockRow, Position } from '@plumbline/store';
import type { Journal } from '../errors.ts';
import type { Block } from '../rpc/answers.ts';
import type { ChainHead, Finality } from '../rpc/chain-head.ts';
import { adaptRangeSize, type RangeSize } from './range-size.ts';
import type { MeasuredRange, Reader } from './reader.ts';
import {
  type CheckedRange,
  checkRange,
  type Expected,
  foldRange,
  isInvalidJournal,
  verifyJournal,
} from './verify.ts';

/** Ranges that are fetched at the same time. */
const MAX_IN_FLIGHT = 5;

/** Ranges in a stretch: their last blocks must fit into one request, or they might be of different forks. */
const MAX_RANGES = 40;

type ReadyRange = Omit<MeasuredRange, 'logs'> & CheckedRange;

/** Blocks whose logs continue the journal at `from`, ready to be written. */
export interface ReadyStretch {
  from: Position;
  entries: readonly JournalEntry[];
  blocks: readonly [...BlockRow[], BlockRow];
  /** The end of the chain when they were read. */
  head: ChainHead;
}

export interface ReadRequest {
  reader: Reader;
  expected: Expected;
  from: Position;
  /** The last block to read. */
  to: number;
  finality: Finality;
  /** Work out what settlements pay instead of reading it; only from the ledger's beginning. */
  settles: boolean;
  /** Entries, and sales in them, after which a stretch is closed. */
  fullStretch: number;
  rangeSize: RangeSize;
  onRangeSize(rangeSize: RangeSize): void;
}

/**
 * Reads the blocks after `from` up to `to`, several ranges at a time, and verifies them stretch by stretch. Each stretch
 * begins where the one before will leave the books.
 * @throws ChainMovedError if the chain changed meanwhile.
 * @throws an error for which `isInvalidJournal` holds if the logs are not the journal.
 */
export async function* readAhead(request: ReadRequest): AsyncGenerator<ReadyStretch, void> {
  const { reader, finality } = request;
  const settler = request.settles ? new Settler() : undefined;
  let building = new StretchBuilder(request.expected, request.from, settler);
  for await (const range of splitRanges(fetchRanges(request), request.fullStretch / 2)) {
    try {
      building.add(range);
      const isLast = range.to === request.to;
      if (!isLast && !building.isFull(request.fullStretch)) continue;
      const { contract, head } = await reader.confirm(building.bounds(), finality);
      verifyJournal(range.to, building.journal, contract);
      const { from, entries, blocks } = building;
      yield { from, entries, blocks: blocks as [...BlockRow[], BlockRow], head };
    } catch (error) {
      // Logs of two forks are no journal either. Then the chain moved, and the node is not at fault.
      if (isInvalidJournal(error))
        await reader.confirm([...building.bounds(), ...range.blocks.slice(-1)], finality);
      throw error;
    }
    building = new StretchBuilder(request.expected, building.position(), settler);
  }
}

/** The ranges in order. */
async function* fetchRanges({
  reader,
  expected,
  from,
  to,
  settles,
  rangeSize,
  onRangeSize,
}: ReadRequest): AsyncGenerator<ReadyRange> {
  const topics = settles ? entryTopics : journalTopics;
  const coming: Promise<ReadyRange>[] = [];
  let next = from.number + 1;
  for (;;) {
    while (next <= to && coming.length < MAX_IN_FLIGHT) {
      const end = Math.min(to, next + rangeSize.blocks - 1);
      const range = reader.readRange(next, end, topics).then((read) => checkRange(expected.ledger, read));
      // It may fail while an earlier one is awaited.
      range.catch(() => {});
      coming.push(range);
      next = end + 1;
    }
    const range = await coming.shift();
    if (!range) return;
    const { bytes, milliseconds, wasSplit } = range;
    const answer = {
      blocks: range.to - range.from + 1,
      logs: range.logCount,
      bytes,
      milliseconds,
      wasSplit,
    };
    rangeSize = adaptRangeSize(rangeSize, answer);
    onRangeSize(rangeSize);
    yield range;
  }
}

/** Splits ranges, so that none holds much more than `size` entries and sales. */
async function* splitRanges(ranges: AsyncIterable<CheckedRange>, size: number): AsyncGenerator<CheckedRange> {
  for await (const { entries, blocks, from, to, failure, logCount } of ranges) {
    let [begin, first, held] = [from, 0, 0];
    for (let i = 0; i < entries.length; i++) {
      held += sizeOf(entries[i] as JournalEntry);
      const number = Number(entries[i]?.blockNumber);
      if (held < size || number >= to || Number(entries[i + 1]?.blockNumber) === number) continue;
      const inside = blocks.filter((block) => block.number >= begin && block.number <= number);
      yield {
        from: begin,
        to: number,
        logCount: i + 1 - first,
        entries: entries.slice(first, i + 1),
        blocks: inside as [...Block[], Block],
        failure,
      };
      [begin, first, held] = [number + 1, i + 1, 0];
    }
    const rest = blocks.filter(({ number }) => number >= begin) as [...Block[], Block];
    yield {
      from: begin,
      to,
      logCount: logCount - first,
      entries: entries.slice(first),
      blocks: rest,
      failure,
    };
  }
}

/** Puts a stretch together, range by range. */
class StretchBuilder {
  readonly from: Position;
  readonly entries: JournalEntry[] = [];
  readonly blocks: BlockRow[] = [];
  journal: Journal;
  #size = 0;
  #lastIsEmpty = false;
  readonly #expected: Expected;
  readonly #settler: Settler | undefined;
  /** The last block of each range. */
  readonly #ends: { number: number; hash: BlockRow['hash'] }[] = [];

  constructor(expected: Expected, from: Position, settler: Settler | undefined) {
    this.#expected = expected;
    this.#settler = settler;
    this.from = from;
    this.journal = { head: from.head, entryCount: from.entryCount };
  }

  add(range: CheckedRange): void {
    const { entries } = range;
    this.journal = foldRange(this.#expected, this.journal, range, this.#settler);
    for (const entry of entries) {
      this.entries.push(entry);
      this.#size += sizeOf(entry);
    }
    // The last block of a range is kept only while it is the newest, or if it holds entries.
    if (this.#lastIsEmpty) this.blocks.pop();
    for (const { number, hash, timestamp } of range.blocks) this.blocks.push({ number, hash, timestamp });
    this.#lastIsEmpty = Number(entries.at(-1)?.blockNumber ?? -1) !== range.to;
    const { number, hash } = range.blocks.at(-1) as BlockRow;
    this.#ends.push({ number, hash });
  }

  isFull(size: number): boolean {
    return this.#size >= size || this.#ends.length >= MAX_RANGES;
  }

  /** The blocks that show whether the whole stretch is of one fork; the last of them ends it. */
  bounds(): { number: number; hash: BlockRow['hash'] }[] {
    const { number, hash } = this.from;
    return hash === null ? this.#ends : [{ number, hash }, ...this.#ends];
  }

  /** Where the books stand after it. */
  position(): Position {
    const { number, hash } = this.#ends.at(-1) as { number: number; hash: BlockRow['hash'] };
    return { number, hash, ...this.journal };
  }
}

/** Entries, counting each sale in a batch. */
function sizeOf({ entry }: JournalEntry): number {
  if (entry.kind === 'batchSettled') return 1 + entry.until - entry.from;
  return entry.kind === 'batchRecorded' ? 1 + (entry.records.length - 2) / 24 : 1;
}
