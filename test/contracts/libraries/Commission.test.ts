import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { loadFixture } from '../../support/contracts/chain.ts';
import { atOnce, ID, openCompany } from '../../support/contracts/company.ts';
import { planOf } from '../../support/contracts/plan.ts';

interface Unilevel {
  /** Volume in base units of a 6-decimal token. */
  cv: string;
  /** Basis points from level 1 upward; the seller earns nothing themself. */
  rates: number[];
  /** From the sponsor upward. */
  upline: (keyof typeof ID)[];
  payouts: { to: keyof typeof ID; level: number; amount: string }[];
  total: string;
  retained: string;
}

const vectors = new URL('../../vectors/plans.json', import.meta.url);
const { unilevel } = JSON.parse(readFileSync(vectors, 'utf8')) as { unilevel: Unilevel };
const UNITS_PER_CENT = 10_000n;

describe('Commission', () => {
  describe('payByLevel', () => {
    for (const { form, fixture } of atOnce) {
      async function golden() {
        const { options } = await fixture();
        return openCompany({ ...options, plan: planOf([0, ...unilevel.rates]) });
      }

      it(`pays the unilevel of the golden vectors, in ${form}`, async () => {
        const company = await loadFixture(golden);
        const { ledger, options } = company;
        const volume = BigInt(unilevel.cv) / UNITS_PER_CENT;
        const { payees, amounts } = await ledger.explain(ID.F, 0, volume);
        expect(payees).to.deep.equal([ID.F, ...unilevel.upline.map((name) => ID[name])].map(BigInt));

        await company.record([{ seller: ID.F, volume: Number(volume) }]);
        for (const { to, level, amount } of unilevel.payouts) {
          expect(await company.owed(ID[to]), to).to.deep.equal([BigInt(amount)]);
          expect(amounts[level], `level ${level}`).to.equal(BigInt(amount));
        }
        expect(await company.owed(ID.F)).to.deep.equal([0n]);
        const { free, owed } = await ledger.solvency();
        expect(owed).to.equal(BigInt(unilevel.total));
        expect(options.float - free).to.equal(BigInt(unilevel.cv) - BigInt(unilevel.retained));
      });
    }
  });
});
