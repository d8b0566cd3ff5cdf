import type { CopyColumn } from '../rows/copy-rows.ts';
import type {
  AnnouncedRow,
  BatchChange,
  Changes,
  ClosedFlagChange,
  EntryChange,
  FlagChange,
  LateRefundChange,
  PayoutChange,
  ReversalChange,
  SettlementChange,
} from './changes.ts';
import type { DistributorRow, DistributorVersion } from './distributor-changes.ts';

/** The columns that changes are written to; schema/books-tables.ts describes them. */

export const entries: readonly CopyColumn<EntryChange>[] = [
  { name: 'entry', type: 'int8', of: (row) => row.entry },
  { name: 'kind', type: 'text', of: (row) => row.kind },
  { name: 'block_number', type: 'int8', of: (row) => row.blockNumber },
  { name: 'transaction_hash', type: 'bytea', of: (row) => row.transactionHash },
  { name: 'log_index', type: 'int4', of: (row) => row.logIndex },
  { name: 'head', type: 'bytea', of: (row) => row.head },
  { name: 'content', type: 'jsonb', of: (row) => row.content },
];

/** What entries may change of a distributor. */
export const distributorStates: readonly CopyColumn<DistributorRow>[] = [
  { name: 'id', type: 'int4', of: (row) => row.id },
  { name: 'sponsor', type: 'int4', of: (row) => row.sponsor },
  { name: 'depth', type: 'int4', of: (row) => row.depth },
  { name: 'path', type: 'varbit', of: (row) => row.path },
  { name: 'rank', type: 'int2', of: (row) => row.rank },
  { name: 'status', type: 'int2', of: (row) => row.status },
  { name: 'moved_to', type: 'int4', of: (row) => row.movedTo },
  { name: 'wallet', type: 'text', of: (row) => row.wallet },
  { name: 'held_until', type: 'int8', of: (row) => row.heldUntil },
  { name: 'hold_reason', type: 'text', of: (row) => row.holdReason },
  { name: 'recovery_wallet', type: 'text', of: (row) => row.recoveryWallet },
  { name: 'recovery_from', type: 'int8', of: (row) => row.recoveryFrom },
];

export const distributors: readonly CopyColumn<DistributorRow>[] = [
  ...distributorStates,
  { name: 'block_number', type: 'int8', of: (row) => row.blockNumber },
];

export const distributorVersions: readonly CopyColumn<DistributorVersion>[] = [
  { name: 'entry', type: 'int8', of: (row) => row.entry },
  ...distributorStates,
];

export const plans: readonly CopyColumn<Changes['plans'][number]>[] = [
  { name: 'version', type: 'int4', of: (row) => row.version },
  { name: 'starts_at', type: 'int8', of: (row) => row.startsAt },
  { name: 'plan_hash', type: 'bytea', of: (row) => row.planHash },
  { name: 'plan', type: 'jsonb', of: (row) => JSON.stringify(row.plan) },
  { name: 'block_number', type: 'int8', of: (row) => row.blockNumber },
];

export const batches: readonly CopyColumn<BatchChange>[] = [
  { name: 'batch', type: 'int4', of: (row) => row.batch },
  { name: 'plan', type: 'int4', of: (row) => row.plan },
  { name: 'recorder', type: 'text', of: (row) => row.recorder },
  { name: 'recorded_at', type: 'int8', of: (row) => row.recordedAt },
  { name: 'reserved_units', type: 'int8', of: (row) => row.reserved },
  { name: 'manifest_root', type: 'bytea', of: (row) => row.manifestRoot },
  { name: 'records', type: 'bytea', of: (row) => row.records },
  { name: 'count', type: 'int4', of: (row) => row.count },
  { name: 'settled', type: 'int4', of: (row) => row.settled },
  { name: 'block_number', type: 'int8', of: (row) => row.blockNumber },
  { name: 'transaction_hash', type: 'bytea', of: (row) => row.transactionHash },
];

export const reversals: readonly CopyColumn<ReversalChange>[] = [
  { name: 'entry', type: 'int8', of: (row) => row.entry },
  { name: 'batch', type: 'int4', of: (row) => row.batch },
  { name: 'batch_index', type: 'int4', of: (row) => row.index },
  { name: 'price_cents', type: 'int8', of: (row) => row.priceCents },
  { name: 'volume_cents', type: 'int8', of: (row) => row.volumeCents },
  { name: 'block_number', type: 'int8', of: (row) => row.blockNumber },
  { name: 'transaction_hash', type: 'bytea', of: (row) => row.transactionHash },
];

