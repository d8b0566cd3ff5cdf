import { type Static, Type } from 'typebox';
import { hex, isFinal, nullable, units } from './fields.ts';
import { nextCursor } from './pages.ts';

/** What distributors sold and what they earned. */

const byClass = (description: string) =>
  Type.Object({ retail: Type.String(), preferred: Type.String(), self: Type.String() }, { description });
const byLevel = (description: string) =>
  Type.Array(units('Of the level'), {
    description: `${description} by level, the distributor's own sales first; the last of 12 is all levels above 10`,
  });

const figures = {
  sales: Type.Integer({ description: 'Own sales' }),
  soldCents: byClass('Volume of own sales by class of the buyer, counted when they are recorded'),
  reversedCents: byClass('Volume of own sales taken back, counted when it is'),
  teamCents: Type.String({ description: 'Volume of the present downline' }),
  reversedTeamCents: Type.String({ description: 'What was taken back of it' }),
  creditedUnits: units('Settled commissions'),
  creditedByLevel: byLevel('Settled commissions'),
  paidUnits: units('Paid out'),
  purchasesCents: Type.String({ description: 'What own purchases cost, net of what came back' }),
  netUnits: units('`creditedUnits - purchasesCents x 10000`; negative for many'),
};

export const FiguresResponse = Type.Object({
  lifetime: Type.Object(figures),
  pending: Type.Object({
    units: units('What settlement would credit as things stand'),
    unitsByLevel: byLevel('The same'),
    sales: Type.Integer({ description: 'Sales that would credit it' }),
    until: nullable(Type.Integer({ description: 'Unix seconds: end of the last return window of these' })),
  }),
});
export type FiguresResponse = Static<typeof FiguresResponse>;

export const PeriodsResponse = Type.Object({
  periods: Type.Array(
    Type.Object({ period: Type.Integer({ description: 'Month in UTC, e.g. 202603' }), ...figures }),
    { description: 'Months in which something happened, newest first' },
  ),
  nextCursor,
});
export type PeriodsResponse = Static<typeof PeriodsResponse>;

const CreditLine = Type.Object({
  ref: Type.String({ description: 'Sale on the ledger, e.g. 12-7' }),
  level: Type.Integer(),
  bps: Type.Integer(),
  units: Type.String(),
  seller: Type.Integer(),
  settledBlock: Type.Integer(),
  isFinal: isFinal('block'),
});

/** What one sale credited a distributor. Level 0 is the seller. */
export type CreditLine = Static<typeof CreditLine>;

export const CreditsResponse = Type.Object({ credits: Type.Array(CreditLine), nextCursor });
export type CreditsResponse = Static<typeof CreditsResponse>;

export const PayoutsResponse = Type.Object({
  payouts: Type.Array(
    Type.Object({
      entry: Type.Integer({ description: 'Number of the journal entry' }),
      units: units('Paid out'),
      wallet: hex(),
      recipient: hex('The wallet, or another address that its owner had named'),
      blockNumber: Type.Integer(),
      isFinal: isFinal('block'),
      transactionHash: hex(),
    }),
  ),
  nextCursor,
});
export type PayoutsResponse = Static<typeof PayoutsResponse>;
