import type { PersonRow, PersonVersion } from './acts.ts';
import type { BulkColumn } from './bulk.ts';
import type {
  BatchChange,
  Changes,
  ClosedFlagChange,
  CreditChange,
  EntryChange,
  FlagChange,
  PayoutChange,
  ReversedChange,
  SaleChange,
  SettledChange,
  SumChange,
} from './changes.ts';

/** How changes become columns; tables.ts says what these mean. */

export const entries: readonly BulkColumn<EntryChange>[] = [
  { name: 'entry', type: 'int8', of: (row) => row.entry },
  { name: 'kind', type: 'text', of: (row) => row.kind },
  { name: 'block_number', type: 'int8', of: (row) => row.blockNumber },
  { name: 'transaction_hash', type: 'text', of: (row) => row.transactionHash },
  { name: 'log_index', type: 'int4', of: (row) => row.logIndex },
  { name: 'head', type: 'text', of: (row) => row.head },
  { name: 'content', type: 'jsonb', of: (row) => row.content },
];

/** What entries may change of a person. */
export const personStates: readonly BulkColumn<PersonRow>[] = [
  { name: 'id', type: 'int4', of: (row) => row.id },
  { name: 'sponsor', type: 'int4', of: (row) => row.sponsor },
  { name: 'rank', type: 'int2', of: (row) => row.rank },
  { name: 'status', type: 'int2', of: (row) => row.status },
  { name: 'moved_to', type: 'int4', of: (row) => row.movedTo },
  { name: 'wallet', type: 'text', of: (row) => row.wallet },
  { name: 'held_until', type: 'int8', of: (row) => row.heldUntil },
  { name: 'hold_reason', type: 'text', of: (row) => row.holdReason },
  { name: 'recovery_wallet', type: 'text', of: (row) => row.recoveryWallet },
  { name: 'recovery_from', type: 'int8', of: (row) => row.recoveryFrom },
];

export const people: readonly BulkColumn<PersonRow>[] = [
  ...personStates,
  { name: 'block_number', type: 'int8', of: (row) => row.blockNumber },
  { name: 'credited_units', type: 'int8', of: () => 0 },
  { name: 'paid_units', type: 'int8', of: () => 0 },
];

export const personVersions: readonly BulkColumn<PersonVersion>[] = [
  { name: 'entry', type: 'int8', of: (row) => row.entry },
  ...personStates,
];

export const plans: readonly BulkColumn<Changes['plans'][number]>[] = [
  { name: 'version', type: 'int4', of: (row) => row.version },
  { name: 'starts_at', type: 'int8', of: (row) => row.startsAt },
  { name: 'plan_hash', type: 'text', of: (row) => row.planHash },
  { name: 'plan', type: 'jsonb', of: (row) => JSON.stringify(row.plan) },
  { name: 'block_number', type: 'int8', of: (row) => row.blockNumber },
];

export const batches: readonly BulkColumn<BatchChange>[] = [
  { name: 'batch', type: 'int4', of: (row) => row.batch },
  { name: 'plan', type: 'int4', of: (row) => row.plan },
  { name: 'recorder', type: 'text', of: (row) => row.recorder },
  { name: 'recorded_at', type: 'int8', of: (row) => row.recordedAt },
  { name: 'reserved_units', type: 'int8', of: (row) => row.reserved },
  { name: 'manifest_root', type: 'text', of: (row) => row.manifestRoot },
  { name: 'records', type: 'text', of: (row) => row.records },
  { name: 'count', type: 'int4', of: (row) => row.count },
  { name: 'settled', type: 'int4', of: (row) => row.settled },
  { name: 'block_number', type: 'int8', of: (row) => row.blockNumber },
  { name: 'transaction_hash', type: 'text', of: (row) => row.transactionHash },
];

export const sales: readonly BulkColumn<SaleChange>[] = [
  { name: 'batch', type: 'int4', of: (row) => row.batch },
  { name: 'batch_index', type: 'int4', of: (row) => row.index },
  { name: 'seller', type: 'int4', of: (row) => row.seller },
  { name: 'class', type: 'int2', of: (row) => row.class },
  { name: 'price_cents', type: 'int8', of: (row) => row.priceCents },
  { name: 'volume_cents', type: 'int8', of: (row) => row.volumeCents },
  { name: 'reversed_price_cents', type: 'int8', of: (row) => row.reversedPriceCents },
  { name: 'reversed_volume_cents', type: 'int8', of: (row) => row.reversedVolumeCents },
  { name: 'settled_block', type: 'int8', of: (row) => row.settledBlock },
  { name: 'counted_cents', type: 'int8', of: (row) => row.countedCents },
  { name: 'credited_units', type: 'int8', of: (row) => row.creditedUnits },
  { name: 'block_number', type: 'int8', of: (row) => row.blockNumber },
];

