import { type CheckName, openLedgerChain, type Verification, verifySale } from '@plumbline/dashboard';
import type { SaleResponse } from '@plumbline/protocol/api';
import { expect } from 'chai';
import { type LedgerAtNode, Programme } from './programme.ts';
import { sharedChain } from './stage.ts';

for (const form of ['readable', 'compact'] as const) {
  describe(`verifySale on a ${form} ledger`, () => {
    let programme: Programme;

    const verify = (sale: SaleResponse, ledger: LedgerAtNode = programme.ledger) =>
      verifySale(openLedgerChain(ledger.rpcUrl ?? '', ledger.ledger, ledger.startBlock), ledger, sale);

    before(async () => {
      programme = await Programme.open(await sharedChain(), form === 'compact');
    });

    describe('before the return window has ended', () => {
      it('agrees and says what the sale would pay', async () => {
        const result = await verify(programme.sales[0]!);
        expect(statesOf(result)).to.deep.equal({ settlement: 'noted', shown: 'noted' });
        expect(result.verdict).to.equal('agrees');
        expect(result.settled).to.equal(false);
        expect(result.payout).to.deep.equal(FIRST_LINE);
      });

      it('disagrees with a settlement that the chain does not have', async () => {
        const result = await verify({ ...programme.sales[0]!, ...FIRST_SETTLED });
        expect(result.verdict).to.equal('disagrees');
        expect(statesOf(result)).to.deep.equal({ settlement: 'noted', shown: 'differs' });
        expect(differences(result, 'shown')).to.deep.equal([
          { what: 'settled', value: 'false', other: 'true' },
        ]);
      });
    });

    describe('after settlement', () => {
      let sale: SaleResponse;

      before(async () => {
        await programme.settle();
        sale = { ...programme.sales[0]!, ...FIRST_SETTLED };
      });

      it('disagrees when one credit is altered, naming level and both amounts', async () => {
        const credits = FIRST_SETTLED.credits.map((credit) =>
          credit.level === 1 ? { ...credit, units: '5000501' } : credit,
        );
        const result = await verify({ ...sale, credits });
        expect(result.verdict).to.equal('disagrees');
        expect(statesOf(result)).to.deep.equal({ shown: 'differs' });
        expect(differences(result, 'shown')).to.deep.equal([
          { what: 'units', level: 1, value: '5000500', other: '5000501' },
        ]);
      });

      it('disagrees when a credit is left out, redirected or made up', async () => {
        const { credits } = FIRST_SETTLED;
        const redirected = credits.map((credit) => (credit.level === 2 ? { ...credit, id: 4 } : credit));
        const madeUp = [...credits, { level: 4, id: 8, bps: 100, units: '1000100' }];
        for (const altered of [credits.slice(1), redirected, madeUp]) {
          const result = await verify({ ...sale, credits: altered });
          expect(statesOf(result)).to.deep.equal({ shown: 'differs' });
        }
      });

      it('disagrees when the price is altered', async () => {
        const result = await verify({ ...sale, priceCents: '20000' });
        expect(result.verdict).to.equal('disagrees');
        expect(statesOf(result)).to.deep.equal({ record: 'differs' });
        expect(differences(result, 'record')).to.deep.equal([
          { what: 'price', value: '19999', other: '20000' },
        ]);
      });

      it('disagrees when the document is altered', async () => {
        const document = { ...sale.document!, soldAt: '2026-03-02T09:30:00.000Z' };
        const result = await verify({ ...sale, document });
        expect(result.verdict).to.equal('disagrees');
        expect(statesOf(result)).to.deep.equal({ document: 'differs' });
        expect(differences(result, 'document')).to.deep.equal([
          { what: 'proof', value: 'true', other: 'false' },
        ]);
      });

      it('disagrees when a reversal, the plan, a time or the transaction is altered', async () => {
        const cases: [CheckName, Partial<SaleResponse>][] = [
          ['reversals', { reversed: { priceCents: '0', volumeCents: '0' } }],
          ['plan', { plan: 2 }],
          ['batch', { settlesAt: sale.settlesAt! + 1 }],
          ['batch', { transactionHash: `0x${'11'.repeat(32)}` }],
        ];
        for (const [check, altered] of cases) {
          const result = await verify({ ...sale, ...altered });
          expect(statesOf(result), check).to.deep.equal({ [check]: 'differs' });
        }
      });

      it("disagrees when the ledger's terms or chain are altered", async () => {
        const terms = { ...programme.ledger.terms, returnWindow: 1 };
        for (const altered of [{ terms }, { chainId: 1 }]) {
          const result = await verify(sale, { ...programme.ledger, ...altered });
          expect(statesOf(result)).to.deep.equal({ ledger: 'differs' });
        }
      });

      it('disagrees, and goes no further, with a batch or a sale that the chain does not have', async () => {
        const noBatch = await verify({ ...sale, ref: '7-0' });
        expect(noBatch.verdict).to.equal('disagrees');
        expect(statesOf(noBatch)).to.include({ batch: 'differs', record: 'skipped', shown: 'skipped' });
        const noSale = await verify({ ...sale, ref: '1-3' });
        expect(statesOf(noSale)).to.include({ record: 'differs', document: 'skipped' });
      });

      it('verifies nothing when the node is down, and says so', async () => {
        const result = await verify(sale, { ...programme.ledger, rpcUrl: 'http://127.0.0.1:9' });
        expect(result.verdict).to.equal('unverified');
        expect(statesOf(result)).to.include({ ledger: 'failed', batch: 'skipped' });
        expect(result.checks[0]?.problem).to.match(/HTTP request failed/);
      });

      it('agrees, telling every check as it goes', async () => {
        const told: CheckName[] = [];
        const { ledger, rpcUrl, startBlock } = programme.ledger;
        const chain = openLedgerChain(rpcUrl ?? '', ledger, startBlock);
        const result = await verifySale(chain, programme.ledger, sale, (checks) =>
          told.push(checks.at(-1)!.name),
        );
        expect(statesOf(result)).to.deep.equal({});
        expect(result.verdict).to.equal('agrees');
        expect(result.settled).to.equal(true);
        expect(result.payout).to.deep.equal(FIRST_LINE);
        expect(told).to.deep.equal(result.checks.map((check) => check.name));
      });

      it('agrees with a sale settled by a later line of the same call', async () => {
        const result = await verify({
          ...programme.sales[1]!,
          settled: true,
          countedCents: '3333',
          credits: [
            { level: 0, id: 6, bps: 2_000, units: '6666000' },
            { level: 1, id: 5, bps: 500, units: '1666500' },
            { level: 2, id: 4, bps: 300, units: '999900' },
          ],
        });
        expect(statesOf(result)).to.deep.equal({});
      });

      it('agrees when the gateway has not read the settlement yet', async () => {
        const result = await verify(programme.sales[0]!);
        expect(result.verdict).to.equal('agrees');
        expect(result.settled).to.equal(true);
        expect(statesOf(result)).to.deep.equal({ shown: 'noted' });
      });

      it('agrees while the books of the gateway have not read the recording yet', async () => {
        const unread = { plan: null, recordedAt: null, settlesAt: null, transactionHash: null };
        const result = await verify({ ...programme.sales[0]!, ...unread });
        expect(result.verdict).to.equal('agrees');
        expect(statesOf(result)).to.include({ batch: 'noted', plan: 'noted' });
      });

      it('agrees without a document, and says that there is none', async () => {
        const result = await verify({ ...sale, document: null, manifest: null });
        expect(result.verdict).to.equal('agrees');
        expect(result.checks.find((check) => check.name === 'document')?.note).to.equal('noDocument');
      });

      it('agrees that a sale of an unknown seller pays no one, also when the id is given later', async () => {
        const nobody = { ...programme.sales[2]!, settled: true, countedCents: '3200', credits: [] };
        const before = await verify(nobody);
        expect(statesOf(before)).to.deep.equal({ upline: 'noted' });
        await programme.enrolLateSeller();
        const afterwards = await verify(nobody);
        expect(statesOf(afterwards)).to.deep.equal({ settlement: 'noted' });
        expect(afterwards.payout).to.deep.equal({ seller: 9, volumeCents: 3_200n, credits: [] });
      });
    });
  });
}

/** 150.01 of volume, 50.00 of it taken back, all of the rest counted. */
const FIRST_LINE = {
  seller: 8,
  volumeCents: 10_001n,
  credits: [
    { id: 8, bps: 2_000 },
    { id: 6, bps: 500 },
    { id: 5, bps: 300 },
    { id: 4, bps: 200 },
  ],
};

const FIRST_SETTLED = {
  settled: true,
  countedCents: '10001',
  credits: [
    { level: 0, id: 8, bps: 2_000, units: '20002000' },
    { level: 1, id: 6, bps: 500, units: '5000500' },
    { level: 2, id: 5, bps: 300, units: '3000300' },
    { level: 3, id: 4, bps: 200, units: '2000200' },
  ],
};

/** The checks that did not simply agree. */
function statesOf({ checks }: Verification): Record<string, string> {
  return Object.fromEntries(
    checks.filter(({ state }) => state !== 'agrees').map(({ name, state }) => [name, state]),
  );
}

function differences({ checks }: Verification, name: CheckName) {
  return checks.find((check) => check.name === name)?.differences;
}
