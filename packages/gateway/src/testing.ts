/** What only tests and benchmarks need of this package's inside. */

export { raiseFees } from './batcher/fees.ts';
export { findBadItem } from './batcher/send-items.ts';