export const reversals: readonly BulkColumn<Changes['reversals'][number]>[] = [
  { name: 'entry', type: 'int8', of: (row) => row.entry },
  { name: 'batch', type: 'int4', of: (row) => row.batch },
  { name: 'batch_index', type: 'int4', of: (row) => row.index },
  { name: 'price_cents', type: 'int8', of: (row) => row.priceCents },
  { name: 'volume_cents', type: 'int8', of: (row) => row.volumeCents },
  { name: 'block_number', type: 'int8', of: (row) => row.blockNumber },
  { name: 'transaction_hash', type: 'text', of: (row) => row.transactionHash },
];

export const credits: readonly BulkColumn<CreditChange>[] = [
  { name: 'batch', type: 'int4', of: (row) => row.batch },
  { name: 'batch_index', type: 'int4', of: (row) => row.index },
  { name: 'level', type: 'int2', of: (row) => row.level },
  { name: 'payee', type: 'int4', of: (row) => row.payee },
  { name: 'bps', type: 'int4', of: (row) => row.bps },
  { name: 'units', type: 'int8', of: (row) => row.units },
  { name: 'block_number', type: 'int8', of: (row) => row.blockNumber },
];

export const payouts: readonly BulkColumn<PayoutChange>[] = [
  { name: 'entry', type: 'int8', of: (row) => row.entry },
  { name: 'id', type: 'int4', of: (row) => row.id },
  { name: 'wallet', type: 'text', of: (row) => row.wallet },
  { name: 'recipient', type: 'text', of: (row) => row.recipient },
  { name: 'units', type: 'int8', of: (row) => row.units },
  { name: 'block_number', type: 'int8', of: (row) => row.blockNumber },
  { name: 'transaction_hash', type: 'text', of: (row) => row.transactionHash },
];

export const flags: readonly BulkColumn<FlagChange>[] = [
  { name: 'flag', type: 'int8', of: (row) => row.flag },
  { name: 'subject_kind', type: 'text', of: (row) => row.subjectKind },
  { name: 'subject', type: 'int8', of: (row) => row.subject },
  { name: 'reason', type: 'text', of: (row) => row.reason },
  { name: 'outcome', type: 'text', of: (row) => row.outcome },
  { name: 'evidence', type: 'text', of: (row) => row.evidence },
  { name: 'entry', type: 'int8', of: (row) => row.entry },
  { name: 'closed_entry', type: 'int8', of: (row) => row.closedEntry },
];

export const closedFlags: readonly BulkColumn<ClosedFlagChange>[] = [
  { name: 'flag', type: 'int8', of: (row) => row.flag },
  { name: 'outcome', type: 'text', of: (row) => row.outcome },
  { name: 'evidence', type: 'text', of: (row) => row.evidence },
  { name: 'closed_entry', type: 'int8', of: (row) => row.closedEntry },
];

export const sums: readonly BulkColumn<SumChange>[] = [
  { name: 'id', type: 'int4', of: (row) => row.id },
  { name: 'credited', type: 'int8', of: (row) => row.credited },
  { name: 'paid', type: 'int8', of: (row) => row.paid },
];

export const reversed: readonly BulkColumn<ReversedChange>[] = [
  { name: 'batch', type: 'int4', of: (row) => row.batch },
  { name: 'batch_index', type: 'int4', of: (row) => row.index },
  { name: 'price', type: 'int8', of: (row) => row.priceCents },
  { name: 'volume', type: 'int8', of: (row) => row.volumeCents },
];

export const settledSales: readonly BulkColumn<SettledChange>[] = [
  { name: 'batch', type: 'int4', of: (row) => row.batch },
  { name: 'batch_index', type: 'int4', of: (row) => row.index },
  { name: 'settled_block', type: 'int8', of: (row) => row.settledBlock },
  { name: 'counted_cents', type: 'int8', of: (row) => row.countedCents },
  { name: 'credited_units', type: 'int8', of: (row) => row.creditedUnits },
];

export const settledBatches: readonly BulkColumn<Changes['settledBatches'][number]>[] = [
  { name: 'batch', type: 'int4', of: (row) => row.batch },
  { name: 'settled', type: 'int4', of: (row) => row.settled },
];
