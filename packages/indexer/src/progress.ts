import type { Address } from 'viem';

/** What an indexer reports of its work. */
export type Progress =
  /** Nodes, ledgers and books belong together; the chain is being followed. */
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
      /** Blocks still to read, and how long they take at the rate so far. */
      blocksLeft: number;
      secondsLeft: number;
    }
  /** The chain changed, and the books were rolled back to `toBlock`. */
  | { event: 'undone'; ledger: Address; fromBlock: number; toBlock: number }
  /** A node failed; another one takes over. */
  | { event: 'failedOver'; ledger: Address; to: string; reason: string }
  /** The nodes or the database are away, or the nodes refuse to answer; they will be tried again. */
  | { event: 'waiting'; reason: string }
  /** A ledger of the factory failed. The others go on; it is tried again later. */
  | { event: 'failed'; ledger: Address; reason: string };

/** Measures how fast a reading goes, and estimates how long it still takes. */
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
