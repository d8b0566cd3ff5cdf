import { type Selectable, sql } from 'kysely';
import type { Database } from '../database.ts';
import type { Changes } from './changes.ts';
import type { BooksTables } from './tables.ts';

/** Sums over a ledger's books. */
export interface Totals {
  people: number;
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
export type TotalsChange = Omit<Selectable<BooksTables['totals']>, 'ledger'>;

/** Sums over a ledger's books; zeros for a ledger that they do not follow. */
export async function getTotals(database: Database, ledger: string): Promise<Totals> {
  const row = await database.selectFrom('totals').selectAll().where('ledger', '=', ledger).executeTakeFirst();
  return {
    people: Number(row?.people ?? 0),
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

/** What `changes` add to the sums. */
export function sumsOf(changes: Changes): TotalsChange {
  const { people, batches, sales, settledSales, reversals, sums, float } = changes;
  const settledAtOnce = batches.reduce((sum, { settled }) => sum + settled, 0);
  return {
    people: BigInt(people.length),
    batches: BigInt(batches.length),
    sales: BigInt(sales.length),
    settled_sales: BigInt(settledAtOnce + settledSales.length),
    price_cents: sumOf(sales, ({ priceCents }) => priceCents),
    volume_cents: sumOf(sales, ({ volumeCents }) => volumeCents),
    reversed_price_cents: sumOf(reversals, ({ priceCents }) => priceCents),
    reversed_volume_cents: sumOf(reversals, ({ volumeCents }) => volumeCents),
    credited_units: sumOf(sums, ({ credited }) => credited),
    paid_units: sumOf(sums, ({ paid }) => paid),
    funded_units: float.funded,
    withdrawn_units: float.withdrawn,
  };
}

/** Adds to the sums; the caller changes the rows that they are over in the same transaction. */
export async function addTotals(
  transaction: Database,
  ledger: string,
  change: Partial<TotalsChange>,
): Promise<void> {
  const columns = Object.entries(change).map(
    ([name, by]) => sql`${sql.ref(name)} = ${sql.ref(name)} + ${by}`,
  );
  await sql`update totals set ${sql.join(columns)} where ledger = ${ledger}`.execute(transaction);
}

function sumOf<Row>(rows: readonly Row[], of: (row: Row) => bigint): bigint {
  return rows.reduce((sum, row) => sum + of(row), 0n);
}
