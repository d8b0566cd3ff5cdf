import {
  type BatchRecorded,
  documentHash,
  type SaleRecord,
  type SaleRef,
  verifyDocument,
} from '@plumbline/protocol';
import type { SaleResponse } from '@plumbline/protocol/api';
import type { Comparison } from './comparison.ts';

/**
 * Checks that the document belongs to the batch's root and says what the record says. The company may have erased the
 * document; then there is nothing to check.
 */
export function checkDocument(
  found: Comparison,
  batch: BatchRecorded,
  ref: SaleRef,
  record: SaleRecord,
  sale: SaleResponse,
): void {
  const { document, manifest } = sale;
  if (!document || !manifest) {
    found.note = 'noDocument';
    return;
  }
  found.same('root', batch.manifestRoot, manifest.root);
  found.fact('document', documentHash(document));
  found.same('proof', true, verifyDocument(batch.manifestRoot, ref.index, document, manifest.proof));
  found.same('seller', record.seller, document.seller);
  found.same('class', record.class, document.class);
  found.same('price', record.priceCents, document.priceCents);
  found.same('volume', record.volumeCents, document.volumeCents);
}
