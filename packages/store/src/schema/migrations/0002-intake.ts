import { type Kysely, sql } from 'kysely';

/** What companies submit, the transactions that carry it, and who may send them. */
const statements = [
  // References sort by their bytes, so the key also serves searches by prefix.
  `create table enrolments (
    ledger bigint not null,
    reference text collate "C" not null,
    seq bigint generated always as identity,
    sponsor_reference text collate "C",
    wallet text,
    state text not null,
    refusal text,
    distributor_id integer,
    transaction_id bigint,
    accepted_at timestamptz not null default now(),
    primary key (ledger, reference)
  )`,
  `create unique index enrolments_wallet on enrolments (ledger, wallet) where state <> 'refused'`,
  `create unique index enrolments_distributor on enrolments (ledger, distributor_id)`,
  `create index enrolments_waiting on enrolments (ledger, seq) where state = 'accepted'`,
  `create index enrolments_sponsor on enrolments (ledger, sponsor_reference)`,
  `create index enrolments_transaction on enrolments (ledger, transaction_id)`,
  `create table submissions (
    ledger bigint not null,
    external_id text not null,
    seq bigint generated always as identity,
    seller_reference text collate "C" not null,
    class text not null,
    price_cents bigint not null,
    volume_cents bigint not null,
    items jsonb not null,
    sold_at text not null,
    buyer_reference text,
    buyer_salt text,
    buyer_commitment text not null,
    document_salt text not null,
    body_hash text not null,
    asked_price_cents bigint not null default 0,
    asked_volume_cents bigint not null default 0,
    state text not null,
    refusal text,
    batch integer,
    batch_index integer,
    transaction_id bigint,
    accepted_at timestamptz not null default now(),
    primary key (ledger, external_id)
  )`,
  `create unique index submissions_batch on submissions (ledger, batch, batch_index) where batch is not null`,
  `create index submissions_waiting on submissions (ledger, seq) where state = 'accepted'`,
  `create index submissions_transaction on submissions (ledger, transaction_id) where transaction_id is not null`,
  `create table reversal_requests (
    ledger bigint not null,
    reversal_id text not null,
    seq bigint generated always as identity,
    external_id text not null,
    price_cents bigint not null,
    volume_cents bigint not null,
    reason text,
    body_hash text not null,
    state text not null,
    refusal text,
    transaction_id bigint,
    accepted_at timestamptz not null default now(),
    primary key (ledger, reversal_id)
  )`,
  `create index reversal_requests_sale on reversal_requests (ledger, external_id, seq)`,
  `create index reversal_requests_waiting on reversal_requests (ledger, seq) where state = 'accepted'`,
  `create index reversal_requests_transaction on reversal_requests (ledger, transaction_id)
    where transaction_id is not null`,
  `create table idempotency (
    ledger bigint not null,
    key text not null,
    salt text not null,
    request_hash text not null,
    status integer not null,
    answer jsonb not null,
    created_at timestamptz not null default now(),
    primary key (ledger, key)
  )`,
  `create table transactions (
    ledger bigint not null,
    id bigint generated always as identity,
    kind text not null,
    batch integer,
    until integer,
    signer text not null,
    nonce integer not null,
    state text not null,
    hash text,
    block_number bigint,
    block_hash text,
    problem text,
    created_at timestamptz not null default now(),
    primary key (ledger, id)
  )`,
  `create index enrolments_refused on enrolments (ledger) where state = 'refused'`,
  `create index submissions_refused on submissions (ledger) where state = 'refused'`,
  `create index reversal_requests_refused on reversal_requests (ledger) where state = 'refused'`,
  // Two transactions that could both be included never share a nonce.
  `create unique index transactions_nonce on transactions (signer, nonce) where state <> 'displaced'`,
  `create index transactions_batch on transactions (ledger, batch, kind)`,
  `create index transactions_open on transactions (ledger, nonce) where state in ('signed', 'sent', 'voided')`,
  `create table attempts (
    ledger bigint not null,
    hash text not null,
    transaction_id bigint not null,
    raw text not null,
    data text not null,
    gas bigint not null,
    max_fee numeric(78) not null,
    max_priority_fee numeric(78) not null,
    created_at timestamptz not null default now(),
    primary key (ledger, hash)
  )`,
  `create index attempts_transaction on attempts (ledger, transaction_id)`,
  `create table outgoing_batches (
    ledger bigint not null,
    batch integer not null,
    transaction_id bigint not null,
    manifest_root text not null,
    records text not null,
    size integer not null,
    primary key (ledger, batch)
  )`,
  `create index outgoing_batches_transaction on outgoing_batches (ledger, transaction_id)`,
  `create table leases (
    name text primary key,
    holder text not null,
    fence bigint not null,
    expires_at timestamptz not null
  )`,
];

const tables = [
  'leases',
  'outgoing_batches',
  'attempts',
  'transactions',
  'idempotency',
  'reversal_requests',
  'submissions',
  'enrolments',
];

export async function up(database: Kysely<unknown>): Promise<void> {
  await sql.raw(statements.join(';\n')).execute(database);
}

export async function down(database: Kysely<unknown>): Promise<void> {
  for (const table of tables) await database.schema.dropTable(table).execute();
}
