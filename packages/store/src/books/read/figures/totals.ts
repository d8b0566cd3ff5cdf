import type { Database } from '../../../schema/database.ts';
import { keyOf } from '../../../schema/ledger-key.ts';

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
  /** Price refunded of settled sales, at the company's cost. */
  lateRefundCents: bigint;
  /** What distributors were owed from before the ledger; `openedUnits + creditedUnits - paidUnits` is owed now. */
  openedUnits: bigint;
  creditedUnits: bigint;
  paidUnits: bigint;
  /** Put into the float, and taken out of it by the company. */
  fundedUnits: bigint;
  withdrawnUnits: bigint;
  /** Tokens that had come without `fund` and were put into the float. */
  sweptUnits: bigint;
}

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
    lateRefundCents: row?.late_refund_cents ?? 0n,
    openedUnits: row?.opened_units ?? 0n,
    creditedUnits: row?.credited_units ?? 0n,
    paidUnits: row?.paid_units ?? 0n,
    fundedUnits: row?.funded_units ?? 0n,
    withdrawnUnits: row?.withdrawn_units ?? 0n,
    sweptUnits: row?.swept_units ?? 0n,
  };
}
