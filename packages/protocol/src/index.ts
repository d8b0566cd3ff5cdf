export { commissionLedgerAbi, ledgerFactoryAbi, storefrontAbi } from './abi.generated.ts';
export { NumbersById } from './encoding/numbers-by-id.ts';
export {
  type BalanceRecord,
  BUYER_CLASSES,
  type BuyerClass,
  type DistributorRecord,
  decodeBalances,
  decodeReversals,
  decodeSales,
  decodeStandings,
  encodeBalances,
  encodeDistributors,
  encodeReversals,
  encodeSales,
  encodeStandings,
  type ReversalRecord,
  type SaleRecord,
  type StandingRecord,
  visitSales,
} from './encoding/records.ts';
export {
  type ErrorDetails,
  hideSecrets,
  InvalidPlanError,
  JournalMismatchError,
  MalformedError,
  PlumblineError,
  UnexpectedLogError,
} from './errors.ts';
export {
  batchNumber,
  formatSaleRef,
  fragmentOf,
  idAt,
  LANES,
  laneOf,
  MAX_BATCH,
  MAX_ID,
  MAX_RECORDERS,
  MAX_SEQUENCE,
  parseSaleRef,
  recorderOfBatch,
  type SaleRef,
  saleNumber,
  saleRefOf,
  sequenceOfBatch,
} from './ids.ts';
export {
  decodeEntries,
  EntryDecoder,
  entryTopics,
  journalTopics,
} from './journal/decoding/decode-entries.ts';
export { LogText } from './journal/decoding/log-text.ts';
export type {
  ActAnnounced,
  ActCancelled,
  BalancesOpened,
  ChangeApplied,
  ChangeCancelled,
  CorrectionAnnounced,
  DisclosurePublished,
  EndingAnnounced,
  FlagAnswered,
  PlanCancelled,
  RecorderReplaced,
  RecorderSet,
  RefundedLate,
  StandbySet,
  StandingAnnounced,
  SuccessorSet,
  SurplusSwept,
} from './journal/entries.ts';
export {
  type BatchRecorded,
  type BatchSettled,
  type Enrolled,
  type Entry,
  FLAG_OUTCOMES,
  FLAG_SUBJECTS,
  type FlagClosed,
  type FlagRaised,
  type HoldSet,
  type JournalEntry,
  type LedgerLog,
  type Payout,
  type PayoutRedirected,
  type PlanAnnounced,
  type RecoverySet,
  type SaleReversed,
  WALLET_CHANGES,
  type WalletSet,
} from './journal/entries.ts';
export {
  extendHead,
  foldEntries,
  GENESIS_HEAD,
  type Keccak,
  type LedgerTerms,
  termsHash,
} from './journal/hashing.ts';
export { recordBytes } from './journal/recorded-sales.ts';
export { decodeLines, encodeLines, packedLines, settlementOf, visitLines } from './journal/settled-lines.ts';
export { Settler } from './journal/settler.ts';
export {
  commitBuyer,
  documentHash,
  manifestProof,
  manifestRoot,
  type SaleDocument,
  type SaleItem,
  verifyDocument,
} from './manifest.ts';
export {
  formatCents,
  formatUnits,
  MAX_CENTS,
  parseInteger,
  UNITS_PER_CENT,
  UNITS_PER_TOKEN,
} from './money.ts';
export {
  batchRoot,
  CHUNK_SALES,
  type ChunkReversals,
  chunkReversals,
  recordsAfter,
} from './rules/batch-tree.ts';
export {
  amountOf,
  type Credit,
  creditedBy,
  payCommission,
  type SettledLine,
  type Tree,
} from './rules/commission.ts';
export {
  type Account,
  moveAway,
  nextId,
  packFragment,
  parseAccount,
  STATUS_ACTIVE,
  STATUS_CLOSED,
  STATUS_INACTIVE,
  STATUS_NONE,
} from './rules/fragment.ts';
export { type AnnouncedChange, type AppliedChange, PendingChanges } from './rules/pending-changes.ts';
export {
  BPS,
  COMPRESSION_DYNAMIC,
  COMPRESSION_NONE,
  COMPRESSION_ROLL_UP,
  checkPlan,
  countedVolume,
  MAX_LEVELS,
  MAX_RANK,
  MAX_REACH,
  MAX_ROWS,
  MIN_REACH,
  maxTotalBps,
  PLAN_BY_DIFFERENCE,
  PLAN_BY_GENERATION,
  PLAN_BY_LEVEL,
  type Plan,
  planHash,
  rowOf,
} from './rules/plan.ts';
export {
  describePlan,
  PLAN_COMPRESSIONS,
  PLAN_KINDS,
  type PlanDescription,
  planCompression,
  planKind,
  planPhrase,
} from './rules/plan-words.ts';
export { type AllowanceKind, RecorderAllowances } from './rules/recorder-allowance.ts';
