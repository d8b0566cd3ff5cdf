import {
  accountIn,
  commissionLedgerAbi,
  encodePeople,
  fragmentOf,
  LANES,
  laneOf,
  nextId,
  type PersonRecord,
  STATUS_NONE,
} from '@plumbline/protocol';
import {
  listWaitingDistributors,
  refuseDistributor,
  type WaitingDistributor,
  withLease,
} from '@plumbline/store';
import { encodeFunctionData, type Hex, zeroAddress } from 'viem';
import type { Chain } from '../chain.ts';
import { conditionOf } from '../refusal.ts';
import { type Context, FULL_GAS } from './context.ts';
import { findBadItem } from './isolate.ts';
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
  const people = await placePeople(chain, waiting);
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

/** Gives ids to recruits, each in the sponsor's fragment while there is room; asks the chain what is taken. */
async function placePeople(chain: Chain, waiting: readonly WaitingDistributor[]): Promise<PersonRecord[]> {
  let { fragments } = await chain.counts();
  const sponsors = waiting.flatMap(({ sponsorId }) => (sponsorId === null ? [] : [sponsorId]));
  const occupancy = await readOccupancy(chain, sponsors);
  const ids = new Map<string, number>();
  return waiting.map(({ reference, sponsorReference, sponsorId, wallet }) => {
    const sponsor = sponsorReference === null ? 0 : (sponsorId ?? ids.get(sponsorReference) ?? 0);
    if (sponsorReference !== null && sponsor === 0) {
      throw new Error(`${reference} waits for an id, but the sponsor ${sponsorReference} has none before`);
    }
    const id = nextId(sponsor, occupancy.get(fragmentOf(sponsor)) ?? 0, fragments);
    if (laneOf(id) === 0) fragments++;
    occupancy.set(fragmentOf(id), laneOf(id) + 1);
    ids.set(reference, id);
    return { id, sponsor, wallet: (wallet ?? zeroAddress) as Hex };
  });
}

/** Fragments further apart than this are asked for on their own. */
const GAP = 64;

/** Lanes taken of the fragments that hold `ids`. */
async function readOccupancy(chain: Chain, ids: readonly number[]): Promise<Map<number, number>> {
  const wanted = [...new Set(ids.map(fragmentOf))].sort((a, b) => a - b);
  const runs: { from: number; to: number }[] = [];
  for (const fragment of wanted) {
    const last = runs.at(-1);
    if (last && fragment - last.to <= GAP) last.to = fragment;
    else runs.push({ from: fragment, to: fragment });
  }
  const words = await Promise.all(runs.map(({ from, to }) => chain.fragments(from, to - from + 1)));
  const occupancy = new Map<number, number>();
  runs.forEach(({ from }, run) => {
    words[run]?.forEach((word, i) => {
      let taken = 0;
      while (taken < LANES && accountIn(word, from + i, taken).status !== STATUS_NONE) taken++;
      occupancy.set(from + i, taken);
    });
  });
  return occupancy;
}
