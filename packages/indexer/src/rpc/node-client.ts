import { setTimeout as delay } from 'node:timers/promises';
import { NodeRefusedError, NodeUnreachableError, originOf } from '../errors.ts';
import { type HttpAnswer, postJson } from './http-post.ts';
import { scanLogs } from './log-scan.ts';
import type { DecodedLogs } from './logs.ts';

/** A JSON-RPC call. */
export interface Call {
  method: string;
  params: unknown[];
}

/** The node's answer to one call. */
export type Answer = { result: unknown } | { error: NodeRefusedError };

interface RpcAnswer {
  id: number;
  result?: unknown;
  error?: { code: number; message: string };
}

/** When to give a node up as unreachable. */
export interface RetryPolicy {
  /** How often a request is sent. */
  attempts: number;
  /** The pause after the first attempt; it doubles with each. */
  pauseMs: number;
  /** The longest pause that a node may ask for. */
  maxPauseMs: number;
  /** How long an answer may take. */
  timeoutMs: number;
}

/** Calls in one request: nodes limit how many they take. */
export const MAX_CALLS = 50;

/** A longer answer would only fill the memory; a smaller request does better. */
const MAX_ANSWER_BYTES = 48 * 2 ** 20;

/** A failure that a smaller request might not meet. */
class HeavyAnswerError extends Error {}

interface AskOptions {
  attempts?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** JSON-RPC over HTTP, with several calls in a request and retries while the node does not answer. */
export class NodeClient {
  /** Scheme and host of its URL, the only part that is safe to print. */
  readonly origin: string;
  readonly #url: string;
  readonly #policy: RetryPolicy;
  readonly #signal: AbortSignal | undefined;
  /** Time, as of `Date.now()`, before which the node asked not to be called. */
  #restsUntil = 0;

  constructor(url: string, policy: RetryPolicy, signal?: AbortSignal) {
    this.#url = url;
    this.origin = originOf(url);
    this.#policy = policy;
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
  async askAll(calls: readonly Call[], options: AskOptions = {}): Promise<unknown[]> {
    return (await this.tryAll(calls, options)).map(getResult);
  }

  /** The answers to several calls, in order; refusals are among them. */
  async tryAll(calls: readonly Call[], options: AskOptions = {}): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (let from = 0; from < calls.length; from += MAX_CALLS) {
      const some = calls.slice(from, from + MAX_CALLS);
      answers.push(...(await this.#request(some, options, (answer) => parseAnswers(some, answer))));
    }
    return answers;
  }

  /** The logs that a call returns; or, where the answer has to be parsed as JSON, its result. And the answer's size. */
  async readLogs(
    call: Call,
    options: AskOptions = {},
  ): Promise<{ logs: DecodedLogs; bytes: number } | { result: unknown; bytes: number }> {
    const read = await this.#request([call], options, (answer) => {
      const { length: bytes } = answer.body;
      const logs = scanLogs(answer.body);
      return logs ? { logs, bytes } : { answers: parseAnswers([call], answer), bytes };
    });
    if (read.logs) return { logs: read.logs, bytes: read.bytes };
    return { result: getResult(read.answers[0] as Answer), bytes: read.bytes };
  }

  async #request<T>(
    calls: readonly Call[],
    { attempts = this.#policy.attempts, signal = this.#signal }: AskOptions,
    read: (answer: HttpAnswer) => T,
  ): Promise<T> {
    const body = JSON.stringify(calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call })));
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#rest(signal);
        return read(await this.#post(body, signal));
      } catch (cause) {
        signal?.throwIfAborted();
        if (cause instanceof NodeRefusedError) throw cause;
        const isResting = this.#restsUntil - Date.now() > this.#policy.maxPauseMs;
        if (attempt >= attempts || isResting) {
          throw new NodeUnreachableError(this.#url, cause, isHeavy(cause));
        }
        await delay(this.#policy.pauseMs * 2 ** (attempt - 1), undefined, { signal });
      }
    }
  }

  /** Waits as long as the node asked to be left alone, unless that is too long. */
  async #rest(signal: AbortSignal | undefined): Promise<void> {
    const restMs = this.#restsUntil - Date.now();
    if (restMs <= 0) return;
    if (restMs > this.#policy.maxPauseMs) {
      throw new Error(`HTTP status 429, asks to be left alone for ${Math.ceil(restMs / 1000)} s`);
    }
    await delay(restMs, undefined, { signal });
  }

  async #post(request: string, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const limits = { signal, timeoutMs: this.#policy.timeoutMs, maxBytes: MAX_ANSWER_BYTES };
    const answer = await postJson(this.#url, request, limits);
    // Some nodes refuse a call with status 400, so the status alone does not say whether there is an answer.
    if (answer.status === 429) {
      this.#restsUntil = Date.now() + parseRetryAfter(answer.retryAfter);
      throw new Error('HTTP status 429');
    }
    if (answer.status >= 500) throw new HeavyAnswerError(`HTTP status ${answer.status}`);
    return answer;
  }
}

function getResult(answer: Answer): unknown {
  if ('error' in answer) throw answer.error;
  return answer.result;
}

/** Milliseconds, from a header in seconds or a date. */
function parseRetryAfter(header: string | undefined): number {
  if (header === undefined) return 0;
  const ms = /^\d+$/.test(header) ? 1000 * Number(header) : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

function isHeavy(cause: unknown): boolean {
  return cause instanceof HeavyAnswerError || (cause instanceof Error && cause.name === 'TimeoutError');
}

/** The answers in the order of the calls. A single error stands for all of them. */
function parseAnswers(calls: readonly Call[], answer: HttpAnswer): Answer[] {
  const body = parseBody(answer);
  const given = (Array.isArray(body) ? body : []) as (RpcAnswer | null)[];
  const common = Array.isArray(body) ? undefined : (body as RpcAnswer).error;
  return calls.map(({ method }, id) => {
    const answer = given.find((each) => each?.id === id);
    const error = answer?.error ?? common;
    if (error) return { error: new NodeRefusedError(method, error.code, error.message) };
    if (!answer || answer.result === undefined) throw new Error(`no answer to ${method}`);
    return { result: answer.result };
  });
}

function parseBody({ status, body }: HttpAnswer): unknown {
  const text = body.toString();
  if (!/^\s*[[{]/.test(text)) throw new Error(`HTTP status ${status}, not JSON: ${text.slice(0, 80)}`);
  try {
    return JSON.parse(text);
  } catch {
    throw new HeavyAnswerError(`an answer that is cut off or not JSON: ${text.slice(0, 40)}`);
  }
}
