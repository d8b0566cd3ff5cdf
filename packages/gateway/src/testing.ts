/** What only tests and benchmarks need of this package's inside. */

export { findBadItem } from './batcher/isolate.ts';
export { raiseFees } from './batcher/send.ts';
