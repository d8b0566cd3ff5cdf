import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import { ProblemError } from './problems.ts';

/** Tells whether a request carries the API key. */
export function apiKeyCheck(apiKey: string): (request: FastifyRequest) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(apiKey);
  return (request) => {
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    return given !== undefined && timingSafeEqual(digest(given), expected);
  };
}

/** Marks a route in the OpenAPI document as one that needs the API key. */
export const NEEDS_API_KEY = { security: [{ apiKey: [] }] };

/** Lets only requests with the API key through. */
export function requireApiKey(apiKey: string): onRequestAsyncHookHandler {
  const hasKey = apiKeyCheck(apiKey);
  return async (request, reply) => {
    if (hasKey(request)) return;
    reply.header('www-authenticate', 'Bearer');
    throw new ProblemError(401, 'send "Authorization: Bearer" with the API key of this gateway');
  };
}
