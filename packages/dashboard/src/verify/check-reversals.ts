import { decodeEntries, type SaleRecord, type SaleRef, saleNumber } from '@plumbline/protocol';
import type { SaleResponse } from '@plumbline/protocol/api';
import type { ChainReader } from './chain-reader.ts';
import type { Comparison } from './comparison.ts';

/** Adds up the reversals of the sale. @returns The volume that is left, in cents. */
export async function checkReversals(
  found: Comparison,
  chain: ChainReader,
  ref: SaleRef,
  record: SaleRecord,
  sale: SaleResponse,
): Promise<bigint> {
  const logs = await chain.listLogs('SaleReversed', saleNumber(ref));
  let price = 0n;
  let volume = 0n;
  for (const { entry } of decodeEntries(logs)) {
    if (entry.kind !== 'saleReversed') continue;
    price += entry.priceCents;
    volume += entry.volumeCents;
  }
  found.fact('reversals', logs.length);
  found.same('reversedPrice', price, sale.reversed.priceCents);
  found.same('reversedVolume', volume, sale.reversed.volumeCents);
  return record.volumeCents - volume;
}
