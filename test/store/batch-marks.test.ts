import { type Entry, encodeSales, type SettledLine } from '@plumbline/protocol';
import { applyEntries, rollBack, saveLedger } from '@plumbline/store';
import {
  addMarks,
  BatchMarks,
  type BooksWriter,
  chunkOf,
  insertMarks,
  markedBatches,
  removeMarks,
  writeBooks,
} from '@plumbline/store/testing';
import { expect } from 'chai';
import { keccak256, numberToHex } from 'viem';
import { clearBooks, dumpBooks } from '../support/books.ts';
import { Random } from '../support/random.ts';
import { LEDGER, START, START_BLOCK } from './history.ts';
import { LEDGER_ROW } from './ledger-row.ts';
import { namedWallet } from './made-distributors.ts';
import { onBothEngines } from './on-both-engines.ts';

type Mark = [what: 'sold' | 'credited', id: number, batch: number];

function collect(marks: readonly Mark[]): BatchMarks {
  const collected = new BatchMarks();
  for (const [what, id, batch] of marks) collected[what](id, batch);
  return collected;
}

/** Rows by id and chunk, with their marks. */
const asText = (rows: readonly { id: number; chunk: number; marks: Iterable<number> }[]) =>
  rows.map(({ id, chunk, marks }) => `${id} ${chunk}: ${[...marks].join(' ')}`).sort();

/** The expected rows, computed with sets. */
function expectedRows(marks: readonly Mark[]): string[] {
  const rows = new Map<string, Set<number>>();
  for (const [what, id, batch] of marks) {
    const key = `${id} ${Math.floor(batch / 1_024)}`;
    const row = rows.get(key) ?? new Set();
    rows.set(key, row.add(2 * (batch % 1_024) + (what === 'credited' ? 1 : 0)));
  }
  return [...rows].map(([key, row]) => `${key}: ${[...row].sort((a, b) => a - b).join(' ')}`).sort();
}

function madeMarks(random: Random, count: number): Mark[] {
  return Array.from({ length: count }, () => [
    random.pick(['sold', 'credited'] as const),
    random.pick([1, 4, 5, 4_095, 4_096, 2 ** 26 - 1]),
    random.pick([0, 1, 15, 16, 1_022, 1_023, 1_024, 1_025, 2_047, 2_048, 2 ** 24 - 1]),
  ]);
}

describe('marks of batches', () => {
  it('are no rows without marks', () => {
    expect(new BatchMarks().rows()).to.deep.equal([]);
  });

  it('are ascending and distinct, whatever the order of arrival', () => {
    const marks: Mark[] = [
      ['credited', 7, 900],
      ['sold', 7, 3],
      ['credited', 7, 3],
      ['sold', 7, 3],
      ['credited', 7, 900],
      ['sold', 7, 0],
    ];
    expect(asText(collect(marks).rows())).to.deep.equal(['7 0: 0 6 7 1801']);
  });

  it('of batches 1,023 and 1,024 are in two rows', () => {
    const marks: Mark[] = [
      ['credited', 7, 1_024],
      ['credited', 7, 1_023],
      ['sold', 7, 1_024],
    ];
    const rows = collect(marks).rows();
    expect(asText(rows)).to.deep.equal(['7 0: 2047', '7 1: 0 1']);
    expect([1_023, 1_024].map(chunkOf)).to.deep.equal([0, 1]);
    const batches = (what: 'sold' | 'credited') =>
      rows.flatMap(({ chunk, marks }) => markedBatches(what, chunk, [...marks])).sort();
    expect(batches('sold')).to.deep.equal([1_024]);
    expect(batches('credited')).to.deep.equal([1_023, 1_024]);
  });

  it('fill a row', () => {
    const all: Mark[] = Array.from({ length: 1_024 }, (_, i): Mark[] => [
      ['sold', 7, 2_047 - i],
      ['credited', 7, 2_047 - i],
    ]).flat();
    const [row, ...others] = collect(all).rows();
    expect(others).to.deep.equal([]);
    expect([...(row?.marks ?? [])]).to.deep.equal(Array.from({ length: 2_048 }, (_, i) => i));
  });

  it('equal what sets would hold', () => {
    const random = new Random(31);
    for (let round = 0; round < 50; round++) {
      const marks = madeMarks(random, random.below(300));
      expect(asText(collect(marks).rows())).to.deep.equal(expectedRows(marks));
    }
  });
});

