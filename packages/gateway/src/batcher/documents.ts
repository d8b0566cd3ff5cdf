import type { SaleDocument, SaleRecord } from '@plumbline/protocol';
import type { SubmissionRow } from '@plumbline/store';

/** The public document of a submitted sale; `seller` is the distributor id that the batch names. */
export function documentOf(sale: SubmissionRow, seller: number): SaleDocument {
  return {
    version: 1,
    externalId: sale.externalId,
    seller,
    buyerCommitment: sale.buyerCommitment,
    class: sale.class,
    priceCents: sale.priceCents.toString(),
    volumeCents: sale.volumeCents.toString(),
    items: sale.items,
    soldAt: sale.soldAt,
    salt: sale.documentSalt,
  };
}

/** The record of a submitted sale, as the chain holds it. */
export function recordOf(sale: SubmissionRow, seller: number): SaleRecord {
  return {
    class: sale.class,
    seller,
    priceCents: sale.priceCents,
    volumeCents: sale.volumeCents,
  };
}
