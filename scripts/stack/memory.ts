/**
 * Node's memory options for the indexer. The old space is bounded, because only a stretch of the chain and its sums
 * stay in memory. The young space is large, because most of what is read is garbage at once. The old space starts
 * large too: otherwise the nodes' answers, which lie outside the heap, would cause a full collection every tenth of a
 * second.
 */
export const INDEXER_MEMORY = [
  '--max-semi-space-size=16',
  '--initial-old-space-size=200',
  '--max-old-space-size=400',
];
