import type { BuyerClass, SaleItem } from '@plumbline/protocol';
import type { ColumnType, Generated } from 'kysely';
import type { Hex } from 'viem';

/** What companies submit and what became of it. Only the gateway writes it. Addresses and hashes are lower-case hex. */

/**
 * The state of an item: waiting for a transaction, tied to one, or refused for good. The progress of a transaction is
 * in its own row, so a reorganisation changes one row and not thousands.
 */
type ItemState = 'accepted' | 'batched' | 'refused';

/**
 * `signed`: stored, perhaps never broadcast. `sent`: broadcast at least once. `included`: in a block that was canonical
 * when last looked at. `final`: deep enough. `failed`: reverted on chain. `voided`: it failed and the chain forgot it,
 * so that its nonce has to be filled by a transaction that does nothing. `displaced`: another transaction took its
 * nonce.
 */
export type TransactionState = 'signed' | 'sent' | 'included' | 'final' | 'failed' | 'voided' | 'displaced';

/** `fill` only uses up a nonce. */
type TransactionKind = 'enrol' | 'record' | 'reverse' | 'settle' | 'apply' | 'fill';

/** `0x` hex, stored as text. */
type HexText = ColumnType<Hex, string, string>;
/** Written as JSON text, read as a value. */
type Json<T> = ColumnType<T, string, string>;
type WrittenOnce<T> = ColumnType<T, T, never>;
/** Set by the database when the row is made. */
type Stamp = ColumnType<Date, never, never>;

/** A distributor by the company's own reference. */
interface EnrolmentsTable {
  ledger: bigint;
  reference: string;
  /** Order of acceptance; a sponsor comes before its downline. */
  seq: Generated<bigint>;
  sponsor_reference: string | null;
  wallet: ColumnType<Hex | null, string | null, string | null>;
  state: ItemState;
  refusal: string | null;
  /** Assigned when the enrolment transaction is built. */
  distributor_id: number | null;
  transaction_id: bigint | null;
  accepted_at: Stamp;
}

/** A sale by the company's own id. */
interface SubmissionsTable {
  ledger: bigint;
  external_id: string;
  seq: Generated<bigint>;
  seller_reference: string;
  class: BuyerClass;
  price_cents: bigint;
  volume_cents: bigint;
  items: Json<SaleItem[]>;
  /** ISO 8601 in UTC, as it stands in the document. */
  sold_at: string;
  /** Null when the link to the buyer has been erased. */
  buyer_reference: string | null;
  buyer_salt: string | null;
  buyer_commitment: HexText;
  document_salt: HexText;
  /** Salted with `buyer_salt`, so that once the link is erased it cannot be used to guess the buyer. */
  body_hash: string;
  /** Sum of the accepted reversals, without the refused. */
  asked_price_cents: Generated<bigint>;
  asked_volume_cents: Generated<bigint>;
  state: ItemState;
  refusal: string | null;
  batch: number | null;
  batch_index: number | null;
  transaction_id: bigint | null;
  accepted_at: Stamp;
}

/** A request to take back part of a sale. */
interface ReversalRequestsTable {
  ledger: bigint;
  reversal_id: string;
  seq: Generated<bigint>;
  external_id: string;
  price_cents: bigint;
  volume_cents: bigint;
  reason: string | null;
  body_hash: string;
  state: ItemState;
  refusal: string | null;
  transaction_id: bigint | null;
  accepted_at: Stamp;
}

/** The answer that was given under an `Idempotency-Key`. */
interface IdempotencyTable {
  ledger: bigint;
  key: string;
  salt: string;
  request_hash: string;
  status: number;
  answer: Json<unknown>;
  created_at: Stamp;
}

/** A transaction that holds a nonce. Its attempts differ in fees, and in data only if the chain has changed since. */
interface TransactionsTable {
  ledger: bigint;
  id: Generated<bigint>;
  kind: WrittenOnce<TransactionKind>;
  /** Batch recorded, reversed or settled; null for enrolments. */
  batch: number | null;
  /** Settlements: one past the last sale to settle. */
  until: number | null;
  signer: string;
  nonce: number;
  state: TransactionState;
  /** Of the attempt that was included. */
  hash: ColumnType<Hex | null, string | null, string | null>;
  block_number: bigint | null;
  block_hash: string | null;
  /** Why it failed, or what is wrong with it. */
  problem: string | null;
  created_at: Stamp;
}

/** Signed bytes, stored before they are broadcast. Any attempt of a transaction may be included. */
interface AttemptsTable {
  ledger: bigint;
  hash: string;
  transaction_id: bigint;
  raw: string;
  data: string;
  gas: bigint;
  max_fee: bigint;
  max_priority_fee: bigint;
  created_at: Stamp;
}

/** A batch of sales that this gateway recorded, or is about to. */
interface OutgoingBatchesTable {
  ledger: bigint;
  batch: number;
  transaction_id: bigint;
  manifest_root: HexText;
  /** Packed sales, as in the call. */
  records: HexText;
  size: number;
}

/** The right to sign for an address. Each new holder gets a higher fence, and writes of earlier holders are refused. */
interface LeasesTable {
  name: string;
  holder: string;
  fence: bigint;
  expires_at: Date;
}

export interface IntakeTables {
  enrolments: EnrolmentsTable;
  submissions: SubmissionsTable;
  reversal_requests: ReversalRequestsTable;
  idempotency: IdempotencyTable;
  transactions: TransactionsTable;
  attempts: AttemptsTable;
  outgoing_batches: OutgoingBatchesTable;
  leases: LeasesTable;
}
