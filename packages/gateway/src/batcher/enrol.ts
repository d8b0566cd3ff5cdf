import { commissionLedgerAbi, type DistributorRecord, encodeDistributors } from '@plumbline/protocol';
import { listWaitingEnrolments, refuseEnrolment, type WaitingEnrolment, withLease } from '@plumbline/store';
import { encodeFunctionData, type Hex } from 'viem';
import { conditionOf } from '../chain/refusal.ts';
import { type Context, FULL_GAS } from './context.ts';
import { findBadItem } from './isolate.ts';
import { placeDistributors } from './place.ts';
import { submit } from './send.ts';

/** Sends the next enrolments. True if something was done. */
export async function enrol(context: Context): Promise<boolean> {
  const { chain, database, settings } = context;
  const waiting = await listWaitingEnrolments(database, chain.ledger, settings.enrolSize);
  if (waiting.length === 0) {
    context.wait('enrol', null);
    return false;
  }
  const orphan = waiting.find(({ sponsorState }) => sponsorState === 'refused');
  if (orphan) {
    await refuse(context, orphan.reference, `the sponsor ${orphan.sponsorReference} was refused`);
    return true;
  }
  const oldest = waiting[0]?.ageMs ?? 0;
  if (waiting.length < settings.enrolSize && oldest < settings.batchAgeMs) return false;
  return send(context, waiting);
}

async function send(context: Context, waiting: readonly WaitingEnrolment[]): Promise<boolean> {
  const { chain, account } = context;
  const { distributors, orphan } = await placeDistributors(chain, waiting);
  if (orphan) {
    await refuse(context, orphan.reference, `the sponsor ${orphan.sponsorReference} has left the programme`);
    return true;
  }
  const simulate = (n: number) => chain.simulate(account.address, enrolData(distributors.slice(0, n)));
  const outcome = await simulate(distributors.length);
  if ('gas' in outcome && outcome.gas <= FULL_GAS) {
    context.wait('enrol', null);
    const payload = distributors.map(({ id }, i) => ({ reference: waiting[i]?.reference ?? '', id }));
    return submit(context, { kind: 'enrol', distributors: payload }, enrolData(distributors), outcome.gas);
  }
  if ('gas' in outcome || outcome.refusal.name === 'OutOfGas') {
    return send(context, waiting.slice(0, Math.ceil(waiting.length / 2)));
  }
  const condition = conditionOf(outcome.refusal);
  context.wait('enrol', condition ?? null);
  if (condition) return false;
  const bad = await findBadItem(distributors.length, async (n) => 'gas' in (await simulate(n)));
  const alone = await simulate(bad + 1);
  if ('gas' in alone) return true;
  await refuse(
    context,
    waiting[bad]?.reference ?? '',
    `the ledger refuses the enrolment: ${alone.refusal.text}`,
  );
  return true;
}

function enrolData(distributors: readonly DistributorRecord[]): Hex {
  return encodeFunctionData({
    abi: commissionLedgerAbi,
    functionName: 'enrol',
    args: [encodeDistributors(distributors)],
  });
}

async function refuse(context: Context, reference: string, reason: string): Promise<void> {
  const { chain, database, log } = context;
  await withLease(database, await context.lease(), (transaction) =>
    refuseEnrolment(transaction, chain.ledger, reference, reason),
  );
  log.warn({ reference, reason }, 'distributor refused');
}
