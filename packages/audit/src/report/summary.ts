import type { LedgerState } from '../replay/state.ts';

/** A ledger in figures. Amounts are base units or cents; what is net comes first. */
export interface Summary {
  /** Sold less taken back. */
  netPriceCents: bigint;
  netVolumeCents: bigint;
  /** Settled commissions, since the beginning. */
  creditedUnits: bigint;
  paidUnits: bigint;
  owedUnits: bigint;
  /** Set aside for sales that are not settled. */
  reservedUnits: bigint;
  floatUnits: bigint;
  fundedUnits: bigint;
  priceCents: bigint;
  volumeCents: bigint;
  reversedPriceCents: bigint;
  reversedVolumeCents: bigint;
  people: number;
  sales: number;
  settledSales: number;
  batches: number;
  plans: number;
}

/** The figures of a replayed ledger. */
export function summarise({ sums, people, batchCount, planCount, ...state }: LedgerState): Summary {
  return {
    netPriceCents: sums.priceCents - sums.reversedPriceCents,
    netVolumeCents: sums.volumeCents - sums.reversedVolumeCents,
    creditedUnits: sums.credited,
    paidUnits: sums.paid,
    owedUnits: state.owed,
    reservedUnits: state.reserved,
    floatUnits: state.float,
    fundedUnits: sums.funded,
    priceCents: sums.priceCents,
    volumeCents: sums.volumeCents,
    reversedPriceCents: sums.reversedPriceCents,
    reversedVolumeCents: sums.reversedVolumeCents,
    people: people.size,
    sales: sums.sales,
    settledSales: sums.settledSales,
    batches: batchCount,
    plans: planCount,
  };
}
