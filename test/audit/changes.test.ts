import { encodeStandings } from '@plumbline/protocol';
import { zeroHash } from 'viem';
import { walletOf } from '../support/company/company.ts';
import { type Args, describeForgeries, distributor, isChange } from './forgeries.ts';

const standing = (id: number, rank: number, status: number) => ({
  records: encodeStandings([{ id, rank, status }]),
});
/** The rank of 6, before the second batch. */
const isSecond = (args: Args) => args.change === 11n;

describeForgeries('auditLogs of forged changes', {
  'standings by an account that is not a ranker': {
    event: 'StandingAnnounced',
    change: () => ({ ranker: walletOf(4) }),
    code: 'standing-ranker',
  },
  'other evidence for standings': {
    event: 'StandingAnnounced',
    change: () => ({ evidence: `0x${'e2'.repeat(32)}` }),
    code: null,
  },
  'standings of an id that is not enrolled': {
    event: 'StandingAnnounced',
    which: isSecond,
    change: () => standing(99, 1, 1),
    code: 'standing-distributor',
    hasMore: true,
  },
  'standings of a distributor who has moved': {
    event: 'StandingAnnounced',
    which: isSecond,
    change: () => standing(5, 1, 1),
    code: 'standing-distributor',
    hasMore: true,
  },
  'standings with a status that no distributor can be given': {
    event: 'StandingAnnounced',
    which: isSecond,
    change: () => standing(6, 1, 3),
    code: 'standing-status',
    hasMore: true,
  },
  'standings that are not whole': {
    event: 'StandingAnnounced',
    which: isSecond,
    change: ({ records }) => ({ records: `${records}00` }),
    code: 'standing-records',
  },
  'a correction of an id that is not enrolled': {
    event: 'CorrectionAnnounced',
    which: distributor(10n),
    change: () => ({ id: 99n, newId: 99n }),
    code: 'correction-distributor',
    hasMore: true,
  },
  'a correction to the sponsor that was': {
    event: 'CorrectionAnnounced',
    which: distributor(8n),
    change: () => ({ sponsor: 4n }),
    code: 'correction-sponsor',
    hasMore: true,
  },
  'a correction to a sponsor who is not enrolled': {
    event: 'CorrectionAnnounced',
    which: distributor(8n),
    change: () => ({ sponsor: 77n }),
    code: 'correction-sponsor',
    hasMore: true,
  },
  'a correction to a distributor of the downline': {
    event: 'CorrectionAnnounced',
    which: distributor(8n),
    change: () => ({ sponsor: 10n }),
    code: 'correction-sponsor',
    hasMore: true,
  },
  'a correction without a reason': {
    event: 'CorrectionAnnounced',
    which: distributor(8n),
    change: () => ({ reason: zeroHash }),
    code: 'correction-reason',
  },
  'a correction that moves a distributor elsewhere': {
    event: 'ChangeApplied',
    which: isChange(7n),
    change: () => ({ newId: 24n }),
    code: 'change-place',
    hasMore: true,
  },
  'a correction that leaves a distributor in place who must move': {
    event: 'ChangeApplied',
    which: isChange(6n),
    change: () => ({ newId: 5n }),
    code: 'change-place',
    hasMore: true,
  },
  'a change with another number': {
    event: 'StandingAnnounced',
    which: isChange(12n),
    change: () => ({ change: 19n }),
    code: 'change-number',
    hasMore: true,
  },
  'a rank that is effective a day early': {
    event: 'StandingAnnounced',
    which: isChange(12n),
    change: ({ effectiveAt }) => ({ effectiveAt: (effectiveAt as bigint) - 86_400n }),
    code: 'change-time',
  },
  'a correction that is effective after midnight': {
    event: 'CorrectionAnnounced',
    which: isChange(7n),
    change: ({ effectiveAt }) => ({ effectiveAt: (effectiveAt as bigint) + 1n }),
    code: 'change-time',
    hasMore: true,
  },
  'more records of standing than may be pending': {
    event: 'StandingAnnounced',
    which: isChange(12n),
    change: ({ records }) => ({ records: `0x${String(records).slice(2).repeat(20_001)}` }),
    code: 'change-limit',
  },
  'a change cancelled by an account without the right to': {
    event: 'ChangeCancelled',
    which: isChange(2n),
    change: () => ({ by: walletOf(4) }),
    code: 'change-cancel-power',
  },
  'a leaving cancelled by the admin': {
    event: 'ChangeCancelled',
    which: isChange(9n),
    change: (_, { admin }) => ({ by: admin }),
    code: 'change-cancel-power',
  },
  'a cancellation of a change that was never announced': {
    event: 'ChangeCancelled',
    which: isChange(9n),
    change: () => ({ change: 99n }),
    code: 'change-pending',
    hasMore: true,
  },
  'an application of a change that was cancelled': {
    event: 'ChangeApplied',
    which: isChange(8n),
    change: () => ({ change: 2n }),
    code: 'change-pending',
    hasMore: true,
  },
  'a change applied before one that was announced earlier': {
    event: 'ChangeApplied',
    which: isChange(3n),
    change: () => ({ change: 4n }),
    code: 'change-order',
    hasMore: true,
  },
  'a standing applied further than it has records': {
    event: 'ChangeApplied',
    which: isChange(11n),
    change: () => ({ until: 2n }),
    code: 'change-range',
  },
  'a standing that gives an id': {
    event: 'ChangeApplied',
    which: isChange(11n),
    change: () => ({ newId: 6n }),
    code: 'change-place',
  },
  'a correction that lapsed though it fitted': {
    event: 'ChangeApplied',
    which: isChange(4n),
    change: () => ({ newId: 0n, lapsed: true }),
    code: 'change-lapse',
    hasMore: true,
  },
  'a correction that was applied though it did not fit any more': {
    event: 'ChangeApplied',
    which: isChange(5n),
    change: () => ({ newId: 10n, lapsed: false }),
    code: 'change-lapse',
  },
  'an ending that lapsed though the distributor was there': {
    event: 'ChangeApplied',
    which: isChange(10n),
    change: () => ({ lapsed: true }),
    code: 'change-lapse',
  },
  'an ending for cause without a reason': {
    event: 'EndingAnnounced',
    which: isChange(10n),
    change: () => ({ reason: zeroHash }),
    code: 'ending-reason',
  },
  'an ending for cause of an id that is not enrolled': {
    event: 'EndingAnnounced',
    which: isChange(13n),
    change: () => ({ id: 99n }),
    code: 'ending-distributor',
  },
  'a leaving that was announced before': {
    event: 'EndingAnnounced',
    which: isChange(9n),
    change: () => ({ id: 10n }),
    code: 'ending-again',
    hasMore: true,
  },
  'the leaving of an id that is not enrolled': {
    event: 'EndingAnnounced',
    change: () => ({ id: 99n }),
    code: 'ending-distributor',
    hasMore: true,
  },
  'the leaving of a distributor without a wallet': {
    event: 'EndingAnnounced',
    change: () => ({ id: 20n }),
    code: 'ending-distributor',
    hasMore: true,
  },
  'the leaving of a lane that a distributor has moved from': {
    event: 'EndingAnnounced',
    change: () => ({ id: 5n }),
    code: 'ending-distributor',
    hasMore: true,
  },
});
