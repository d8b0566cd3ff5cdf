import { type Kysely, sql } from 'kysely';

/** The tables of the books; books-tables.ts describes the columns. */

/** What entries may change of a distributor. */
const distributorState = `sponsor integer not null,
    depth integer not null,
    rank smallint not null,
    status smallint not null,
    moved_to integer,
    held_until bigint,
    recovery_from bigint,
    path bit varying not null,
    wallet text,
    hold_reason text,
    recovery_wallet text`;

const tables = [
  `create table ledgers (
    ledger bigint primary key,
    address text not null,
    chain_id bigint not null,
    token text not null,
    unit numeric(29) not null,
    return_window integer not null,
    plan_notice integer not null,
    cap_period integer not null,
    compact boolean not null,
    delay integer not null,
    start_block bigint not null
  )`,
  `create table cursors (
    ledger bigint primary key,
    block_number bigint not null,
    block_hash bytea,
    head bytea not null,
    entry_count bigint not null,
    tip_number bigint not null,
    final_number bigint not null
  )`,
  `create table totals (
    ledger bigint primary key,
    distributors bigint not null default 0,
    roots bigint not null default 0,
    batches bigint not null default 0,
    sales bigint not null default 0,
    settled_sales bigint not null default 0,
    price_cents bigint not null default 0,
    volume_cents bigint not null default 0,
    reversed_price_cents bigint not null default 0,
    reversed_volume_cents bigint not null default 0,
    late_refund_cents bigint not null default 0,
    opened_units bigint not null default 0,
    credited_units bigint not null default 0,
    paid_units bigint not null default 0,
    funded_units bigint not null default 0,
    swept_units bigint not null default 0,
    withdrawn_units bigint not null default 0
  )`,
  `create table blocks (
    ledger bigint not null,
    number bigint not null,
    hash bytea not null,
    timestamp bigint not null,
    head bytea not null,
    entry_count bigint not null,
    primary key (ledger, number)
  )`,
  `create table entries (
    ledger bigint not null,
    entry bigint not null,
    block_number bigint not null,
    log_index integer not null,
    kind text not null,
    transaction_hash bytea not null,
    head bytea not null,
    content jsonb not null,
    primary key (ledger, entry)
  )`,
  'create index entries_transaction on entries (ledger, transaction_hash)',
  // Permissions and notices are folded from their few entries on reading, so a rollback has nothing to restore.
  `create index entries_powers on entries (ledger, entry) where kind in (
    'recorderSet', 'standbySet', 'recorderReplaced', 'roleChanged', 'pauseSet', 'actAnnounced', 'actCancelled',
    'floatWithdrawn', 'balancesOpened', 'disclosurePublished', 'successorSet'
  )`,
  // A rollback asks how far the changes that it touches were applied before.
  `create index entries_applied on entries (ledger, (content->>'change')) where kind = 'changeApplied'`,
  `create table distributors (
    ledger bigint not null,
    block_number bigint not null,
    id integer not null,
    ${distributorState},
    primary key (ledger, id)
  )`,
  // An index row holds at most 2,704 bytes, so only the first 8,192 bits of a path are indexed.
  `create index distributors_tree on distributors (ledger, depth, substring(path from 1 for 8192)) where moved_to is null`,
  'create index distributors_moved on distributors (ledger, moved_to) where moved_to is not null',
  'create unique index distributors_wallet on distributors (ledger, wallet) where wallet is not null',
  `create table distributor_versions (
    ledger bigint not null,
    entry bigint not null,
    id integer not null,
    ${distributorState},
    primary key (ledger, entry, id)
  )`,
  // Updated often: free space on every page lets a new version of a row stay on the page, with no index write.
  `create table teams (
    ledger bigint not null,
    id integer not null,
    placed integer not null,
    directs integer not null,
    team_size integer not null,
    primary key (ledger, id)
  ) with (fillfactor = 70)`,
  `create table distributor_periods (
    ledger bigint not null,
    id integer not null,
    period integer not null,
    sales bigint not null default 0,
    retail_cents bigint not null default 0,
    preferred_cents bigint not null default 0,
    self_cents bigint not null default 0,
    reversed_retail_cents bigint not null default 0,
    reversed_preferred_cents bigint not null default 0,
    reversed_self_cents bigint not null default 0,
    self_price_cents bigint not null default 0,
    reversed_self_price_cents bigint not null default 0,
    team_cents bigint not null default 0,
    reversed_team_cents bigint not null default 0,
    ${Array.from({ length: 11 }, (_, level) => `credited_${level} bigint not null default 0,`).join('\n    ')}
    credited_above bigint not null default 0,
    opened_units bigint not null default 0,
    paid_units bigint not null default 0,
    primary key (ledger, id, period)
  ) with (fillfactor = 70)`,
  `create index distributor_periods_retail on distributor_periods
    (ledger, period, (retail_cents - reversed_retail_cents) desc, id) where retail_cents > 0`,
  `create table plans (
    ledger bigint not null,
    version integer not null,
    starts_at bigint not null,
    block_number bigint not null,
    plan_hash bytea not null,
    plan jsonb not null,
    is_cancelled boolean not null default false,
    primary key (ledger, version)
  )`,
  `create table batches (
    ledger bigint not null,
    batch integer not null,
    plan integer not null,
    recorded_at bigint not null,
    reserved_units bigint not null,
    block_number bigint not null,
    count integer not null,
    settled integer not null,
    recorder text not null,
    transaction_hash bytea not null,
    manifest_root bytea not null,
    records bytea not null,
    primary key (ledger, batch)
  )`,
  // Reads cut one sale out of the middle; with compression they would have to read the whole value.
  'alter table batches alter column records set storage external',
  // Batches due for settlement are queried all the time and are a small part of all batches.
  'create index batches_open on batches (ledger, recorded_at, batch) where settled < count',
  // Several recorders record side by side, so the order of batch numbers is not the order of time.
  'create index batches_recorded on batches (ledger, recorded_at, batch)',
  `create table settlements (
    ledger bigint not null,
    batch integer not null,
    first integer not null,
    until integer not null,
    entry bigint not null,
    block_number bigint not null,
    lines bytea not null,
    primary key (ledger, batch, first)
  )`,
  'alter table settlements alter column lines set storage external',
  `create table distributor_batches (
    ledger bigint not null,
    id integer not null,
    chunk integer not null,
    marks smallint[] not null,
    primary key (ledger, id, chunk)
  ) with (fillfactor = 70)`,
  `create table reversals (
    ledger bigint not null,
    entry bigint not null,
    batch integer not null,
    batch_index integer not null,
    price_cents bigint not null,
    volume_cents bigint not null,
    block_number bigint not null,
    transaction_hash bytea not null,
    primary key (ledger, entry)
  )`,
  'create index reversals_sale on reversals (ledger, batch, batch_index, entry)',
  `create table late_refunds (
    ledger bigint not null,
    entry bigint not null,
    batch integer not null,
    batch_index integer not null,
    price_cents bigint not null,
    block_number bigint not null,
    transaction_hash bytea not null,
    evidence text not null,
    primary key (ledger, entry)
  )`,
  'create index late_refunds_sale on late_refunds (ledger, batch, batch_index, entry)',
  `create table changes (
    ledger bigint not null,
    change bigint not null,
    effective_at bigint not null,
    entry bigint not null,
    size integer not null,
    done integer not null,
    kind text not null,
    state text not null,
    primary key (ledger, change)
  )`,
  `create index changes_pending on changes (ledger, change) where state = 'pending'`,
  `create table payouts (
    ledger bigint not null,
    entry bigint not null,
    id integer not null,
    units bigint not null,
    block_number bigint not null,
    wallet text not null,
    recipient text not null,
    transaction_hash bytea not null,
    primary key (ledger, entry)
  )`,
  'create index payouts_distributor on payouts (ledger, id, entry)',
  `create table flags (
    ledger bigint not null,
    flag bigint not null,
    subject_kind text not null,
    subject bigint not null,
    flag_kind smallint not null,
    severity smallint not null,
    review_by bigint not null,
    evidence text not null,
    answer text,
    outcome text,
    outcome_evidence text,
    entry bigint not null,
    closed_entry bigint,
    primary key (ledger, flag)
  )`,
  'create index flags_subject on flags (ledger, subject_kind, subject, flag)',
];

