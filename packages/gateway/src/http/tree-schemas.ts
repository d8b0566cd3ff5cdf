import { Type } from '@fastify/type-provider-typebox';
import { LEVEL_PATTERN, PERIOD_PATTERN } from './patterns.ts';
import { nullable, pageFields, units } from './schemas.ts';

/** What goes over the wire about who stands where, and who sold most. */

const nextCursor = nullable(Type.String());
const reference = nullable(Type.String());
const period = Type.Optional(
  Type.String({
    pattern: PERIOD_PATTERN,
    description: 'Month in UTC, e.g. 202603; the present one if absent',
  }),
);

export const PeriodQuery = Type.Object({ period });

export const PeriodPageQuery = Type.Object({ ...pageFields, period });

export const LevelPageQuery = Type.Object({
  ...pageFields,
  level: Type.Optional(
    Type.String({ pattern: LEVEL_PATTERN, description: 'Only this one, from 1; all of them if absent' }),
  ),
});

export const Upline = Type.Object({
  path: Type.Array(Type.Object({ id: Type.Integer(), reference, level: Type.Integer() }), {
    description: 'From the sponsor up',
  }),
  nextCursor,
});

const member = {
  id: Type.Integer(),
  reference,
  directs: Type.Integer({ description: 'Distributors sponsored' }),
  teamSize: Type.Integer({ description: 'Distributors below, at any depth' }),
  creditedUnits: units('Settled commissions'),
};

export const Children = Type.Object({ children: Type.Array(Type.Object(member)), nextCursor });

export const Downline = Type.Object({
  distributors: Type.Array(
    Type.Object({ ...member, level: Type.Integer({ description: '1: sponsored directly' }) }),
    {
      description:
        'Level by level; within one, in the order of the sponsors and in which their distributors came',
    },
  ),
  nextCursor,
});

export const Team = Type.Object({
  directs: member.directs,
  size: member.teamSize,
  period: Type.Integer({ description: 'Month in UTC, e.g. 202603' }),
  volumeCents: Type.String({ description: 'Volume of everybody below in that month' }),
  reversedCents: Type.String({ description: 'Volume that was taken back in it' }),
});

export const Leaders = Type.Object({
  period: Type.Integer({ description: 'Month in UTC, e.g. 202603' }),
  leaders: Type.Array(
    Type.Object({
      id: Type.Integer(),
      reference,
      netRetailCents: Type.String({ description: 'Retail volume less what was taken back of such' }),
    }),
  ),
  nextCursor,
});
