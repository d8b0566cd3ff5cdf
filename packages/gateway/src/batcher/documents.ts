import type { BuyerClass, SaleDocument, SaleItem, SaleRecord } from '@plumbline/protocol';
import type { SubmissionRow } from '@plumbline/store';
import type { Hex } from 'viem';

/** The public document of a submitted sale; `seller` is the distributor id that the batch names. */
export function documentOf(sale: SubmissionRow, seller: number): SaleDocument {
  return {
    version: 1,
    externalId: sale.externalId,
    seller,
    buyerCommitment: sale.buyerCommitment as Hex,
    class: sale.class as BuyerClass,
    priceCents: sale.priceCents.toString(),
    volumeCents: sale.volumeCents.toString(),
    items: sale.items as SaleItem[],
    soldAt: sale.soldAt,
    salt: sale.documentSalt as Hex,
  };
}

/** The record of a submitted sale, as the chain holds it. */
export function recordOf(sale: SubmissionRow, seller: number): SaleRecord {
  return {
    class: sale.class as BuyerClass,
    seller,
    priceCents: sale.priceCents,
    volumeCents: sale.volumeCents,
  };
}
