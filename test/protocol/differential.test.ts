import {
  amountOf,
  BUYER_CLASSES,
  countedVolume,
  decodeEntries,
  type Entry,
  foldEntries,
  GENESIS_HEAD,
  payCommission,
} from '@plumbline/protocol';
import { expect } from 'chai';
import { type Hex, zeroAddress } from 'viem';
import type { Call } from '../support/company/calls.ts';
import { ENTRY_KINDS, edgyBigInt } from '../support/protocol/arbitraries.ts';
import { RandomCompany } from '../support/protocol/company.ts';
import { Chain, type Ledger } from '../support/protocol/ledger.ts';
import { expectAsViemReads } from '../support/protocol/logs.ts';
import type { Twin } from '../support/protocol/twin.ts';
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
        const progress: Progress = { head: GENESIS_HEAD, count: 0 };
        for (let round = 0; round < left; round++) {
          await subject.act();
          what = what.replace(/(, round \d+)?$/, `, round ${round}`);
          await expectSameState(subject);
          expectSameJournal(subject, progress);
          await expectSameExplanations(subject);
        }
        for (const { kind } of subject.twin.entries) kinds.add(kind);
      } catch (error) {
        if (error instanceof Error) error.message = `${what}: ${error.message}`;
        throw error;
      }
    });
  }

  // One company alone, which a seed repeats, need not come by everything.
  if (rounds >= 600) {
    it('have come by every kind of entry that the company can make', () => {
      const offered = ['adminTransferSet'];
      expect([...kinds, ...offered]).to.have.members(ENTRY_KINDS);
    });
  }
});

/** How far the logs have been folded. */
interface Progress {
  head: Hex;
  count: number;
}

async function expectSameState({ ledger, twin, random }: RandomCompany): Promise<void> {
  const ids = [...twin.distributors.keys()];
  const [head, entryCount, solvency, counts, currentPlan, isPaused, words, ...rest] = await ledger.views(
    ['head'],
    ['entryCount'],
    ['solvency'],
    ['counts'],
    ['currentPlan'],
    ['isPaused'],
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
  expect(rest.splice(0, twin.flags.length), 'flagOf').to.deep.equal(twin.flags.map(BigInt));
  expect(rest, 'accountOf').to.deep.equal(
    [...twin.distributors.values()].map(({ sponsor, owed, rank, status }) => [
      BigInt(sponsor),
      owed,
      BigInt(rank),
      BigInt(status),
    ]),
  );
  expect(words, 'fragmentsOf').to.deep.equal(twin.words());
  const counted = [twin.batches.length, twin.fragments, twin.plans.length].map(BigInt);
  expect(counts, 'counts').to.deep.equal(counted);
  expect(currentPlan, 'currentPlan').to.equal(BigInt(twin.planAt(ledger.chain.now)));
  expect(isPaused, 'isPaused').to.equal(twin.paused);
  expect(entryCount, 'entryCount').to.equal(BigInt(twin.entries.length));
  expect(head, 'head').to.equal(twin.head);
  for (let i = 0; i < 3; i++) await expectSameDistributor(ledger, twin, random.pick(ids));
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
function expectSameJournal({ logs, twin, terms }: RandomCompany, progress: Progress): void {
  const fresh = logs.splice(0);
  const entries = decodeEntries(fresh);
  expect(
    entries.map(({ entry }) => entry),
    'entries',
  ).to.deep.equal(twin.entries.slice(progress.count));
  progress.head = foldEntries(progress.head, progress.count, entries);
  progress.count += entries.length;
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