onBothEngines('marks of batches', (store) => {
  beforeEach(() => clearBooks(store.database));

  const change = (
    how: (writer: BooksWriter, marks: BatchMarks) => Promise<void>,
    marks: readonly Mark[],
  ): Promise<void> => writeBooks(store.database, LEDGER, (writer) => how(writer, collect(marks)));

  const written = async () =>
    asText(await store.database.selectFrom('distributor_batches').selectAll().execute());

  it('add up to the same rows as when written at once, in any order', async () => {
    const random = new Random(32);
    for (let round = 0; round < 8; round++) {
      await clearBooks(store.database);
      const first = madeMarks(random, 40);
      await change(insertMarks, first);
      expect(await written()).to.deep.equal(expectedRows(first));
      const later = [madeMarks(random, 30), madeMarks(random, 5), first.slice(0, 9)];
      for (const marks of later) await change(addMarks, marks);
      expect(await written()).to.deep.equal(expectedRows([first, ...later].flat()));
    }
  });

  it('stay as long as the settlement that made them stays', async () => {
    const sale = { class: 'retail', priceCents: 900n, volumeCents: 900n } as const;
    const lineOf = (seller: number, sponsor: number) => ({
      seller,
      volumeCents: 900n,
      credits: [
        { id: seller, bps: 1_000 },
        { id: sponsor, bps: 500 },
      ],
    });
    const enrol = (id: number, sponsor: number): Entry => ({
      kind: 'enrolled',
      id,
      sponsor,
      wallet: namedWallet(id),
    });
    const settle = (from: number, line: SettledLine): Entry => ({
      kind: 'batchSettled',
      batch: 1_024,
      from,
      until: from + 1,
      credited: 1_350_000n,
      released: 0n,
      lines: [line],
    });
    const record: Entry = {
      kind: 'batchRecorded',
      batch: 1_024,
      plan: 1,
      recorder: namedWallet(2),
      recordedAt: 1_700_000_000,
      reserved: 1n,
      manifestRoot: keccak256('0x01'),
      records: encodeSales([
        { ...sale, seller: 6 },
        { ...sale, seller: 8 },
      ]),
    };
    const blocks = [
      [enrol(4, 0), enrol(6, 4), enrol(7, 4), enrol(8, 7), record],
      [settle(0, lineOf(6, 4))],
      [settle(1, lineOf(8, 4))],
    ];
    await saveLedger(store.database, LEDGER_ROW);
    let position = START;
    const dumps = [];
    for (const entries of blocks) {
      const number = position.number + 1;
      const place = { blockNumber: BigInt(number), blockHash: keccak256('0x02'), logIndex: 0 };
      const journal = entries.map((entry) => ({
        ...place,
        entry,
        head: START.head,
        transactionHash: keccak256('0x03'),
      }));
      const block = { number, hash: keccak256(numberToHex(number)), timestamp: 1_700_000_000 + number };
      const part = { entries: journal, blocks: [block], tipNumber: number };
      position = await applyEntries(store.database, LEDGER, { from: position, parts: [part] });
      dumps.push(await dumpBooks(store.database));
    }
    expect(await written()).to.deep.equal(['4 1: 1', '6 1: 0 1', '8 1: 0 1']);
    position = await rollBack(store.database, LEDGER, position, START_BLOCK + 1);
    expect(await written()).to.deep.equal(['4 1: 1', '6 1: 0 1', '8 1: 0']);
    expect(await dumpBooks(store.database)).to.deep.equal(dumps[1]);
    await rollBack(store.database, LEDGER, position, START_BLOCK);
    expect(await written()).to.deep.equal(['6 1: 0', '8 1: 0']);
    expect(await dumpBooks(store.database)).to.deep.equal(dumps[0]);
  });

  it('leave no empty row when they go', async () => {
    const marks: Mark[] = [
      ['sold', 7, 1_023],
      ['credited', 7, 1_024],
      ['credited', 8, 5],
      ['credited', 8, 6],
    ];
    await change(insertMarks, marks);
    await change(removeMarks, [
      ['credited', 7, 1_024],
      ['sold', 8, 5],
      ['credited', 8, 6],
      ['credited', 9, 6],
    ]);
    expect(await written()).to.deep.equal(['7 0: 2046', '8 0: 11']);
    await change(removeMarks, marks);
    expect(await written()).to.deep.equal([]);
  });
});
