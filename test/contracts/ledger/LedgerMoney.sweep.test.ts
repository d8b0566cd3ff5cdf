import { expect } from 'chai';
import { loadFixture } from '../../support/contracts/chain.ts';
import { atOnce, ID, readable, withWindow } from '../../support/contracts/company.ts';
import { expectEntries } from '../../support/contracts/expect-entries.ts';
import { expectSound } from '../../support/contracts/expect-sound.ts';
import { setCounter } from '../../support/contracts/totals.ts';

describe('LedgerMoney', () => {
  describe('sweep', () => {
    it('refuses when nothing has come, or less than a unit', async () => {
      const { asStranger, ledger, token, unit } = await loadFixture(atOnce[0]!.fixture);
      await expect(asStranger.sweep()).to.be.revertedWithCustomError(ledger, 'NothingReceived');
      await token.mint(ledger, unit - 1n);
      await expect(asStranger.sweep()).to.be.revertedWithCustomError(ledger, 'NothingReceived');
    });

    it('refuses more than the accounts can count', async () => {
      const { asStranger, ledger, token } = await loadFixture(readable);
      await token.mint(ledger, 2n ** 50n);
      const { held } = await ledger.solvency();
      await expect(asStranger.sweep())
        .to.be.revertedWithCustomError(ledger, 'CustodyLimit')
        .withArgs(held, 2n ** 50n - 1n);
    });

    it('refuses when the company has filled its half of the journal', async () => {
      const { asStranger, ledger, token } = await loadFixture(readable);
      await token.mint(ledger, 5);
      await setCounter(ledger, 'entries', 2n ** 31n);
      await expect(asStranger.sweep()).to.be.revertedWithCustomError(ledger, 'JournalFull');
    });

    for (const { form, fixture } of withWindow) {
      it(`adds tokens that came without \`fund\` to the float, by anyone, in ${form}`, async () => {
        const company = await loadFixture(fixture);
        const { asStranger, ledger, token, unit } = company;
        await company.record([{ seller: ID.F, volume: 10_000 }]);
        const before = await ledger.solvency();
        await token.mint(ledger, 5n * unit);
        expect(await asStranger.sweep.staticCall()).to.equal(5);
        await expectEntries(ledger, () => asStranger.sweep(), [['SurplusSwept', 5]]);
        expect(await ledger.solvency()).to.deep.equal([
          before.held + 5n,
          before.free + 5n,
          before.reserved,
          before.owed,
        ]);
        await expect(asStranger.sweep()).to.be.revertedWithCustomError(ledger, 'NothingReceived');
        await expectSound(company);
      });
    }
  });
});
