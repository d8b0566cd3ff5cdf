import type { Plan } from '@plumbline/protocol';
import type { ColumnType } from 'kysely';

/** The books: what the chain says, as tables. Written by the indexer only. Every key begins with the ledger's address. */

/** A whole number of up to 64 bits: money, block numbers, times. */
type Whole = ColumnType<bigint, bigint | number, bigint | number>;
type NullableWhole = ColumnType<bigint | null, bigint | number | null, bigint | number | null>;
/** Like `Whole`, zero if it is not given. */
type Total = ColumnType<bigint, bigint | undefined, bigint>;
/** JSON: read parsed, written as text. */
type Json<T> = ColumnType<T, string, string>;

/** A ledger and the terms it was created with. */
interface LedgersTable {
  /** Address. */
  ledger: string;
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
  ledger: string;
  /** The last block that is in the books. */
  block_number: Whole;
  /** Null before the first block is read. */
  block_hash: string | null;
  /** The journal's head and length after that block. */
  head: string;
  entry_count: Whole;
  /** The chain's newest block when the books were last written. */
  tip_number: Whole;
}

/** Sums over the rows of a ledger; changed only together with them. */
interface TotalsTable {
  ledger: string;
  people: Total;
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
  ledger: string;
  number: Whole;
  hash: string;
  /** Unix seconds. */
  timestamp: Whole;
  /** The journal's head and length after the block. */
  head: string;
  entry_count: Whole;
}

/** The journal. */
interface EntriesTable {
  ledger: string;
  /** Number of the entry, from 0. */
  entry: Whole;
  kind: string;
  block_number: Whole;
  transaction_hash: string;
  log_index: number;
  /** The journal's head after the entry. */
  head: string;
  /** The entry's fields, money as decimal strings; without plans, sales and settled lines, which have tables. */
  content: Json<Record<string, unknown>>;
}

/** What entries may change of a person. */
interface PersonColumns {
  /** 0 for a root; never an id that somebody has moved away from. */
  sponsor: number;
  rank: number;
  /** 1 active, 2 inactive, 3 left or moved. */
  status: number;
  /** Id under which the person goes on; what they had and who stands below them is there. */
  moved_to: number | null;
  /** Where the person is paid now; null until it is claimed. */
  wallet: string | null;
  /** Unix seconds; null if payouts were never held. */
  held_until: NullableWhole;
  hold_reason: string | null;
  /** A replacement of the wallet that is under way, and the unix time from which it can be made. */
  recovery_wallet: string | null;
  recovery_from: NullableWhole;
}

interface PeopleTable extends PersonColumns {
  ledger: string;
  id: number;
  /** Of the enrolment. */
  block_number: Whole;
  /** Sums of the person's credits and payouts, in units. */
  credited_units: Whole;
  paid_units: Whole;
}

/** What a person was before an entry changed them. */
interface PersonVersionsTable extends PersonColumns {
  ledger: string;
  entry: Whole;
  id: number;
}

interface PlansTable {
  ledger: string;
  version: number;
  /** Unix seconds. */
  starts_at: Whole;
  plan_hash: string;
  plan: Json<Plan>;
  block_number: Whole;
}

interface BatchesTable {
  ledger: string;
  batch: number;
  /** Plan version. */
  plan: number;
  recorder: string;
  /** Unix seconds. */
  recorded_at: Whole;
  reserved_units: Whole;
  manifest_root: string;
  /** The packed records, as `settle` and `reverse` want them. */
  records: string;
  /** Number of sales. */
  count: number;
  /** Sales settled so far, from index 0. */
  settled: number;
  block_number: Whole;
  transaction_hash: string;
}

interface SalesTable {
  ledger: string;
  batch: number;
  batch_index: number;
  /** Person id as it was recorded; a lane nobody has taken pays nobody. */
  seller: number;
  /** Index in `BUYER_CLASSES`. */
  class: number;
  price_cents: Whole;
  volume_cents: Whole;
  /** Sums of the sale's reversals. */
  reversed_price_cents: Whole;
  reversed_volume_cents: Whole;
  /** Block of the settlement; null until then, like the two below. */
  settled_block: NullableWhole;
  /** Volume after weight and reversals. */
  counted_cents: NullableWhole;
  credited_units: NullableWhole;
  block_number: Whole;
}

interface ReversalsTable {
  ledger: string;
  entry: Whole;
  batch: number;
  batch_index: number;
  price_cents: Whole;
  volume_cents: Whole;
  block_number: Whole;
  transaction_hash: string;
}

/** What settled sales credited: a row for each level that pays somebody. */
interface CreditsTable {
  ledger: string;
  batch: number;
  batch_index: number;
  /** 0 is the seller. */
  level: number;
  /** Person id. */
  payee: number;
  bps: number;
  units: Whole;
  /** Block of the settlement. */
  block_number: Whole;
}

interface PayoutsTable {
  ledger: string;
  entry: Whole;
  /** Person id. */
  id: number;
  wallet: string;
  /** Where the tokens went: the wallet, or another address that its owner has named. */
  recipient: string;
  units: Whole;
  block_number: Whole;
  transaction_hash: string;
}

/** Reviews of people and sales. */
interface FlagsTable {
  ledger: string;
  flag: Whole;
  subject_kind: 'person' | 'sale';
  /** Person id or sale number. */
  subject: Whole;
  reason: string;
  /** Null while it is open, like the evidence and the entry that closed it. */
  outcome: string | null;
  evidence: string | null;
  entry: Whole;
  closed_entry: NullableWhole;
}

export interface BooksTables {
  ledgers: LedgersTable;
  cursors: CursorsTable;
  totals: TotalsTable;
  blocks: BlocksTable;
  entries: EntriesTable;
  people: PeopleTable;
  person_versions: PersonVersionsTable;
  plans: PlansTable;
  batches: BatchesTable;
  sales: SalesTable;
  reversals: ReversalsTable;
  credits: CreditsTable;
  payouts: PayoutsTable;
  flags: FlagsTable;
}
