/**
 * What Node is told of the indexer's memory: a bounded old space, because a stretch of the chain and its sums are all that
 * stays; a roomy young one, because most of what is read is garbage at once; and no full collection before there is
 * something to collect, or the answers passing by, which lie outside the heap, would set one off every tenth of a second.
 */
export const INDEXER_MEMORY = [
  '--max-semi-space-size=16',
  '--initial-old-space-size=200',
  '--max-old-space-size=400',
];
