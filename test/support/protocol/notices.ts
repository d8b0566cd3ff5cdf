import { saleNumber } from '@plumbline/protocol';
import { zeroAddress } from 'viem';
import type { Subject } from './subject.ts';

/** What a random company flags, publishes and names. */

const MAX_REVIEW = 90 * 86_400;

async function raiseFlag(company: Subject): Promise<void> {
  const { random, twin } = company;
  const onSale = twin.batches.length > 0 && random.chance(40);
  const subject = onSale
    ? saleNumber({ batch: random.pick(twin.batches).batch, index: random.between(0, 65_535) })
    : random.pick([...twin.distributors.keys()]);
  const time = company.now + 1;
  const reviewBy = random.pick([time + 1, time + MAX_REVIEW, random.between(time + 1, time + MAX_REVIEW)]);
  const [kind, severity, evidence] = [random.between(0, 255), random.between(1, 3), random.hex(32)];
  const subjectKind = Number(onSale);
  await company.send(['raiseFlag', subjectKind, subject, kind, severity, evidence, reviewBy], { time });
  twin.raiseFlag({ subjectKind, subject, reviewBy }, kind, severity, evidence);
}

/** Numbers of the flags that are neither closed nor past their date. */
function openFlags({ twin, now }: Subject): number[] {
  return twin.flags.flatMap(({ outcome, reviewBy }, i) =>
    outcome === 0 && now + 1 < reviewBy ? [i + 1] : [],
  );
}

async function closeFlag(company: Subject): Promise<void> {
  const { random, twin } = company;
  const [outcome, evidence] = [random.between(1, 3), random.hex(32)];
  const expired = twin.flags.findIndex(({ reviewBy }) => reviewBy <= company.now) + 1;
  if (expired > 0) await company.expectReason(['closeFlag', expired, outcome, evidence], 'FlagNotOpen');
  const open = openFlags(company);
  if (open.length === 0) return;
  const flag = random.pick(open);
  await company.send(['closeFlag', flag, outcome, evidence]);
  twin.closeFlag(flag, outcome, evidence);
}

/** A distributor answers a flag on them, once. */
async function answerFlag(company: Subject): Promise<void> {
  const { random, twin } = company;
  for (const flag of openFlags(company)) {
    const { subjectKind, subject, isAnswered } = twin.flag(flag);
    const answer = random.hex(32);
    if (subjectKind === 1) continue;
    const id = twin.presentId(subject);
    const { wallet } = twin.distributor(id);
    if (wallet === zeroAddress) continue;
    if (isAnswered) continue;
    await company.expectReason(['answerFlag', flag, answer], 'NotFlagged');
    await company.send(['answerFlag', flag, answer], { from: wallet });
    twin.answerFlag(flag, id, answer);
    return company.expectReason(['answerFlag', flag, answer], 'AlreadyAnswered', wallet);
  }
}

async function publishDisclosure(company: Subject): Promise<void> {
  const { random, twin } = company;
  const [period, root, hash] = [random.pick([2026, 202_611, 2 ** 32 - 1]), random.hex(32), random.hex(32)];
  await company.send(['publishDisclosure', period, root, hash]);
  twin.enter({ kind: 'disclosurePublished', period, root, hash });
}

/** Names the ledger in which the programme goes on, once and for all. */
async function setSuccessor(company: Subject): Promise<void> {
  const { random, twin } = company;
  const successor = random.hex(20);
  if (twin.successor !== zeroAddress) {
    return company.expectReason(['setSuccessor', successor], 'SuccessorKnown');
  }
  await company.send(['setSuccessor', successor]);
  twin.setSuccessor(successor);
}

/** All of them; how often one is listed is how often it is done. */
export const NOTICES = [
  raiseFlag,
  raiseFlag,
  answerFlag,
  answerFlag,
  closeFlag,
  publishDisclosure,
  setSuccessor,
];
