import {
  amountOf,
  BUYER_CLASSES,
  countedVolume,
  type Entry,
  GENESIS_HEAD,
  payCommission,
  Settler,
} from '@plumbline/protocol';
import { expect } from 'chai';
import { zeroAddress } from 'viem';
import type { Call } from '../support/company/calls.ts';
import { ENTRY_KINDS, edgyBigInt } from '../support/protocol/arbitraries.ts';
import { RandomCompany } from '../support/protocol/company.ts';
import { Chain, type Ledger } from '../support/protocol/ledger.ts';
import { expectAsViemReads, expectSameEntries, type JournalProgress } from '../support/protocol/logs.ts';
import type { Twin } from '../support/protocol/twin.ts';
import { CHANGE_KINDS } from '../support/protocol/twin-changes.ts';
import { Random } from '../support/random.ts';

/**
 * The contract on a real chain against a twin made of nothing but protocol's functions: random companies do random
 * things, and after every round everything that can be seen of the two is the same.
 *
 *   PLUMBLINE_FUZZ_ROUNDS   rounds in all, instead of 600
 *   PLUMBLINE_FUZZ_SEED     seed of the first company, instead of 1; a failure names its own
 */
const rounds = Number(process.env.PLUMBLINE_FUZZ_ROUNDS ?? 600);
const firstSeed = Number(process.env.PLUMBLINE_FUZZ_SEED ?? 1);
const ROUNDS_PER_COMPANY = 15;

/** The kinds of entries that have come up. */
const kinds = new Set<Entry['kind']>();
const refusals = new Set<string>();
let lapsed = 0;

describe('protocol against the contract', () => {
  let chain: Chain;

  before(async () => {
    chain = await Chain.start();
  });

  after(() => chain?.stop());

  for (let company = 0; company * ROUNDS_PER_COMPANY < rounds; company++) {
    const seed = firstSeed + company;
    const left = Math.min(ROUNDS_PER_COMPANY, rounds - company * ROUNDS_PER_COMPANY);
    const form = seed % 2 === 1 ? 'readable' : 'compact';
    it(`agree for ${left} rounds of a ${form} ledger (seed ${seed})`, async function () {
      this.timeout(120_000);
      let what = `PLUMBLINE_FUZZ_SEED=${seed} PLUMBLINE_FUZZ_ROUNDS=${left}`;
      try {
        const subject = await RandomCompany.open(chain, new Random(seed), { compact: form === 'compact' });
        what += `: ${subject.describe()}`;
        const progress: JournalProgress = { head: GENESIS_HEAD, count: 0, settler: new Settler() };
        for (let round = 0; round < left; round++) {
          await subject.act();
          what = what.replace(/(, round \d+)?$/, `, round ${round}`);
          await expectSameState(subject);
          await expectSamePowers(subject);
          expectSameJournal(subject, progress);
          await expectSameExplanations(subject);
        }
        for (const entry of subject.twin.entries) {
          kinds.add(entry.kind);
          if (entry.kind === 'changeApplied' && entry.lapsed) lapsed += 1;
        }
        for (const reason of subject.refusals) refusals.add(reason);
      } catch (error) {
        if (error instanceof Error) error.message = `${what}: ${error.message}`;
        throw error;
      }
    });
  }

  // One company alone, which a seed repeats, need not come by everything.
  if (rounds >= 600) {
    it('have come by every kind of entry that the company can make', () => {
      expect([...kinds]).to.have.members(ENTRY_KINDS);
    });

    it('have come by changes that lapsed, and by each reason to refuse a call out of turn', () => {
      expect(lapsed).to.be.greaterThan(0);
      expect([...refusals]).to.include.members([
        'ActNotAnnounced',
        'ActPending',
        'ActTooEarly',
        'ActVoid',
        'AlreadyAnswered',
        'AlreadyLeaving',
        'BatchesOpen',
        'BatchMismatch',
        'CapExceeded',
        'ChangeEffective',
        'ChangeMismatch',
        'ChangesPending',
        'ChangeTooEarly',
        'CountExceeded',
        'FlagNotOpen',
        'FloatTooLow',
        'NotAnnouncer',
        'NotBatchRecorder',
        'NotFlagged',
        'NotGuardian',
        'NothingReceived',
        'NothingToApply',
        'NotNextChange',
        'NotStandby',
        'PlanNotPending',
        'ReturnWindowOpen',
        'SaleNotSettled',
        'SuccessorKnown',
        'UnexpectedPlan',
        'UnexpectedSequence',
        'UnknownRecorder',
      ]);
    });
  }
});

