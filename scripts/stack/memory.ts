/**
 * What Node is told of the indexer's memory: little old space, because a stretch of the chain and its sums are all that
 * stays, and a roomy young one, because most of what is read is garbage at once.
 */
export const INDEXER_MEMORY = ['--max-semi-space-size=16', '--max-old-space-size=400'];
