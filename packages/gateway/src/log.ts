import Fastify, { type FastifyBaseLogger } from 'fastify';

/** A structured log on standard output: the one that Fastify brings, for those who log without a server. */
export function createLog(level: string): FastifyBaseLogger {
  return Fastify({ logger: { level } }).log;
}
