/** How a batch's records hash to its root, written from contracts/libraries/BatchTree.sol's comment and nothing else. */
import { concat, dataLength, dataSlice, keccak256 } from 'ethers';
import { encodeReversals, type Reversal, SALE_BYTES } from './records.ts';

const CHUNK_SALES = 16;

/** Reversals of sales in one leaf, as `reverse` takes them. */
export interface ChunkReversals {
  chunk: number;
  records: string;
  proof: string[];
  reversals: string;
}

export function countSales(records: string): number {
  return dataLength(records) / SALE_BYTES;
}

/** Reversals by leaf, each with a proof of the root that those before it leave. Nothing is checked. */
export function chunkReversals(records: string, reversals: Reversal[]): ChunkReversals[] {
  const byChunk = Map.groupBy(reversals, ({ index }) => Math.floor(index / CHUNK_SALES));
  let present = records;
  return [...byChunk].map(([chunk, inChunk]) => {
    const leaves = chunksOf(present);
    const proof = proofOf(leaves.map(keccak256), chunk);
    present = recordsAfter(present, inChunk);
    return { chunk, records: leaves[chunk] ?? '0x', proof, reversals: encodeReversals(inChunk) };
  });
}

/** The records that reversals leave. A sale that is not there stays away, and what is too much wraps. */
export function recordsAfter(records: string, reversals: Reversal[]): string {
  let after = records;
  for (const { index, price, volume } of reversals) {
    const at = index * SALE_BYTES;
    if (at >= dataLength(records)) continue;
    const left = BigInt(dataSlice(after, at, at + SALE_BYTES)) - ((BigInt(price) << 32n) | BigInt(volume));
    const sale = `0x${BigInt.asUintN(96, left).toString(16).padStart(24, '0')}`;
    after = concat([dataSlice(after, 0, at), sale, dataSlice(after, at + SALE_BYTES)]);
  }
  return after;
}

function chunksOf(records: string): string[] {
  const size = CHUNK_SALES * SALE_BYTES;
  const total = dataLength(records);
  return Array.from({ length: Math.ceil(total / size) }, (_, i) =>
    dataSlice(records, i * size, Math.min(total, (i + 1) * size)),
  );
}

/** The siblings from a leaf up; a node without one has no place in it. */
function proofOf(leaves: string[], leaf: number): string[] {
  const proof: string[] = [];
  let nodes = leaves;
  for (let index = leaf; nodes.length > 1; index >>= 1) {
    const sibling = nodes[index ^ 1];
    if (sibling !== undefined) proof.push(sibling);
    nodes = Array.from({ length: Math.ceil(nodes.length / 2) }, (_, i) => {
      const pair = nodes.slice(2 * i, 2 * i + 2);
      return pair.length === 2 ? keccak256(concat(pair)) : pair[0]!;
    });
  }
  return proof;
}
