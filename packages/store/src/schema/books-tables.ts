import type { Plan } from '@plumbline/protocol';
import type { ColumnType } from 'kysely';
import type { Hex } from 'viem';

/** The books: the ledger's journal as tables. Only the indexer writes them. Every key begins with the ledger's key. */

/** An integer of up to 64 bits: money, block numbers, times. */
type Whole = ColumnType<bigint, bigint | number, bigint | number>;
type NullableWhole = ColumnType<bigint | null, bigint | number | null, bigint | number | null>;
/** Like `Whole`, with a default of zero. */
type Total = ColumnType<bigint, bigint | undefined, bigint>;
/** Bytes: read as `0x` hex, written as bytes. */
type Bytes = ColumnType<Hex, Uint8Array, Uint8Array>;
type NullableBytes = ColumnType<Hex | null, Uint8Array | null, Uint8Array | null>;
/** JSON: read parsed, written as text. */
type Json<T> = ColumnType<T, string, string>;

/** A ledger and the terms it was created with. */
interface LedgersTable {
  /** `keyOf` the address: the column that names the ledger in every table. */
  ledger: Whole;
  address: string;
  chain_id: Whole;
  token: string;
  /** Token base units to one ledger unit. */
  unit: Whole;
  /** Seconds. */
  return_window: number;
  plan_notice: number;
  cap_period: number;
  compact: boolean;
  /** Seconds before a new power, or a change of who stands where, takes effect. */
  delay: number;
  /** The first block that can hold an entry. */
  start_block: Whole;
}

/** How far the books of a ledger are; updated in the same transaction as the books. */
interface CursorsTable {
  ledger: Whole;
  /** The last block in the books. */
  block_number: Whole;
  /** Null before the first block is read. */
  block_hash: NullableBytes;
  /** The journal's head and length after that block. */
  head: Bytes;
  entry_count: Whole;
  /** The chain's newest block when the books were last written. */
  tip_number: Whole;
  /** The newest block that was final at that time, or -1. Blocks above it may still be reorganised. */
  final_number: Whole;
}

/** Sums over the rows of a ledger; updated in the same transaction as those rows. */
interface TotalsTable {
  ledger: Whole;
  distributors: Total;
  /** Distributors ever placed without a sponsor. */
  roots: Total;
  batches: Total;
  sales: Total;
  settled_sales: Total;
  price_cents: Total;
  volume_cents: Total;
  reversed_price_cents: Total;
  reversed_volume_cents: Total;
  /** Price that the company has refunded of settled sales, at its own cost. */
  late_refund_cents: Total;
  /** What distributors were owed from before the ledger. */
  opened_units: Total;
  credited_units: Total;
  paid_units: Total;
  /** Put into the float, and taken out of it by the company. */
  funded_units: Total;
  withdrawn_units: Total;
  /** Tokens that had come without `fund` and were put into the float. */
  swept_units: Total;
}

/** Blocks with entries, and the newest block read: the points to which a reorganisation can roll the books back. */
interface BlocksTable {
  ledger: Whole;
  number: Whole;
  hash: Bytes;
  /** Unix seconds. */
  timestamp: Whole;
  /** The journal's head and length after the block. */
  head: Bytes;
  entry_count: Whole;
}

/** The journal. */
interface EntriesTable {
  ledger: Whole;
  /** Number of the entry, from 0. */
  entry: Whole;
  kind: string;
  block_number: Whole;
  transaction_hash: Bytes;
  log_index: number;
  /** The journal's head after the entry. */
  head: Bytes;
  /**
   * The entry's fields, money as decimal strings; without plans, sales and settled lines, which have tables of their
   * own.
   */
  content: Json<Record<string, unknown>>;
}

