import { commissionLedgerAbi, encodeDistributors } from '@plumbline/protocol';
import { listWaitingEnrolments, refuseEnrolment } from '@plumbline/store';
import { encodeFunctionData } from 'viem';
import { CAP_REFUSALS, judgeCap } from './caps.ts';
import type { Context } from './context.ts';
import { type PlacedEnrolment, placeDistributors } from './place.ts';
import { type ItemKind, isDue, sendItems } from './send-items.ts';

/** Sends the next enrolments. True if something was done. */
export async function enrol(context: Context): Promise<boolean> {
  const { chain, database, settings } = context;
  const waiting = await listWaitingEnrolments(database, chain.ledger, settings.enrolSize);
  if (waiting.length === 0) context.wait('enrol', null);
  const orphan = waiting.find(({ sponsorState }) => sponsorState === 'refused');
  if (orphan) {
    await refuse(context, orphan.reference, `the sponsor ${orphan.sponsorReference} was refused`);
    return true;
  }
  if (!isDue(settings, settings.enrolSize, waiting.length, waiting[0]?.ageMs ?? 0)) return false;
  const { placed, orphan: left } = await placeDistributors(chain, waiting);
  if (left) {
    await refuse(context, left.reference, `the sponsor ${left.sponsorReference} has left the programme`);
    return true;
  }
  const { done, waitsFor = null } = await sendItems(context, enrolments(context), placed);
  context.wait('enrol', waitsFor);
  return done;
}

function enrolments(context: Context): ItemKind<PlacedEnrolment> {
  return {
    noun: 'enrolment',
    encode: (items) => ({
      payload: { kind: 'enrol', distributors: items.map(({ reference, id }) => ({ reference, id })) },
      data: encodeFunctionData({
        abi: commissionLedgerAbi,
        functionName: 'enrol',
        args: [encodeDistributors(items)],
      }),
    }),
    fewerMayPass: CAP_REFUSALS,
    judge: (refusal) => judgeCap(context, refusal),
    async refuse(items, reason) {
      for (const { reference } of items) await refuse(context, reference, reason);
    },
  };
}

async function refuse({ chain, log, write }: Context, reference: string, reason: string): Promise<void> {
  await write((transaction) => refuseEnrolment(transaction, chain.ledger, reference, reason));
  log.warn({ reference, reason }, 'distributor refused');
}
