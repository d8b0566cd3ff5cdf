import { formatSaleRef, maxTotalBps, recorderOfBatch, type SaleReversed } from '@plumbline/protocol';
import { spendTogether } from './allowances.ts';
import { isNumbered, type ReplayContext } from './ledger-state.ts';
import { countedOf } from './recording.ts';

/**
 * A reversal: inside the return window, of a sale that is there, within what is left of it, and inside the allowance of
 * the batch's recorder, who alone reverses in it.
 */
export function reverseSale(context: ReplayContext, entry: SaleReversed): void {
  const { state, report, time } = context;
  const { priceCents, volumeCents } = entry;
  const subject = `sale ${formatSaleRef(entry)}`;
  state.sums.reversedPriceCents += priceCents;
  state.sums.reversedVolumeCents += volumeCents;

  const batch = state.batches.get(entry.batch);
  const sale = batch?.sales[entry.index];
  // That its batch is missing from the logs was said where the numbers have a gap.
  if (!batch && isNumbered(state, entry.batch)) return;
  if (!batch || !sale) {
    report({
      code: 'reversal-sale',
      subject,
      expected: batch ? `an index below ${batch.sales.length}` : 'a batch that was recorded',
      found: formatSaleRef(entry),
      message: `${subject} was reversed, but there is no such sale`,
    });
    return;
  }
  if (sale.seller !== entry.seller) {
    report({
      code: 'reversal-seller',
      subject,
      expected: sale.seller,
      found: entry.seller,
      message: `the reversal of ${subject} names seller ${entry.seller}, but distributor ${sale.seller} sold it`,
    });
  }
  const endsAt = batch.recordedAt + state.terms.returnWindow;
  if (time >= endsAt) {
    report({
      code: 'reversal-window',
      subject,
      expected: `before ${endsAt}`,
      found: time,
      message: `${subject} was reversed at ${time}, after its return window ended at ${endsAt}`,
    });
  }
  const priceAfter = sale.priceLeft - priceCents;
  const volumeAfter = sale.volumeLeft - volumeCents;
  // What stays must still be a sale whose volume is not above its price.
  if (priceCents === 0n || priceAfter < 0n || volumeAfter < 0n || volumeAfter > priceAfter) {
    report({
      code: 'reversal-amount',
      subject,
      expected: `price from 1 to ${sale.priceLeft}, volume up to ${sale.volumeLeft} and none above what stays`,
      found: `price ${priceCents}, volume ${volumeCents}`,
      message:
        `${subject} was reversed by ${priceCents} cents with ${volumeCents} of volume, ` +
        `but ${sale.priceLeft} with ${sale.volumeLeft} were left`,
    });
  }

  const plan = state.plans.get(batch.plan)?.plan;
  const before = plan ? countedOf(plan, sale) : 0n;
  sale.priceLeft = priceAfter;
  sale.volumeLeft = volumeAfter < 0n ? 0n : volumeAfter;
  const freed = plan ? (before - countedOf(plan, sale)) * BigInt(maxTotalBps(plan)) : 0n;
  const recorder = state.recorders.get(recorderOfBatch(entry.batch));
  if (recorder) {
    spendTogether(context, `reverse ${entry.batch}`, {
      recorder,
      kind: 'returns',
      amount: freed > 0n ? freed : 0n,
      code: 'reversal-cap',
      subject,
      what: 'was reversed, by which one call freed',
    });
  }
  state.reserved -= freed;
  state.float += freed;
}
