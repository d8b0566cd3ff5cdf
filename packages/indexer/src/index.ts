export {
  HeadMismatchError,
  JournalRefusedError,
  LedgerMissingError,
  NodeUnreachableError,
  WrongChainError,
} from './errors.ts';
export { createIndexer, type Indexer } from './following/indexer.ts';
export type { IndexerOptions } from './options.ts';
export type { Progress } from './progress.ts';