/** What entries may change of a distributor. */
interface DistributorColumns {
  /** 0 for a root; never the former id of a distributor who has moved. */
  sponsor: number;
  /** Distributors above. */
  depth: number;
  /** The distributor's place in the tree, as bits; books/tree/path.ts explains them. */
  path: string;
  rank: number;
  /** 1 active, 2 inactive, 3 left or moved. */
  status: number;
  /** The distributor's new id, which has all that this one had, downline included; null unless they moved. */
  moved_to: number | null;
  /** The wallet that is paid; null until it is claimed. */
  wallet: string | null;
  /** Unix seconds; null if payouts were never held. */
  held_until: NullableWhole;
  hold_reason: string | null;
  /** A pending replacement of the wallet, and the unix time from which it can be executed. */
  recovery_wallet: string | null;
  recovery_from: NullableWhole;
}

interface DistributorsTable extends DistributorColumns {
  ledger: Whole;
  id: number;
  /** Of the enrolment. */
  block_number: Whole;
}

/** The state of a distributor before an entry changed it. */
interface DistributorVersionsTable extends DistributorColumns {
  ledger: Whole;
  entry: Whole;
  id: number;
}

/** The size of each distributor's team. */
interface TeamsTable {
  ledger: Whole;
  id: number;
  /** Distributors ever placed directly below; gives the next one's place among its siblings. */
  placed: number;
  /** Distributors directly below now, and the whole downline. */
  directs: number;
  team_size: number;
}

/**
 * A distributor's figures of a month, under their id at the time: a distributor who has moved also has rows under the
 * former id. Amounts only grow, except the team's, which follow the tree. There are no rows of zeros.
 */
interface DistributorPeriodsTable {
  ledger: Whole;
  id: number;
  /** Month in UTC: year x 100 + month. */
  period: number;
  /** Own sales, counted when recorded and never taken off. */
  sales: Whole;
  /** Volume of own sales by buyer class, counted when recorded. */
  retail_cents: Whole;
  preferred_cents: Whole;
  self_cents: Whole;
  /** Volume reversed, counted when reversed. */
  reversed_retail_cents: Whole;
  reversed_preferred_cents: Whole;
  reversed_self_cents: Whole;
  /** Price of own purchases, and how much of it was reversed. */
  self_price_cents: Whole;
  reversed_self_price_cents: Whole;
  /** Volume of the present downline, all classes together. */
  team_cents: Whole;
  reversed_team_cents: Whole;
  /** Settled commissions by level; 0 is the distributor's own sales, and levels above 10 share one sum. */
  credited_0: Whole;
  credited_1: Whole;
  credited_2: Whole;
  credited_3: Whole;
  credited_4: Whole;
  credited_5: Whole;
  credited_6: Whole;
  credited_7: Whole;
  credited_8: Whole;
  credited_9: Whole;
  credited_10: Whole;
  credited_above: Whole;
  /** What the distributor was owed from before the ledger. */
  opened_units: Whole;
  paid_units: Whole;
}

interface PlansTable {
  ledger: Whole;
  version: number;
  /** Unix seconds. */
  starts_at: Whole;
  plan_hash: Bytes;
  plan: Json<Plan>;
  /** Whether it was withdrawn before it started. */
  is_cancelled: ColumnType<boolean, boolean | undefined, boolean>;
  block_number: Whole;
}

interface BatchesTable {
  ledger: Whole;
  /** Of all recorders together: not in the order of time; protocol's ids.ts takes it apart. */
  batch: number;
  /** Plan version. */
  plan: number;
  recorder: string;
  /** Unix seconds. */
  recorded_at: Whole;
  reserved_units: Whole;
  manifest_root: Bytes;
  /** The packed sales as they were recorded, before any reversal. */
  records: Bytes;
  /** Number of sales. */
  count: number;
  /** Sales settled so far, from index 0. */
  settled: number;
  block_number: Whole;
  transaction_hash: Bytes;
}

/** A settlement of sales of one batch, from index `first` up to but not including `until`. */
interface SettlementsTable {
  ledger: Whole;
  batch: number;
  first: number;
  until: number;
  entry: Whole;
  block_number: Whole;
  /** The settled sales in the packed form that the journal hashes. */
  lines: Bytes;
}

/**
 * The batches in which a distributor sold, and those that credited them, under the id at the time; see batch-marks.ts.
 */
