import { formatSaleRef, maxTotalBps, type SaleReversed } from '@plumbline/protocol';
import { checkSomeRecorder } from './authority.ts';
import { spendReversal } from './caps.ts';
import type { ReplayContext } from './ledger-state.ts';
import { countedOf } from './recording.ts';

/**
 * Reversals that one batch can have; beyond them only what takes back all that is left of a sale. Twin of MAX_REVERSALS in contracts/ledger/LedgerSales.sol.
 */
const MAX_REVERSALS = 2000;

/** A reversal: inside the return window, of a sale that is there, within what is left of it. */
export function reverseSale(context: ReplayContext, entry: SaleReversed): void {
  const { state, report, time } = context;
  const { priceCents, volumeCents } = entry;
  const subject = `sale ${formatSaleRef(entry)}`;
  checkSomeRecorder(context, `the reversal of ${subject}`);
  state.sums.reversedPriceCents += priceCents;
  state.sums.reversedVolumeCents += volumeCents;

  const batch = state.batches.get(entry.batch);
  const sale = batch?.sales[entry.index];
  // That its batch is missing from the logs was said where the numbers have a gap.
  if (!batch && entry.batch >= 1 && entry.batch <= state.batchCount) return;
  if (!batch || !sale) {
    report({
      code: 'reversal-sale',
      subject,
      expected: batch ? `an index below ${batch.sales.length}` : `a batch up to ${state.batchCount}`,
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

  batch.reversals++;
  if (batch.reversals > MAX_REVERSALS && priceAfter !== 0n) {
    report({
      code: 'reversal-count',
      subject,
      expected: `the whole rest, or at most ${MAX_REVERSALS} of a batch`,
      found: batch.reversals,
      message:
        `the reversal of ${subject} is number ${batch.reversals} of its batch; beyond ${MAX_REVERSALS} ` +
        'only the whole rest of a sale can be reversed',
    });
  }

  const plan = state.plans.get(batch.plan)?.plan;
  const before = plan ? countedOf(plan, sale) : 0n;
  sale.priceLeft = priceAfter;
  sale.volumeLeft = volumeAfter < 0n ? 0n : volumeAfter;
  const freed = plan ? (before - countedOf(plan, sale)) * BigInt(maxTotalBps(plan)) : 0n;
  spendReversal(context, subject, freed);
  state.reserved -= freed;
  state.float += freed;
}
