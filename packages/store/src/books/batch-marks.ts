import { NumbersById } from '@plumbline/protocol';

/**
 * In which batches somebody sold, and which credited them: a mark for each, the marks of 1,024 batches in a row. With them
 * a distributor's sales and credits are read out of the few packed batches that hold some, and a row for every sale and every
 * level of it, most of what books would otherwise consist of, need not exist.
 *
 * A mark is twice the offset of its batch in the row, and 1 more if the batch credited the distributor.
 */

/** Batches to a row. */
const BATCHES = 1_024;
/** Marks that a row may have; all fit in PostgreSQL's smallint. */
const MARKS = 2 * BATCHES;
/** Bits to a word. */
const WORD = 32;

/** The marks of a distributor in the batches from `1024 * chunk` on. */
export interface MarkRow {
  id: number;
  chunk: number;
  /** Ascending, each once: rows of the same marks are the same. */
  marks: Int16Array;
}

/** Collects marks in the batches of a chunk: one after the other as they come, put in order when they are asked for. */
class ChunkMarks {
  readonly #chunk: number;
  readonly #ids: number[] = [];
  /** Each distributor's place in `#ids`. */
  readonly #places = new NumbersById();
  /** By place: the last mark. */
  readonly #last: number[] = [];
  /** Whose it is, by place, and the mark. */
  #owners = new Int32Array(64);
  #marks = new Int16Array(64);
  #count = 0;

  constructor(chunk: number) {
    this.#chunk = chunk;
  }

  add(id: number, mark: number): void {
    const place = this.#placeOf(id);
    // A batch credits those high up in the tree again and again.
    if (this.#last[place] === mark) return;
    this.#last[place] = mark;
    const at = this.#count++;
    if (at === this.#marks.length) this.#grow();
    this.#owners[at] = place;
    this.#marks[at] = mark;
  }

  rows(): MarkRow[] {
    const owners = this.#owners.subarray(0, this.#count);
    // Where each distributor's marks begin, and once they are there, where they end.
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

/** All clear but within `inOrder`. */
const words = new Int32Array(MARKS / WORD);

/** The same marks ascending and each once, in the same memory: through a bit for each, faster than comparing them. */
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

/** The least mark that a batch gives. */
export function firstMark(batch: number): number {
  return 2 * (batch % BATCHES);
}

/** The batches of the row of `chunk` in which somebody sold, or which credited them, oldest first. */
export function markedBatches(what: 'sold' | 'credited', chunk: number, marks: readonly number[]): number[] {
  const bit = what === 'credited' ? 1 : 0;
  return marks.filter((mark) => (mark & 1) === bit).map((mark) => chunk * BATCHES + (mark >> 1));
}
