import type { Plan } from '@plumbline/protocol';
import type { ColumnType } from 'kysely';
import type { Hex } from 'viem';

/** The books: what the chain says, as tables. Written by the indexer only. Every key begins with the ledger's key. */

/** A whole number of up to 64 bits: money, block numbers, times. */
type Whole = ColumnType<bigint, bigint | number, bigint | number>;
type NullableWhole = ColumnType<bigint | null, bigint | number | null, bigint | number | null>;
/** Like `Whole`, zero if it is not given. */
type Total = ColumnType<bigint, bigint | undefined, bigint>;
/** Bytes: read as hex with `0x`, written as they are. */
type Bytes = ColumnType<Hex, Uint8Array, Uint8Array>;
type NullableBytes = ColumnType<Hex | null, Uint8Array | null, Uint8Array | null>;
/** JSON: read parsed, written as text. */
type Json<T> = ColumnType<T, string, string>;

/** A ledger and the terms it was created with. */
interface LedgersTable {
  /** `keyOf` the address; what all tables name the ledger by. */
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
  /** The first block that can hold an entry. */
  start_block: Whole;
}

/** Where the books of a ledger stand; changed only together with them. */
interface CursorsTable {
  ledger: Whole;
  /** The last block that is in the books. */
  block_number: Whole;
  /** Null before the first block is read. */
  block_hash: NullableBytes;
  /** The journal's head and length after that block. */
  head: Bytes;
  entry_count: Whole;
  /** The chain's newest block when the books were last written. */
  tip_number: Whole;
  /** The newest block known to be final then; -1 before one was. What stands above it may still be undone. */
  final_number: Whole;
}

/** Sums over the rows of a ledger; changed only together with them. */
interface TotalsTable {
  ledger: Whole;
  distributors: Total;
  /** Distributors who were ever placed without a sponsor. */
  roots: Total;
  batches: Total;
  sales: Total;
  settled_sales: Total;
  price_cents: Total;
  volume_cents: Total;
  reversed_price_cents: Total;
  reversed_volume_cents: Total;
  credited_units: Total;
  paid_units: Total;
  /** Put into the float, and taken out of it by the company. */
  funded_units: Total;
  withdrawn_units: Total;
}

/** The blocks that hold entries, and the newest one read: what the books go back to when the chain does. */
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
  /** The entry's fields, money as decimal strings; without plans, sales and settled lines, which have tables. */
  content: Json<Record<string, unknown>>;
}

/** What entries may change of a distributor. */
interface DistributorColumns {
  /** 0 for a root; never an id that somebody has moved away from. */
  sponsor: number;
  /** Distributors above. */
  depth: number;
  /** Where the distributor stands in the tree, as bits; tree-path.ts says how. */
  path: string;
  rank: number;
  /** 1 active, 2 inactive, 3 left or moved. */
  status: number;
  /** Id under which the distributor goes on; what they had and who stands below them is there. */
  moved_to: number | null;
  /** Where the distributor is paid now; null until it is claimed. */
  wallet: string | null;
  /** Unix seconds; null if payouts were never held. */
  held_until: NullableWhole;
  hold_reason: string | null;
  /** A replacement of the wallet that is under way, and the unix time from which it can be made. */
  recovery_wallet: string | null;
  recovery_from: NullableWhole;
}

interface DistributorsTable extends DistributorColumns {
  ledger: Whole;
  id: number;
  /** Of the enrolment. */
  block_number: Whole;
}

/** What a distributor was before an entry changed them. */
interface DistributorVersionsTable extends DistributorColumns {
  ledger: Whole;
  entry: Whole;
  id: number;
}

/** How many distributors stand below a distributor; a row for each distributor. */
interface TeamsTable {
  ledger: Whole;
  id: number;
  /** Distributors who were ever placed right below: the next one's place in the order of siblings. */
  placed: number;
  /** Distributors right below now, and everybody below at any depth. */
  directs: number;
  team_size: number;
}

/**
 * What happened to a distributor in a month, by their id at the time: who has moved has rows under their former id as well.
 * Amounts only grow but for the team's, which follow the tree; a row of zeros does not exist.
 */
interface DistributorPeriodsTable {
  ledger: Whole;
  id: number;
  /** Month in UTC: year x 100 + month. */
  period: number;
  /** Own sales, counted when they are recorded, whatever becomes of them. */
  sales: Whole;
  /** Volume of own sales by the class of their buyer, counted when they are recorded. */
  retail_cents: Whole;
  preferred_cents: Whole;
  self_cents: Whole;
  /** Volume taken back, counted when it is. */
  reversed_retail_cents: Whole;
  reversed_preferred_cents: Whole;
  reversed_self_cents: Whole;
  /** What own purchases cost, and how much of it came back. */
  self_price_cents: Whole;
  reversed_self_price_cents: Whole;
  /** Volume of all classes of everybody who stands below the distributor now. */
  team_cents: Whole;
  reversed_team_cents: Whole;
  /** Settled commissions by level, 0 the distributor's own sales; those above level 10 in one sum. */
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
  paid_units: Whole;
}

interface PlansTable {
  ledger: Whole;
  version: number;
  /** Unix seconds. */
  starts_at: Whole;
  plan_hash: Bytes;
  plan: Json<Plan>;
  block_number: Whole;
}

interface BatchesTable {
  ledger: Whole;
  batch: number;
  /** Plan version. */
  plan: number;
  recorder: string;
  /** Unix seconds. */
  recorded_at: Whole;
  reserved_units: Whole;
  manifest_root: Bytes;
  /** The packed records, as `settle` and `reverse` want them. */
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

/** In which batches somebody sold and which credited them, by their id at the time; batch-marks.ts says how. */
interface DistributorBatchesTable {
  ledger: Whole;
  id: number;
  /** The 1,024 batches from `1024 * chunk` on. */
  chunk: number;
  /** Twice the offset of a batch in the chunk, and 1 more if it credited them; ascending, each once, at least one. */
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

interface PayoutsTable {
  ledger: Whole;
  entry: Whole;
  /** Distributor id. */
  id: number;
  wallet: string;
  /** Where the tokens went: the wallet, or another address that its owner has named. */
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
  reason: string;
  /** Null while it is open, like the evidence and the entry that closed it. */
  outcome: string | null;
  evidence: string | null;
  entry: Whole;
  closed_entry: NullableWhole;
}

/** Only read. */
type Shown<T> = ColumnType<T, never, never>;

/** Sales as rows, unpacked from their batches: quick where a batch is named. */
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

/** What settled sales credited as rows, unpacked from the settlements: quick where a batch is named. */
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
  payouts: PayoutsTable;
  flags: FlagsTable;
  sales: SalesView;
  credits: CreditsView;
}
