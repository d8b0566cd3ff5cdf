import {
  type BatchRecorded,
  BUYER_CLASSES,
  countedVolume,
  decodeSales,
  fragmentOf,
  MAX_BATCH,
  maxTotalBps,
  type Plan,
  recorderOfBatch,
  sequenceOfBatch,
} from '@plumbline/protocol';
import type { Hex } from 'viem';
import { spend } from './allowances.ts';
import { checkNotPaused } from './authority.ts';
import { enterEra } from './changes/queue.ts';
import type { Recorder, ReplayContext, Sale } from './ledger-state.ts';
import { adoptDue } from './plans.ts';
import { nextBatch } from './recorders.ts';

/** Hex digits of a packed sale. */
const SALE_DIGITS = 24;

/** A batch: the next of its recorder, by the plan in force, inside the recorder's caps and the float, of valid sales. */
export function recordBatch(context: ReplayContext, entry: BatchRecorded): void {
  const { state, place, time } = context;
  const recorder = findRecorder(context, entry);
  checkNotPaused(context, `batch ${entry.batch}`);
  if (entry.recordedAt !== time) {
    context.report({
      code: 'batch-time',
      subject: `batch ${entry.batch}`,
      expected: time,
      found: entry.recordedAt,
      message: `batch ${entry.batch} says it was recorded at ${entry.recordedAt}, but its block is of ${time}`,
    });
  }
  const sales = readSales(context, entry);
  checkPlanInForce(context, entry);
  checkReserved(context, entry, sales);
  if (recorder) spendCaps(context, entry, recorder, sales.length);
  if (entry.reserved > state.float) {
    context.report({
      code: 'batch-float',
      subject: `batch ${entry.batch}`,
      expected: `at most ${state.float}`,
      found: entry.reserved,
      message: `batch ${entry.batch} reserved ${entry.reserved} units of a float of ${state.float}`,
    });
  }

  state.float -= entry.reserved;
  state.reserved += entry.reserved;
  const { plan, recordedAt } = entry;
  state.batches.set(entry.batch, { plan, recordedAt, sales, settled: 0 });
  state.openBatches.add(entry.batch);
  state.sums.sales += sales.length;
  for (const sale of sales) {
    state.sums.priceCents += sale.priceLeft;
    state.sums.volumeCents += sale.volumeLeft;
  }
  if (state.terms.returnWindow !== 0) enterEra(state, recordedAt);
  else state.due = { kind: 'batch', number: entry.batch, place };
}

/** The recorder that the key belongs to; the batch must be the next of its own. */
function findRecorder(
  { state, report }: ReplayContext,
  { batch, recorder: key }: BatchRecorded,
): Recorder | undefined {
  const named = state.recorders.get(state.recorderKeys.get(key) ?? 0);
  if (!named) {
    report({
      code: 'batch-recorder',
      subject: `batch ${batch}`,
      expected: 'the key of a recorder',
      found: key,
      message: `batch ${batch} was recorded by ${key}, who was no recorder`,
    });
  }
  const recorder = named ?? state.recorders.get(recorderOfBatch(batch));
  if (!recorder) return undefined;
  const expected = nextBatch(recorder);
  if (batch !== expected) {
    report({
      code: 'batch-sequence',
      subject: `batch ${expected}`,
      expected,
      found: batch,
      message: `batch ${batch} was recorded where batch ${expected} comes next`,
    });
  }
  if (recorderOfBatch(batch) === recorder.number) recorder.sequence = sequenceOfBatch(batch);
  return named;
}

function checkPlanInForce(
  { state, report }: ReplayContext,
  { batch, plan, recordedAt }: BatchRecorded,
): void {
  const expected = adoptDue(state, recordedAt);
  if (plan === expected) return;
  const version = state.plans.get(plan);
  const why = version ? `which starts at ${version.startsAt}` : 'which was never announced';
  report({
    code: 'batch-plan',
    subject: `batch ${batch}`,
    expected,
    found: plan,
    message: `batch ${batch}, recorded at ${recordedAt}, names plan ${plan}, ${why}; in force was plan ${expected}`,
  });
}

