export {
  HeadMismatchError,
  JournalRefusedError,
  LedgerMissingError,
  NodeUnreachableError,
  WrongChainError,
} from './errors.ts';
export { createIndexer, type Indexer, type IndexerOptions } from './indexer.ts';
export type { Progress } from './progress.ts';
