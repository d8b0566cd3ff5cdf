import Fastify, { type FastifyBaseLogger } from 'fastify';

/** A structured log on standard output: Fastify's own, for code that logs without a server. */
export function createLog(level: string): FastifyBaseLogger {
  return Fastify({ logger: { level } }).log;
}
