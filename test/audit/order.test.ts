import { auditLedger } from '@plumbline/audit';
import {
  decodeLines,
  decodeStandings,
  encodeLines,
  encodeStandings,
  type LedgerLog,
} from '@plumbline/protocol';
import { expect } from 'chai';
import { type Address, type Hex, zeroAddress, zeroHash } from 'viem';
import { DAY, roleNamed, walletOf } from '../support/company/company.ts';
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
      const at = find(copy.logs, 'CorrectionAnnounced', (args) => args.id === 9n);
      const enrolled = copy.blockTimes.get(copy.logs[find(copy.logs, 'Enrolled')]!.blockNumber)!;
      const corrected = copy.blockTimes.get(copy.logs[at]!.blockNumber)!;
      const left = enrolled + 7 * DAY - corrected;
      const late = (seconds: number) =>
        auditShifted(copy, at, seconds).filter((code) => code.startsWith('correction'));
      expect(late(left - 1)).to.deep.equal([]);
      expect(late(left)).to.deep.equal([`correction-window@${entryAt(copy.logs, at)}`]);
    });

    it('finds a correction to a distributor who has moved', () => {
      const copy = getCopy();
      const at = find(copy.logs, 'ChangeApplied', (args) => args.change === 6n);
      const correction = copy.logs[find(copy.logs, 'CorrectionAnnounced', (args) => args.id === 8n)]!;
      const again = rewrite(correction, () => ({ id: 12n, sponsor: 5n }));
      const forged = refold(splice(copy.logs, at + 1, 0, { ...again, ...placeAfter(copy.logs[at]!) }));
      expect(audit(copy, forged)).to.include(`correction-sponsor@${entryAt(copy.logs, at) + 1}`);
    });

    it('finds a change applied before its time, and one cancelled after it', () => {
      const copy = getCopy();
      const at = find(copy.logs, 'ChangeApplied', (args) => args.change === 11n);
      expect(auditShifted(copy, at, -DAY)).to.deep.equal([`change-early@${entryAt(copy.logs, at)}`]);
      const cancelled = find(copy.logs, 'ChangeCancelled', (args) => args.change === 2n);
      expect(auditShifted(copy, cancelled, 2 * DAY)).to.deep.equal([
        `change-cancel-late@${entryAt(copy.logs, cancelled)}`,
      ]);
    });

    it('finds a change applied while a batch is open that was recorded before it', () => {
      const copy = getCopy();
      // The batch before the corrections, as if they had been applied after it.
      const applied = find(copy.logs, 'ChangeApplied', (args) => args.change === 10n);
      const recorded = find(copy.logs, 'BatchRecorded', (args) => args.batch === 1n);
      const settled = findNth(copy.logs, 'BatchSettled', 1);
      const [change, entry] = [copy.logs[applied]!, entryAt(copy.logs, recorded) + 1];
      expect(settled).to.be.greaterThan(recorded);
      const early = splice(splice(copy.logs, applied, 1), recorded + 1, 0, change);
      expect(audit(copy, refold(early))).to.include(`change-pending@${entry}`);
      // Standing 11 was announced after batch 1 was settled: without that settlement the batch stays open.
      const firstOf = copy.logs.findIndex(
        ({ blockNumber }) => blockNumber === copy.logs[settled]!.blockNumber,
      );
      const open = splice(copy.logs, firstOf, settled - firstOf + 1);
      const later = find(open, 'ChangeApplied', (args) => args.change === 8n);
      expect(audit(copy, refold(open))).to.include(`change-batches@${entryAt(open, later)}`);
    });

    it('finds a batch settled before a change that was effective when it was recorded', () => {
      const copy = getCopy();
      const { forged } = without(copy, 'ChangeApplied', (args) => args.change === 11n);
      const settled = find(forged, 'BatchSettled', (args) => args.batch === 2n);
      expect(audit(copy, forged)).to.include(`settlement-changes@${entryAt(forged, settled)}`);
    });

    it('finds a call made too early, too late, twice, and after it was cancelled', () => {
      const copy = getCopy();
      const at = find(copy.logs, 'FloatWithdrawn');
      const entry = entryAt(copy.logs, at);
      expect(auditShifted(copy, at, -60)).to.deep.equal([`act-early@${entry}`]);
      expect(auditShifted(copy, at, DAY - 60)).to.deep.equal([]);
      expect(auditShifted(copy, at, DAY + 1)).to.deep.equal([`act-void@${entry}`]);
      const again = twice(copy, at);
      expect(audit(copy, again.forged)).to.deep.equal([`act-missing@${again.entry}`]);
      const announced = copy.logs[find(copy.logs, 'ActCancelled')]!;
      const greedy = rewrite(copy.logs[at]!, () => ({ units: 5n }));
      const cancelled = find(copy.logs, 'ActCancelled') + 1;
      const made = refold(splice(copy.logs, cancelled, 0, { ...greedy, ...placeAfter(announced) }));
      expect(audit(copy, made)).to.deep.equal([`act-missing@${entryAt(copy.logs, cancelled)}`]);
    });

    it('finds a call announced twice, and every call that was not announced', () => {
      const copy = getCopy();
      const again = twice(copy, find(copy.logs, 'ActAnnounced'));
      expect(audit(copy, again.forged)).to.deep.equal([`act-pending@${again.entry}`]);
      const count = copy.logs.filter((log) => log.topics[0] === copy.logs[again.entry - 1]?.topics[0]).length;
      expect(count).to.be.greaterThan(0);
      const forged = [0, 1, 2, 3, 4].reduce(
        (logs) => splice(logs, find(logs, 'ActAnnounced'), 1),
        copy.logs as LedgerLog[],
      );
      const codes = audit(copy, refold(forged)).map((code) => code.split('@')[0]);
      expect(codes).to.deep.equal(new Array(5).fill('act-missing'));
    });

    it('finds a ninth plan that has not started', () => {
      const copy = getCopy();
      const at = find(copy.logs, 'PlanAnnounced', (args) => args.version === 4n);
      const more = Array.from({ length: 8 }, (_, i) =>
        rewrite(copy.logs[at]!, () => ({ version: BigInt(5 + i) })),
      );
      const forged = refold(splice(copy.logs, at + 1, 0, ...more));
      expect(audit(copy, forged)).to.deep.equal([`plan-pending@${entryAt(copy.logs, at) + 8}`]);
    });

    it('finds a plan cancelled twice, and a batch of a plan that was cancelled', () => {
      const copy = getCopy();
      const again = twice(copy, find(copy.logs, 'PlanCancelled'));
      expect(audit(copy, again.forged)).to.deep.equal([`plan-cancelled@${again.entry}`]);
      const third = find(copy.logs, 'PlanAnnounced', (args) => args.version === 3n);
      const cancelled = rewrite(copy.logs[find(copy.logs, 'PlanCancelled')]!, () => ({ version: 3n }));
      const forged = refold(
        splice(copy.logs, third + 1, 0, { ...cancelled, ...placeAfter(copy.logs[third]!) }),
      );
      const batch = findNth(forged, 'BatchRecorded', 2);
      expect(audit(copy, forged)[0]).to.equal(`batch-plan@${entryAt(forged, batch)}`);
    });

    it('finds balances from before that come after a sale, and a late refund before the settlement', () => {
      const copy = getCopy();
      const recorded = find(copy.logs, 'BatchRecorded');
      const move = (event: string) => {
        const log = copy.logs[find(copy.logs, event)]!;
        return refold(splice(copy.logs, recorded + 1, 0, { ...log, ...placeAfter(copy.logs[recorded]!) }));
      };
      const entry = entryAt(copy.logs, recorded) + 1;
      expect(audit(copy, move('BalancesOpened'))[0]).to.equal(`opening-late@${entry}`);
      expect(audit(copy, move('RefundedLate'))).to.deep.equal([`refund-early@${entry}`]);
    });

    it('finds a flag answered twice, one answered and one closed after its review, and a second successor', () => {
      const copy = getCopy();
      const answered = twice(copy, find(copy.logs, 'FlagAnswered'));
      expect(audit(copy, answered.forged)).to.deep.equal([`flag-answer@${answered.entry}`]);
      const closed = find(copy.logs, 'FlagClosed');
      expect(auditShifted(copy, closed, 31 * DAY)).to.deep.equal([`flag-open@${entryAt(copy.logs, closed)}`]);
      const late = find(copy.logs, 'FlagAnswered');
      expect(auditShifted(copy, late, 31 * DAY)).to.deep.equal([`flag-open@${entryAt(copy.logs, late)}`]);
      const named = twice(copy, find(copy.logs, 'SuccessorSet'));
      expect(audit(copy, named.forged)).to.deep.equal([`successor-again@${named.entry}`]);
    });

    it('finds a second recorder’s batch under another number, and one by its former key', () => {
      const copy = getCopy();
      const second = (args: Args) => (args.batch as bigint) > 1n << 24n;
      const other = alter(copy, 'BatchRecorded', second, () => ({ batch: 4n }));
      expect(audit(copy, refold(other.forged))[0]).to.equal(`batch-sequence@${other.entry}`);
      const former = alter(copy, 'BatchRecorded', second, () => ({ recorder: walletOf(50) }));
      expect(audit(copy, refold(former.forged))).to.deep.equal([`batch-recorder@${former.entry}`]);
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
      const batches = [1, 2, 3].map((nth) => findNth(forged, 'BatchRecorded', nth));
      const enrolled = [21n, 24n, 25n].map((id) => find(forged, 'Enrolled', (args) => args.id === id));
      expect(audit(copy, forged)).to.have.members(
        [...batches, ...enrolled].map((at) => `while-paused@${entryAt(forged, at)}`),
      );
      const pause = copy.logs[find(copy.logs, 'PauseSet')]!;
      const at = find(copy.logs, 'CorrectionAnnounced', (args) => args.id === 9n);
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
      expect(compliance.codes).to.have.length(11);
      expect(compliance.codes[0]).to.equal(`no-holder@${first}`);
      const both = ({ account: holder, role }: Args) =>
        role === roleNamed('REGISTRAR') && String(holder) !== company().account(3).address;
      const own = without(copy, 'RoleChanged', both).forged;
      const another = find(own, 'RoleChanged', ({ role }) => role === roleNamed('REGISTRAR'));
      const forgedTwice = refold(splice(own, another, 1));
      const registrar = { forged: forgedTwice, codes: audit(copy, forgedTwice) };
      const claim = entryAt(registrar.forged, find(registrar.forged, 'WalletSet'));
      expect(registrar.codes).to.deep.equal([`no-holder@${claim}`]);
      const ranker = withoutRole('RANKER');
      expect(new Set(ranker.codes.map((code) => code.split('@')[0]))).to.deep.equal(
        new Set(['standing-ranker']),
      );
      const isGuardian = ({ role, account }: Args) =>
        role === roleNamed('GUARDIAN') && account === company().account(2).address;
      const guardian = without(copy, 'RoleChanged', isGuardian).forged;
      const found = [
        ['change-cancel-power', 'ChangeCancelled'],
        ['pause-power', 'PauseSet'],
        ['act-power', 'ActCancelled'],
        ['role-change', 'RoleChanged', isGuardian],
      ] as const;
      expect(audit(copy, guardian)).to.deep.equal(
        found.map(([code, event, which]) => `${code}@${entryAt(guardian, find(guardian, event, which))}`),
      );
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
      // The first standings, with a lower rank of 12.
      const { forged } = alter(
        copy,
        'StandingAnnounced',
        () => true,
        ({ records }) => ({
          records: encodeStandings(
            decodeStandings(records as Hex).map((each) => (each.id === 12 ? { ...each, rank: 1 } : each)),
          ),
        }),
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
      const reason = alter(copy, 'FlagRaised', any, () => ({ evidence: `0x${'77'.repeat(32)}` }));
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
