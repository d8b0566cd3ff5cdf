import { type Database, listPositions, type Position } from '@plumbline/store';
import type { Address } from 'viem';
import type { Reader } from '../reading/reader.ts';

/** Blocks that are compared with one request. */
const BLOCKS_PER_REQUEST = 50;

export interface CommonBlock {
  /** The newest block that the books share with the chain; -1 if there is none. */
  number: number;
  /** The lowest block in the books that is no longer on the chain. */
  lost: number;
}

/** Finds the newest block at or below `position` that the books of a ledger share with the node's chain. */
export async function findCommonBlock(
  database: Database,
  ledger: Address,
  position: Position,
  reader: Reader,
): Promise<CommonBlock> {
  let below = position.number;
  let lost = position.number;
  for (;;) {
    const known = await listPositions(database, ledger, below, BLOCKS_PER_REQUEST);
    const hashes = await reader.listHashes(known.map(({ number }) => number));
    const shared = known.findIndex(({ hash }, i) => hash === hashes[i]);
    lost = (shared < 0 ? known.at(-1) : known[shared - 1])?.number ?? lost;
    const last = known.at(-1);
    if (shared >= 0 || !last) return { number: known[shared]?.number ?? -1, lost };
    below = last.number;
  }
}
