import {
  type BatchRecorded,
  decodeEntries,
  decodeSales,
  type SaleRecord,
  type SaleRef,
} from '@plumbline/protocol';
import type { SaleResponse } from '@plumbline/protocol/api';
import type { ChainReader } from './chain-reader.ts';
import type { Comparison } from './comparison.ts';

/** Finds the batch's log and compares what the gateway shows of the batch with it. */
export async function checkBatch(
  found: Comparison,
  chain: ChainReader,
  ref: SaleRef,
  returnWindow: number,
  sale: SaleResponse,
): Promise<BatchRecorded | undefined> {
  const [recorded] = decodeEntries(await chain.listLogs('BatchRecorded', ref.batch));
  if (recorded?.entry.kind !== 'batchRecorded') {
    found.same('batch', '', ref.batch);
    return undefined;
  }
  const { entry } = recorded;
  found.same('batch', entry.batch, ref.batch);
  found.fact('block', recorded.blockNumber);
  found.fact('recorder', entry.recorder);
  found.sameIfShown('transaction', recorded.transactionHash, sale.transactionHash);
  found.sameIfShown('recordedAt', entry.recordedAt, sale.recordedAt);
  found.sameIfShown('settlesAt', entry.recordedAt + returnWindow, sale.settlesAt);
  return entry;
}

/** Reads the sale's record in the batch and compares what the gateway shows of the sale with it. */
export function checkRecord(
  found: Comparison,
  batch: BatchRecorded,
  ref: SaleRef,
  sale: SaleResponse,
): SaleRecord | undefined {
  const records = decodeSales(batch.records);
  const record = records[ref.index];
  found.fact('records', records.length);
  if (!record) {
    found.same('sale', '', ref.index);
    return undefined;
  }
  found.sameIfShown('seller', record.seller, sale.seller);
  found.same('class', record.class, sale.class);
  found.same('price', record.priceCents, sale.priceCents);
  found.same('volume', record.volumeCents, sale.volumeCents);
  return record;
}
