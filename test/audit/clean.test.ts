import { auditLedger } from '@plumbline/audit';
import { commissionLedgerAbi, encodeStandings, type SaleRecord } from '@plumbline/protocol';
import { expect } from 'chai';
import { zeroAddress } from 'viem';
import { DAY, EVIDENCE, LedgerCompany, roleNamed, walletOf } from '../support/company/company.ts';
import { audit, copyLogs, entryAt, find, refold, splice } from './forge.ts';
import { companyAfter, LIVED } from './histories.ts';
import { FIRST_PLAN } from './live.ts';

async function viewsOf({ client, ledger }: LedgerCompany) {
  const target = { address: ledger, abi: commissionLedgerAbi } as const;
  const [solvency, counts, head, entryCount] = await Promise.all([
    client.readContract({ ...target, functionName: 'solvency' }),
    client.readContract({ ...target, functionName: 'counts' }),
    client.readContract({ ...target, functionName: 'head' }),
    client.readContract({ ...target, functionName: 'entryCount' }),
  ]);
  return { solvency, counts, head, entryCount };
}

describe('auditLedger', () => {
  for (const compact of [false, true]) {
    describe(compact ? 'a compact ledger' : 'a readable ledger', () => {
      let company: LedgerCompany;

      before(async function () {
        this.timeout(60_000);
        company = await companyAfter(LIVED, compact);
      });

      it('finds nothing, with sums that equal the contract’s own', async () => {
        const { solvency, counts, head, entryCount } = await viewsOf(company);
        const report = await auditLedger({
          rpcUrl: company.anvil.rpcUrl,
          ledger: company.ledger,
        });
        expect(report.findings).to.deep.equal([]);
        expect([report.head, report.entryCount]).to.deep.equal([head, Number(entryCount)]);
        expect(report.fromBlock).to.equal(BigInt(company.startBlock));
        expect(report.terms.compact).to.equal(compact);
        const { summary } = report;
        expect([
          report.heldUnits,
          summary.floatUnits,
          summary.reservedUnits,
          summary.owedUnits,
        ]).to.deep.equal([...solvency]);
        expect([summary.batches, summary.plans]).to.deep.equal([4, Number(counts[1])]);
        // By hand: 9 sold for 10,000 cents, 5 for 1, 8 bought half of 3,001; 10 sold for 6,000, 16 for 5,000.
        const first = 10_000n * 3_200n + 1n * 2_500n + 1_500n * 3_100n;
        const credited = first + 6_000n * 3_200n + 5_000n * 2_500n;
        expect(summary.creditedUnits).to.equal(credited);
        expect(summary.owedUnits + summary.paidUnits).to.equal(credited);
        expect(summary.reversedPriceCents).to.equal(1_000n + 10_499n + 2_000n);
        expect(summary.netPriceCents).to.equal(summary.priceCents - summary.reversedPriceCents);
        expect(summary.netVolumeCents).to.equal(summary.volumeCents - 999n - 9_999n - 1_777n);
        expect([summary.distributors, summary.sales, summary.settledSales]).to.deep.equal([9, 12, 7]);
        expect(summary.fundedUnits).to.equal(
          report.heldUnits + summary.paidUnits,
          'what came in and did not go out is held',
        );
      });

      it('audits an earlier block by what was true then', async () => {
        const { logs } = await copyLogs(company);
        const enrolled = logs[find(logs, 'Enrolled')]!;
        const rpcUrl = company.anvil.rpcUrl;
        const ledger = company.ledger;
        const atBlock = enrolled.blockNumber - 1n;
        const report = await auditLedger({ rpcUrl, ledger, atBlock });
        expect(report.findings).to.deep.equal([]);
        expect(report.block.number).to.equal(atBlock);
        expect([report.entryCount, report.summary.distributors, report.summary.plans]).to.deep.equal([
          entryAt(logs, logs.indexOf(enrolled)),
          0,
          1,
        ]);
      });

      it('says so when it begins too late', async () => {
        const { rpcUrl } = company.anvil;
        const report = await auditLedger({
          rpcUrl,
          ledger: company.ledger,
          fromBlock: BigInt(company.startBlock + 1),
        });
        const codes = report.findings.map(({ code, entry }) => `${code}@${entry}`);
        expect(codes).to.include.members(['journal-mismatch@0', 'opening@0', 'journal-count@null']);
      });
    });
  }

  describe('a ledger with many distributors and long plans', () => {
    let company: LedgerCompany;
    // The longest that a plan can be: 16 rows of 11 rates.
    const longest = { ...FIRST_PLAN, ratesBps: Array.from({ length: 16 }, () => new Array(11).fill(100)) };

    before(async function () {
      this.timeout(60_000);
      company = await LedgerCompany.start({ request: { plan: longest } });
      for (let i = 0; i < 7; i++) await company.call('announcePlan', [longest]);
      const ids = Array.from({ length: 250 }, (_, i) => 4 + i);
      await company.enrol(
        ids.map((id) => ({
          id,
          sponsor: id % 4 === 0 ? 0 : id - 1,
          wallet: id % 5 === 0 ? zeroAddress : walletOf(id),
        })),
      );
      const reviewBy = BigInt((await company.now()) + 90 * DAY);
      for (let i = 0; i < 130; i++) await company.call('raiseFlag', [0n, 4n, 7n, 1n, EVIDENCE, reviewBy]);
    });
    after(() => company.anvil.stop());

    it('finds nothing, however many views that takes', async () => {
      const report = await auditLedger({
        rpcUrl: company.anvil.rpcUrl,
        ledger: company.ledger,
      });
      expect(report.findings).to.deep.equal([]);
      expect([report.summary.distributors, report.summary.plans, report.summary.flags]).to.deep.equal([
        250, 8, 130,
      ]);
    });
  });

  describe('a ledger without a return window', () => {
    let company: LedgerCompany;
    const sold = (seller: number): SaleRecord => ({
      class: 'retail',
      seller,
      priceCents: 1_000n,
      volumeCents: 1_000n,
    });

    before(async function () {
      this.timeout(60_000);
      company = await LedgerCompany.start({
        request: { returnWindow: 0, capPeriod: 3_600 },
        capUnits: 14_000_000n,
      });
      await company.enrol([
        { id: 4, sponsor: 0, wallet: walletOf(4) },
        { id: 5, sponsor: 4, wallet: walletOf(5) },
      ]);
    });
    after(() => company.anvil.stop());

    it('finds nothing, period after period of the cap, and with an admin who hands over', async () => {
      const { anvil } = company;
      await company.record([sold(5), sold(4)]);
      await company.passTime(3_600);
      await company.record([sold(5), sold(4)]);
      await company.call('withdraw', [walletOf(4)]);
      const next = anvil.accounts[1]!.address;
      await company.call('changeDefaultAdminDelay', [BigInt(DAY)]);
      await company.call('rollbackDefaultAdminDelay', []);
      await company.call('changeDefaultAdminDelay', [BigInt(DAY)]);
      await company.passTime(3 * DAY);
      await company.call('beginDefaultAdminTransfer', [next]);
      await company.passTime(DAY + 1);
      await anvil.rpc('eth_sendTransaction', [
        { from: next, to: company.ledger, data: '0xcefc1429', gas: '0x100000' },
      ]);
      const report = await auditLedger({ rpcUrl: anvil.rpcUrl, ledger: company.ledger });
      expect(report.findings).to.deep.equal([]);
      expect(report.summary.settledSales).to.equal(4);
      expect(report.summary.creditedUnits).to.equal(2n * (1_000n * 2_500n + 1_000n * 2_000n));
      expect(await company.view('defaultAdmin')).to.equal(next, 'the handover took place');
    });

    it('finds nothing after every change, which is applied as it is announced, nor after a power that needs no delay', async () => {
      const { anvil, ledger } = company;
      await company.enrol([
        { id: 6, sponsor: 5, wallet: walletOf(6) },
        { id: 8, sponsor: 4, wallet: walletOf(8) },
      ]);
      const standings = encodeStandings([{ id: 5, rank: 3, status: 2 }]);
      await company.callAs(anvil.accounts[0]!.address, 'setStanding', [standings, EVIDENCE]);
      await company.call('correctSponsor', [6n, walletOf(6), 8n, EVIDENCE]);
      await company.call('endMembership', [5n, EVIDENCE, EVIDENCE]);
      await company.callAs(walletOf(8), 'leaveProgramme', []);
      const next = anvil.accounts[1]!.address;
      await company.callAs(next, 'grantRole', [roleNamed('RANKER'), walletOf(9)]);
      await company.callAs(next, 'setRecorder', [walletOf(9), 5n, 5n]);
      await company.callAs(next, 'withdrawFloat', [9n, walletOf(9)]);
      const report = await auditLedger({ rpcUrl: anvil.rpcUrl, ledger });
      expect(report.findings).to.deep.equal([]);
      expect(report.summary).to.include({ changes: 4, pendingChanges: 0, movedDistributors: 1 });
    });

    it('finds a change that was not applied in the same call', async () => {
      const copy = await copyLogs(company);
      const at = find(copy.logs, 'ChangeApplied', (args) => args.change === 1n);
      const forged = refold(splice(copy.logs, at, 1));
      expect(audit(copy, forged)[0]).to.equal(`change-missing@${entryAt(copy.logs, at) - 1}`);
    });

    it('finds a batch that was not settled in the same call', async () => {
      const copy = await copyLogs(company);
      const entry = entryAt(copy.logs, find(copy.logs, 'BatchRecorded'));
      const settled = copy.logs[find(copy.logs, 'BatchSettled')]!;
      // The settlement and its lines, which stand between the batch and it.
      const forged = refold(
        copy.logs.filter(
          (log, i) =>
            log.transactionHash !== settled.transactionHash || i === find(copy.logs, 'BatchRecorded'),
        ),
      );
      expect(audit(copy, forged)[0]).to.equal(`settlement-missing@${entry}`);
    });
  });
});
