import { setTimeout as delay } from 'node:timers/promises';
import { NodeRefusedError, NodeUnreachableError } from './errors.ts';

/** A question to the node. */
export interface Call {
  method: string;
  params: unknown[];
}

/** What the node said to one question. */
export type Answer = { result: unknown } | { error: NodeRefusedError };

interface RpcAnswer {
  id: number;
  result?: unknown;
  error?: { code: number; message: string };
}

/** Tries before a node counts as unreachable, and the pause after the first, which doubles each time. */
const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 100;

/** Questions to a request: nodes limit how many they take. */
const BATCH = 50;

const TIMEOUT_MS = 30_000;

/** JSON-RPC over HTTP with several questions to a request, asked again when the node does not answer. */
export class NodeClient {
  readonly #url: string;
  readonly #signal: AbortSignal | undefined;

  constructor(url: string, signal?: AbortSignal) {
    this.#url = url;
    this.#signal = signal;
  }

  /**
   * @throws NodeRefusedError if the node refuses.
   * @throws NodeUnreachableError if it does not answer.
   */
  async ask(method: string, params: unknown[]): Promise<unknown> {
    const [result] = await this.askAll([{ method, params }]);
    return result;
  }

  /** The results of several calls, in order; throws if one is refused. */
  async askAll(calls: readonly Call[]): Promise<unknown[]> {
    const answers = await this.tryAll(calls);
    return answers.map((answer) => {
      if ('error' in answer) throw answer.error;
      return answer.result;
    });
  }

  /** The answers to several calls, in order, refusals included. */
  async tryAll(calls: readonly Call[]): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (let from = 0; from < calls.length; from += BATCH) {
      answers.push(...(await this.#request(calls.slice(from, from + BATCH))));
    }
    return answers;
  }

  async #request(calls: readonly Call[]): Promise<Answer[]> {
    const body = JSON.stringify(calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call })));
    for (let attempt = 1; ; attempt++) {
      try {
        return answersOf(calls, await this.#post(body));
      } catch (cause) {
        this.#signal?.throwIfAborted();
        if (attempt === ATTEMPTS) throw new NodeUnreachableError(this.#url, cause);
        await delay(FIRST_PAUSE_MS * 2 ** (attempt - 1), undefined, { signal: this.#signal });
      }
    }
  }

  async #post(body: string): Promise<unknown> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: this.#signal ? AbortSignal.any([this.#signal, timeout]) : timeout,
    });
    const text = await response.text();
    // Some nodes answer a refused question with a status of 400; what counts is whether it is an answer.
    if (response.status >= 500 || response.status === 429) throw new Error(`HTTP status ${response.status}`);
    try {
      return JSON.parse(text);
    } catch {
      throw new Error(`HTTP status ${response.status}, not JSON: ${text.slice(0, 80)}`);
    }
  }
}

/** Answers come in any order; a single error stands for all questions. */
function answersOf(calls: readonly Call[], body: unknown): Answer[] {
  const given = (Array.isArray(body) ? body : []) as RpcAnswer[];
  const common = Array.isArray(body) ? undefined : (body as RpcAnswer).error;
  return calls.map(({ method }, id) => {
    const answer = given.find((each) => each.id === id);
    const error = answer?.error ?? common;
    if (error) return { error: new NodeRefusedError(method, error.code, error.message) };
    if (!answer || answer.result === undefined) throw new Error(`no answer to ${method}`);
    return { result: answer.result };
  });
}
