import { setTimeout as sleep } from 'node:timers/promises';
import { PlumblineError } from '@plumbline/protocol';

/** The gateway refused a call. */
export class GatewayError extends PlumblineError {
  override name = 'GatewayError';

  constructor(status: number, message: string) {
    super('gateway-refused', message, { retryable: status >= 500 || status === 429 });
  }
}

/** How long a call is retried while the gateway does not answer: it may be restarting. */
const GIVE_UP_MS = 120_000;

/** The gateway's API as scripts use it. Every write is idempotent, so a call without an answer is repeated. */
export class GatewayClient {
  readonly url: string;
  readonly #apiKey: string;

  constructor(url: string, apiKey: string) {
    this.url = url.replace(/\/$/, '');
    this.#apiKey = apiKey;
  }

  /** @throws GatewayError if the gateway refuses, or does not answer for two minutes. */
  get<T>(path: string): Promise<T> {
    return this.#call('GET', path);
  }

  /** @throws GatewayError if the gateway refuses, or does not answer for two minutes. */
  post<T>(path: string, body: unknown): Promise<T> {
    return this.#call('POST', path, JSON.stringify(body));
  }

  async #call<T>(method: string, path: string, body?: string): Promise<T> {
    const giveUp = Date.now() + GIVE_UP_MS;
    for (;;) {
      try {
        return await this.#once<T>(method, path, body);
      } catch (error) {
        const isFinal = error instanceof GatewayError && !error.retryable;
        if (isFinal || Date.now() > giveUp) throw error;
        await sleep(250);
      }
    }
  }

  async #once<T>(method: string, path: string, body?: string): Promise<T> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#apiKey}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as T;
    throw new GatewayError(response.status, `${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
  }
}
