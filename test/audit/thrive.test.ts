import { auditLedger, formatReport } from '@plumbline/audit';
import { expect } from 'chai';
import { walletOf } from '../support/company/company.ts';
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
      expect(summary.openedUnits).to.equal(5_070n);
      expect(summary.owedUnits + summary.paidUnits).to.equal(first + second + 5_070n);
      expect(summary).to.include({
        distributors: 12,
        inactiveDistributors: 0,
        leftDistributors: 2,
        movedDistributors: 2,
        heldDistributors: 1,
        pendingRecoveries: 1,
        flags: 3,
        openFlags: 1,
        isPaused: false,
        sales: 11,
        settledSales: 7,
        batches: 4,
        plans: 4,
        withdrawnUnits: 1_000_000n,
        sweptUnits: 777n,
        lateRefundCents: 300n,
        recorders: 2,
        pendingChanges: 3,
        pendingActs: 1,
        successor: walletOf(999),
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
        ['swept', '0.000777', 'tokens that had come without a funding'],
        ['opening balances', '0.00507', 'owed from before the ledger'],
        ['Refunded late', '3.00', 'at the company’s cost'],
        ['Distributors', '12', '2 left, 2 moved, 1 held now, 1 with a recovery under way'],
        ['Recorders', '2'],
        ['Batches', '4'],
        ['Changes', '14', '3 pending'],
        ['Acts', '8', '1 pending'],
        ['Plans', '4', 'plan 3 in force, by level, without compression'],
        ['Flags', '3', '1 open'],
        ['Successor', walletOf(999)],
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