/**
 * Sales and credits as rows, for queries in SQL. They are unpacked from batches and settlements, which is fast when the
 * query names a batch. docs/protocol.md defines the packed formats.
 */
const views = [
  `create view sales as
    select ledger, batch, batch_index,
      ((get_byte(record, 0) & 3) << 24) | (get_byte(record, 1) << 16) | (get_byte(record, 2) << 8)
        | get_byte(record, 3) as seller,
      (get_byte(record, 0) >> 2)::smallint as class,
      (get_byte(record, 4)::bigint << 24) | (get_byte(record, 5) << 16) | (get_byte(record, 6) << 8)
        | get_byte(record, 7) as price_cents,
      (get_byte(record, 8)::bigint << 24) | (get_byte(record, 9) << 16) | (get_byte(record, 10) << 8)
        | get_byte(record, 11) as volume_cents,
      batch_index < settled as is_settled
    from batches
    cross join lateral generate_series(0, count - 1) as batch_index
    cross join lateral (select substring(records from 12 * batch_index + 1 for 12) as record) cut`,
  `create function settled_credits(lines bytea, first integer)
    returns table (batch_index integer, counted_cents bigint, level smallint, payee integer, bps smallint)
    language plpgsql immutable as $$
    declare
      at integer := 0;
    begin
      batch_index := first;
      while at < length(lines) loop
        counted_cents := (get_byte(lines, at + 4)::bigint << 24) | (get_byte(lines, at + 5) << 16)
          | (get_byte(lines, at + 6) << 8) | get_byte(lines, at + 7);
        for step in 0 .. get_byte(lines, at + 8) - 1 loop
          level := step;
          payee := (get_byte(lines, at + 9 + 5 * step) << 18) | (get_byte(lines, at + 10 + 5 * step) << 10)
            | (get_byte(lines, at + 11 + 5 * step) << 2) | (get_byte(lines, at + 12 + 5 * step) >> 6);
          bps := ((get_byte(lines, at + 12 + 5 * step) & 63) << 8) | get_byte(lines, at + 13 + 5 * step);
          if bps > 0 and counted_cents > 0 then return next; end if;
        end loop;
        at := at + 9 + 5 * get_byte(lines, at + 8);
        batch_index := batch_index + 1;
      end loop;
    end $$`,
  `create view credits as
    select ledger, batch, batch_index, level, payee, bps, counted_cents * bps as units, block_number
    from settlements cross join lateral settled_credits(lines, first)`,
];

const names =
  'ledgers, cursors, totals, blocks, entries, distributors, distributor_versions, teams, distributor_periods, plans, batches, ' +
  'settlements, distributor_batches, reversals, late_refunds, changes, payouts, flags';

export async function up(database: Kysely<unknown>): Promise<void> {
  await sql.raw([...tables, ...views].join(';\n')).execute(database);
}

export async function down(database: Kysely<unknown>): Promise<void> {
  await sql.raw('drop view sales, credits').execute(database);
  await sql.raw('drop function settled_credits').execute(database);
  await sql.raw(`drop table ${names}`).execute(database);
}
