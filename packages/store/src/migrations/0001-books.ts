import { type Kysely, sql } from 'kysely';

/** The tables of the books; books/tables.ts says what the columns mean. */

const tables = [
  `create table ledgers (
    ledger text primary key,
    chain_id bigint not null,
    token text not null,
    unit numeric(29) not null,
    return_window integer not null,
    plan_notice integer not null,
    cap_period integer not null,
    compact boolean not null,
    start_block bigint not null
  )`,
  `create table cursors (
    ledger text primary key,
    block_number bigint not null,
    block_hash text,
    head text not null,
    entry_count bigint not null,
    tip_number bigint not null
  )`,
  `create table totals (
    ledger text primary key,
    people bigint not null default 0,
    batches bigint not null default 0,
    sales bigint not null default 0,
    settled_sales bigint not null default 0,
    price_cents bigint not null default 0,
    volume_cents bigint not null default 0,
    reversed_price_cents bigint not null default 0,
    reversed_volume_cents bigint not null default 0,
    credited_units bigint not null default 0,
    paid_units bigint not null default 0,
    funded_units bigint not null default 0,
    withdrawn_units bigint not null default 0
  )`,
  `create table blocks (
    ledger text not null,
    number bigint not null,
    hash text not null,
    timestamp bigint not null,
    head text not null,
    entry_count bigint not null,
    primary key (ledger, number)
  )`,
  `create table entries (
    ledger text not null,
    entry bigint not null,
    kind text not null,
    block_number bigint not null,
    transaction_hash text not null,
    log_index integer not null,
    head text not null,
    content jsonb not null,
    primary key (ledger, entry)
  )`,
  'create index entries_transaction on entries (ledger, transaction_hash)',
  // Who may do what is folded from its few entries, so that going back leaves nothing to put right.
  `create index entries_powers on entries (ledger, entry) where kind in ('recorderSet', 'roleChanged', 'pauseSet')`,
  `create table people (
    ledger text not null,
    id integer not null,
    sponsor integer not null,
    rank smallint not null,
    status smallint not null,
    moved_to integer,
    wallet text,
    held_until bigint,
    hold_reason text,
    recovery_wallet text,
    recovery_from bigint,
    block_number bigint not null,
    credited_units bigint not null,
    paid_units bigint not null,
    primary key (ledger, id)
  )`,
  'create index people_sponsor on people (ledger, sponsor, id) where moved_to is null',
  'create index people_moved on people (ledger, moved_to) where moved_to is not null',
  'create unique index people_wallet on people (ledger, wallet) where wallet is not null',
  `create table person_versions (
    ledger text not null,
    entry bigint not null,
    id integer not null,
    sponsor integer not null,
    rank smallint not null,
    status smallint not null,
    moved_to integer,
    wallet text,
    held_until bigint,
    hold_reason text,
    recovery_wallet text,
    recovery_from bigint,
    primary key (ledger, entry, id)
  )`,
  `create table plans (
    ledger text not null,
    version integer not null,
    starts_at bigint not null,
    plan_hash text not null,
    plan jsonb not null,
    block_number bigint not null,
    primary key (ledger, version)
  )`,
  `create table batches (
    ledger text not null,
    batch integer not null,
    plan integer not null,
    recorder text not null,
    recorded_at bigint not null,
    reserved_units bigint not null,
    manifest_root text not null,
    records text not null,
    count integer not null,
    settled integer not null,
    block_number bigint not null,
    transaction_hash text not null,
    primary key (ledger, batch)
  )`,
  // What is due to be settled is asked for all the time and is a small part of all batches.
  'create index batches_open on batches (ledger, batch) where settled < count',
  `create table sales (
    ledger text not null,
    batch integer not null,
    batch_index integer not null,
    seller integer not null,
    class smallint not null,
    price_cents bigint not null,
    volume_cents bigint not null,
    reversed_price_cents bigint not null,
    reversed_volume_cents bigint not null,
    settled_block bigint,
    counted_cents bigint,
    credited_units bigint,
    block_number bigint not null,
    primary key (ledger, batch, batch_index)
  )`,
  'create index sales_seller on sales (ledger, seller, batch, batch_index)',
  'create index sales_pending on sales (ledger, seller) where settled_block is null',
  `create table reversals (
    ledger text not null,
    entry bigint not null,
    batch integer not null,
    batch_index integer not null,
    price_cents bigint not null,
    volume_cents bigint not null,
    block_number bigint not null,
    transaction_hash text not null,
    primary key (ledger, entry)
  )`,
  'create index reversals_sale on reversals (ledger, batch, batch_index, entry)',
  `create table credits (
    ledger text not null,
    batch integer not null,
    batch_index integer not null,
    level smallint not null,
    payee integer not null,
    bps integer not null,
    units bigint not null,
    block_number bigint not null,
    primary key (ledger, batch, batch_index, level)
  )`,
  'create index credits_payee on credits (ledger, payee, batch desc, batch_index desc)',
  `create table payouts (
    ledger text not null,
    entry bigint not null,
    id integer not null,
    wallet text not null,
    recipient text not null,
    units bigint not null,
    block_number bigint not null,
    transaction_hash text not null,
    primary key (ledger, entry)
  )`,
  'create index payouts_person on payouts (ledger, id, entry)',
  `create table flags (
    ledger text not null,
    flag bigint not null,
    subject_kind text not null,
    subject bigint not null,
    reason text not null,
    outcome text,
    evidence text,
    entry bigint not null,
    closed_entry bigint,
    primary key (ledger, flag)
  )`,
  'create index flags_subject on flags (ledger, subject_kind, subject, flag)',
];

const names =
  'ledgers, cursors, totals, blocks, entries, people, person_versions, plans, batches, sales, reversals, credits, ' +
  'payouts, flags';

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const statement of tables) await sql.raw(statement).execute(database);
}

export async function down(database: Kysely<unknown>): Promise<void> {
  await sql.raw(`drop table ${names}`).execute(database);
}
