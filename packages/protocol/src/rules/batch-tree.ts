import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, type Hex, hexToBytes } from 'viem';
import {
  decodeSales,
  encodeReversals,
  encodeSales,
  type ReversalRecord,
  SALE_BYTES,
} from '../encoding/records.ts';
import { MalformedError } from '../errors.ts';

/** The Merkle tree over a batch's records as they are now. Twin of contracts/libraries/BatchTree.sol. */

/** Sales to a leaf. */
export const CHUNK_SALES = 16;

/** Reversals of sales that stand in one leaf, as the ledger's `reverse` takes them. */
export interface ChunkReversals {
  /** Number of the leaf. */
  chunk: bigint;
  /** The leaf's records as they are now. */
  records: Hex;
  /** The siblings from the leaf up; a node without one has no place in it. */
  proof: Hex[];
  /** Packed; `decodeReversals` reads them. */
  reversals: Hex;
}

/** The root over packed records. */
export function batchRoot(records: Hex): Hex {
  const level = leavesOf(records);
  return bytesToHex(levelsOf(level).at(-1)?.[0] ?? new Uint8Array(32));
}

/**
 * The records that reversals leave.
 * @throws MalformedError if a reversal takes back more than is left of its sale.
 */
export function recordsAfter(records: Hex, reversals: readonly ReversalRecord[]): Hex {
  const sales = decodeSales(records);
  for (const { index, priceCents, volumeCents } of reversals) {
    const sale = sales[index];
    if (!sale || priceCents > sale.priceCents || volumeCents > sale.volumeCents) {
      throw new MalformedError('reversals', `takes back more of sale ${index} than is left`);
    }
    sales[index] = {
      ...sale,
      priceCents: sale.priceCents - priceCents,
      volumeCents: sale.volumeCents - volumeCents,
    };
  }
  return encodeSales(sales);
}

/**
 * Arranges reversals by leaf, each with a proof of the root that those before it leave.
 * @param records The batch's records as they are now.
 */
export function chunkReversals(records: Hex, reversals: readonly ReversalRecord[]): ChunkReversals[] {
  const byChunk = new Map<number, ReversalRecord[]>();
  for (const reversal of reversals) {
    const chunk = Math.floor(reversal.index / CHUNK_SALES);
    byChunk.set(chunk, [...(byChunk.get(chunk) ?? []), reversal]);
  }
  let present = records;
  return [...byChunk].map(([chunk, ofChunk]) => {
    const levels = levelsOf(leavesOf(present));
    const [start, end] = [chunk * CHUNK_SALES, (chunk + 1) * CHUNK_SALES].map(
      (sale) => 2 + 2 * SALE_BYTES * sale,
    );
    const given = {
      chunk: BigInt(chunk),
      records: `0x${present.slice(start, end)}` as Hex,
      proof: proofOf(levels, chunk),
      reversals: encodeReversals(ofChunk),
    };
    present = recordsAfter(present, ofChunk);
    return given;
  });
}

function leavesOf(records: Hex): Uint8Array[] {
  const bytes = hexToBytes(records);
  const size = CHUNK_SALES * SALE_BYTES;
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    keccak_256(bytes.subarray(i * size, (i + 1) * size)),
  );
}

/** The levels of the tree from the leaves to the root. */
function levelsOf(leaves: Uint8Array[]): Uint8Array[][] {
  const levels = [leaves];
  for (let level = leaves; level.length > 1; levels.push(level)) {
    const below = level;
    level = Array.from({ length: Math.ceil(below.length / 2) }, (_, i) => {
      const [left, right] = [below[2 * i] ?? new Uint8Array(), below[2 * i + 1]];
      return right ? keccak_256(new Uint8Array([...left, ...right])) : left;
    });
  }
  return levels;
}

function proofOf(levels: readonly Uint8Array[][], chunk: number): Hex[] {
  return levels.flatMap((level, height) => {
    const sibling = level[Math.floor(chunk / 2 ** height) ^ 1];
    return level.length > 1 && sibling ? [bytesToHex(sibling)] : [];
  });
}
