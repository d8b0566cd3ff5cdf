import { type Static, Type } from 'typebox';
import { nullable, units } from './fields.ts';
import { nextCursor } from './pages.ts';

/** Where distributors stand in the tree, and who sold most. */

const reference = nullable(Type.String());

const UplineDistributor = Type.Object({ id: Type.Integer(), reference, level: Type.Integer() });

/** A distributor above another. Level 1 is the sponsor. */
export type UplineDistributor = Static<typeof UplineDistributor>;

export const UplineResponse = Type.Object({
  path: Type.Array(UplineDistributor, { description: 'From the sponsor up' }),
  nextCursor,
});
export type UplineResponse = Static<typeof UplineResponse>;

const downlineFields = {
  id: Type.Integer(),
  reference,
  directs: Type.Integer({ description: 'Distributors sponsored' }),
  teamSize: Type.Integer({ description: 'Distributors below, at any depth' }),
  creditedUnits: units('Settled commissions'),
};

const Child = Type.Object(downlineFields);

/** A distributor sponsored directly. */
export type Child = Static<typeof Child>;

export const ChildrenResponse = Type.Object({ children: Type.Array(Child), nextCursor });
export type ChildrenResponse = Static<typeof ChildrenResponse>;

export const DownlineResponse = Type.Object({
  distributors: Type.Array(
    Type.Object({ ...downlineFields, level: Type.Integer({ description: '1: sponsored directly' }) }),
    {
      description: 'Level by level; within a level in the order of the sponsors, and then of enrolment',
    },
  ),
  nextCursor,
});
export type DownlineResponse = Static<typeof DownlineResponse>;

export const TeamResponse = Type.Object({
  directs: downlineFields.directs,
  size: downlineFields.teamSize,
  period: Type.Integer({ description: 'Month in UTC, e.g. 202603' }),
  volumeCents: Type.String({ description: 'Volume of the downline in that month' }),
  reversedCents: Type.String({ description: 'Volume that was taken back in it' }),
});
export type TeamResponse = Static<typeof TeamResponse>;

export const LeadersResponse = Type.Object({
  period: Type.Integer({ description: 'Month in UTC, e.g. 202603' }),
  leaders: Type.Array(
    Type.Object({
      id: Type.Integer(),
      reference,
      netRetailCents: Type.String({ description: 'Retail volume less what was taken back' }),
    }),
  ),
  nextCursor,
});
export type LeadersResponse = Static<typeof LeadersResponse>;
