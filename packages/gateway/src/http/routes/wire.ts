import { Type } from '@fastify/type-provider-typebox';
import { freeText } from '@plumbline/protocol/api';
import type { PageRequest } from '@plumbline/store';
import { fieldProblem } from '../problems.ts';

/** What several routes share of the wire. */

/** What a writing route says of itself in the OpenAPI document. */
export const WRITING = { security: [{ apiKey: [] }] };

export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    freeText({
      minLength: 1,
      maxLength: 200,
      description: 'The same request under the same key gets the same answer again; another one is refused',
    }),
  ),
});

const PAGE = 50;
const LARGEST_PAGE = 200;

/** The page that a query asks for. */
export function pageOf({ limit, cursor }: { limit?: string; cursor?: string }): PageRequest {
  const size = Number(limit ?? PAGE);
  if (size > LARGEST_PAGE)
    throw fieldProblem(400, 'limit', `must be a whole number from 1 to ${LARGEST_PAGE}`);
  return { limit: size, cursor };
}
