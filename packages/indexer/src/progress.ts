import type { Address } from 'viem';

/** What an indexer tells of its work. */
export type Progress =
  /** Nodes, ledgers and books belong together, and the chain is being followed. */
  | { event: 'ready' }
  /** A ledger of the factory is followed from now on. */
  | { event: 'found'; ledger: Address; block: number }
  /** Blocks are in the books. */
  | {
      event: 'read';
      ledger: Address;
      fromBlock: number;
      toBlock: number;
      blocks: number;
      /** Entries in these blocks, and in the whole journal so far. */
      entries: number;
      entryCount: number;
      entriesPerSecond: number;
      /** Blocks still to read, and how long that takes at the rate so far. */
      blocksLeft: number;
      secondsLeft: number;
    }
  /** The chain changed: the books went back from one block to the other. */
  | { event: 'undone'; ledger: Address; fromBlock: number; toBlock: number }
  /** One node does not do; another is asked. */
  | { event: 'turned'; ledger: Address; to: string; reason: string }
  /** The nodes or the database are away, or the nodes refuse to answer; they are asked again. */
  | { event: 'waiting'; reason: string }
  /** A ledger of the factory is not what it should be; the others go on, and it is tried again later. */
  | { event: 'failed'; ledger: Address; reason: string };

/** How fast a reading goes, and how long it takes still. */
export class Rate {
  readonly #started = performance.now();
  #last = this.#started;
  #blocks = 0;

  /** Counts what was just written. */
  count(blocks: number, entries: number, blocksLeft: number) {
    const now = performance.now();
    const seconds = Math.max(now - this.#last, 1) / 1000;
    this.#last = now;
    this.#blocks += blocks;
    const blocksPerSecond = this.#blocks / (Math.max(now - this.#started, 1) / 1000);
    return {
      blocks,
      entries,
      entriesPerSecond: Math.round(entries / seconds),
      blocksLeft,
      secondsLeft: Math.ceil(blocksLeft / blocksPerSecond),
    };
  }
}