function checkReserved(
  { state, report }: ReplayContext,
  { batch, plan, reserved }: BatchRecorded,
  sales: Sale[],
): void {
  const named = state.plans.get(plan)?.plan;
  const inForce = state.plans.get(state.planInForce)?.plan;
  // Without the plan there is nothing to compare with, and the missing plan is reported already.
  if (!named) return;
  const expected = reservationFor(named, sales);
  // A batch with the wrong plan is one finding, whichever of the two its reservation follows.
  if (reserved === expected || (inForce && reserved === reservationFor(inForce, sales))) return;
  report({
    code: 'batch-reserved',
    subject: `batch ${batch}`,
    expected,
    found: reserved,
    message: `batch ${batch} reserved ${reserved} units, but the most its plan can pay is ${expected}`,
  });
}

/** The most that `plan` can pay for `sales`, in base units. */
function reservationFor(plan: Plan, sales: readonly Sale[]): bigint {
  const counted = sales.reduce((sum, sale) => sum + countedOf(plan, sale), 0n);
  return counted * BigInt(maxTotalBps(plan));
}

/** Counted volume of what is left of a sale, in cents. */
export function countedOf(plan: Plan, sale: Sale): bigint {
  return sale.class === null ? 0n : countedVolume(plan, sale.class, sale.volumeLeft);
}

/** A batch counts against two caps: by what it reserves, and by its sales. */
function spendCaps(
  context: ReplayContext,
  { batch, reserved }: BatchRecorded,
  recorder: Recorder,
  sales: number,
): void {
  const subject = `batch ${batch}`;
  const counted = { amount: BigInt(sales), code: 'batch-count', what: 'has so many sales:' } as const;
  const units = { amount: reserved, code: 'batch-cap', what: 'reserved' } as const;
  spend(context, { recorder, kind: 'count', subject, ...counted });
  spend(context, { recorder, kind: 'units', subject, ...units });
}

function readSales(context: ReplayContext, { batch, records }: BatchRecorded): Sale[] {
  const digits = records.length - 2;
  const count = Math.floor(digits / SALE_DIGITS);
  if (count === 0 || count > MAX_BATCH || count * SALE_DIGITS !== digits) {
    context.report({
      code: 'batch-records',
      subject: `batch ${batch}`,
      expected: `1 to ${MAX_BATCH} records of 12 bytes`,
      found: `${digits / 2} bytes`,
      message: `batch ${batch} carries ${digits / 2} bytes of records, which are not 1 to ${MAX_BATCH} whole ones`,
    });
  }
  return Array.from({ length: count }, (_, index) => {
    const start = 2 + index * SALE_DIGITS;
    return readSale(context, `sale ${batch}-${index}`, `0x${records.slice(start, start + SALE_DIGITS)}`);
  });
}

function readSale({ state, report }: ReplayContext, subject: string, packed: Hex): Sale {
  const buyerClass = Number.parseInt(packed.slice(2, 4), 16) >>> 2;
  // Only the class can be out of range; with the class cleared, the rest can still be decoded.
  const cleared: Hex = `0x0${(Number.parseInt(packed.slice(2, 4), 16) & 3).toString(16)}${packed.slice(4)}`;
  const known = buyerClass < BUYER_CLASSES.length;
  const [record] = decodeSales(known ? packed : cleared);
  if (!record) throw new RangeError(`${subject}: there is no record in ${packed}`);
  const { seller, priceCents, volumeCents } = record;
  if (!known) {
    report({
      code: 'record-class',
      subject,
      expected: 'retail (0), preferred (1) or self (2)',
      found: buyerClass,
      message: `${subject} names buyer class ${buyerClass}, which does not exist`,
    });
  }
  const fragment = fragmentOf(seller);
  if (fragment === 0 || fragment > state.fragments) {
    report({
      code: 'record-seller',
      subject,
      expected: `an id of fragments 1 to ${state.fragments}`,
      found: seller,
      message: `${subject} names seller ${seller}, who has no place in the tree`,
    });
  } else if (!state.distributors.has(seller)) {
    report({
      code: 'record-unenrolled',
      subject,
      expected: 'an enrolled distributor',
      found: seller,
      message: `${subject} names seller ${seller}, whose lane was empty when it was recorded: nobody is paid for it`,
    });
  }
  if (priceCents === 0n) {
    report({
      code: 'record-price',
      subject,
      expected: 'more than 0',
      found: 0,
      message: `${subject} has no price`,
    });
  }
  if (volumeCents > priceCents) {
    report({
      code: 'record-volume',
      subject,
      expected: `at most ${priceCents}`,
      found: volumeCents,
      message: `${subject} counts ${volumeCents} cents of volume at a price of ${priceCents}`,
    });
  }
  return { class: known ? record.class : null, seller, priceLeft: priceCents, volumeLeft: volumeCents };
}
