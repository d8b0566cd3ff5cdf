import {
  batchRoot,
  CHUNK_SALES,
  chunkReversals,
  decodeReversals,
  decodeSales,
  encodeSales,
  MalformedError,
  type ReversalRecord,
  recordsAfter,
  type SaleRecord,
} from '@plumbline/protocol';
import { expect } from 'chai';
import fc from 'fast-check';
import { concatHex, type Hex, keccak256, sliceHex } from 'viem';
import { between, salesOf, sampleOf } from '../support/protocol/arbitraries.ts';

const LEAF_BYTES = 12 * CHUNK_SALES;

/** `count` sales, each of which can be taken back in part. */
function salesFor(count: number): SaleRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    class: 'retail',
    seller: 4 + i,
    priceCents: 1_000n + BigInt(i),
    volumeCents: 900n,
  }));
}

/** The root by the recursive definition: the left subtree is the largest that is full. */
function rootOf(leaves: readonly Hex[]): Hex {
  if (leaves.length === 1) return leaves[0] as Hex;
  const left = 2 ** (Math.ceil(Math.log2(leaves.length)) - 1);
  return keccak256(concatHex([rootOf(leaves.slice(0, left)), rootOf(leaves.slice(left))]));
}

function leavesOf(records: Hex): Hex[] {
  const bytes = (records.length - 2) / 2;
  return Array.from({ length: Math.ceil(bytes / LEAF_BYTES) }, (_, i) =>
    keccak256(sliceHex(records, i * LEAF_BYTES, Math.min(bytes, (i + 1) * LEAF_BYTES))),
  );
}

/** What a proof makes of a leaf, as contracts/libraries/BatchTree.sol does it; undefined if the proof is too short. */
function proven(count: number, chunk: number, leaf: Hex, proof: readonly Hex[]): Hex | undefined {
  const rest = [...proof];
  let [at, node] = [chunk, leaf];
  for (let nodes = Math.ceil(count / CHUNK_SALES); nodes > 1; nodes = Math.ceil(nodes / 2)) {
    if ((at ^ 1) < nodes) {
      const sibling = rest.shift();
      if (!sibling) return undefined;
      node = keccak256(concatHex(at % 2 === 0 ? [node, sibling] : [sibling, node]));
    }
    at = Math.floor(at / 2);
  }
  return node;
}

describe('batch tree', () => {
  it('has the root of its leaves for 1 to 1,000 sales', () => {
    for (let count = 1; count <= 1_000; count++) {
      const records = encodeSales(salesFor(count));
      expect(batchRoot(records), `${count} sales`).to.equal(rootOf(leavesOf(records)));
    }
  });

  it('proves every leaf of 1 to 1,000 sales, and only with its own proof, records and place', function () {
    this.timeout(60_000);
    for (let count = 1; count <= 1_000; count += count < 70 ? 1 : 37) {
      const records = encodeSales(salesFor(count));
      const root = batchRoot(records);
      for (let index = 0; index < count; index += CHUNK_SALES) {
        const [given] = chunkReversals(records, [{ index, priceCents: 1n, volumeCents: 0n }]);
        const { chunk, proof, records: leafRecords } = given!;
        const leaf = keccak256(leafRecords);
        const place = Number(chunk);
        const what = `leaf ${place} of ${count} sales`;
        expect(proven(count, place, leaf, proof), what).to.equal(root);
        proof.forEach((sibling, i) => {
          const wrong = `0x${(BigInt(sibling) ^ 1n).toString(16).padStart(64, '0')}` as Hex;
          expect(proven(count, place, leaf, proof.with(i, wrong)), `${what}, sibling ${i}`).not.to.equal(
            root,
          );
        });
        expect(proven(count, place, leaf, proof.slice(1)), `${what}, too short`).not.to.equal(
          proof.length > 0 ? root : undefined,
        );
        expect(proven(count, place, keccak256(leaf), proof), `${what}, other records`).not.to.equal(root);
        const elsewhere = place === 0 ? Math.ceil(count / CHUNK_SALES) - 1 : place - 1;
        if (elsewhere !== place) {
          expect(proven(count, elsewhere, leaf, proof), `${what}, elsewhere`).not.to.equal(root);
        }
      }
    }
  });

  it('arranges reversals by leaf, each proven by the root that the ones before it leave', () => {
    const property = fc.property(between(1, 1_000), between(0, 2 ** 31 - 1), (count, seed) => {
      const sales = Array.from({ length: count }, (_, i) =>
        sampleOf(salesOf(fc.constant(4 + i)), (seed + i) % 2 ** 31),
      );
      const records = encodeSales(sales);
      const chosen = [...new Set(sampleOf(fc.array(between(0, count - 1), { maxLength: 8 }), seed))];
      const reversals = chosen.map((index): ReversalRecord => {
        const { priceCents, volumeCents } = sales[index] as SaleRecord;
        return { index, priceCents, volumeCents };
      });
      const chunks = chunkReversals(records, reversals);
      let present = records;
      for (const { chunk, records: leafRecords, proof, reversals: packed } of chunks) {
        const ofChunk = decodeReversals(packed);
        expect(ofChunk.every(({ index }) => BigInt(Math.floor(index / CHUNK_SALES)) === chunk)).to.equal(
          true,
        );
        expect(proven(count, Number(chunk), keccak256(leafRecords), proof)).to.equal(batchRoot(present));
        present = recordsAfter(present, ofChunk);
      }
      expect(chunks.flatMap(({ reversals: packed }) => decodeReversals(packed))).to.have.deep.members(
        reversals,
      );
      expect(new Set(chunks.map(({ chunk }) => chunk))).to.have.property('size', chunks.length);
      expect(present).to.equal(recordsAfter(records, reversals));
    });
    fc.assert(property, { seed: 5, numRuns: 100 });
  });

  it('arranges nothing for no reversals', () => {
    expect(chunkReversals(encodeSales(salesFor(3)), [])).to.deep.equal([]);
  });

  describe('recordsAfter', () => {
    const records = encodeSales(salesFor(2));
    const wrong: [string, ReversalRecord][] = [
      ['a sale that is not there', { index: 2, priceCents: 1n, volumeCents: 0n }],
      ['more than the price', { index: 0, priceCents: 1_001n, volumeCents: 0n }],
      ['more than the volume', { index: 0, priceCents: 1_000n, volumeCents: 901n }],
    ];
    for (const [what, reversal] of wrong) {
      it(`refuses to take back ${what}`, () => {
        expect(() => recordsAfter(records, [reversal])).to.throw(
          MalformedError,
          `takes back more of sale ${reversal.index} than is left`,
        );
      });
    }

    it('takes back from what the reversals before have left', () => {
      const first = { index: 1, priceCents: 1n, volumeCents: 400n };
      const both = [first, { index: 1, priceCents: 1_000n, volumeCents: 500n }];
      expect(decodeSales(recordsAfter(records, both))[1]).to.deep.equal({
        class: 'retail',
        seller: 5,
        priceCents: 0n,
        volumeCents: 0n,
      });
      expect(() => recordsAfter(records, [first, { index: 1, priceCents: 1n, volumeCents: 501n }])).to.throw(
        MalformedError,
      );
      expect(recordsAfter(records, [])).to.equal(records);
    });
  });
});
