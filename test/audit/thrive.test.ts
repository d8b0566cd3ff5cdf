import { auditLedger, formatReport } from '@plumbline/audit';
import { expect } from 'chai';
import { audit, copyLogs, find, refold } from './forge.ts';
import { onBoth, THRIVED } from './histories.ts';

describe('auditLedger of a ledger that uses everything', () => {
  onBoth(THRIVED, (company, getCopy) => {
    const auditNow = (atBlock?: bigint) =>
      auditLedger({ rpcUrl: company().anvil.rpcUrl, ledger: company().ledger, atBlock });

    it('finds nothing, with sums by hand', async () => {
      const { findings, summary } = await auditNow();
      expect(findings).to.deep.equal([]);
      // By difference: three whole lines of 25 % and one without its inactive seller.
      const first = 10_000n * 2_500n + 5_000n * 2_500n + 2_000n * 2_500n + 1_000n * 1_500n;
      // By generation: three of them, a seller who left, and one whose sponsor is the root.
      const second = 10_000n * 1_600n + 2_000n * 600n + 1_000n * 1_300n;
      expect(summary.creditedUnits).to.equal(first + second);
      expect(summary.owedUnits + summary.paidUnits).to.equal(first + second);
      expect(summary).to.include({
        distributors: 10,
        inactiveDistributors: 0,
        leftDistributors: 1,
        movedDistributors: 2,
        heldDistributors: 1,
        pendingRecoveries: 1,
        flags: 2,
        openFlags: 1,
        isPaused: false,
        sales: 9,
        settledSales: 7,
        plans: 3,
        withdrawnUnits: 1_000_000n,
      });
      expect(summary.planInForce).to.deep.equal({ version: 3, kind: 0, compression: 0 });
    });

    it('says who has left, moved or is held, which plan is in force, and what is open', async () => {
      const report = await auditNow();
      const rows = formatReport(report)
        .split('\n')
        .map((line) => line.trim().split(/ {2,}/));
      expect(rows).to.deep.include.members([
        ['withdrawn', '1.00', 'free float taken out'],
        ['Distributors', '10', '1 left, 2 moved, 1 held now, 1 with a recovery under way'],
        ['Batches', '3'],
        ['Plans', '3', 'plan 3 in force, by level, without compression'],
        ['Flags', '2', '1 open'],
      ]);
      const early = await auditNow(BigInt(company().startBlock));
      expect(formatReport(early)).to.include('plan 1 in force, by difference, rolled up');
      const paused = (await copyLogs(company())).logs;
      const { blockNumber } = paused[find(paused, 'PauseSet')]!;
      expect(formatReport(await auditNow(blockNumber))).to.match(/Batches +1 +recording is paused/);
    });

    it('finds nothing at any block on the way', async function () {
      this.timeout(60_000);
      const blocks = new Set((await copyLogs(company())).logs.map(({ blockNumber }) => blockNumber));
      for (const block of blocks) {
        const { findings } = await auditNow(block);
        expect(findings, `block ${block}`).to.deep.equal([]);
      }
    });

    it('finds nothing in an untouched copy, and refolding changes nothing', () => {
      const copy = getCopy();
      expect(audit(copy, copy.logs)).to.deep.equal([]);
      expect(refold(copy.logs)).to.deep.equal(copy.logs);
    });
  });
});
