import { NumbersById } from '@plumbline/protocol';

/**
 * The batches in which a distributor sold, and those that credited the distributor: a mark for each, and one row for
 * the marks of 1,024 batches. A distributor's sales and credits are then read from just the packed batches that hold
 * some, and there is no need for a row per sale and level, which would be most of the database.
 *
 * A mark is twice the offset of its batch in the row, plus 1 if the batch credited the distributor.
 */

/** Batches per row. */
const BATCHES = 1_024;
/** The most marks in a row; all fit PostgreSQL's smallint. */
const MARKS = 2 * BATCHES;
/** Bits per word. */
const WORD = 32;

/** The marks of a distributor in the batches from `1024 * chunk` on. */
export interface MarkRow {
  id: number;
  chunk: number;
  /** Ascending and distinct, so that equal sets of marks make equal rows. */
  marks: Int16Array;
}

/** Collects the marks of a chunk in order of arrival, and sorts them when the rows are read. */
class ChunkMarks {
  readonly #chunk: number;
  readonly #ids: number[] = [];
  /** Each distributor's place in `#ids`. */
  readonly #places = new NumbersById();
  /** By place: the last mark. */
  readonly #last: number[] = [];
  /** The place of its distributor, and the mark. */
  #owners = new Int32Array(64);
  #marks = new Int16Array(64);
  #count = 0;

  constructor(chunk: number) {
    this.#chunk = chunk;
  }

  add(id: number, mark: number): void {
    const place = this.#placeOf(id);
    // A batch credits distributors high up in the tree many times.
    if (this.#last[place] === mark) return;
    this.#last[place] = mark;
    const at = this.#count++;
    if (at === this.#marks.length) this.#grow();
    this.#owners[at] = place;
    this.#marks[at] = mark;
  }

  rows(): MarkRow[] {
    const owners = this.#owners.subarray(0, this.#count);
    // Where each distributor's marks begin; after copying, where they end.
    const at = new Int32Array(this.#ids.length + 1);
    for (const owner of owners) at[owner + 1] = (at[owner + 1] ?? 0) + 1;
    for (let place = 1; place < at.length; place++) at[place] = (at[place] ?? 0) + (at[place - 1] ?? 0);
    const marks = new Int16Array(owners.length);
    for (let i = 0; i < owners.length; i++) {
      const owner = owners[i] ?? 0;
      const next = at[owner] ?? 0;
      marks[next] = this.#marks[i] ?? 0;
      at[owner] = next + 1;
    }
    return this.#ids.map((id, place) => {
      const own = marks.subarray(at[place - 1] ?? 0, at[place]);
      return { id, chunk: this.#chunk, marks: inOrder(own) };
    });
  }

  #placeOf(id: number): number {
    const known = this.#places.get(id);
    if (known >= 0) return known;
    const place = this.#ids.length;
    this.#places.set(id, place);
    this.#ids.push(id);
    this.#last.push(-1);
    return place;
  }

  #grow(): void {
    this.#owners = new Int32Array(this.#owners.buffer.transfer(2 * this.#owners.byteLength));
    this.#marks = new Int16Array(this.#marks.buffer.transfer(2 * this.#marks.byteLength));
  }
}

/** Scratch space of `inOrder`, zero outside of it. */
const words = new Int32Array(MARKS / WORD);

/** Sorts marks in place and removes duplicates. A bit per mark is faster than comparing. */
function inOrder(marks: Int16Array): Int16Array {
  for (const mark of marks) {
    const at = mark >> 5;
    words[at] = (words[at] ?? 0) | (1 << (mark & 31));
  }
  let count = 0;
  for (let at = 0; at < words.length; at++) {
    for (let word = words[at] ?? 0; word !== 0; word &= word - 1) {
      marks[count++] = WORD * at + WORD - 1 - Math.clz32(word & -word);
    }
    words[at] = 0;
  }
  return marks.subarray(0, count);
}

/** Collects marks. */
export class BatchMarks {
  readonly #chunks = new Map<number, ChunkMarks>();

  rows(): MarkRow[] {
    return [...this.#chunks.values()].flatMap((chunk) => chunk.rows());
  }

  sold(id: number, batch: number): void {
    this.#chunk(batch).add(id, 2 * (batch % BATCHES));
  }

  credited(id: number, batch: number): void {
    this.#chunk(batch).add(id, 2 * (batch % BATCHES) + 1);
  }

  #chunk(batch: number): ChunkMarks {
    const number = chunkOf(batch);
    let chunk = this.#chunks.get(number);
    if (!chunk) {
      chunk = new ChunkMarks(number);
      this.#chunks.set(number, chunk);
    }
    return chunk;
  }
}

export function chunkOf(batch: number): number {
  return Math.floor(batch / BATCHES);
}

/** The lowest mark of a batch. */
export function firstMark(batch: number): number {
  return 2 * (batch % BATCHES);
}

/** The batches of a row in which its distributor sold, or that credited the distributor; oldest first. */
export function markedBatches(what: 'sold' | 'credited', chunk: number, marks: readonly number[]): number[] {
  const bit = what === 'credited' ? 1 : 0;
  return marks.filter((mark) => (mark & 1) === bit).map((mark) => chunk * BATCHES + (mark >> 1));
}
