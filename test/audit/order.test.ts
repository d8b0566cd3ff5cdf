import { auditLedger } from '@plumbline/audit';
import { decodeLines, encodeLines, type LedgerLog } from '@plumbline/protocol';
import { expect } from 'chai';
import { type Address, type Hex, zeroAddress, zeroHash } from 'viem';
import { DAY, EVIDENCE, roleNamed, walletOf } from '../support/company/company.ts';
import { audit, type Copy, entryAt, find, fullAudit, refold, rewrite, splice } from './forge.ts';
import { alter, onBoth, placeAfter, THRIVED } from './histories.ts';
import { lyingWith, startNode } from './node.ts';

type Args = Record<string, unknown>;

const isTo = (args: Args, to: Address) => String(args.to).toLowerCase() === to;

/** Number of the entry of a log, and the stream without it, folded anew. */
function without({ logs }: Copy, event: string, which?: (args: Args) => boolean) {
  const at = find(logs, event, which);
  return { entry: entryAt(logs, at), forged: refold(splice(logs, at, 1)) };
}

/** The stream with a log twice, perhaps altered the second time, folded anew. */
function twice({ logs }: Copy, at: number, change: (args: Args) => Args = () => ({})) {
  return {
    entry: entryAt(logs, at) + 1,
    forged: refold(splice(logs, at + 1, 0, rewrite(logs[at]!, change))),
  };
}

/** Audits with the block of a log at another time. */
function auditShifted(copy: Copy, at: number, seconds: number): string[] {
  const { blockNumber } = copy.logs[at]!;
  const blockTimes = new Map(copy.blockTimes);
  blockTimes.set(blockNumber, blockTimes.get(blockNumber)! + seconds);
  return audit({ ...copy, blockTimes }, copy.logs);
}

/** The log of an event that `nth` others of it stand before. */
function findNth(logs: readonly LedgerLog[], event: string, nth: number): number {
  let seen = 0;
  return find(logs, event, () => seen++ === nth);
}

