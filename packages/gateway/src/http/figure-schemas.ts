import { Type } from '@fastify/type-provider-typebox';
import { nullable, units } from './schemas.ts';

/** What goes over the wire about what distributors sold and got. */

const nextCursor = nullable(Type.String());
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
  teamCents: Type.String({ description: 'Volume of everybody who is below now' }),
  reversedTeamCents: Type.String({ description: 'Volume taken back of it' }),
  creditedUnits: units('Settled commissions'),
  creditedByLevel: byLevel('Settled commissions'),
  paidUnits: units('Paid out'),
  purchasesCents: Type.String({ description: 'What own purchases cost, net of what came back' }),
  netUnits: units('`creditedUnits - purchasesCents x 10000`; negative for many'),
};

const isFinal = Type.Boolean({ description: 'Whether the block can no longer be undone' });

export const Figures = Type.Object({
  lifetime: Type.Object(figures),
  pending: Type.Object({
    units: units('What settlement would credit as things stand'),
    unitsByLevel: byLevel('The same'),
    sales: Type.Integer({ description: 'Sales that would credit it' }),
    until: nullable(Type.Integer({ description: 'Unix seconds: end of the last return window of these' })),
  }),
});

export const Periods = Type.Object({
  periods: Type.Array(
    Type.Object({ period: Type.Integer({ description: 'Month in UTC, e.g. 202603' }), ...figures }),
    { description: 'Months in which something happened, newest first' },
  ),
  nextCursor,
});

export const Credits = Type.Object({
  credits: Type.Array(
    Type.Object({
      ref: Type.String({ description: 'Sale on the ledger, e.g. 12-7' }),
      level: Type.Integer(),
      bps: Type.Integer(),
      units: Type.String(),
      seller: Type.Integer(),
      settledBlock: Type.Integer(),
      isFinal,
    }),
  ),
  nextCursor,
});

export const Payouts = Type.Object({
  payouts: Type.Array(
    Type.Object({
      entry: Type.Integer({ description: 'Number of the journal entry' }),
      units: units('Paid out'),
      wallet: Type.String(),
      recipient: Type.String({ description: 'The wallet, or another address that its owner had named' }),
      blockNumber: Type.Integer(),
      isFinal,
      transactionHash: Type.String(),
    }),
  ),
  nextCursor,
});
