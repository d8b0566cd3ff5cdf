export {
  type BooksStatus,
  findLedger,
  findStatus,
  type LedgerRow,
  listLedgers,
  saveLedger,
} from './books/ledgers.ts';
export { periodOf } from './books/periods.ts';
export {
  findPosition,
  firstPosition,
  getPositionBefore,
  listPositions,
  type Position,
} from './books/position.ts';
export { type DistributorCredit, listCredits } from './books/read/commissions/credits.ts';
export { type DistributorPayout, listPayouts } from './books/read/commissions/payouts.ts';
export { getPending, type Pending } from './books/read/commissions/pending.ts';
export { type BooksDifference, compareBooks } from './books/read/comparison.ts';
export { type Distributor, findDistributor } from './books/read/distributors/distributors.ts';
export {
  type DownlineDistributor,
  type DownlineRequest,
  listDownline,
} from './books/read/distributors/downline.ts';
export { listByWallet } from './books/read/distributors/search.ts';
export { getSubtree, type Subtree } from './books/read/distributors/subtree.ts';
export { listUpline, type UplineDistributor } from './books/read/distributors/upline.ts';
export {
  type Figures,
  getFigures,
  listPeriods,
  type PeriodFigures,
  type VolumeByClass,
} from './books/read/figures/figures.ts';
export { type Leader, listLeaders } from './books/read/figures/leaders.ts';
export { getTotals, type Totals } from './books/read/figures/totals.ts';
export {
  findNextChange,
  listPendingChanges,
  type NextChange,
  type PendingChange,
} from './books/read/journal/changes.ts';
export { type Disclosure, listDisclosures } from './books/read/journal/disclosures.ts';
export { type Flag, listFlags } from './books/read/journal/flags.ts';
export {
  type EntryRow,
  findPlanAt,
  listByTransaction,
  listPlans,
  type PlanRow,
} from './books/read/journal/journal.ts';
export { type AnnouncedAct, getPowers, type Powers, type Recorder } from './books/read/journal/powers.ts';
export {
  type Batch,
  findBatch,
  findPresentRecords,
  findSale,
  type LateRefund,
  listDueBatches,
  listReversals,
  type Reversal,
  type Sale,
  type SaleCredit,
} from './books/read/journal/sales.ts';
export type { Page, PageRequest } from './books/read/page.ts';
export { applyEntries, type BlockRow, type Stretch, type StretchPart } from './books/write/apply.ts';
export { PositionMovedError } from './books/write/cursor.ts';
export { rollBack } from './books/write/rollback.ts';
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
export { type Database, isConnectionLost, openDatabase, type Tables } from './schema/database.ts';
export { hasTables, migrate } from './schema/migrate.ts';
