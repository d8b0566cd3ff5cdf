/** What an indexer tells of its work. */
export type Progress =
  /** Node, ledger and books belong together, and the chain is being followed. */
  | { event: 'ready' }
  /** Blocks are in the books. */
  | {
      event: 'read';
      fromBlock: number;
      toBlock: number;
      blocks: number;
      /** Entries in these blocks, and in the whole journal so far. */
      entries: number;
      entryCount: number;
      entriesPerSecond: number;
    }
  /** The chain changed: the books went back from one block to the other. */
  | { event: 'undone'; fromBlock: number; toBlock: number }
  /** The node or the database is away, or the node refuses to answer; it is asked again. */
  | { event: 'waiting'; reason: string };