interface DistributorBatchesTable {
  ledger: Whole;
  id: number;
  /** The 1,024 batches from `1024 * chunk` on. */
  chunk: number;
  /**
   * Twice the offset of a batch in the chunk, plus 1 if it credited the distributor; ascending, distinct, never empty.
   */
  marks: number[];
}

interface ReversalsTable {
  ledger: Whole;
  entry: Whole;
  batch: number;
  batch_index: number;
  price_cents: Whole;
  volume_cents: Whole;
  block_number: Whole;
  transaction_hash: Bytes;
}

/** Refunds of settled sales, at the company's cost: they change nobody's commission. */
interface LateRefundsTable {
  ledger: Whole;
  entry: Whole;
  batch: number;
  batch_index: number;
  price_cents: Whole;
  evidence: string;
  block_number: Whole;
  transaction_hash: Bytes;
}

/**
 * Changes of standing, sponsor and membership, which are announced first and applied later. What each one changes is in
 * the content of the entry that announced it.
 */
interface ChangesTable {
  ledger: Whole;
  /** Number of the change, from 1. */
  change: Whole;
  kind: 'standing' | 'correction' | 'leaving' | 'ending';
  /** Unix seconds; batches recorded from then on settle with it. */
  effective_at: Whole;
  /** `lapsed`: it did not fit any more when its turn came, and changed nothing. */
  state: 'pending' | 'applied' | 'lapsed' | 'cancelled';
  /** Records in it, and how many of them are applied. */
  size: number;
  done: number;
  /** The entry that announced it. */
  entry: Whole;
}

interface PayoutsTable {
  ledger: Whole;
  entry: Whole;
  /** Distributor id. */
  id: number;
  wallet: string;
  /** Where the tokens went: the wallet, or another address that its owner named. */
  recipient: string;
  units: Whole;
  block_number: Whole;
  transaction_hash: Bytes;
}

/** Reviews of distributors and sales. */
interface FlagsTable {
  ledger: Whole;
  flag: Whole;
  subject_kind: 'distributor' | 'sale';
  /** Distributor id or sale number. */
  subject: Whole;
  /** What is suspected, by a number that the programme publishes. */
  flag_kind: number;
  /** 1 to 3. */
  severity: number;
  evidence: string;
  /** Unix seconds; the flag ends by itself then. */
  review_by: Whole;
  /** Hash of what the flagged distributor answered; null if nothing. */
  answer: string | null;
  /** Null unless the flag was decided, like its evidence and the closing entry. */
  outcome: string | null;
  outcome_evidence: string | null;
  entry: Whole;
  closed_entry: NullableWhole;
}

/** A column of a view. */
type Shown<T> = ColumnType<T, never, never>;

/** Sales as rows, unpacked from their batches; fast if the query names a batch. */
interface SalesView {
  ledger: Shown<bigint>;
  batch: Shown<number>;
  batch_index: Shown<number>;
  seller: Shown<number>;
  class: Shown<number>;
  price_cents: Shown<bigint>;
  volume_cents: Shown<bigint>;
  is_settled: Shown<boolean>;
}

/** Credits of settled sales as rows, unpacked from the settlements; fast if the query names a batch. */
interface CreditsView {
  ledger: Shown<bigint>;
  batch: Shown<number>;
  batch_index: Shown<number>;
  level: Shown<number>;
  payee: Shown<number>;
  bps: Shown<number>;
  units: Shown<bigint>;
  block_number: Shown<bigint>;
}

export interface BooksTables {
  ledgers: LedgersTable;
  cursors: CursorsTable;
  totals: TotalsTable;
  blocks: BlocksTable;
  entries: EntriesTable;
  distributors: DistributorsTable;
  distributor_versions: DistributorVersionsTable;
  teams: TeamsTable;
  distributor_periods: DistributorPeriodsTable;
  plans: PlansTable;
  batches: BatchesTable;
  settlements: SettlementsTable;
  distributor_batches: DistributorBatchesTable;
  reversals: ReversalsTable;
  late_refunds: LateRefundsTable;
  changes: ChangesTable;
  payouts: PayoutsTable;
  flags: FlagsTable;
  sales: SalesView;
  credits: CreditsView;
}
