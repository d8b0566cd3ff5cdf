import { entryTopics, type JournalEntry, journalTopics, Settler } from '@plumbline/protocol';
import type { BlockRow, Position } from '@plumbline/store';
import type { Journal } from '../errors.ts';
import type { Block } from '../rpc/answers.ts';
import type { ChainView, Finality } from '../rpc/chain-head.ts';
import { adapt, type Pace } from './pace.ts';
import type { MeasuredPiece, Reader } from './reader.ts';
import { type CheckedPiece, checkPiece, type Expected, foldPiece, isFalse, verifyJournal } from './verify.ts';

/** Pieces that are fetched at the same time. */
const IN_FLIGHT = 5;

/** Pieces of a stretch: the ends of all must go into one request, or they might be of different forks. */
const MOST_PIECES = 40;

type ReadyPiece = Omit<MeasuredPiece, 'logs'> & CheckedPiece;

/** Part of the chain that is the journal from `from` on, ready to be written. */
export interface ReadyStretch {
  from: Position;
  entries: readonly JournalEntry[];
  blocks: readonly [...BlockRow[], BlockRow];
  /** What the chain's end was when it was read. */
  head: ChainView;
}

export interface ReadRequest {
  reader: Reader;
  expected: Expected;
  from: Position;
  /** The last block to read. */
  to: number;
  finality: Finality;
  /** Begins at the ledger's beginning, and works out what settlements pay instead of reading it. */
  settles: boolean;
  /** Entries, and sales in them, after which a stretch is closed. */
  fullStretch: number;
  pace: Pace;
  onPace(pace: Pace): void;
}

/**
 * Reads the blocks after `from` up to `to`, in pieces of which some are always on their way, and verifies them, stretch by
 * stretch: each begins where the one before will leave the books. The reading is ahead of whoever takes the stretches by
 * one of them, so that little of the chain is in memory at a time.
 * @throws ChainMovedError if the chain changed meanwhile.
 * @throws an error for which `isFalse` holds if the logs are not the journal.
 */
export async function* readAhead(request: ReadRequest): AsyncGenerator<ReadyStretch, void> {
  const { reader, finality } = request;
  const settler = request.settles ? new Settler() : undefined;
  let building = new Building(request.expected, request.from, settler);
  for await (const piece of cutPieces(fetchPieces(request), request.fullStretch / 2)) {
    try {
      building.add(piece);
      const isLast = piece.to === request.to;
      if (!isLast && !building.isFull(request.fullStretch)) continue;
      const { contract, head } = await reader.close(building.bounds(), finality);
      verifyJournal(piece.to, building.journal, contract);
      const { from, entries, blocks } = building;
      yield { from, entries, blocks: blocks as [...BlockRow[], BlockRow], head };
    } catch (error) {
      // Logs of two forks are no journal either: then the chain moved, and nobody lied.
      if (isFalse(error)) await reader.close([...building.bounds(), ...piece.blocks.slice(-1)], finality);
      throw error;
    }
    building = new Building(request.expected, building.position(), settler);
  }
}

/** The pieces in order. */
async function* fetchPieces({
  reader,
  expected,
  from,
  to,
  settles,
  pace,
  onPace,
}: ReadRequest): AsyncGenerator<ReadyPiece> {
  const topics = settles ? entryTopics : journalTopics;
  const coming: Promise<ReadyPiece>[] = [];
  let next = from.number + 1;
  for (;;) {
    while (next <= to && coming.length < IN_FLIGHT) {
      const end = Math.min(to, next + pace.span - 1);
      const piece = reader.readPiece(next, end, topics).then((read) => checkPiece(expected.ledger, read));
      // It may fail while an earlier one is waited for.
      piece.catch(() => {});
      coming.push(piece);
      next = end + 1;
    }
    const piece = await coming.shift();
    if (!piece) return;
    const { bytes, milliseconds, wasSplit } = piece;
    const asked = {
      blocks: piece.to - piece.from + 1,
      logs: piece.logCount,
      bytes,
      milliseconds,
      wasSplit,
    };
    pace = adapt(pace, asked);
    onPace(pace);
    yield piece;
  }
}

/** The pieces again, each in as many as it takes for none to hold much more than `size` entries and sales. */
async function* cutPieces(pieces: AsyncIterable<CheckedPiece>, size: number): AsyncGenerator<CheckedPiece> {
  for await (const { entries, blocks, from, to, failure, logCount } of pieces) {
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

/** A stretch that is being put together. */
class Building {
  readonly from: Position;
  readonly entries: JournalEntry[] = [];
  readonly blocks: BlockRow[] = [];
  journal: Journal;
  #size = 0;
  #lastIsEmpty = false;
  readonly #expected: Expected;
  readonly #settler: Settler | undefined;
  /** The last block of each piece. */
  readonly #ends: { number: number; hash: BlockRow['hash'] }[] = [];

  constructor(expected: Expected, from: Position, settler: Settler | undefined) {
    this.#expected = expected;
    this.#settler = settler;
    this.from = from;
    this.journal = { head: from.head, entryCount: from.entryCount };
  }

  add(piece: CheckedPiece): void {
    const { entries } = piece;
    this.journal = foldPiece(this.#expected, this.journal, piece, this.#settler);
    for (const entry of entries) {
      this.entries.push(entry);
      this.#size += sizeOf(entry);
    }
    // The last block of a piece without entries in it is not worth keeping once the next is there.
    if (this.#lastIsEmpty) this.blocks.pop();
    for (const { number, hash, timestamp } of piece.blocks) this.blocks.push({ number, hash, timestamp });
    this.#lastIsEmpty = Number(entries.at(-1)?.blockNumber ?? -1) !== piece.to;
    const { number, hash } = piece.blocks.at(-1) as BlockRow;
    this.#ends.push({ number, hash });
  }

  isFull(size: number): boolean {
    return this.#size >= size || this.#ends.length >= MOST_PIECES;
  }

  /** The blocks that tell whether all of it is of one fork; the last comes last. */
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

/** Entries with sales in them count for each. */
function sizeOf({ entry }: JournalEntry): number {
  if (entry.kind === 'batchSettled') return 1 + entry.until - entry.from;
  return entry.kind === 'batchRecorded' ? 1 + (entry.records.length - 2) / 24 : 1;
}