// Every head is computed anew, so that only the rules can tell.
describe('auditLogs of powers out of order', () => {
  onBoth(THRIVED, (company, getCopy, compact) => {
    it('finds a correction that comes too late', () => {
      const copy = getCopy();
      const at = find(copy.logs, 'SponsorCorrected', (args) => args.id === 9n);
      const enrolled = copy.blockTimes.get(copy.logs[find(copy.logs, 'Enrolled')]!.blockNumber)!;
      const corrected = copy.blockTimes.get(copy.logs[at]!.blockNumber)!;
      const left = enrolled + 7 * DAY - corrected;
      expect(auditShifted(copy, at, left - 1)).to.deep.equal([]);
      expect(auditShifted(copy, at, left)).to.deep.equal([`correction-window@${entryAt(copy.logs, at)}`]);
    });

    it('finds a recovery that comes too soon, and one whose proposal is missing', () => {
      const copy = getCopy();
      const isRecovered = (args: Args) => args.how === 3n;
      const at = find(copy.logs, 'WalletSet', isRecovered);
      const entry = entryAt(copy.logs, at);
      expect(auditShifted(copy, at, -2 * DAY)).to.deep.equal([`recovery-due@${entry}`]);
      const none = without(copy, 'RecoverySet', (args) => isTo(args, walletOf(112)));
      expect(audit(copy, none.forged)).to.deep.equal([`recovery-due@${entry - 1}`]);
    });

    it('finds a recovery proposed while one is under way, and a cancellation of none', () => {
      const copy = getCopy();
      const { entry, forged } = without(copy, 'RecoverySet', (args) => isTo(args, zeroAddress));
      expect(audit(copy, forged)).to.deep.equal([`recovery-pending@${entry}`]);
      const again = twice(
        copy,
        find(copy.logs, 'RecoverySet', (args) => isTo(args, zeroAddress)),
      );
      expect(audit(copy, again.forged)).to.deep.equal([`recovery-pending@${again.entry}`]);
    });

    it('finds a hold made longer, one too soon after the last, and the end of none', () => {
      const copy = getCopy();
      const shortened = findNth(copy.logs, 'HoldSet', 1);
      const longer = twice(copy, shortened, ({ until }) => ({ until: (until as bigint) + 1n }));
      expect(audit(copy, longer.forged)).to.deep.equal([`hold-length@${longer.entry}`]);
      const released = findNth(copy.logs, 'HoldSet', 2);
      const ended = twice(copy, released);
      expect(audit(copy, ended.forged)).to.deep.equal([`hold-release@${ended.entry}`]);
      const soon = twice(copy, released, ({ until }) => ({ until: (until as bigint) + 60n }));
      expect(audit(copy, soon.forged)[0]).to.equal(`hold-gap@${soon.entry}`);
    });

    it('finds a payout that was held', () => {
      const copy = getCopy();
      const { distributors } = fullAudit(copy, copy.logs).state;
      const held = distributors.get(16)!;
      expect(held.owed > 0n).to.equal(true);
      const end = copy.logs.length;
      const paid = rewrite(copy.logs[find(copy.logs, 'Payout')]!, () => ({
        id: 16n,
        wallet: held.wallet,
        units: held.owed,
      }));
      const forged = splice(copy.logs, end, 0, { ...paid, ...placeAfter(copy.logs.at(-1)!) });
      expect(audit(copy, refold(forged))).to.deep.equal([`payout-held@${entryAt(copy.logs, end)}`]);
    });

    it('finds a flag closed twice, and a pause that changes nothing', () => {
      const copy = getCopy();
      const closed = twice(copy, find(copy.logs, 'FlagClosed'));
      expect(audit(copy, closed.forged)).to.deep.equal([`flag-open@${closed.entry}`]);
      const paused = twice(copy, find(copy.logs, 'PauseSet'));
      expect(audit(copy, paused.forged)).to.deep.equal([`pause-unchanged@${paused.entry}`]);
    });

    it('finds what was done while paused', () => {
      const copy = getCopy();
      const { forged } = without(copy, 'PauseSet', (args) => args.paused === false);
      const [second, third] = [1, 2].map((nth) => findNth(forged, 'BatchRecorded', nth));
      const [one, two] = [21n, 24n].map((id) => find(forged, 'Enrolled', (args) => args.id === id));
      expect(audit(copy, forged)).to.have.members(
        [second, third, one, two].map((at) => `while-paused@${entryAt(forged, at!)}`),
      );
      const pause = copy.logs[find(copy.logs, 'PauseSet')]!;
      const at = find(copy.logs, 'SponsorCorrected', (args) => args.id === 9n);
      const early = refold(splice(copy.logs, at, 0, pause));
      expect(audit(copy, early)).to.include(`while-paused@${entryAt(copy.logs, at) + 1}`);
    });

    it('finds what was done while no account had the role for it', () => {
      const copy = getCopy();
      const withoutRole = (name: string) => {
        const role = roleNamed(name);
        const { forged } = without(copy, 'RoleChanged', (args) => args.role === role);
        return { forged, codes: audit(copy, forged) };
      };
      const compliance = withoutRole('COMPLIANCE');
      const first = entryAt(compliance.forged, find(compliance.forged, 'HoldSet'));
      expect(compliance.codes).to.have.length(8);
      expect(compliance.codes[0]).to.equal(`no-holder@${first}`);
      const registrar = withoutRole('REGISTRAR');
      const claim = entryAt(registrar.forged, find(registrar.forged, 'WalletSet'));
      expect(registrar.codes).to.deep.equal([`no-holder@${claim}`]);
      const ranker = withoutRole('RANKER');
      expect(new Set(ranker.codes.map((code) => code.split('@')[0]))).to.deep.equal(
        new Set(['standing-ranker']),
      );
      const guardian = withoutRole('GUARDIAN');
      const pause = entryAt(guardian.forged, find(guardian.forged, 'PauseSet'));
      expect(guardian.codes).to.deep.equal([`pause-power@${pause}`]);
    });

    it('finds what only an admin can do while there is none', () => {
      const copy = getCopy();
      const { forged } = without(copy, 'RoleChanged', (args) => args.role === zeroHash);
      const codes = audit(copy, forged);
      const events = ['AdminDelaySet', 'PlanAnnounced', 'RecorderSet', 'FloatWithdrawn', 'RecoverySet'];
      for (const event of events) {
        expect(codes).to.include(`no-admin@${entryAt(forged, find(forged, event))}`);
      }
      const recovered = find(forged, 'WalletSet', (args) => args.how === 3n);
      expect(codes).to.include(`no-admin@${entryAt(forged, recovered)}`);
    });

    it('finds a sale that pays the lane that a distributor has moved from', () => {
      const copy = getCopy();
      const old = (id: number) => (id === 16 ? 5 : id);
      const { forged, entry } = compact
        ? alter(
            copy,
            'BatchSettled',
            (args) => args.batch === 1n && args.from === 0n,
            ({ sales }) => {
              const lines = decodeLines(sales as Hex);
              for (const credit of lines[0]!.credits) credit.id = old(credit.id);
              return { sales: encodeLines(lines) };
            },
          )
        : alter(
            copy,
            'SaleSettled',
            (args) => args.sale === 65_536n,
            ({ credits }) => ({
              credits: (credits as bigint[]).map((each) => (each % 100_000_000n === 16n ? each - 11n : each)),
            }),
          );
      const [finding] = fullAudit(copy, refold(forged)).findings;
      expect(finding).to.include({ code: 'line-credit', entry, subject: 'sale 1-0' });
      expect(finding!.expected).to.match(/^distributor 16 with/);
      expect(finding!.found).to.match(/^distributor 5 with/);
    });

    it('finds ranks that pay otherwise', () => {
      const copy = getCopy();
      // The first standings, without those of 12 at their end.
      const { forged } = alter(
        copy,
        'StandingSet',
        () => true,
        ({ records }) => ({ records: (records as string).slice(0, -8) }),
      );
      const [finding] = fullAudit(copy, refold(forged)).findings;
      const settled = entryAt(forged, find(forged, 'BatchSettled'));
      expect(finding).to.include({ code: 'line-credit', entry: settled, subject: 'sale 1-0' });
    });

    it('tells from the contract’s own head and storage what was forged by the rules', async () => {
      const copy = getCopy();
      const { anvil, ledger } = company();
      const findingsOf = async (forged: LedgerLog[]) => {
        // Entries of one block keep their order by log index.
        const numbered = refold(forged).map((log, i) => ({ ...log, logIndex: i }));
        expect(audit(copy, numbered)).to.deep.equal([]);
        const node = await startNode(anvil.rpcUrl, lyingWith(numbered, ledger));
        try {
          const { findings } = await auditLedger({ rpcUrl: node.rpcUrl, ledger: ledger });
          return findings.map(({ code, subject }) => `${code} ${subject}`);
        } finally {
          await node.stop();
        }
      };
      const any = () => true;
      const reason = alter(copy, 'SponsorCorrected', any, () => ({ reason: EVIDENCE }));
      expect(await findingsOf(reason.forged)).to.deep.equal(['journal-head journal']);
      const outcome = alter(copy, 'FlagClosed', any, () => ({ outcome: 1n }));
      expect(await findingsOf(outcome.forged)).to.deep.equal(['journal-head journal', 'flag-state flag 1']);
      const isPending = (args: Args) => args.id === 7n;
      const other = alter(copy, 'RecoverySet', isPending, () => ({ to: walletOf(108) }));
      const wallet = company().account(7).address.toLowerCase();
      expect(await findingsOf(other.forged)).to.deep.equal([
        'journal-head journal',
        `recovery-state wallet ${wallet}`,
      ]);
    });
  });
});
