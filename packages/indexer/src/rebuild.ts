import { PlumblineError } from '@plumbline/protocol';
import {
  type BooksDifference,
  compareBooks,
  type Database,
  findLedger,
  findStatus,
  listLedgers,
  migrate,
} from '@plumbline/store';
import type { Address } from 'viem';
import { BooksMissingError } from './errors.ts';
import { createIndexer } from './following/indexer.ts';
import type { IndexerOptions } from './options.ts';

/** The result of rebuilding the books of a ledger. */
export interface RebuildReport {
  ledger: Address;
  /** The block up to which they were compared. */
  block: number;
  /** The first differences: `one` is from the books, `other` from the chain. */
  differences: BooksDifference[];
  /** Whether there are more differences. */
  hasMore: boolean;
}

export interface RebuildOptions
  extends Pick<IndexerOptions, 'rpcUrls' | 'finality' | 'signal' | 'onProgress'> {
  /** The books to check. They are only read. */
  database: Database;
  /** An empty database to rebuild them in. */
  beside: Database;
}

/** One mistake often shows in many rows. */
const MAX_DIFFERENCES = 20;

/**
 * Rebuilds the books of every ledger from the chain and compares them, row by row.
 * @throws PlumblineError `database-not-empty` or `books-missing`.
 */
export async function rebuild(options: RebuildOptions): Promise<RebuildReport[]> {
  const { database, beside } = options;
  await migrate(beside);
  if ((await listLedgers(beside)).length > 0) {
    throw new PlumblineError(
      'database-not-empty',
      'the database beside must be empty: it holds books already',
    );
  }
  const ledgers = await listLedgers(database);
  if (ledgers.length === 0) throw new PlumblineError('books-missing', 'there are no books to check');
  const reports: RebuildReport[] = [];
  for (const ledger of ledgers) reports.push(await rebuildLedger(options, ledger));
  return reports;
}

async function rebuildLedger(options: RebuildOptions, ledger: Address): Promise<RebuildReport> {
  const { database, beside } = options;
  await readUpTo(options, ledger, database);
  // The books may have advanced meanwhile. From here on this reader sees a fixed state of them.
  return database
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (snapshot) => {
      const block = await readUpTo(options, ledger, snapshot);
      const differences: BooksDifference[] = [];
      for await (const difference of compareBooks(snapshot, beside, ledger)) {
        if (differences.length === MAX_DIFFERENCES) return { ledger, block, differences, hasMore: true };
        differences.push(difference);
      }
      return { ledger, block, differences, hasMore: false };
    });
}

/** Brings the rebuilt books to the block where those in `database` stand. */
async function readUpTo(
  { beside, rpcUrls, finality, signal, onProgress }: RebuildOptions,
  ledger: Address,
  database: Database,
): Promise<number> {
  const [known, status] = [await findLedger(database, ledger), await findStatus(database, ledger)];
  if (!known || !status) throw new BooksMissingError(ledger);
  const { startBlock } = known;
  const { blockNumber: untilBlock } = status;
  const indexer = createIndexer({
    database: beside,
    rpcUrls,
    ledger,
    startBlock,
    untilBlock,
    finality,
    signal,
    onProgress,
  });
  await indexer.syncOnce();
  return untilBlock;
}
