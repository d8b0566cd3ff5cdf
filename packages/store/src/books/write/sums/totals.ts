import { type Selectable, sql } from 'kysely';
import type { BooksTables } from '../../../schema/books-tables.ts';
import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';
import type { Writing } from '../rows/writing.ts';

/** Sums over a ledger's books. */
export interface Totals {
  distributors: number;
  batches: number;
  sales: number;
  /** Sales that are not settled. */
  pendingSales: number;
  priceCents: bigint;
  volumeCents: bigint;
  reversedPriceCents: bigint;
  reversedVolumeCents: bigint;
  creditedUnits: bigint;
  paidUnits: bigint;
  /** Put into the float, and taken out of it by the company. */
  fundedUnits: bigint;
  withdrawnUnits: bigint;
}

/** What the sums of a ledger's books grow by; negative where they shrink. */
export type TotalsChange = Omit<Selectable<BooksTables['totals']>, 'ledger' | 'roots'>;

/** Sums over a ledger's books; zeros for a ledger that they do not follow. */
export async function getTotals(database: Database, ledger: string): Promise<Totals> {
  const row = await database
    .selectFrom('totals')
    .selectAll()
    .where('ledger', '=', keyOf(ledger))
    .executeTakeFirst();
  return {
    distributors: Number(row?.distributors ?? 0),
    batches: Number(row?.batches ?? 0),
    sales: Number(row?.sales ?? 0),
    pendingSales: row ? Number(row.sales - row.settled_sales) : 0,
    priceCents: row?.price_cents ?? 0n,
    volumeCents: row?.volume_cents ?? 0n,
    reversedPriceCents: row?.reversed_price_cents ?? 0n,
    reversedVolumeCents: row?.reversed_volume_cents ?? 0n,
    creditedUnits: row?.credited_units ?? 0n,
    paidUnits: row?.paid_units ?? 0n,
    fundedUnits: row?.funded_units ?? 0n,
    withdrawnUnits: row?.withdrawn_units ?? 0n,
  };
}

export function noTotals(): TotalsChange {
  return {
    distributors: 0n,
    batches: 0n,
    sales: 0n,
    settled_sales: 0n,
    price_cents: 0n,
    volume_cents: 0n,
    reversed_price_cents: 0n,
    reversed_volume_cents: 0n,
    credited_units: 0n,
    paid_units: 0n,
    funded_units: 0n,
    withdrawn_units: 0n,
  };
}

/**
 * Adds to the sums; the caller changes the rows that they are over in the same transaction.
 * @param sign -1 takes away.
 */
export async function addTotals(
  { transaction, ledger }: Writing,
  change: TotalsChange,
  sign: 1n | -1n = 1n,
): Promise<void> {
  const columns = Object.entries(change).map(
    ([name, by]) => sql`${sql.ref(name)} = ${sql.ref(name)} + ${sign * by}`,
  );
  await sql`update totals set ${sql.join(columns)} where ledger = ${ledger}`.execute(transaction);
}

/** Counts distributors put into the tree without a sponsor, at once: the next one's place depends on it. */
export async function addRoots({ transaction, ledger }: Writing, count: number): Promise<void> {
  if (count === 0) return;
  await sql`update totals set roots = roots + ${count} where ledger = ${ledger}`.execute(transaction);
}
