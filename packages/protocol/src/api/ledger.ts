import { type Static, Type } from 'typebox';
import type { Plan } from '../rules/plan.ts';
import { PLAN_COMPRESSIONS, PLAN_KINDS } from '../rules/plan-words.ts';
import { count, hex, nullable, oneOf, units } from './fields.ts';

const PlanFields = Type.Object({
  kind: Type.Integer({ description: '0 by level, 1 by difference, 2 by generation' }),
  compression: Type.Integer({ description: '0 none, 1 roll-up, 2 dynamic' }),
  boundaryRank: Type.Integer({ description: 'Rank from which a generation is counted' }),
  reach: Type.Integer({ description: 'Ids above the seller that a sale looks at, at most' }),
  ceilingBps: Type.Integer(),
  weightsBps: Type.Unsafe<Plan['weightsBps']>(
    Type.Array(Type.Integer({ description: 'Retail, preferred, self' })),
  ),
  ratesBps: Type.Unsafe<Plan['ratesBps']>(
    Type.Array(Type.Array(Type.Integer()), { description: 'A row for each rank; the seller first' }),
  ),
});

const PlanInForce = Type.Object({
  version: Type.Integer(),
  hash: hex(),
  startsAt: Type.Integer(),
  kind: oneOf(PLAN_KINDS),
  compression: oneOf(PLAN_COMPRESSIONS),
  maxTotalBps: Type.Integer({ description: 'The most it can pay: what recording a sale reserves' }),
  words: Type.Array(Type.String(), { description: 'Its terms in words' }),
  plan: PlanFields,
});

export const LedgerResponse = Type.Object({
  ledger: hex(),
  chainId: Type.Integer(),
  token: hex(),
  rpcUrl: nullable(
    Type.String({ description: 'A node that a browser can ask itself; null if the company offers none' }),
  ),
  startBlock: Type.Integer(),
  terms: Type.Object({
    returnWindow: Type.Integer(),
    planNotice: Type.Integer(),
    capPeriod: Type.Integer(),
    compact: Type.Boolean(),
    unit: Type.String({ description: 'Base units of the token to a ledger unit: a power of ten' }),
    delay: Type.Integer({ description: 'Seconds before a new power or a change of standing takes effect' }),
  }),
  unitDecimals: Type.Optional(
    Type.Integer({
      description:
        'Decimals by which ledger units are shown as tokens: those of the token less the zeros of `unit`; 6 if absent',
    }),
  ),
  plan: nullable(PlanInForce),
  pendingChanges: Type.Optional(
    Type.Object(
      {
        count: count('Announced, and neither applied nor cancelled'),
        effectiveAt: nullable(
          Type.Integer({ description: 'Unix seconds: when the first of them is effective' }),
        ),
      },
      { description: 'Changes of ranks, activity, sponsors and memberships' },
    ),
  ),
  paused: Type.Boolean({ description: 'Whether enrolling and recording are paused' }),
  head: hex(),
  entryCount: Type.Integer(),
  blockNumber: Type.Integer(),
  blockTime: nullable(Type.Integer()),
  totals: Type.Object({
    distributors: Type.Integer(),
    sales: Type.Integer(),
    batches: Type.Integer(),
    priceCents: Type.String(),
    volumeCents: Type.String(),
    reversedPriceCents: Type.String(),
    reversedVolumeCents: Type.String(),
    lateRefundCents: Type.String({ description: "Refunded of settled sales, at the company's cost" }),
    openedUnits: Type.String({ description: 'Owed from before the ledger' }),
    creditedUnits: Type.String(),
    paidUnits: Type.String(),
    pendingSales: Type.Integer(),
  }),
  solvency: Type.Object({
    heldUnits: units("The ledger's tokens"),
    floatUnits: units('Free to cover new sales'),
    reservedUnits: units('Set aside for sales that are not settled'),
    owedUnits: units('Credited and not paid out'),
  }),
});

/** The ledger: its terms and plan, where its books stand, what it holds. `blockTime` is null before the first block. */
export type LedgerResponse = Static<typeof LedgerResponse>;
