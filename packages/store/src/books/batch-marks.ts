import { sql } from 'kysely';
import { inChunks } from './bulk.ts';
import type { CopyColumn } from './copy-rows.ts';
import type { Writing } from './writing.ts';

/**
 * In which batches somebody sold, and which credited them: a bit for each batch, 64 batches to a row. With it a person's
 * sales and credits are read out of the few packed batches that hold some, and a row for every sale and every level of
 * it, most of what books would otherwise consist of, need not exist.
 */

/** Batches to a row. */
const BATCHES = 64;

class MarkRow {
  readonly id: number;
  /** The batches from `64 * chunk` on. */
  readonly chunk: number;
  /** Bit n of the two words stands for batch `64 * chunk + n`. */
  readonly #sold = new Uint32Array(2);
  readonly #credited = new Uint32Array(2);

  constructor(id: number, chunk: number) {
    this.id = id;
    this.chunk = chunk;
  }

  mark(what: 'sold' | 'credited', batch: number): void {
    const words = what === 'sold' ? this.#sold : this.#credited;
    const word = (batch >> 5) & 1;
    words[word] = (words[word] ?? 0) | (1 << (batch & 31));
  }

  /** As PostgreSQL's bigint, which has a sign. */
  bits(what: 'sold' | 'credited'): bigint {
    const [low = 0, high = 0] = what === 'sold' ? this.#sold : this.#credited;
    return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low));
  }
}

/** Collects marks. */
export class BatchMarks {
  readonly #chunks = new Map<number, Map<number, MarkRow>>();

  rows(): MarkRow[] {
    return [...this.#chunks.values()].flatMap((chunk) => [...chunk.values()]);
  }

  sold(id: number, batch: number): void {
    this.#row(id, batch).mark('sold', batch);
  }

  credited(id: number, batch: number): void {
    this.#row(id, batch).mark('credited', batch);
  }

  #row(id: number, batch: number): MarkRow {
    const number = chunkOf(batch);
    let chunk = this.#chunks.get(number);
    if (!chunk) {
      chunk = new Map();
      this.#chunks.set(number, chunk);
    }
    let row = chunk.get(id);
    if (!row) {
      row = new MarkRow(id, number);
      chunk.set(id, row);
    }
    return row;
  }
}

export function chunkOf(batch: number): number {
  return Math.floor(batch / BATCHES);
}

/** The batches that a row's bits stand for, newest first. */
export function markedBatches(chunk: number, bits: bigint): number[] {
  const batches: number[] = [];
  for (let bit = BATCHES - 1; bit >= 0; bit--) {
    if ((bits >> BigInt(bit)) & 1n) batches.push(chunk * BATCHES + bit);
  }
  return batches;
}

const columns: readonly CopyColumn<MarkRow>[] = [
  { name: 'id', type: 'int4', of: (row) => row.id },
  { name: 'chunk', type: 'int4', of: (row) => row.chunk },
  { name: 'sold', type: 'int8', of: (row) => row.bits('sold') },
  { name: 'credited', type: 'int8', of: (row) => row.bits('credited') },
];

/** Writes marks of a ledger that has none. */
export async function insertMarks(writing: Writing, marks: BatchMarks): Promise<void> {
  await writing.insert('person_batches', columns, marks.rows());
}

export async function addMarks({ transaction, ledger }: Writing, marks: BatchMarks): Promise<void> {
  await inChunks(columns, marks.rows(), (source) =>
    sql`insert into person_batches (ledger, id, chunk, sold, credited)
      select ${ledger}::bigint, id, chunk, sold, credited from ${source}
      on conflict (ledger, id, chunk) do update
      set sold = person_batches.sold | excluded.sold, credited = person_batches.credited | excluded.credited`.execute(
      transaction,
    ),
  );
}

export async function removeMarks({ transaction, ledger }: Writing, marks: BatchMarks): Promise<void> {
  const isRow = sql`person_batches.ledger = ${ledger} and person_batches.id = v.id and person_batches.chunk = v.chunk`;
  await inChunks(columns, marks.rows(), async (source) => {
    await sql`update person_batches set sold = person_batches.sold & ~v.sold,
        credited = person_batches.credited & ~v.credited
      from ${source} where ${isRow}`.execute(transaction);
    await sql`delete from person_batches using ${source} where ${isRow}
      and person_batches.sold = 0 and person_batches.credited = 0`.execute(transaction);
  });
}
