import { sql } from 'kysely';
import type { Address, Hex } from 'viem';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';

/** What every announced change of who stands where has. */
interface Announced {
  /** Number of the change, from 1. */
  change: number;
  /** Unix seconds; batches recorded from then on settle with it. */
  effectiveAt: number;
  /** Records in it, and how many of them are applied. */
  size: number;
  done: number;
}

/** Ranks and statuses. */
interface StandingChange extends Announced {
  kind: 'standing';
  ranker: Address;
  evidence: Hex;
  /** Packed; `decodeStandings` of protocol reads them. */
  records: Hex;
}

/** A sponsor. */
interface CorrectionChange extends Announced {
  kind: 'correction';
  /** Distributor ids as announced; 0 as the sponsor of a root. */
  id: number;
  sponsor: number;
  reason: Hex;
}

/** A membership, ended by the distributor (`leaving`) or for cause. */
interface EndingChange extends Announced {
  kind: 'leaving' | 'ending';
  /** Distributor id as announced. */
  id: number;
  reason: Hex;
  evidence: Hex;
}

/** A change that was announced and is neither cancelled nor wholly applied. */
export type PendingChange = StandingChange | CorrectionChange | EndingChange;

/** The pending change that is applied next. */
export interface NextChange {
  change: PendingChange;
  /** Batches recorded before it is effective that are not settled; it can be applied when there are none. */
  openBatches: number;
}

interface Row extends Announced {
  kind: PendingChange['kind'];
  content: Record<string, unknown>;
}

/** The pending changes of a ledger, in the order in which they will be applied. */
export async function listPendingChanges(database: Database, ledger: string): Promise<PendingChange[]> {
  const { rows } = await sql<Row>`
    select change::float8, changes.kind, effective_at::float8 as "effectiveAt", size, done, content
    from changes join entries using (ledger, entry)
    where ledger = ${keyOf(ledger)} and state = 'pending' order by change`.execute(database);
  return rows.map(({ content, ...row }) => ({ ...content, ...row }) as unknown as PendingChange);
}

/**
 * The change that is applied next; undefined if none is pending. Cancelled ones before it are passed over: the ledger's
 * `skipCancelled` does the same.
 */
export async function findNextChange(database: Database, ledger: string): Promise<NextChange | undefined> {
  const [change] = await listPendingChanges(database, ledger);
  if (!change) return undefined;
  const { rows } = await sql<{ open: bigint }>`
    select count(*) as open from batches
    where ledger = ${keyOf(ledger)} and settled < count and recorded_at < ${change.effectiveAt}`.execute(
    database,
  );
  return { change, openBatches: Number(rows[0]?.open ?? 0) };
}
