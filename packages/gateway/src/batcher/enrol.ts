import { commissionLedgerAbi, encodePeople, type PersonRecord } from '@plumbline/protocol';
import {
  listWaitingDistributors,
  refuseDistributor,
  type WaitingDistributor,
  withLease,
} from '@plumbline/store';
import { encodeFunctionData, type Hex } from 'viem';
import { conditionOf } from '../refusal.ts';
import { type Context, FULL_GAS } from './context.ts';
import { findBadItem } from './isolate.ts';
import { placePeople } from './place.ts';
import { submit } from './send.ts';

/** Sends the next enrolments. True if something was done. */
export async function enrol(context: Context): Promise<boolean> {
  const { chain, database, settings } = context;
  const waiting = await listWaitingDistributors(database, chain.ledger, settings.enrolSize);
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

async function send(context: Context, waiting: readonly WaitingDistributor[]): Promise<boolean> {
  const { chain, account } = context;
  const { people, orphan } = await placePeople(chain, waiting);
  if (orphan) {
    await refuse(context, orphan.reference, `the sponsor ${orphan.sponsorReference} has left the programme`);
    return true;
  }
  const simulate = (n: number) => chain.simulate(account.address, enrolData(people.slice(0, n)));
  const outcome = await simulate(people.length);
  if ('gas' in outcome && outcome.gas <= FULL_GAS) {
    context.wait('enrol', null);
    const payload = people.map(({ id }, i) => ({ reference: waiting[i]?.reference ?? '', id }));
    return submit(context, { kind: 'enrol', people: payload }, enrolData(people), outcome.gas);
  }
  if ('gas' in outcome || outcome.refusal.name === 'OutOfGas') {
    return send(context, waiting.slice(0, Math.ceil(waiting.length / 2)));
  }
  const condition = conditionOf(outcome.refusal);
  context.wait('enrol', condition ?? null);
  if (condition) return false;
  const bad = await findBadItem(people.length, async (n) => 'gas' in (await simulate(n)));
  const alone = await simulate(bad + 1);
  if ('gas' in alone) return true;
  await refuse(
    context,
    waiting[bad]?.reference ?? '',
    `the ledger refuses the enrolment: ${alone.refusal.text}`,
  );
  return true;
}

function enrolData(people: readonly PersonRecord[]): Hex {
  return encodeFunctionData({
    abi: commissionLedgerAbi,
    functionName: 'enrol',
    args: [encodePeople(people)],
  });
}

async function refuse(context: Context, reference: string, reason: string): Promise<void> {
  const { chain, database, log } = context;
  await withLease(database, await context.lease(), (transaction) =>
    refuseDistributor(transaction, chain.ledger, reference, reason),
  );
  log.warn({ reference, reason }, 'distributor refused');
}
