import {
  chunkReversals,
  decodeReversals,
  encodeSales,
  idAt,
  type ReversalRecord,
  recorderOfBatch,
  saleNumber,
} from '@plumbline/protocol';
import fc from 'fast-check';
import type { Hex } from 'viem';
import type { Call } from '../company/calls.ts';
import { edgyBigInt, salesOf } from './arbitraries.ts';
import type { Subject } from './subject.ts';
import type { TwinBatch } from './twin.ts';

/** What a random company does with sales. */

const MAX_UINT256 = 2n ** 256n - 1n;

/** Records a batch by a recorder, as large as its allowances and the float let it be; now and then what is wrong first. */
export async function record(company: Subject, number?: number): Promise<TwinBatch | undefined> {
  const { random, twin } = company;
  if (twin.paused) return undefined;
  const recorder = number === undefined ? random.pick(twin.recorders) : twin.recorder(number);
  const time = company.now + random.between(1, 200);
  const plan = twin.planAt(time);
  const sales = Array.from({ length: random.between(1, 25) }, () =>
    company.draw(salesOf(fc.constant(seller(company)))),
  );
  const root = random.hex(32);
  const call = (changes: { sequence?: number; plan?: number } = {}): Call => [
    'recordSales',
    encodeSales(sales),
    changes.sequence ?? recorder.sequence + 1,
    root,
    changes.plan ?? plan,
  ];
  for (let refused = false; sales.length > 0; sales.pop()) {
    const reason = refusal(company, recorder.number, sales, time);
    if (!reason) break;
    // As the call is made now and not at its time, when more is left.
    if (!refused && twin.planAt(company.now) === plan) {
      await company.expectReason(
        call(),
        refusal(company, recorder.number, sales, company.now) ?? '',
        recorder.key,
      );
    }
    refused = true;
  }
  if (sales.length === 0) return undefined;
  if (random.chance(10)) {
    await company.expectReason(call({ sequence: recorder.sequence }), 'UnexpectedSequence', recorder.key);
    await company.expectReason(call({ plan: plan + 1 + twin.plans.length }), 'UnexpectedPlan', recorder.key);
  }
  await company.send(call(), { time, from: recorder.key });
  return twin.record(recorder.number, sales, root, time);
}

/** Why a recorder may not record these sales at a time; undefined if it may. */
function refusal(
  { twin }: Subject,
  number: number,
  sales: Parameters<Subject['twin']['needed']>[0],
  time: number,
): string | undefined {
  const { allowances } = twin.recorder(number);
  const needed = twin.needed(sales, time);
  if (BigInt(sales.length) > allowances.left('count', time)) return 'CountExceeded';
  if (needed > allowances.left('units', time)) return 'CapExceeded';
  return needed > twin.float ? 'FloatTooLow' : undefined;
}

/** Any distributor, and now and then an empty lane. */
function seller({ random, twin }: Subject): number {
  const lane = idAt(random.between(1, twin.fragments), random.between(0, 3));
  const ids = [...twin.distributors.keys()];
  // The newest stand deepest.
  return random.chance(5) ? lane : random.pick(random.chance(50) ? ids.slice(-8) : ids);
}

/** Takes parts of a batch's sales back, inside its recorder's allowance. */
export async function reverse(company: Subject, chosen?: TwinBatch): Promise<void> {
  const { random, twin, terms } = company;
  const time = company.now + random.between(1, 50);
  const inTime = twin.batches.filter((each) => time < each.recordedAt + terms.returnWindow);
  if (inTime.length === 0) return;
  const batch = chosen ?? random.pick(inTime);
  const { batch: number, plan, recordedAt, records } = batch;
  const recorder = twin.recorder(recorderOfBatch(number));
  const reversals: ReversalRecord[] = [];
  for (let i = random.between(1, 5); i > 0; i--) {
    const reversal = drawReversal(company, { ...batch, reversals: [...batch.reversals, ...reversals] });
    if (reversal) reversals.push(reversal);
  }
  if (reversals.length === 0) return;
  const chunks = chunkReversals(twin.presentRecords(batch), reversals);
  const call: Call = ['reverse', number, plan, recordedAt, records.length, chunks];
  const other = twin.recorders.find((each) => each.number !== recorder.number);
  if (other && random.chance(20)) await company.expectReason(call, 'NotBatchRecorder', other.key);
  if (twin.freedBy(batch, reversals) > recorder.allowances.left('returns', time)) {
    return company.expectReason(call, 'CapExceeded', recorder.key);
  }
  const [first] = chunks;
  if (first && random.chance(20)) {
    const wrong = { ...first, proof: [...first.proof.slice(1), `0x${'77'.repeat(32)}` as Hex] };
    // A batch of one leaf needs no proof, and does not look at one.
    if (first.proof.length > 0)
      await company.expectReason(call.with(5, [wrong]) as Call, 'BatchMismatch', recorder.key);
  }
  await company.send(call, { time, from: recorder.key });
  twin.reverse(
    batch,
    chunks.flatMap((chunk) => decodeReversals(chunk.reversals)),
    time,
  );
}

function drawReversal(company: Subject, batch: TwinBatch): ReversalRecord | undefined {
  const { random, twin } = company;
  const index = random.between(0, batch.records.length - 1);
  const left = twin.leftOf(batch, index);
  if (left.priceCents === 0n) return undefined;
  const priceCents = random.pick([left.priceCents, company.draw(edgyBigInt(1n, left.priceCents))]);
  // The volume that stays may not be above the price that stays.
  const least = left.volumeCents - (left.priceCents - priceCents);
  const volumeCents = company.draw(edgyBigInt(least > 0n ? least : 0n, left.volumeCents));
  return { index, priceCents, volumeCents };
}

/** Settles a batch, in whole or in part; a batch that was recorded after a change waits for it. */
export async function settle(company: Subject, chosen?: TwinBatch, end?: bigint): Promise<void> {
  const { random, twin, terms } = company;
  if (twin.open.length === 0) return;
  const batch = chosen ?? random.pick(twin.open);
  const { batch: number, plan, recordedAt, records, settled } = batch;
  const until = end ?? random.pick([MAX_UINT256, BigInt(random.between(settled + 1, records.length))]);
  const call: Call = ['settle', number, twin.presentRecords(batch), plan, recordedAt, until];
  const due = recordedAt + terms.returnWindow;
  if (company.now < due && random.chance(20)) await company.expectReason(call, 'ReturnWindowOpen');
  if (twin.isWaiting(recordedAt)) {
    await company.ledger.chain.pass(due);
    return company.expectReason(call, 'ChangesPending');
  }
  // Often at the first second that is allowed.
  const time = Math.max(due, company.now + 1) + random.pick([0, 0, random.between(1, 100)]);
  await company.send(call, { time });
  twin.settle(batch, Number(until));
}

/** The company refunds a settled sale at its own cost; a sale that is not settled is reversed instead. */
export async function refundLate(company: Subject): Promise<void> {
  const { random, twin } = company;
  if (twin.batches.length === 0) return;
  const batch = random.pick(twin.batches);
  const index = random.between(0, batch.records.length - 1);
  const { key } = twin.recorder(recorderOfBatch(batch.batch));
  const [priceCents, evidence] = [company.draw(edgyBigInt(1n, 2n ** 32n - 1n)), random.hex(32)];
  const call: Call = ['refundLate', saleNumber({ batch: batch.batch, index }), priceCents, evidence];
  if (index >= batch.settled) return company.expectReason(call, 'SaleNotSettled', key);
  await company.send(call, { from: key });
  twin.refundLate(batch, index, priceCents, evidence);
}
