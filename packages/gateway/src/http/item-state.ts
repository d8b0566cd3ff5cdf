import type { ItemState } from '@plumbline/protocol/api';
import type { BooksStatus, SubmittedSale } from '@plumbline/store';

type TransactionState = SubmittedSale['transactionState'];

/** The state of an item, from its own row and that of its transaction. */
export function itemState(item: SubmittedSale['state'], transaction: TransactionState): ItemState {
  if (item !== 'batched') return item;
  if (transaction === 'included' || transaction === 'final' || transaction === 'sent') return transaction;
  return 'batched';
}

/** Whether a transaction in this state is on chain. */
export function isOnChain(transaction: TransactionState): boolean {
  return transaction === 'included' || transaction === 'final';
}

/** Whether a block in the books can no longer be undone. */
export function isFinal(blockNumber: number, books: BooksStatus | undefined): boolean {
  return blockNumber <= (books?.finalNumber ?? -1);
}
