import { auditLedger, type Finding } from '@plumbline/audit';
import { decodeLines, encodeLines, type SettledLine } from '@plumbline/protocol';
import { expect } from 'chai';
import type { Hex } from 'viem';
import { walletOf } from '../support/company/company.ts';
import { audit, type Copy, entryAt, find, fullAudit, refold, rewrite, splice } from './forge.ts';
import { alter, LIVED, onBoth } from './histories.ts';
import { lyingWith, startNode } from './node.ts';

const ID_DECIMALS = 100_000_000n;

/** Changes the lines of a compact settlement. */
const alterLines = (copy: Copy, batch: bigint, change: (lines: SettledLine[]) => void) =>
  alter(
    copy,
    'BatchSettled',
    (args) => args.batch === batch && args.from === 0n,
    (args) => {
      const lines = decodeLines(args.sales as Hex);
      change(lines);
      return { sales: encodeLines(lines) };
    },
  );

describe('auditLogs of a forged stream', () => {
  onBoth(LIVED, (company, getCopy, compact) => {
    it('finds nothing in an untouched copy, and refolding changes nothing', () => {
      const copy = getCopy();
      expect(audit(copy, copy.logs)).to.deep.equal([]);
      expect(refold(copy.logs)).to.deep.equal(copy.logs);
    });

    describe('a credit altered by one unit', () => {
      if (compact) {
        // A compact line holds the rate: of the sale of one cent it is the units too.
        const raise = (copy: Copy) =>
          alter(
            copy,
            'BatchSettled',
            (args) => args.batch === 1n && args.from === 2n,
            (args) => {
              const lines = decodeLines(args.sales as Hex);
              lines[0]!.credits[1]!.bps += 1;
              return { sales: encodeLines(lines) };
            },
          );

        it('is found by journal and rules', () => {
          const copy = getCopy();
          const { forged, entry } = raise(copy);
          expect(audit(copy, forged)).to.deep.equal([`journal-mismatch@${entry}`, `line-credit@${entry}`]);
        });

        it('is found by the rules when every head is computed anew', () => {
          const copy = getCopy();
          const { forged, entry } = raise(copy);
          const [finding, ...rest] = fullAudit(copy, refold(forged)).findings;
          expect(rest).to.deep.equal([]);
          expect(finding).to.include({ code: 'line-credit', entry, subject: 'sale 1-2' });
          expect(finding!.expected).to.equal('distributor 4 with 0.0005');
          expect(finding!.found).to.equal('distributor 4 with 0.000501');
        });
      } else {
        const raise = (copy: Copy, sale: bigint, level: number) =>
          alter(
            copy,
            'SaleSettled',
            (args) => args.sale === sale,
            ({ credits }) => ({
              credits: (credits as bigint[]).map((credit, i) =>
                i === level ? credit + ID_DECIMALS : credit,
              ),
            }),
          );

        it('is found as what no rate makes, once', () => {
          const copy = getCopy();
          const { forged, entry } = raise(copy, 65_536n, 1);
          const [finding, ...rest] = fullAudit(copy, forged).findings;
          expect(rest).to.deep.equal([]);
          expect(finding).to.include({ code: 'line-unreadable', entry, subject: 'sale 1-0' });
          expect(finding!.found).to.include('pays 5000001 units to 8 at level 1');
        });

        it('is found by journal and rules where a rate makes it', () => {
          const copy = getCopy();
          const { forged, entry } = raise(copy, 65_538n, 1);
          expect(audit(copy, forged)).to.deep.equal([`journal-mismatch@${entry}`, `line-credit@${entry}`]);
        });

        it('is found by the rules when every head is computed anew', () => {
          const copy = getCopy();
          const { forged, entry } = raise(copy, 65_538n, 1);
          const [finding, ...rest] = fullAudit(copy, refold(forged)).findings;
          expect(rest).to.deep.equal([]);
          expect(finding).to.include({ code: 'line-credit', entry, subject: 'sale 1-2' });
          expect(finding!.found).to.equal('distributor 4 with 0.000501');
        });
      }

      it('in the total is found by journal and rules', () => {
        const copy = getCopy();
        const { forged, entry } = alter(
          copy,
          'BatchSettled',
          (args) => args.batch === 2n,
          ({ credited }) => ({ credited: (credited as bigint) + 1n }),
        );
        expect(audit(copy, forged)).to.deep.equal([
          `journal-mismatch@${entry}`,
          `settlement-credited@${entry}`,
        ]);
        expect(audit(copy, refold(forged))).to.deep.equal([`settlement-credited@${entry}`]);
      });
    });

    describe('a dropped sale', () => {
      it('is found when the whole batch is left out', () => {
        const copy = getCopy();
        const at = find(copy.logs, 'BatchRecorded', (args) => args.batch === 2n);
        const entry = entryAt(copy.logs, at);
        const forged = splice(copy.logs, at, 1);
        const findings = fullAudit(copy, forged).findings;
        expect(findings[0]).to.include({ code: 'journal-mismatch', entry });
        const later = entryAt(
          forged,
          find(forged, 'BatchRecorded', (args) => args.batch === 3n),
        );
        expect(audit(copy, refold(forged))).to.include(`batch-sequence@${later}`);
      });

      it('is found when a batch says one less', () => {
        const copy = getCopy();
        const { forged, entry } = alter(
          copy,
          'BatchRecorded',
          (args) => args.batch === 1n,
          ({ records }) => ({ records: (records as string).slice(0, -24) }),
        );
        expect(audit(copy, forged)).to.include.members([
          `journal-mismatch@${entry}`,
          `batch-reserved@${entry}`,
        ]);
        expect(audit(copy, refold(forged))).to.include(`batch-reserved@${entry}`);
      });

      it('is found when its settlement is left out', () => {
        const copy = getCopy();
        const at = find(copy.logs, 'BatchSettled', (args) => args.batch === 1n && args.from === 2n);
        const entry = entryAt(copy.logs, at);
        if (compact) {
          const { forged } = alterLines(copy, 1n, (lines) => lines.pop());
          const first = entry - 1;
          expect(audit(copy, forged)).to.deep.equal([`line-missing@${first}`]);
          expect(audit(copy, refold(forged))).to.deep.equal([
            `line-missing@${first}`,
            `journal-mismatch@${first}`,
          ]);
        } else {
          // One line for each sale stands before the settlement's own log.
          const [finding, ...rest] = fullAudit(copy, splice(copy.logs, at - 1, 1)).findings;
          expect(rest).to.deep.equal([]);
          expect(finding).to.include({ code: 'line-missing', entry, subject: 'sale 1-3' });
        }
      });
    });

    describe('two sales swapped', () => {
      it('are found as batches in the wrong order', () => {
        const copy = getCopy();
        const first = find(copy.logs, 'BatchRecorded', (args) => args.batch === 1n);
        const second = find(copy.logs, 'BatchRecorded', (args) => args.batch === 2n);
        const entry = entryAt(copy.logs, first);
        let forged = splice(copy.logs, first, 1, copy.logs[second]!);
        forged = splice(forged, second, 1, copy.logs[first]!);
        expect(audit(copy, forged)).to.include.members([
          `journal-mismatch@${entry}`,
          `batch-sequence@${entry}`,
        ]);
        expect(audit(copy, refold(forged))).to.include.members([
          `batch-sequence@${entry}`,
          `batch-sequence@${entry + 1}`,
        ]);
      });

      it('are found inside one batch', () => {
        const copy = getCopy();
        const { forged, entry } = alter(
          copy,
          'BatchRecorded',
          (args) => args.batch === 1n,
          ({ records }) => {
            const digits = (records as string).slice(2);
            return { records: `0x${digits.slice(24, 48)}${digits.slice(0, 24)}${digits.slice(48)}` };
          },
        );
        expect(audit(copy, forged)[0]).to.equal(`journal-mismatch@${entry}`);
        const consistent = fullAudit(copy, refold(forged)).findings;
        const settled = entryAt(
          forged,
          find(forged, 'BatchSettled', (args) => args.batch === 1n),
        );
        const named = consistent.map((each) => [each.code, each.entry, each.subject]);
        expect(named).to.deep.include(['line-seller', settled, 'sale 1-0']);
        expect(named).to.deep.include(['line-seller', settled, 'sale 1-1']);
      });

      if (!compact) {
        it('are found as settled lines in the wrong order', () => {
          const copy = getCopy();
          const at = find(copy.logs, 'SaleSettled', (args) => args.sale === 65_536n);
          const forged = splice(copy.logs, at, 2, copy.logs[at + 1]!, copy.logs[at]!);
          const [finding, ...rest] = fullAudit(copy, forged).findings;
          expect(rest).to.deep.equal([]);
          expect(finding).to.include({
            code: 'line-misplaced',
            entry: entryAt(copy.logs, at),
            subject: 'sale 1-0',
          });
        });
      }
    });

    it('finds a forged payout', () => {
      const copy = getCopy();
      const at = find(copy.logs, 'Payout', (args) => args.id === 5n);
      const entry = entryAt(copy.logs, at) + 1;
      const more = rewrite(copy.logs[at]!, () => ({ units: 1_000_000n }));
      const forged = splice(copy.logs, at + 1, 0, more);
      expect(audit(copy, forged).slice(0, 2)).to.deep.equal([
        `journal-mismatch@${entry}`,
        `payout-amount@${entry}`,
      ]);
      const [finding, ...rest] = fullAudit(copy, refold(forged)).findings;
      expect(rest).to.deep.equal([]);
      expect(finding).to.include({ code: 'payout-amount', entry, subject: 'distributor 5', expected: '0' });
    });

    describe('an enrolment with another sponsor', () => {
      const move = (copy: Copy, id: bigint, sponsor: bigint) =>
        alter(
          copy,
          'Enrolled',
          (args) => args.id === id,
          () => ({ sponsor }),
        );

      it('is found by the journal, and by what the sales paid', () => {
        const copy = getCopy();
        const { forged, entry } = move(copy, 8n, 4n);
        expect(audit(copy, forged)[0]).to.equal(`journal-mismatch@${entry}`);
        const settled = entryAt(forged, find(forged, 'BatchSettled'));
        const [finding] = fullAudit(copy, refold(forged)).findings;
        expect(finding).to.include({ code: 'line-credit', entry: settled, subject: 'sale 1-0' });
        expect(finding!.message)
          .to.include('at level 2 credits distributor 7')
          .and.include('it is distributor 4');
      });

      it('is found by the rules where there can be no sponsor', () => {
        const copy = getCopy();
        for (const [id, sponsor] of [
          [10n, 4n],
          [16n, 77n],
        ] as const) {
          const { forged, entry } = move(copy, id, sponsor);
          expect(audit(copy, refold(forged))[0]).to.equal(`enrolment-sponsor@${entry}`);
        }
      });
    });

    it('finds a plan that is applied backwards', () => {
      const copy = getCopy();
      const { forged, entry } = alter(
        copy,
        'BatchRecorded',
        (args) => args.batch === 3n,
        () => ({ plan: 2n }),
      );
      expect(audit(copy, forged).slice(0, 2)).to.deep.equal([
        `journal-mismatch@${entry}`,
        `batch-plan@${entry}`,
      ]);
      const [finding, ...rest] = fullAudit(copy, refold(forged)).findings;
      expect(rest).to.deep.equal([]);
      expect(finding).to.include({
        code: 'batch-plan',
        entry,
        subject: 'batch 3',
        expected: '1',
        found: '2',
      });
    });

    it('goes on after a log that cannot be read', () => {
      const copy = getCopy();
      const at = find(copy.logs, 'Payout', (args) => args.id === 5n);
      const cut = { ...copy.logs[at]!, data: '0x' as const };
      const [finding, ...rest] = fullAudit(copy, splice(copy.logs, at, 1, cut)).findings;
      expect(rest).to.deep.equal([]);
      expect(finding).to.include({ code: 'log-unreadable', entry: entryAt(copy.logs, at) });
      expect(finding!.transactionHash).to.equal(cut.transactionHash);
    });

    it('tells from the contract’s own head and storage what was forged by the rules', async () => {
      const { logs } = getCopy();
      const { anvil, ledger } = company();
      // A payout that would have been right, to a distributor who was owed it.
      const at = find(logs, 'Payout', (args) => args.id === 5n);
      const owed = 300n * 10_000n;
      const added = rewrite(logs[at]!, () => ({ id: 7n, wallet: walletOf(7), units: owed }));
      const sane = fullAudit(getCopy(), refold(splice(logs, at + 1, 0, added))).findings;
      const units = BigInt(sane[0]!.expected);
      const right = rewrite(added, () => ({ units }));
      const forged = refold(splice(logs, at + 1, 0, right));
      expect(audit(getCopy(), forged)).to.deep.equal([]);
      // Entries of one block keep their order by log index.
      const numbered = forged.map((log, i) => ({ ...log, logIndex: i }));
      const node = await startNode(anvil.rpcUrl, lyingWith(numbered, ledger));
      try {
        const report = await auditLedger({ rpcUrl: node.rpcUrl, ledger: ledger });
        const named = report.findings.map(({ code, subject }) => `${code} ${subject}`);
        expect(named).to.have.members([
          'journal-count journal',
          'journal-head journal',
          'owed-state ledger',
          'distributor-balance distributor 7',
        ]);
        const balance = report.findings.find(({ code }) => code === 'distributor-balance') as Finding;
        expect([balance.expected, balance.found]).to.deep.equal(['0', String(units)]);
      } finally {
        await node.stop();
      }
    });
  });
});
