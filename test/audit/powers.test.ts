import { encodeBalances, planHash } from '@plumbline/protocol';
import { zeroAddress } from 'viem';
import { EVIDENCE, walletOf } from '../support/company/company.ts';
import { describeForgeries, distributor } from './forgeries.ts';
import { BY_DIFFERENCE, BY_GENERATION } from './thrive.ts';

describeForgeries('auditLogs of forged powers', {
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
    change: () => ({ flag: 4n }),
    code: 'flag-number',
    hasMore: true,
  },
  'a flag about an id that is not enrolled': {
    event: 'FlagRaised',
    change: () => ({ subject: 99n }),
    code: 'flag-subject',
    hasMore: true,
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
  'a flag of a severity that does not exist': {
    event: 'FlagRaised',
    change: () => ({ severity: 4n }),
    code: 'flag-severity',
  },
  'a flag with more than 90 days to its review': {
    event: 'FlagRaised',
    which: (args) => args.flag === 2n,
    change: ({ reviewBy }) => ({ reviewBy: (reviewBy as bigint) + 2n * 86_400n }),
    code: 'flag-review',
  },
  'a flag whose review was over when it was raised': {
    event: 'FlagRaised',
    which: (args) => args.flag === 3n,
    change: ({ reviewBy }) => ({ reviewBy: (reviewBy as bigint) - 11n * 86_400n }),
    code: 'flag-review',
  },
  'an answer of a distributor who is not flagged': {
    event: 'FlagAnswered',
    change: () => ({ id: 4n }),
    code: 'flag-answer',
  },
  'an answer to the flag of a sale': {
    event: 'FlagAnswered',
    change: () => ({ flag: 2n }),
    code: 'flag-answer',
  },
  'another outcome of a flag': {
    event: 'FlagClosed',
    change: () => ({ outcome: 1n }),
    code: null,
  },
  'more float taken out than was announced, and than was free': {
    event: 'FloatWithdrawn',
    change: () => ({ units: 1n << 49n }),
    code: 'act-missing',
    hasMore: true,
  },
  'no float taken out': {
    event: 'FloatWithdrawn',
    change: () => ({ units: 0n }),
    code: 'act-missing',
    hasMore: true,
  },
  'float taken out to the token': {
    event: 'FloatWithdrawn',
    change: (_, { token }) => ({ to: token }),
    code: 'act-missing',
    hasMore: true,
  },
  'a call announced for sooner than the delay': {
    event: 'ActAnnounced',
    change: ({ effectiveAt }) => ({ effectiveAt: (effectiveAt as bigint) - 1n }),
    code: 'act-time',
  },
  'a call cancelled by an account without the right to': {
    event: 'ActCancelled',
    change: () => ({ by: walletOf(4) }),
    code: 'act-power',
  },
  'a call cancelled that was not announced': {
    event: 'ActCancelled',
    change: () => ({ act: EVIDENCE }),
    code: 'act-cancelled',
    hasMore: true,
  },
  'a role given to another account than announced': {
    event: 'RoleChanged',
    which: (args, company) => String(args.account) === company.account(3).address,
    change: () => ({ account: walletOf(4) }),
    code: 'act-missing',
    hasMore: true,
  },
  'a recorder with a higher cap than announced': {
    event: 'RecorderSet',
    which: (args) => args.number === 2n,
    change: ({ cap }) => ({ cap: (cap as bigint) + 1n }),
    code: 'act-missing',
  },
  'a recorder with another number': {
    event: 'RecorderSet',
    which: (args) => args.number === 2n,
    change: () => ({ number: 3n }),
    code: 'recorder-number',
    hasMore: true,
  },
  'a recorder with a cap that no ledger takes': {
    event: 'RecorderSet',
    change: () => ({ cap: 1n << 50n }),
    code: 'recorder-cap',
  },
  'a standby key that is a recorder’s': {
    event: 'StandbySet',
    change: (_, { admin }) => ({ key: admin }),
    code: 'standby-key',
    hasMore: true,
  },
  'transfers of the admin’s seat that take less than the delay': {
    event: 'AdminDelaySet',
    change: () => ({ delay: 3_600n }),
    code: 'admin-delay-short',
  },
  'a standby key that was not announced': {
    event: 'StandbySet',
    change: () => ({ key: walletOf(52) }),
    code: 'act-missing',
    hasMore: true,
  },
  'a recorder replaced by a key that is not its standby': {
    event: 'RecorderReplaced',
    change: () => ({ to: walletOf(52) }),
    code: 'recorder-replaced',
    hasMore: true,
  },
  'a plan cancelled that had started': {
    event: 'PlanCancelled',
    change: () => ({ version: 2n }),
    code: 'plan-cancelled',
  },
  'balances from before that their records do not add up to': {
    event: 'BalancesOpened',
    change: ({ units }) => ({ units: (units as bigint) + 1n }),
    code: 'opening-records',
  },
  'a balance from before for an id that is not enrolled': {
    event: 'BalancesOpened',
    change: () => ({ records: encodeBalances([{ id: 99, units: 5_070n }]) }),
    code: 'opening-distributor',
    hasMore: true,
  },
  'balances from before above the float': {
    event: 'BalancesOpened',
    change: () => ({ units: 1n << 49n, records: encodeBalances([{ id: 4, units: 1n << 49n }]) }),
    code: 'opening-float',
    hasMore: true,
  },
  'a late refund of a sale that is not there': {
    event: 'RefundedLate',
    change: () => ({ sale: 65_536n + 99n }),
    code: 'refund-sale',
  },
  'a late refund of nothing': {
    event: 'RefundedLate',
    change: () => ({ priceCents: 0n }),
    code: 'refund-amount',
  },
  'a successor that is the ledger itself': {
    event: 'SuccessorSet',
    change: (_, { ledger }) => ({ successor: ledger }),
    code: 'successor-address',
  },
  'a sweep of nothing': {
    event: 'SurplusSwept',
    change: () => ({ units: 0n }),
    code: 'sweep-amount',
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
});
