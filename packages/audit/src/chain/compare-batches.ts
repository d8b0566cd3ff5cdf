import { type BuyerClass, batchRoot, encodeSales } from '@plumbline/protocol';
import { encodeAbiParameters, keccak256, numberToHex } from 'viem';
import type { Batch } from '../replay/ledger-state.ts';
import type { Compare } from './contract-view.ts';

/** Every batch: open or closed, and of an open one what can still be settled. */
export const compareBatches: Compare = (state, { batches, words }, report) => {
  for (const [number, batch] of state.batches) {
    const is = batches.get(number);
    const open = batch.settled < batch.sales.length;
    const expected = describe(open, open ? batch.settled : 0);
    const found = describe(is?.open ?? false, is?.settled ?? 0);
    const subject = `batch ${number}`;
    if (expected !== found) {
      const message = `${subject} is ${found} in the contract, but ${expected} by the entries`;
      report({ code: 'batch-state', subject, expected, found, message });
      continue;
    }
    if (!open) continue;
    const [right, word] = [batchWord(batch), words.batches.get(number) ?? 0n];
    // Without its records a batch has no word; what is wrong with them was found at its entry.
    if (right === null || right === word) continue;
    report({
      code: 'batch-word',
      subject,
      expected: numberToHex(right, { size: 32 }),
      found: numberToHex(word, { size: 32 }),
      message: `the contract would settle other records, another plan or another time of ${subject} than the entries have`,
    });
  }
};

function describe(open: boolean, settled: number): string {
  return open ? `open with ${settled} sales settled` : 'closed';
}

/** The digest over plan, time, count and root of the records as they are now, above the sales settled so far. */
function batchWord({ plan, recordedAt, sales, settled }: Batch): bigint | null {
  const records = sales.flatMap(({ class: buyerClass, seller, priceLeft, volumeLeft }) =>
    buyerClass === null || priceLeft < 0n
      ? []
      : [{ class: buyerClass as BuyerClass, seller, priceCents: priceLeft, volumeCents: volumeLeft }],
  );
  if (records.length < sales.length || records.length === 0) return null;
  const facts = encodeAbiParameters(
    [{ type: 'uint256' }, { type: 'uint256' }, { type: 'uint256' }, { type: 'bytes32' }],
    [BigInt(plan), BigInt(recordedAt), BigInt(sales.length), batchRoot(encodeSales(records))],
  );
  return ((BigInt(keccak256(facts)) >> 16n) << 16n) | BigInt(settled);
}
