import { expect } from 'chai';
import { DAY, loadFixture, time } from '../../support/contracts/chain.ts';
import { applyLeaving, applyStanding } from '../../support/contracts/changes.ts';
import { type Company, ID, openCompany } from '../../support/contracts/company.ts';
import { foldJournal } from '../../support/contracts/journal.ts';
import {
  byDifference,
  byGeneration,
  COMPRESSION,
  type PlanTerms,
  planOf,
} from '../../support/contracts/plan.ts';
import { INACTIVE, type Standing } from '../../support/contracts/records.ts';
import { cases, VOLUME } from '../../support/contracts/sales-by-rank.ts';

async function readable() {
  return openCompany({ planNotice: DAY });
}
async function compact() {
  return openCompany({ planNotice: DAY, compact: true, decimals: 18 });
}
async function readableAtOnce() {
  return openCompany({ planNotice: DAY, returnWindow: 0, decimals: 18 });
}
async function compactAtOnce() {
  return openCompany({ planNotice: DAY, returnWindow: 0, compact: true });
}

const forms = [
  { form: 'a readable ledger', fixture: readable },
  { form: 'a compact ledger', fixture: compact },
  { form: 'a readable ledger without window', fixture: readableAtOnce },
  { form: 'a compact ledger without window', fixture: compactAtOnce },
];

const { A, B, C, D, E, F } = ID;

/** Sells for F and settles it. */
async function sell(company: Company, buyerClass: number): Promise<void> {
  const batch = await company.record([{ seller: F, volume: VOLUME, class: buyerClass }]);
  if (company.options.returnWindow === 0) return;
  await company.passWindow(batch);
  await company.settle(batch);
}

describe('LedgerSettlement', () => {
  for (const { form, fixture } of forms) {
    describe(`settling by rank, in ${form}`, () => {
      for (const { what, plan, standing, leavers, counted = VOLUME, class: buyerClass = 0, paid } of cases) {
        it(`pays ${what}`, async () => {
          const company = await loadFixture(fixture);
          const { asAdmin, ledger, distributors, options } = company;
          await asAdmin.announcePlan(plan);
          if (standing) await applyStanding(company, standing);
          for (const name of leavers ?? []) await applyLeaving(company, distributors.wallets[name]);
          await time.increase(DAY);
          const wanted = paid.map(([id, bps]) => ({ id: BigInt(id), bps: BigInt(bps) }));
          const units = (bps: number) => BigInt(counted) * BigInt(bps);

          const { payees, amounts } = await ledger.explain(F, buyerClass, VOLUME);
          expect(payees).to.deep.equal(wanted.map(({ id }) => id));
          expect(amounts).to.deep.equal(paid.map(([, bps]) => units(bps)));
          expect(await company.owed(A, B, C, D, E, F)).to.deep.equal(Array(6).fill(0n));

          await sell(company, buyerClass);
          const fold = await foldJournal(ledger);
          expect(fold.lines).to.deep.equal([
            { sale: 1n << 16n, seller: BigInt(F), volume: BigInt(counted), credits: wanted },
          ]);
          expect(fold.head).to.equal(await ledger.head());
          for (const id of [A, B, C, D, E, F]) {
            const bps = paid.find(([payee]) => payee === id)?.[1] ?? 0;
            expect(await company.owed(id), `distributor ${id}`).to.deep.equal([units(bps)]);
          }
          const owed = units(paid.reduce((sum, [, bps]) => sum + bps, 0));
          expect(await ledger.solvency()).to.deep.equal([options.float, options.float - owed, 0n, owed]);
        });
      }
    });
  }

  describe('the reach of a plan', () => {
    /** Every plan in which distributors can stand in the line without counting. */
    const plans: [name: string, plan: PlanTerms, top: Standing, bystanders: Omit<Standing, 'id'>][] = [
      ['roll-up', planOf([0, 100], { compression: COMPRESSION.rollUp }), { id: F }, { status: INACTIVE }],
      [
        'dynamic compression',
        planOf([], { ratesBps: [[0], [0, 100]], compression: COMPRESSION.dynamic }),
        { id: F, rank: 1 },
        {},
      ],
      [
        'differences',
        byDifference([
          [0, 0],
          [0, 100],
        ]),
        { id: F, rank: 1 },
        {},
      ],
      ['generations', byGeneration([[0, 100]]), { id: F, rank: 2 }, {}],
    ];
    for (const [name, plan, top, bystanders] of plans) {
      it(`is the 64 distributors above the seller, with ${name}`, async () => {
        const company = await loadFixture(readableAtOnce);
        // Everybody below F in one line, the last of them the 65th.
        const line: number[] = [F, ID.emptyLane, ...Array.from({ length: 64 }, (_, i) => 16 + i)];
        await company.enrol(line.slice(1).map((id, i) => ({ id, sponsor: line[i]! })));
        await company.asAdmin.announcePlan(plan);
        await time.increase(DAY);
        await company.setStanding([...line.slice(1).map((id) => ({ ...bystanders, id })), top]);
        await company.record([{ seller: line[65]!, volume: VOLUME }]);
        expect(await company.owed(F)).to.deep.equal([0n]);
        await company.record([{ seller: line[64]!, volume: VOLUME }]);
        expect(await company.owed(F)).to.deep.equal([1_000_000n]);
      });
    }
  });

  describe('standing', () => {
    it('counts as it was effective when the sale was recorded, not as it is at settlement', async () => {
      const company = await loadFixture(readable);
      await company.asAdmin.announcePlan(
        planOf([], {
          ratesBps: [
            [1000, 500],
            [1000, 600, 300, 200, 100],
          ],
        }),
      );
      await applyStanding(company, [{ id: D, rank: 1 }]);
      const batch = await company.record([{ seller: F, volume: VOLUME }]);
      const later = [{ id: F, status: INACTIVE }, { id: E, status: INACTIVE }, { id: D }, { id: C, rank: 1 }];
      await company.setStanding(later);
      await company.passWindow(batch);
      await company.settle(batch);
      expect(await company.owed(F, E, D, C)).to.deep.equal([10_000_000n, 5_000_000n, 3_000_000n, 0n]);
    });
  });
});