async function expectSameState({ ledger, twin, random, now }: RandomCompany): Promise<void> {
  const ids = [...twin.distributors.keys()];
  const [head, entryCount, solvency, counts, currentPlan, isPaused, successor, words, ...rest] =
    await ledger.views(
      ['head'],
      ['entryCount'],
      ['solvency'],
      ['counts'],
      ['currentPlan'],
      ['isPaused'],
      ['successor'],
      ['fragmentsOf', 1, twin.fragments],
      ...twin.batches.map(({ batch }): Call => ['batchOf', batch]),
      ...twin.flags.map((_, i): Call => ['flagOf', i + 1]),
      ...ids.map((id): Call => ['accountOf', id]),
    );
  const held = twin.float + twin.reserved + twin.owed;
  expect(solvency, 'solvency').to.deep.equal([held, twin.float, twin.reserved, twin.owed]);
  expect(rest.splice(0, twin.batches.length), 'batchOf').to.deep.equal(
    twin.batches.map(({ settled, records }) =>
      settled < records.length ? [true, BigInt(settled)] : [false, 0n],
    ),
  );
  expect(rest.splice(0, twin.flags.length), 'flagOf').to.deep.equal(
    twin.flags.map(({ outcome, reviewBy }) => [
      BigInt(outcome),
      BigInt(reviewBy),
      outcome === 0 && now < reviewBy,
    ]),
  );
  expect(rest, 'accountOf').to.deep.equal(
    [...twin.distributors.values()].map(({ sponsor, owed, rank, status }) => [
      BigInt(sponsor),
      owed,
      BigInt(rank),
      BigInt(status),
    ]),
  );
  expect(words, 'fragmentsOf').to.deep.equal(twin.words());
  const counted = [twin.fragments, twin.plans.length, twin.recorders.length].map(BigInt);
  expect(counts, 'counts').to.deep.equal(counted);
  expect(currentPlan, 'currentPlan').to.equal(BigInt(twin.planAt(now)));
  expect(isPaused, 'isPaused').to.equal(twin.paused);
  expect((successor as string).toLowerCase(), 'successor').to.equal(twin.successor);
  expect(entryCount, 'entryCount').to.equal(BigInt(twin.entries.length));
  expect(head, 'head').to.equal(twin.head);
  for (let i = 0; i < 3; i++) await expectSameDistributor(ledger, twin, random.pick(ids));
}

