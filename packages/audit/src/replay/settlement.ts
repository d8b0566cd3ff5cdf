import {
  amountOf,
  type BatchSettled,
  type Credit,
  creditedBy,
  formatSaleRef,
  formatUnits,
  maxTotalBps,
  type Plan,
  payCommission,
  type SettledLine,
} from '@plumbline/protocol';
import { checkEra } from './changes/queue.ts';
import { type Batch, isNumbered, type LedgerState, type ReplayContext, treeOf } from './ledger-state.ts';
import { countedOf } from './recording.ts';

/** A settlement as read from the logs; a line whose log is missing or unreadable is null. */
export interface Settlement extends Omit<BatchSettled, 'lines'> {
  lines: (SettledLine | null)[];
}

/**
 * A settlement: after the return window, of the next sales of the batch, each paid as the plan and the tree say.
 * @returns The same with the lines that could not be read put in by the rules, for the journal to confirm.
 */
export function settleBatch(context: ReplayContext, entry: Settlement): BatchSettled {
  const { state } = context;
  const batch = state.batches.get(entry.batch);
  if (!batch) checkKnown(context, entry.batch);
  const plan = batch ? state.plans.get(batch.plan)?.plan : undefined;
  const lines = batch && plan ? settleSales(context, entry, batch, plan) : entry.lines.filter(isLine);

  for (const line of lines) creditDistributors(state, line);
  state.sums.settledSales += lines.length;
  state.sums.credited += entry.credited;
  state.owed += entry.credited;
  if (batch) {
    state.reserved -= entry.credited + entry.released;
    state.float += entry.released;
  } else {
    // The reservation of a batch that is missing from the logs was never seen to leave the float.
    state.float -= entry.credited;
  }
  return { ...entry, lines };
}

function settleSales(context: ReplayContext, entry: Settlement, batch: Batch, plan: Plan): SettledLine[] {
  checkWindow(context, entry.batch, batch);
  checkEra(context, entry.batch, batch.recordedAt);
  const fits = checkRange(context, entry, batch);
  batch.settled = Math.max(batch.settled, entry.until);
  if (batch.settled >= batch.sales.length) context.state.openBatches.delete(entry.batch);

  const tree = treeOf(context.state);
  const expected = entry.lines.map((line, i) => {
    const sale = batch.sales[entry.from + i];
    if (!sale) return line ?? { seller: 0, volumeCents: 0n, credits: [] };
    return payCommission(tree, plan, sale.seller, countedOf(plan, sale));
  });
  const claimed = expected.map((line, i) => entry.lines[i] ?? line);
  // Records and lines that do not belong together would make a finding of every line.
  if (!fits) return claimed;
  expected.forEach((line, i) => {
    const subject = `sale ${formatSaleRef({ batch: entry.batch, index: entry.from + i })}`;
    checkLine(context, subject, line, claimed[i] ?? line);
  });
  checkTotals(context, entry, plan, [expected, claimed]);
  return claimed;
}

function isLine(line: SettledLine | null): line is SettledLine {
  return line !== null;
}

/** A gap in the numbers of the batches was reported where it is; beyond them a batch is strange, once. */
function checkKnown({ state, report }: ReplayContext, batch: number): void {
  if (isNumbered(state, batch) || state.strangeBatches.has(batch)) return;
  state.strangeBatches.add(batch);
  report({
    code: 'settlement-batch',
    subject: `batch ${batch}`,
    expected: 'a batch that was recorded',
    found: batch,
    message: `batch ${batch} was settled, but it was never recorded`,
  });
}

function checkWindow({ state, time, report }: ReplayContext, number: number, { recordedAt }: Batch): void {
  const endsAt = recordedAt + state.terms.returnWindow;
  if (time >= endsAt) return;
  report({
    code: 'settlement-window',
    subject: `batch ${number}`,
    expected: `from ${endsAt} on`,
    found: time,
    message: `batch ${number} was settled at ${time}, before its return window ended at ${endsAt}`,
  });
}

