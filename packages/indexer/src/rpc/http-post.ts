import type { IncomingMessage } from 'node:http';
import { AnswerTooLargeError } from '../errors.ts';

/**
 * The plain HTTP client of Node. A ledger's past is hundreds of megabytes; a tenth of the time to read it was spent in the
 * streams of `fetch`.
 */

export interface HttpAnswer {
  status: number;
  /** The header, if the server asks to be left alone for a while. */
  retryAfter: string | undefined;
  body: Buffer;
}

// Imported, they would load all of `fetch` too, from which they lend a few names.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };

export interface PostOptions {
  signal: AbortSignal | undefined;
  timeoutMs: number;
  /** Bytes of an answer that are read. */
  largest: number;
}

/**
 * Posts JSON and reads the whole answer.
 * @throws AnswerTooLargeError if it is longer than what is read.
 * @throws DOMException named TimeoutError if it is not there in time.
 */
export async function postJson(url: string, question: string, options: PostOptions): Promise<HttpAnswer> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  try {
    const response = await send(url, question, signal);
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of response as AsyncIterable<Buffer>) {
      bytes += part.length;
      // Leaving the loop closes the connection.
      if (bytes > options.largest) throw new AnswerTooLargeError(options.largest);
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
