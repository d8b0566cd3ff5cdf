export { applyEntries, type BlockRow, type Piece, type Stretch } from './books/apply.ts';
export { type BooksDifference, compareBooks } from './books/comparison.ts';
export { type DistributorCredit, listCredits } from './books/credits.ts';
export { type Distributor, findDistributor, type Page, type PageRequest } from './books/distributors.ts';
export { type DownlineMember, type DownlineRequest, listDownline } from './books/downline.ts';
export {
  type Figures,
  getFigures,
  listPeriods,
  type PeriodFigures,
  type VolumeByClass,
} from './books/figures.ts';
export { type Flag, listFlags } from './books/flags.ts';
export {
  type EntryRow,
  findPlanAt,
  listByTransaction,
  listPlans,
  type PlanRow,
} from './books/journal.ts';
export { type Leader, listLeaders } from './books/leaders.ts';
export {
  type BooksStatus,
  findLedger,
  findStatus,
  type LedgerRow,
  listLedgers,
  saveLedger,
} from './books/ledgers.ts';
export { type DistributorPayout, listPayouts } from './books/payouts.ts';
export { getPending, type Pending } from './books/pending.ts';
export { periodOf } from './books/periods.ts';
export {
  findPosition,
  firstPosition,
  getPositionBefore,
  listPositions,
  type Position,
  PositionMovedError,
} from './books/position.ts';
export { getPowers, type Powers } from './books/powers.ts';
export { rollBack } from './books/rollback.ts';
export {
  type Batch,
  findBatch,
  findSale,
  listDueBatches,
  listReversals,
  type Reversal,
  type Sale,
  type SaleCredit,
} from './books/sales.ts';
export { listByWallet } from './books/search.ts';
export { getSubtree, type Subtree } from './books/subtree.ts';
export { getTotals, type Totals } from './books/totals.ts';
export { listUpline, type UplineMember } from './books/upline.ts';
export { isConnectionLost } from './connection.ts';
export { type Database, openDatabase, type Tables } from './database.ts';
export { type EmbeddedDatabase, startEmbedded } from './embedded/embedded.ts';
export {
  countQueue,
  findOutgoingBatch,
  type OutgoingBatchRow,
  type QueueCounts,
} from './intake/batches.ts';
export {
  acceptEnrolments,
  type EnrolmentProblem,
  type EnrolmentRow,
  findEnrolment,
  listByReference,
  listReferences,
  listWaitingEnrolments,
  type NewEnrolment,
  refuseEnrolment,
  type WaitingEnrolment,
} from './intake/enrolments.ts';
export { type Answer, answerOnce, type KeyedRequest, KeyReusedError } from './intake/idempotency.ts';
export {
  findLease,
  type Lease,
  LostLeaseError,
  releaseLease,
  takeLease,
  withLease,
} from './intake/leases.ts';
export {
  acceptReversal,
  listReversalRequests,
  listReversalsOfRefusedSales,
  listTransactionReversals,
  listWaitingReversalBatches,
  listWaitingReversals,
  type NewReversal,
  type PlacedReversal,
  type ReversalOutcome,
  type ReversalRow,
  refuseReversals,
} from './intake/reversals.ts';
export {
  acceptSales,
  findSubmission,
  listBatchSubmissions,
  listWaitingSales,
  type NewSale,
  refuseSales,
  type SaleOutcome,
  type SubmissionRow,
  type SubmittedSale,
  type WaitingSale,
} from './intake/submissions.ts';
export {
  addAttempt,
  findSettledUntil,
  type Inclusion,
  listChainedTransactions,
  listOpenTransactions,
  markDisplaced,
  markFailed,
  markFinal,
  markIncluded,
  markSent,
  type NewAttempt,
  nextFreeNonce,
  noteProblem,
  type OpenTransaction,
  type Payload,
  storeTransaction,
  type TransactionRow,
  unincludeFrom,
} from './intake/transactions.ts';
export { hasTables, migrate } from './migrate.ts';