/** @returns Whether the batch has the sales that were settled. */
function checkRange({ report }: ReplayContext, entry: Settlement, { sales, settled }: Batch): boolean {
  const { batch, from, until } = entry;
  if (from !== settled || until <= from || until > sales.length) {
    report({
      code: 'settlement-range',
      subject: `batch ${batch}`,
      expected: `from ${settled}, up to at most ${sales.length}`,
      found: `${from} to ${until}`,
      message:
        `batch ${batch} of ${sales.length} sales was settled from ${from} to ${until}, ` +
        `but ${settled} of them were settled before`,
    });
  }
  return until <= sales.length;
}

function checkLine(
  { report }: ReplayContext,
  subject: string,
  expected: SettledLine,
  found: SettledLine,
): void {
  if (found.seller !== expected.seller) {
    report({
      code: 'line-seller',
      subject,
      expected: expected.seller,
      found: found.seller,
      message: `${subject} was settled for seller ${found.seller}, but distributor ${expected.seller} sold it`,
    });
    return;
  }
  if (found.volumeCents !== expected.volumeCents) {
    report({
      code: 'line-volume',
      subject,
      expected: expected.volumeCents,
      found: found.volumeCents,
      message:
        `${subject} was settled for ${found.volumeCents} cents of counted volume, ` +
        `but ${expected.volumeCents} are left of it`,
    });
    return;
  }
  const levels = Math.max(expected.credits.length, found.credits.length);
  for (let level = 0; level < levels; level++) {
    const [right, is] = [expected.credits[level], found.credits[level]];
    if (right?.id === is?.id && right?.bps === is?.bps) continue;
    report({
      code: 'line-credit',
      subject,
      expected: describe(expected, right),
      found: describe(found, is),
      message:
        `${subject} at level ${level} credits ${describe(found, is)}, ` +
        `but by its plan and the tree it is ${describe(expected, right)}`,
    });
    return;
  }
}

function describe(line: SettledLine, credit: Credit | undefined): string {
  if (credit === undefined) return 'no such level';
  if (credit.id === 0) return 'no distributor';
  return `distributor ${credit.id} with ${formatUnits(amountOf(line, credit))}`;
}

/**
 * Credited and released against the lines, exactly. A wrong line is a finding of its own, so totals that follow from
 * the lines as they are, or as they should be, are not reported again.
 */
function checkTotals(
  { report }: ReplayContext,
  entry: Settlement,
  plan: Plan,
  readings: SettledLine[][],
): void {
  const totals = readings.map((lines) => {
    const credited = lines.reduce((sum, line) => sum + creditedBy(line), 0n);
    const counted = lines.reduce((sum, line) => sum + line.volumeCents, 0n);
    return { credited, released: counted * BigInt(maxTotalBps(plan)) - credited };
  });
  const subject = `batch ${entry.batch}`;
  const [right] = totals;
  if (!totals.some(({ credited }) => credited === entry.credited)) {
    report({
      code: 'settlement-credited',
      subject,
      expected: right?.credited ?? 0n,
      found: entry.credited,
      message: `${subject} credited ${entry.credited} units in total, but its sales add up to ${right?.credited}`,
    });
  }
  if (!totals.some(({ released }) => released === entry.released)) {
    report({
      code: 'settlement-released',
      subject,
      expected: right?.released ?? 0n,
      found: entry.released,
      message: `${subject} gave ${entry.released} units back to the float, but ${right?.released} were not paid`,
    });
  }
}

function creditDistributors({ distributors }: LedgerState, line: SettledLine): void {
  for (const credit of line.credits) {
    const distributor = credit.id === 0 ? undefined : distributors.get(credit.id);
    if (!distributor) continue;
    const amount = amountOf(line, credit);
    distributor.owed += amount;
    distributor.credited += amount;
  }
}
