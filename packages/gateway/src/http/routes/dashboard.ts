import fastifyStatic from '@fastify/static';
import type { App } from '../dependencies.ts';
import { answerNotFound } from '../problems.ts';

/**
 * The page loads everything from this server, talks to it and to a node of the user's choice, and runs no inline scripts.
 */
const POLICY = [
  "default-src 'self'",
  "connect-src 'self' http: https:",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Headers of every response. */
export const SECURITY_HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** Paths that are no page: the API, assets, and files at the top. Elsewhere a dot may belong to an external id. */
const NO_PAGE = /^\/(v1|docs|assets)(\/|$)|^\/[^/]+\.\w+$/;

/** Serves the dashboard's files, and its page for every other path. */
export async function registerDashboard(app: App, folder: string): Promise<void> {
  await app.register(fastifyStatic, { root: folder, wildcard: false, index: 'index.html' });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '/';
    const isPage = (request.method === 'GET' || request.method === 'HEAD') && !NO_PAGE.test(path);
    return isPage ? reply.sendFile('index.html') : answerNotFound(request, reply);
  });
}
