import type { BooksStatus } from '@plumbline/store';

/** How far an item is, from its own state and that of its transaction. */
export function stateOf(item: string, transaction: string | null): string {
  if (item !== 'batched') return item;
  if (transaction === 'included' || transaction === 'final' || transaction === 'sent') return transaction;
  return 'batched';
}

/** Whether a transaction in this state is on chain. */
export function isOnChain(transaction: string | null): boolean {
  return transaction === 'included' || transaction === 'final';
}

/** Whether what the books have of a block can no longer be undone. */
export function isFinal(blockNumber: number, books: BooksStatus | undefined): boolean {
  return blockNumber <= (books?.finalNumber ?? -1);
}
