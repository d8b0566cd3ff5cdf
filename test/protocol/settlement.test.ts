import { countedVolume, GENESIS_HEAD, Settler, type Tree } from '@plumbline/protocol';
import { expect } from 'chai';
import { RandomCompany } from '../support/protocol/company.ts';
import { fastSteps } from '../support/protocol/fast-steps.ts';
import { Chain } from '../support/protocol/ledger.ts';
import { expectSameEntries, type JournalProgress } from '../support/protocol/logs.ts';
import type { TwinBatch } from '../support/protocol/twin.ts';
import { Random } from '../support/random.ts';

/**
 * Settlement alone, many times: random trees, each batch by a random plan of its own, after random changes of ranks,
 * activity and tree, with random reversals. The contract on a real chain and the twin agree to the unit and to the hash.
 *
 *   PLUMBLINE_FUZZ_CASES   batches in all, instead of 600; 10000 take six minutes on an idle machine. Says what they came by
 *   PLUMBLINE_FUZZ_SEED    seed of the first ledger, instead of 1; a failure names its own
 */
const cases = Number(process.env.PLUMBLINE_FUZZ_CASES ?? 600);
const firstSeed = Number(process.env.PLUMBLINE_FUZZ_SEED ?? 1);
const CASES_PER_LEDGER = 50;
const DAY = 86_400;
/** The node hashes all of its state with every block, so a long run takes a new one now and then. */
const LEDGERS_PER_CHAIN = 5;
const ledgers = Math.ceil(cases / CASES_PER_LEDGER);

/** What has come up, by a name for it. */
const seen = new Map<string, number>();

function count(what: string, times = 1): void {
  seen.set(what, (seen.get(what) ?? 0) + times);
}

describe('settlement by protocol and by the contract', () => {
  let chain: Chain | undefined;

  after(() => {
    if (process.env.PLUMBLINE_FUZZ_CASES) console.table(Object.fromEntries([...seen].sort()));
    return chain?.stop();
  });

  for (let ledger = 0; ledger < ledgers; ledger++) {
    const seed = firstSeed + ledger;
    const left = Math.min(CASES_PER_LEDGER, cases - ledger * CASES_PER_LEDGER);
    const form = seed % 2 === 1 ? 'readable' : 'compact';
    it(`agree for ${left} batches of a ${form} ledger (seed ${seed})`, async function () {
      this.timeout(120_000);
      let what = `PLUMBLINE_FUZZ_SEED=${seed} PLUMBLINE_FUZZ_CASES=${left}`;
      try {
        const fixed = { compact: form === 'compact', returnWindow: 300, planNotice: DAY, delay: DAY };
        if (ledger % LEDGERS_PER_CHAIN === 0) {
          await chain?.stop();
          chain = undefined;
        }
        chain ??= await Chain.start();
        const company = await RandomCompany.open(chain, new Random(seed), fixed);
        what += `: ${company.describe()}`;
        await company.grow();
        const progress = { head: GENESIS_HEAD, count: 0, settler: new Settler() };
        for (let each = 0; each < left; each++) {
          what = what.replace(/(, batch \d+)?$/, `, batch ${each}`);
          countBatch(company, await company.settleBatch());
          await expectSame(company, progress);
        }
      } catch (error) {
        if (error instanceof Error) error.message = `${what}: ${error.message}`;
        throw error;
      }
    });
  }

  // A few ledgers, which a seed repeats, need not come by everything.
  if (cases >= 600) {
    it('has come by every kind of plan and compression, and by every lane of the short cut', () => {
      const kinds = [0, 1, 2].flatMap((kind) =>
        (kind === 1 ? [0, 1] : [0, 1, 2]).map((each) => `${kind} ${each}`),
      );
      expect([...seen.keys()]).to.include.members([
        ...kinds.map((each) => `kind and compression ${each}`),
        ...[0, 1, 2, 3].map((lane) => `fast from lane ${lane}`),
        'rows by rank',
        'reversed',
        'moved seller',
        'inactive seller',
        'empty lane',
        'paid at the end of the reach',
      ]);
      expect(seen.get('batches')).to.equal(cases);
    });
  }
});

async function expectSame({ ledger, twin, logs }: RandomCompany, progress: JournalProgress): Promise<void> {
  const [words, solvency, head] = await ledger.views(
    ['fragmentsOf', 1, twin.fragments],
    ['solvency'],
    ['head'],
  );
  expect(words, 'fragmentsOf').to.deep.equal(twin.words());
  const held = twin.float + twin.reserved + twin.owed;
  expect(solvency, 'solvency').to.deep.equal([held, twin.float, twin.reserved, twin.owed]);
  expectSameEntries(logs.splice(0), twin.entries, progress);
  expect(head, 'head').to.equal(twin.head);
  expect(progress.head, 'folded head').to.equal(twin.head);
}

/** The ids that a walk looks at above a seller: of a distributor who has moved, both. */
function idsAbove(tree: Tree, seller: number): number[] {
  const ids: number[] = [];
  const moved = tree.movedTo(seller);
  if (moved !== 0) ids.push(moved);
  for (let id = tree.sponsorOf(moved || seller); id !== 0; ) {
    ids.push(id);
    id = tree.movedTo(id) || tree.sponsorOf(id);
  }
  return ids;
}

/** Notes what a batch came by; the tree is still as it was settled with. */
function countBatch({ twin }: RandomCompany, batch: TwinBatch): void {
  const plan = twin.planOf(batch.plan);
  count('batches');
  count(`kind and compression ${plan.kind} ${plan.compression}`);
  if (plan.ratesBps.length > 1) count('rows by rank');
  if (batch.reversals.length > 0) count('reversed');
  const isPlain = plan.kind === 0 && plan.compression === 0 && plan.ratesBps.length === 1;
  batch.records.forEach(({ seller }, index) => {
    const left = twin.leftOf(batch, index);
    if (countedVolume(plan, left.class, left.volumeCents) === 0n) return;
    count('sales');
    const distributor = twin.distributors.get(seller);
    if (!distributor) count('empty lane');
    else if (distributor.movedTo !== 0) count('moved seller');
    else if (distributor.status !== 1) count('inactive seller');
    if (!distributor) return;
    const last = idsAbove(twin.tree, seller)[plan.reach - 1];
    if (last !== undefined) count('deeper than the reach');
    const line = twin.lineOf(batch, index);
    if (line.credits.some(({ id }) => id === last)) count('paid at the end of the reach');
    if (!isPlain) return;
    for (const lane of fastSteps(twin.tree, plan, seller)) count(`fast from lane ${lane}`);
  });
}
