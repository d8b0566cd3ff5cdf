import { setTimeout as sleep } from 'node:timers/promises';

/** A refusal of the gateway. */
export class GatewayError extends Error {
  override name = 'GatewayError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** How long a gateway that does not answer is asked again: it may be starting anew. */
const PATIENCE_MS = 120_000;

/** The gateway's API as scripts use it. Every write is idempotent, so a call without an answer is simply repeated. */
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
    const giveUp = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await this.#once<T>(method, path, body);
      } catch (error) {
        const final = error instanceof GatewayError && error.status < 500 && error.status !== 429;
        if (final || Date.now() > giveUp) throw error;
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
