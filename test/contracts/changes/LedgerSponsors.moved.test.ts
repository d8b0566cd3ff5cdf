import { expect } from 'chai';
import { loadFixture } from '../../support/contracts/chain.ts';
import { applyLeaving, applySponsor } from '../../support/contracts/changes.ts';
import { type Company, ID, openCompany, REASON } from '../../support/contracts/company.ts';
import { foldJournal } from '../../support/contracts/journal.ts';
import { COMPRESSION, planOf, RATES } from '../../support/contracts/plan.ts';

const { A, B, C, D, E, F, root } = ID;
/** The id that the first distributor to move gets: three fragments are in use. */
const MOVED = 16;

/** A sale and its settlement; what happens in between is done by `meanwhile`. */
async function sell(company: Company, seller: number, meanwhile?: () => Promise<unknown>): Promise<void> {
  const batch = await company.record([{ seller, volume: 10_000 }]);
  await meanwhile?.();
  await company.passWindow(batch);
  await company.settle(batch);
}

/**
 * Expects the last sale settled to have paid these distributors, from the seller up, and nobody else to be owed
 * anything.
 */
async function expectPaid(company: Company, seller: number, payees: number[]): Promise<void> {
  const { lines, head, owed } = await foldJournal(company.ledger);
  const credits = payees.map((id, level) => ({ id: BigInt(id), bps: BigInt(RATES[level]!) }));
  expect(lines.at(-1)).to.deep.include({ seller: BigInt(seller), credits });
  expect(head).to.equal(await company.ledger.head());
  for (const id of [A, B, C, D, E, F, root, ...payees]) {
    expect(await company.owed(id), `distributor ${id}`).to.deep.equal([owed.get(BigInt(id)) ?? 0n]);
  }
}

describe('LedgerSponsors', () => {
  for (const compact of [false, true]) {
    for (const [plan, compression] of [
      ['a plain plan', COMPRESSION.none],
      ['roll-up', COMPRESSION.rollUp],
    ] as const) {
      async function opened() {
        return openCompany({ compact, plan: planOf(RATES, { compression }) });
      }
      /** D, the sponsor of E, has moved to below `root`. */
      async function moved() {
        const company = await opened();
        await applySponsor(company, D, company.distributors.wallets.D, root);
        return company;
      }

      describe(`a distributor who has moved, by ${plan} in a ${compact ? 'compact' : 'readable'} ledger`, () => {
        it('keeps their downline', async () => {
          const company = await loadFixture(moved);
          await sell(company, F);
          await expectPaid(company, F, [F, E, MOVED, root]);
        });

        it('is paid where they stood for sales recorded before, and then for sales under the id they had', async () => {
          const company = await loadFixture(opened);
          const { D: wallet } = company.distributors.wallets;
          await sell(company, D, () => company.correctSponsor(D, wallet, root));
          await expectPaid(company, D, [D, C, B, A]);
          await company.asStranger.applyCorrection(1, D, root, REASON);
          await company.asStranger.withdraw(wallet);
          await company.asStranger.payOut([company.distributors.wallets.A]);
          await sell(company, D);
          await expectPaid(company, D, [MOVED, root]);
        });

        it('is paid for sales that are still recorded under it', async () => {
          const company = await loadFixture(moved);
          const { payees, amounts } = await company.ledger.explain(D, 0, 10_000);
          expect(payees).to.deep.equal([BigInt(MOVED), BigInt(root)]);
          expect(amounts).to.deep.equal([20_000_000n, 10_000_000n]);
          await sell(company, D);
          await expectPaid(company, D, [MOVED, root]);
        });

        it('takes along a distributor in the fragment that they have left', async () => {
          const company = await loadFixture(opened);
          await applySponsor(company, C, company.distributors.wallets.C, root);
          await sell(company, D);
          await expectPaid(company, D, [D, MOVED, root]);
        });

        it('can stand below a distributor in that fragment again', async () => {
          const company = await loadFixture(opened);
          await applySponsor(company, C, company.distributors.wallets.C, root);
          await applySponsor(company, MOVED, company.distributors.wallets.C, B);
          await sell(company, D);
          await expectPaid(company, D, [D, MOVED, B, A]);
        });

        it('takes along distributors who have moved, too', async () => {
          const company = await loadFixture(moved);
          // F moves away from E to below D, and D to below B.
          await applySponsor(company, F, company.distributors.wallets.F, MOVED);
          await applySponsor(company, MOVED, company.distributors.wallets.D, B);
          await sell(company, F);
          await expectPaid(company, F, [MOVED + 4, MOVED, B, A]);
        });

        it('is passed over once they have left', async () => {
          const company = await loadFixture(moved);
          await applyLeaving(company, company.distributors.wallets.D);
          await sell(company, F);
          const { lines } = await foldJournal(company.ledger);
          const upline = compression === COMPRESSION.none ? [F, E, 0, root] : [F, E, root];
          expect(lines[0]!.credits.map(({ id }) => Number(id))).to.deep.equal(upline);
        });
      });
    }
  }
});
