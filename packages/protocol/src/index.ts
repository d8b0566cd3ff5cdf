export { commissionLedgerAbi, ledgerFactoryAbi, testDollarAbi } from './abi.generated.ts';
export {
  amountOf,
  type Credit,
  creditedBy,
  decodeLines,
  encodeLines,
  payByLevel,
  type SettledLine,
  type Tree,
} from './commission.ts';
export { decodeEntries, journalTopics } from './decode.ts';
export type {
  BatchRecorded,
  BatchSettled,
  Enrolled,
  Entry,
  JournalEntry,
  LedgerLog,
  Payout,
  PlanAnnounced,
  SaleReversed,
} from './entries.ts';
export { InvalidPlanError, JournalMismatchError, MalformedError, UnexpectedLogError } from './errors.ts';
export { type Account, accountIn, nextId, packFragment, STATUS_ACTIVE, STATUS_NONE } from './fragment.ts';
export {
  formatSaleRef,
  fragmentOf,
  idAt,
  LANES,
  laneOf,
  MAX_BATCH,
  MAX_ID,
  parseSaleRef,
  type SaleRef,
  saleNumber,
  saleRefOf,
} from './ids.ts';
export { extendHead, foldEntries, GENESIS_HEAD, type LedgerTerms, termsHash } from './journal.ts';
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
export { BPS, checkPlan, countedVolume, MAX_LEVELS, maxTotalBps, type Plan, planHash } from './plan.ts';
export {
  BUYER_CLASSES,
  type BuyerClass,
  decodeReversals,
  decodeSales,
  encodePeople,
  encodeReversals,
  encodeSales,
  type PersonRecord,
  type ReversalRecord,
  type SaleRecord,
} from './records.ts';