/** Recorders with what is left to them, changes, announced calls and plans. */
async function expectSamePowers({ ledger, twin, now }: RandomCompany): Promise<void> {
  const { recorders, acts, plans } = twin;
  const changes = twin.changes.slice(-6);
  const [queue, ...rest] = await ledger.views(
    ['changes'],
    ...recorders.map(({ key }): Call => ['recorderOf', key]),
    ...recorders.map(({ number }): Call => ['recorderKey', number]),
    ...changes.map(({ number }): Call => ['changeOf', number]),
    ...[...acts.keys()].map((act): Call => ['actOf', act]),
    ...plans.map((_, i): Call => ['isPlanCancelled', i + 1]),
  );
  const startsAt = twin.pending?.effectiveAt ?? 0;
  expect(queue, 'changes').to.deep.equal(
    [twin.nextChange, twin.changes.length, startsAt, twin.openBefore.length, twin.era].map(BigInt),
  );
  expect(rest.splice(0, recorders.length), 'recorderOf').to.deep.equal(
    recorders.map(({ number, sequence, cap, countCap, allowances }) => ({
      number: BigInt(number),
      sequence: BigInt(sequence),
      cap,
      countCap: BigInt(countCap),
      left: allowances.left('units', now),
      countLeft: allowances.left('count', now),
      returnsLeft: allowances.left('returns', now),
    })),
  );
  const keys = rest.splice(0, recorders.length) as string[][];
  expect(
    keys.map((pair) => pair.map((each) => each.toLowerCase())),
    'recorderKey',
  ).to.deep.equal(recorders.map(({ key, standby }) => [key, standby]));
  expect(rest.splice(0, changes.length), 'changeOf').to.deep.equal(
    changes.map(({ number, content, size, done, isCancelled }) => [
      BigInt(CHANGE_KINDS[content.kind]),
      BigInt(size),
      BigInt(done),
      isCancelled,
      number < twin.nextChange,
    ]),
  );
  expect(rest.splice(0, acts.size), 'actOf').to.deep.equal([...acts.values()].map(BigInt));
  expect(rest, 'isPlanCancelled').to.deep.equal(plans.map(({ isCancelled }) => isCancelled));
}

async function expectSameDistributor(ledger: Ledger, twin: Twin, id: number): Promise<void> {
  const { wallet, enrolledAt, heldUntil, nonce, movedTo } = twin.distributor(id);
  const found = await ledger.views(
    ['movedTo', id],
    ['unclaimedSince', id],
    ['walletOf', wallet],
    ['idOf', wallet],
    ['recoveryOf', wallet],
  );
  const hasWallet = wallet !== zeroAddress;
  const word = hasWallet ? [id, enrolledAt, heldUntil, nonce].map(BigInt) : [0n, 0n, 0n, 0n];
  const recovery = twin.recoveries.get(wallet);
  const [newWallet, executableFrom] = found.pop() as [string, bigint];
  expect(found, `movedTo, unclaimedSince, walletOf and idOf of ${id}`).to.deep.equal([
    BigInt(movedTo),
    BigInt(hasWallet ? 0 : enrolledAt),
    word,
    word[0],
  ]);
  expect([newWallet.toLowerCase(), executableFrom], `recoveryOf ${id}`).to.deep.equal([
    recovery?.to ?? zeroAddress,
    BigInt(recovery?.executableFrom ?? 0),
  ]);
}

/** The new logs say what the twin entered, fold to its head, and are what viem reads in them. */
function expectSameJournal({ logs, twin, terms }: RandomCompany, progress: JournalProgress): void {
  const fresh = logs.splice(0);
  const entries = expectSameEntries(fresh, twin.entries, progress);
  expect(progress.head, 'folded head').to.equal(twin.head);
  expectAsViemReads(fresh, entries, terms.compact);
}

async function expectSameExplanations(company: RandomCompany): Promise<void> {
  const { ledger, twin, random } = company;
  const plan = twin.planOf(twin.planAt(ledger.chain.now));
  const questions = Array.from({ length: 6 }, () => ({
    seller: random.pick([...twin.distributors.keys()]),
    buyerClass: random.pick(BUYER_CLASSES),
    volumeCents: company.draw(edgyBigInt(0n, 2n ** 32n - 1n)),
  }));
  const answers = await ledger.views(
    ...questions.map(({ seller, buyerClass, volumeCents }): [string, ...unknown[]] => [
      'explain',
      seller,
      BUYER_CLASSES.indexOf(buyerClass),
      volumeCents,
    ]),
  );
  const lines = questions.map(({ seller, buyerClass, volumeCents }) =>
    payCommission(twin.tree, plan, seller, countedVolume(plan, buyerClass, volumeCents)),
  );
  const expected = lines.map((line) => [
    line.credits.map(({ id }) => BigInt(id)),
    line.credits.map((credit) => amountOf(line, credit)),
  ]);
  expect(answers, 'explain').to.deep.equal(expected);
}
