import { type Static, Type } from 'typebox';

export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    errors: Type.Array(Type.Object({ field: Type.String(), problem: Type.String() })),
  },
  { description: 'RFC 9457; `errors` names each field that is wrong and what would be right.' },
);

/** Why a request failed, as `application/problem+json`. */
export type Problem = Static<typeof Problem>;
