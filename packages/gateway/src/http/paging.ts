import type { PageRequest } from '@plumbline/store';
import { fieldProblem } from './problems.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** The page that a query asks for. @throws ProblemError (400) if it would be too large. */
export function parsePage({ limit, cursor }: { limit?: string; cursor?: string }): PageRequest {
  const size = Number(limit ?? DEFAULT_LIMIT);
  if (size > MAX_LIMIT) throw fieldProblem(400, 'limit', `must be a whole number from 1 to ${MAX_LIMIT}`);
  return { limit: size, cursor };
}
