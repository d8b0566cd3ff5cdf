import { encodeStandings, planHash } from '@plumbline/protocol';
import { expect } from 'chai';
import { zeroAddress } from 'viem';
import { EVIDENCE, type LedgerCompany, walletOf } from '../support/company/company.ts';
import { audit, refold } from './forge.ts';
import { alter, onBoth, THRIVED } from './histories.ts';
import { BY_DIFFERENCE, BY_GENERATION } from './thrive.ts';

type Args = Record<string, unknown>;

interface Forgery {
  event: string;
  which?: (args: Args, company: LedgerCompany) => boolean;
  change: (args: Args, company: LedgerCompany) => Args;
  /** The finding at the entry when every head is computed anew; null where only the journal can tell. */
  code: string | null;
  /** Whether more findings follow from it. */
  hasMore?: boolean;
}

const distributor = (id: bigint) => (args: Args) => args.id === id;
const standing = (id: number, rank: number, status: number) => ({
  records: encodeStandings([{ id, rank, status }]),
});
const isSecond = (args: Args) => String(args.records).length === 10;

const FORGERIES: Record<string, Forgery> = {
  'standings by an account that is not a ranker': {
    event: 'StandingSet',
    change: () => ({ ranker: walletOf(4) }),
    code: 'standing-ranker',
  },
  'other evidence for standings': {
    event: 'StandingSet',
    change: () => ({ evidence: `0x${'e2'.repeat(32)}` }),
    code: null,
  },
  'standings of an id that is not enrolled': {
    event: 'StandingSet',
    which: isSecond,
    change: () => standing(99, 1, 1),
    code: 'standing-distributor',
    hasMore: true,
  },
  'standings of a distributor who has moved': {
    event: 'StandingSet',
    which: isSecond,
    change: () => standing(5, 1, 1),
    code: 'standing-distributor',
    hasMore: true,
  },
  'standings with a status that no distributor can be given': {
    event: 'StandingSet',
    which: isSecond,
    change: () => standing(6, 1, 3),
    code: 'standing-status',
    hasMore: true,
  },
  'standings that are not whole': {
    event: 'StandingSet',
    which: isSecond,
    change: ({ records }) => ({ records: `${records}00` }),
    code: 'standing-records',
  },
  'a correction of an id that is not enrolled': {
    event: 'SponsorCorrected',
    which: distributor(10n),
    change: () => ({ id: 99n, newId: 99n }),
    code: 'correction-distributor',
    hasMore: true,
  },
  'a correction to the sponsor that was': {
    event: 'SponsorCorrected',
    which: distributor(8n),
    change: () => ({ sponsor: 4n }),
    code: 'correction-sponsor',
    hasMore: true,
  },
  'a correction to a sponsor who is not enrolled': {
    event: 'SponsorCorrected',
    which: distributor(8n),
    change: () => ({ sponsor: 77n }),
    code: 'correction-sponsor',
    hasMore: true,
  },
  'a correction to a distributor of the downline': {
    event: 'SponsorCorrected',
    which: distributor(8n),
    change: () => ({ sponsor: 10n }),
    code: 'correction-sponsor',
    hasMore: true,
  },
  'a correction to a distributor who has moved': {
    event: 'SponsorCorrected',
    which: distributor(9n),
    change: () => ({ sponsor: 5n }),
    code: 'correction-sponsor',
  },
  'a correction that moves a distributor elsewhere': {
    event: 'SponsorCorrected',
    which: distributor(9n),
    change: () => ({ newId: 24n }),
    code: 'correction-place',
    hasMore: true,
  },
  'a correction that leaves a distributor in place who must move': {
    event: 'SponsorCorrected',
    which: distributor(5n),
    change: () => ({ newId: 5n }),
    code: 'correction-place',
    hasMore: true,
  },
  'the leaving of an id that is not enrolled': {
    event: 'DistributorLeft',
    change: () => ({ id: 99n }),
    code: 'leaving-distributor',
    hasMore: true,
  },
  'the leaving of a distributor without a wallet': {
    event: 'DistributorLeft',
    change: () => ({ id: 20n }),
    code: 'leaving-distributor',
    hasMore: true,
  },
  'the leaving of a lane that a distributor has moved from': {
    event: 'DistributorLeft',
    change: () => ({ id: 5n }),
    code: 'leaving-distributor',
    hasMore: true,
  },
  'a claim of a distributor with a wallet': {
    event: 'WalletSet',
    which: distributor(6n),
    change: () => ({ id: 4n }),
    code: 'wallet-from',
  },
  'a claim that is called a change': {
    event: 'WalletSet',
    which: distributor(6n),
    change: () => ({ how: 2n }),
    code: 'wallet-from',
  },
  'a claim of a wallet that is another distributor’s': {
    event: 'WalletSet',
    which: distributor(6n),
    change: () => ({ to: walletOf(12) }),
    code: 'wallet-to',
  },
  'a claim of the ledger': {
    event: 'WalletSet',
    which: distributor(6n),
    change: (_, { ledger }) => ({ to: ledger }),
    code: 'wallet-to',
  },
  'a wallet changed from another': {
    event: 'WalletSet',
    which: distributor(8n),
    change: () => ({ from: walletOf(10) }),
    code: 'wallet-from',
  },
  'a wallet of an id that is not enrolled': {
    event: 'WalletSet',
    which: distributor(8n),
    change: () => ({ id: 99n }),
    code: 'wallet-distributor',
    hasMore: true,
  },
  'a change that is called a recovery': {
    event: 'WalletSet',
    which: distributor(8n),
    change: () => ({ how: 3n }),
    code: 'recovery-due',
  },
  'a recovery to another wallet than proposed': {
    event: 'WalletSet',
    which: distributor(12n),
    change: () => ({ to: walletOf(111) }),
    code: 'recovery-due',
    hasMore: true,
  },
  'a recovery that leaves less time': {
    event: 'RecoverySet',
    which: distributor(7n),
    change: ({ executableFrom }) => ({ executableFrom: Number(executableFrom) - 1 }),
    code: 'recovery-time',
  },
  'a recovery to a wallet that is taken': {
    event: 'RecoverySet',
    which: distributor(7n),
    change: () => ({ to: walletOf(21) }),
    code: 'recovery-to',
  },
  'a recovery to nowhere': {
    event: 'RecoverySet',
    which: distributor(7n),
    change: () => ({ to: zeroAddress }),
    code: 'recovery-to',
  },
  'a recovery of another distributor’s wallet': {
    event: 'RecoverySet',
    which: distributor(7n),
    change: () => ({ id: 4n }),
    code: 'recovery-wallet',
  },
  'a second proposal in the place of a cancellation': {
    event: 'RecoverySet',
    which: (args) => args.to === zeroAddress,
    change: () => ({ to: walletOf(113), executableFrom: 1n << 39n }),
    code: 'recovery-pending',
    hasMore: true,
  },
  'a hold of more than 30 days': {
    event: 'HoldSet',
    change: ({ until }) => ({ until: Number(until) + 21 * 86_400 }),
    code: 'hold-length',
  },
  'a hold of a distributor without a wallet': {
    event: 'HoldSet',
    change: () => ({ id: 20n }),
    code: 'hold-distributor',
    hasMore: true,
  },
  'another reason for a hold': {
    event: 'HoldSet',
    change: () => ({ reason: EVIDENCE }),
    code: null,
  },
  'a flag with another number': {
    event: 'FlagRaised',
    which: (args) => args.flag === 2n,
    change: () => ({ flag: 3n }),
    code: 'flag-number',
  },
  'a flag about an id that is not enrolled': {
    event: 'FlagRaised',
    change: () => ({ subject: 99n }),
    code: 'flag-subject',
  },
  'a flag of a sale that is not there': {
    event: 'FlagRaised',
    which: (args) => args.flag === 2n,
    change: () => ({ subject: 9n << 16n }),
    code: 'flag-subject',
  },
  'the end of a flag that was never raised': {
    event: 'FlagClosed',
    change: () => ({ flag: 9n }),
    code: 'flag-open',
  },
  'another outcome of a flag': {
    event: 'FlagClosed',
    change: () => ({ outcome: 1n }),
    code: null,
  },
  'more float taken out than was free': {
    event: 'FloatWithdrawn',
    change: () => ({ units: 1n << 49n }),
    code: 'withdrawal-amount',
    hasMore: true,
  },
  'no float taken out': {
    event: 'FloatWithdrawn',
    change: () => ({ units: 0n }),
    code: 'withdrawal-amount',
  },
  'float taken out to the token': {
    event: 'FloatWithdrawn',
    change: (_, { token }) => ({ to: token }),
    code: 'withdrawal-address',
  },
  'a pause by an account without the right to': {
    event: 'PauseSet',
    change: () => ({ by: walletOf(4) }),
    code: 'pause-power',
  },
  'a pause that a guardian ends': {
    event: 'PauseSet',
    which: (args) => args.paused === false,
    change: (_, company) => ({ by: company.account(2).address }),
    code: 'pause-power',
  },
  'a payout sent to the ledger': {
    event: 'PayoutRedirected',
    change: (_, { ledger }) => ({ to: ledger }),
    code: 'payout-address',
  },
  'a payout of another wallet sent elsewhere': {
    event: 'PayoutRedirected',
    change: () => ({ wallet: walletOf(10) }),
    code: 'payout-wallet',
  },
  'more sent elsewhere than was owed': {
    event: 'PayoutRedirected',
    change: ({ units }) => ({ units: (units as bigint) + 1n }),
    code: 'payout-amount',
  },
  'a payout of the lane that a distributor has moved from': {
    event: 'PayoutRedirected',
    change: () => ({ id: 5n }),
    code: 'payout-distributor',
  },
  'an enrolment below a distributor who has left': {
    event: 'Enrolled',
    which: distributor(24n),
    change: () => ({ sponsor: 10n }),
    code: 'enrolment-sponsor',
  },
  'a plan by generation without a rank to count from': {
    event: 'PlanAnnounced',
    which: (args) => args.version === 2n,
    change: () => {
      const plan = { ...BY_GENERATION, boundaryRank: 0 };
      return { plan, planHash: planHash(plan) };
    },
    code: 'plan-invalid',
    hasMore: true,
  },
  'a plan by difference that compresses dynamically': {
    event: 'PlanAnnounced',
    which: (args) => args.version === 3n,
    change: () => {
      const plan = { ...BY_DIFFERENCE, compression: 2 };
      return { plan, planHash: planHash(plan) };
    },
    code: 'plan-invalid',
    hasMore: true,
  },
};

describe('auditLogs of forged powers', () => {
  onBoth(THRIVED, (company, getCopy) => {
    for (const [name, { event, which, change, code, hasMore }] of Object.entries(FORGERIES)) {
      it(`finds ${name}`, () => {
        const copy = getCopy();
        const test = (args: Args) => which?.(args, company()) ?? true;
        const { forged, entry } = alter(copy, event, test, (args) => change(args, company()));
        expect(audit(copy, forged)).to.include(`journal-mismatch@${entry}`);
        const found = audit(copy, refold(forged));
        const expected = code === null ? [] : [`${code}@${entry}`];
        expect(hasMore ? found.slice(0, 1) : found).to.deep.equal(expected);
      });
    }
  });
});
