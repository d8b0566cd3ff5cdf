import type { IncomingMessage } from 'node:http';
import { AnswerTooLargeError } from '../errors.ts';

/**
 * Posts JSON with Node's plain HTTP client. A ledger's history is hundreds of megabytes, and `fetch` spent a tenth of the
 * time to read it in its streams.
 */

export interface HttpAnswer {
  status: number;
  /** The `Retry-After` header. */
  retryAfter: string | undefined;
  body: Buffer;
}

// An import would load all of `fetch` too.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };

export interface PostOptions {
  signal: AbortSignal | undefined;
  timeoutMs: number;
  /** The longest answer that is read. */
  maxBytes: number;
}

/**
 * Posts JSON and reads the whole answer.
 * @throws AnswerTooLargeError if it has more than `maxBytes`.
 * @throws DOMException named TimeoutError if it takes longer than `timeoutMs`.
 */
export async function postJson(url: string, request: string, options: PostOptions): Promise<HttpAnswer> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  try {
    const response = await send(url, request, signal);
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of response as AsyncIterable<Buffer>) {
      bytes += part.length;
      // Leaving the loop closes the connection.
      if (bytes > options.maxBytes) throw new AnswerTooLargeError(options.maxBytes);
      parts.push(part);
    }
    const body = Buffer.concat(parts, bytes);
    return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], body };
  } catch (error) {
    throw timeout.aborted && !options.signal?.aborted ? timeout.reason : error;
  }
}

function send(url: string, body: string, signal: AbortSignal): Promise<IncomingMessage> {
  const isSafe = url.startsWith('https:');
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', headers, signal, agent: isSafe ? agents.https : agents.http };
    const request = (isSafe ? https : http).request(url, options, resolve);
    request.on('error', reject);
    request.end(body);
  });
}
