import fastifyStatic from '@fastify/static';
import type { App } from '../dependencies.ts';
import { answerNotFound } from '../problems.ts';

/**
 * Everything the page may load comes from here; it asks this server and a node of the user's choice, and runs no script
 * that stands in the page itself.
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

/** Headers that go with every answer. */
export const SECURITY_HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** The API, the dashboard's own files, and files at the top; an external id in a page's path may have a dot. */
const NO_PAGE = /^\/(v1|docs|assets)(\/|$)|^\/[^/]+\.\w+$/;

/** Serves the dashboard's files; a path that is no file is a page of the dashboard. */
export async function registerDashboard(app: App, folder: string): Promise<void> {
  await app.register(fastifyStatic, { root: folder, wildcard: false, index: 'index.html' });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '/';
    const isPage = (request.method === 'GET' || request.method === 'HEAD') && !NO_PAGE.test(path);
    return isPage ? reply.sendFile('index.html') : answerNotFound(request, reply);
  });
}
