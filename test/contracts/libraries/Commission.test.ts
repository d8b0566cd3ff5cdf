import { expect } from 'chai';
import { loadFixture } from '../../support/contracts/chain.ts';
import { atOnce, openCompany } from '../../support/contracts/company.ts';
import { planOf } from '../../support/contracts/plan.ts';
import { ACTIVE, INACTIVE } from '../../support/contracts/records.ts';
import { goldens } from '../../support/vectors.ts';

/** The first id of the next fragment, after the distributors that every company starts with. */
const TOP = 16;

describe('Commission', () => {
  for (const { name, plan, volumeCents, upline, credits, total } of goldens) {
    for (const { form, fixture } of atOnce) {
      it(`pays the golden vector "${name}" in ${form}`, async () => {
        const { options } = await loadFixture(fixture);
        const company = await openCompany({ ...options, plan: { ...planOf([]), ...plan } });
        const { ledger } = company;
        // A line in packed fragments: the topmost of the upline has the lowest id, the seller the highest.
        const seller = TOP + upline.length;
        await company.enrol(
          Array.from({ length: upline.length + 1 }, (_, i) => ({
            id: TOP + i,
            sponsor: i === 0 ? 0 : TOP + i - 1,
          })),
        );
        const idOf = new Map(upline.map((member, i) => [member.name, seller - 1 - i]));
        await company.setStanding(
          upline.map((member) => ({
            id: idOf.get(member.name)!,
            rank: member.rank,
            status: member.isActive ? ACTIVE : INACTIVE,
          })),
        );
        const expected = [
          [BigInt(seller), 0n],
          ...credits.map((credit) => [idAt(credit?.to), credit?.units ?? 0n]),
        ];
        function idAt(member: string | undefined): bigint {
          return BigInt(member === undefined ? 0 : idOf.get(member)!);
        }

        const { payees, amounts } = await ledger.explain(seller, 0, volumeCents);
        expect(payees.map((id, level) => [id, amounts[level]])).to.deep.equal(expected);

        await company.record([{ seller, volume: volumeCents }]);
        const paid = new Map(credits.map((credit) => [credit?.to, credit?.units]));
        for (const member of upline) {
          expect(await company.owed(idOf.get(member.name)!), member.name).to.deep.equal([
            paid.get(member.name) ?? 0n,
          ]);
        }
        expect(await company.owed(seller)).to.deep.equal([0n]);
        const { free, reserved, owed } = await ledger.solvency();
        expect([free, reserved, owed]).to.deep.equal([options.float - total, 0n, total]);
      });
    }
  }
});
