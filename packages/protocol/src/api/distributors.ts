import { type Static, Type } from 'typebox';
import { FLAG_OUTCOMES } from '../journal/entries.ts';
import { count, hex, isFinal, itemState, nullable, oneOf, reference, requestOf, units } from './fields.ts';
import { WALLET_PATTERN } from './patterns.ts';

export const DistributorsRequest = requestOf({
  distributors: Type.Array(
    requestOf({
      reference: reference("The company's own reference"),
      sponsor: nullable(reference('Reference of the sponsor; null for a root')),
      wallet: Type.Optional(
        nullable(
          Type.String({
            pattern: WALLET_PATTERN,
            description: 'Where payouts go; without one nothing can be paid out yet',
          }),
        ),
      ),
    }),
    { minItems: 1, maxItems: 1_000 },
  ),
});
export type DistributorsRequest = Static<typeof DistributorsRequest>;

export const DistributorsReceipt = Type.Object({ accepted: count('New'), known: count('Accepted before') });
export type DistributorsReceipt = Static<typeof DistributorsReceipt>;

const Flag = Type.Object({
  flag: Type.Integer({ description: 'Number of the flag' }),
  flagKind: Type.Integer({ description: "The company's own kind, 0 to 255" }),
  severity: Type.Integer({ description: '1 to 3' }),
  evidence: hex('Hash of the evidence, which is kept off the chain'),
  reviewBy: Type.Integer({ description: 'Unix seconds: a review without an outcome ends then' }),
  isOpen: Type.Boolean({ description: 'Whether the review goes on' }),
  answer: nullable(hex('Hash of what the distributor has answered')),
  outcome: nullable(oneOf(FLAG_OUTCOMES, 'How the review ended')),
  outcomeEvidence: nullable(hex('Hash of the evidence of the outcome')),
});

const PendingChange = Type.Object({
  change: Type.Integer({ description: 'Number of the change' }),
  kind: oneOf(
    ['standing', 'correction', 'leaving', 'ending'],
    'New rank and status; another sponsor; leaving by own wish; ended by the company for cause',
  ),
  effectiveAt: Type.Integer({ description: 'Unix seconds: it counts for sales recorded from then on' }),
  rank: nullable(Type.Integer({ description: 'The new rank, if that is what changes' })),
  status: nullable(oneOf(['active', 'inactive'], 'The new status, if that is what changes')),
  sponsor: nullable(
    Type.Integer({ description: 'Id of the new sponsor, if that is what changes; 0 for a root' }),
  ),
});

/** A change of a distributor that is announced and not in effect yet. */
export type PendingChange = Static<typeof PendingChange>;

export const DistributorResponse = Type.Object({
  id: nullable(Type.Integer({ description: 'Distributor id; null until it is given' })),
  reference: nullable(Type.String()),
  state: itemState,
  refusal: nullable(Type.String()),
  sponsor: nullable(Type.Integer({ description: 'Distributor id; 0 for a root' })),
  sponsorReference: nullable(Type.String()),
  rank: nullable(Type.Integer({ description: '0 to 15' })),
  status: nullable(
    oneOf(
      ['active', 'inactive', 'left', 'moved'],
      'Only an active distributor is paid; `moved`: see `movedTo`',
    ),
  ),
  movedTo: nullable(
    Type.Integer({
      description: 'Distributor id under which they go on; their balance and downline are there',
    }),
  ),
  wallet: nullable(hex('Where payouts go now')),
  hold: nullable(
    Type.Object(
      {
        until: Type.Integer({ description: 'Unix seconds' }),
        reason: hex('Hash of the reason, which is kept off the chain'),
      },
      { description: 'Payouts are held' },
    ),
  ),
  recovery: nullable(
    Type.Object(
      {
        wallet: hex(),
        executableFrom: Type.Integer({ description: 'Unix seconds' }),
      },
      { description: 'The company has proposed another wallet; the owner of the present one can cancel' },
    ),
  ),
  flags: Type.Array(Flag, { description: 'Reviews of this distributor; they change no money' }),
  pendingChanges: Type.Optional(
    Type.Array(PendingChange, { description: 'Announced and not in effect yet; the first comes first' }),
  ),
  depth: count('Distributors above; 0 for a root'),
  teamSize: count('Distributors below, at any depth'),
  directs: count('Distributors sponsored'),
  openedUnits: units('Owed from before the ledger'),
  creditedUnits: units('Settled commissions'),
  paidUnits: units('Paid out'),
  owedUnits: units('Opened or credited, and not paid out'),
  pendingUnits: units('What settlement would credit as things stand'),
  pendingUntil: nullable(
    Type.Integer({ description: 'Unix seconds: end of the last return window of the pending sales' }),
  ),
  ownSales: count('Own sales'),
  enrolledBlock: nullable(Type.Integer()),
  isFinal: nullable(isFinal('enrolment')),
});

/** A distributor. What follows from the chain is null until the enrolment is on chain. */
export type DistributorResponse = Static<typeof DistributorResponse>;