export const lateRefunds: readonly CopyColumn<LateRefundChange>[] = [
  { name: 'entry', type: 'int8', of: (row) => row.entry },
  { name: 'batch', type: 'int4', of: (row) => row.batch },
  { name: 'batch_index', type: 'int4', of: (row) => row.index },
  { name: 'price_cents', type: 'int8', of: (row) => row.priceCents },
  { name: 'evidence', type: 'text', of: (row) => row.evidence },
  { name: 'block_number', type: 'int8', of: (row) => row.blockNumber },
  { name: 'transaction_hash', type: 'bytea', of: (row) => row.transactionHash },
];

export const announced: readonly CopyColumn<AnnouncedRow>[] = [
  { name: 'change', type: 'int8', of: (row) => row.change },
  { name: 'kind', type: 'text', of: (row) => row.kind },
  { name: 'effective_at', type: 'int8', of: (row) => row.effectiveAt },
  { name: 'state', type: 'text', of: () => 'pending' },
  { name: 'size', type: 'int4', of: (row) => row.size },
  { name: 'done', type: 'int4', of: () => 0 },
  { name: 'entry', type: 'int8', of: (row) => row.entry },
];

export const settlements: readonly CopyColumn<SettlementChange>[] = [
  { name: 'batch', type: 'int4', of: (row) => row.batch },
  { name: 'first', type: 'int4', of: (row) => row.first },
  { name: 'until', type: 'int4', of: (row) => row.until },
  { name: 'entry', type: 'int8', of: (row) => row.entry },
  { name: 'block_number', type: 'int8', of: (row) => row.blockNumber },
  { name: 'lines', type: 'bytea', of: (row) => row.lines },
];

export const payouts: readonly CopyColumn<PayoutChange>[] = [
  { name: 'entry', type: 'int8', of: (row) => row.entry },
  { name: 'id', type: 'int4', of: (row) => row.id },
  { name: 'wallet', type: 'text', of: (row) => row.wallet },
  { name: 'recipient', type: 'text', of: (row) => row.recipient },
  { name: 'units', type: 'int8', of: (row) => row.units },
  { name: 'block_number', type: 'int8', of: (row) => row.blockNumber },
  { name: 'transaction_hash', type: 'bytea', of: (row) => row.transactionHash },
];

export const flags: readonly CopyColumn<FlagChange>[] = [
  { name: 'flag', type: 'int8', of: (row) => row.flag },
  { name: 'subject_kind', type: 'text', of: (row) => row.subjectKind },
  { name: 'subject', type: 'int8', of: (row) => row.subject },
  { name: 'flag_kind', type: 'int2', of: (row) => row.flagKind },
  { name: 'severity', type: 'int2', of: (row) => row.severity },
  { name: 'evidence', type: 'text', of: (row) => row.evidence },
  { name: 'review_by', type: 'int8', of: (row) => row.reviewBy },
  { name: 'entry', type: 'int8', of: (row) => row.entry },
];

export const answeredFlags: readonly CopyColumn<Changes['answeredFlags'][number]>[] = [
  { name: 'flag', type: 'int8', of: (row) => row.flag },
  { name: 'answer', type: 'text', of: (row) => row.answer },
];

export const closedFlags: readonly CopyColumn<ClosedFlagChange>[] = [
  { name: 'flag', type: 'int8', of: (row) => row.flag },
  { name: 'outcome', type: 'text', of: (row) => row.outcome },
  { name: 'outcome_evidence', type: 'text', of: (row) => row.evidence },
  { name: 'closed_entry', type: 'int8', of: (row) => row.closedEntry },
];

export const changeStates: readonly CopyColumn<Changes['changeStates'][number]>[] = [
  { name: 'change', type: 'int8', of: (row) => row.change },
  { name: 'state', type: 'text', of: (row) => row.state },
  { name: 'until', type: 'int4', of: (row) => row.until },
];

export const settledBatches: readonly CopyColumn<Changes['settledBatches'][number]>[] = [
  { name: 'batch', type: 'int4', of: (row) => row.batch },
  { name: 'settled', type: 'int4', of: (row) => row.settled },
];
