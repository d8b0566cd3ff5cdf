import { setTimeout as delay } from 'node:timers/promises';
import { NodeRefusedError, NodeUnreachableError, originOf } from '../errors.ts';
import { type HttpAnswer, postJson } from './http-post.ts';
import { scanLogs } from './log-scan.ts';
import type { DecodedLogs } from './logs.ts';

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

/** How much is put up with before a node counts as unreachable. */
export interface Patience {
  /** Tries of one question. */
  attempts: number;
  /** The pause after the first try, which doubles each time, and the longest that a node may ask for. */
  pauseMs: number;
  longestPauseMs: number;
  /** The longest that an answer may take. */
  timeoutMs: number;
}

/** Questions to a request: nodes limit how many they take. */
export const BATCH = 50;

/** Bytes of an answer: beyond it a question was too large, and more would only fill the memory. */
const LARGEST_ANSWER = 48 * 2 ** 20;

/** Failures that a smaller question might not meet with. */
class HeavyAnswerError extends Error {}

interface AskOptions {
  attempts?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** JSON-RPC over HTTP with several questions to a request, asked again when the node does not answer. */
export class NodeClient {
  /** What may be told of its URL. */
  readonly origin: string;
  readonly #url: string;
  readonly #patience: Patience;
  readonly #signal: AbortSignal | undefined;
  /** When the node may be asked again. */
  #restsUntil = 0;

  constructor(url: string, patience: Patience, signal?: AbortSignal) {
    this.#url = url;
    this.origin = originOf(url);
    this.#patience = patience;
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
    return (await this.tryAll(calls, options)).map(resultOf);
  }

  /** The answers to several calls, in order, refusals included. */
  async tryAll(calls: readonly Call[], options: AskOptions = {}): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (let from = 0; from < calls.length; from += BATCH) {
      const some = calls.slice(from, from + BATCH);
      answers.push(...(await this.#request(some, options, (answer) => answersOf(some, answer))));
    }
    return answers;
  }

  /** Logs as far as they could be read where they stood, else the result of the call; and the size of the answer. */
  async readLogs(
    call: Call,
    options: AskOptions = {},
  ): Promise<{ logs: DecodedLogs; bytes: number } | { result: unknown; bytes: number }> {
    const read = await this.#request([call], options, (answer) => {
      const { length: bytes } = answer.body;
      const logs = scanLogs(answer.body);
      return logs ? { logs, bytes } : { answers: answersOf([call], answer), bytes };
    });
    if (read.logs) return { logs: read.logs, bytes: read.bytes };
    return { result: resultOf(read.answers[0] as Answer), bytes: read.bytes };
  }

  async #request<T>(
    calls: readonly Call[],
    { attempts = this.#patience.attempts, signal = this.#signal }: AskOptions,
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
        const isResting = this.#restsUntil - Date.now() > this.#patience.longestPauseMs;
        if (attempt >= attempts || isResting) {
          throw new NodeUnreachableError(this.#url, cause, isHeavy(cause));
        }
        await delay(this.#patience.pauseMs * 2 ** (attempt - 1), undefined, { signal });
      }
    }
  }

  /** Waits while the node has asked to be left alone, if that is not for too long. */
  async #rest(signal: AbortSignal | undefined): Promise<void> {
    const restMs = this.#restsUntil - Date.now();
    if (restMs <= 0) return;
    if (restMs > this.#patience.longestPauseMs) {
      throw new Error(`HTTP status 429, asks to be left alone for ${Math.ceil(restMs / 1000)} s`);
    }
    await delay(restMs, undefined, { signal });
  }

  async #post(question: string, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const limits = { signal, timeoutMs: this.#patience.timeoutMs, largest: LARGEST_ANSWER };
    const answer = await postJson(this.#url, question, limits);
    // Some nodes answer a refused question with a status of 400; what counts is whether it is an answer.
    if (answer.status === 429) {
      this.#restsUntil = Date.now() + restOf(answer.retryAfter);
      throw new Error('HTTP status 429');
    }
    if (answer.status >= 500) throw new HeavyAnswerError(`HTTP status ${answer.status}`);
    return answer;
  }
}

function resultOf(answer: Answer): unknown {
  if ('error' in answer) throw answer.error;
  return answer.result;
}

/** Milliseconds, from seconds or a date. */
function restOf(header: string | undefined): number {
  if (header === undefined) return 0;
  const ms = /^\d+$/.test(header) ? 1000 * Number(header) : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

function isHeavy(cause: unknown): boolean {
  return cause instanceof HeavyAnswerError || (cause instanceof Error && cause.name === 'TimeoutError');
}

/** Answers come in any order; a single error stands for all questions. */
function answersOf(calls: readonly Call[], answer: HttpAnswer): Answer[] {
  const body = parse(answer);
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

function parse({ status, body }: HttpAnswer): unknown {
  const text = body.toString();
  if (!/^\s*[[{]/.test(text)) throw new Error(`HTTP status ${status}, not JSON: ${text.slice(0, 80)}`);
  try {
    return JSON.parse(text);
  } catch {
    throw new HeavyAnswerError(`an answer that is cut off or no JSON: ${text.slice(0, 40)}`);
  }
}
