import { MalformedError, PlumblineError } from '@plumbline/protocol';
import { PATTERN_WORDS, type Problem } from '@plumbline/protocol/api';
import { KeyReusedError } from '@plumbline/store';
import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify';
import { reasonOf } from '../chain/reason.ts';
import type { App } from './dependencies.ts';

/** A field that is wrong, and what would be right. */
export type FieldProblem = Problem['errors'][number];

const TITLES: Record<number, string> = {
  400: 'The request is malformed',
  401: 'An API key is needed',
  404: 'Not found',
  409: 'The request does not fit the state',
  413: 'The request is too large',
  415: 'The content type is not supported',
  422: 'The request cannot be accepted',
  500: 'Something went wrong',
  503: 'Not available now',
};

/** Statuses that a handler answers with, and the codes of their errors. */
const CODES = {
  400: 'bad-request',
  401: 'unauthorized',
  404: 'not-found',
  409: 'conflict',
  422: 'unprocessable',
  503: 'unavailable',
} as const;

type ProblemStatus = keyof typeof CODES;

/** A refusal, answered as a problem of RFC 9457. `errors` names the fields that are wrong. */
export class ProblemError extends PlumblineError {
  override name = 'ProblemError';
  readonly status: ProblemStatus;
  readonly errors: FieldProblem[];

  constructor(status: ProblemStatus, detail: string, errors: FieldProblem[] = []) {
    super(CODES[status], detail, { retryable: status === 503 });
    this.status = status;
    this.errors = errors;
  }
}

/** A refusal for one field. */
export function fieldProblem(status: ProblemStatus, field: string, problem: string): ProblemError {
  return new ProblemError(status, `${field}: ${problem}`, [{ field, problem }]);
}

/** The body of an `application/problem+json` answer. */
function problemBody(status: number, detail: string, errors: FieldProblem[]): Problem {
  return { type: 'about:blank', title: TITLES[status] ?? 'Error', status, detail, errors };
}

/** Problems beyond these are not listed. */
export const MAX_PROBLEMS = 20;

/** What validation found, by field. The values that were sent are not repeated. */
export function fieldProblems(
  validation: readonly FastifySchemaValidationError[],
  context: string | undefined,
): FieldProblem[] {
  const problems = new Map<string, FieldProblem>();
  for (const error of validation) {
    const found = { field: fieldOf(error, context), problem: wordsFor(error) };
    // A union complains once for each alternative, always about the same field; the first is enough.
    problems.set(found.field, problems.get(found.field) ?? found);
  }
  return [...problems.values()].slice(0, MAX_PROBLEMS);
}

function fieldOf({ instancePath, params, keyword }: FastifySchemaValidationError, context = 'body'): string {
  const path = instancePath.split('/').slice(1);
  if (keyword === 'required') path.push(String(params.missingProperty));
  if (keyword === 'additionalProperties') path.push(String(params.additionalProperty));
  return path.length === 0 ? context : path.join('.');
}

function wordsFor({ keyword, params, message = 'is not valid' }: FastifySchemaValidationError): string {
  const described = (params as { description?: string }).description;
  if (keyword === 'required') return 'is missing';
  if (keyword === 'additionalProperties') return 'is not a field of this request';
  if (keyword === 'enum') return `must be one of ${(params.allowedValues as unknown[]).join(', ')}`;
  if (keyword === 'const') return `must be ${JSON.stringify(params.allowedValue)}`;
  if (keyword === 'pattern') return described ?? PATTERN_WORDS[String(params.pattern)] ?? message;
  return message;
}

/** Answers every error as `application/problem+json`, and logs the ones that are ours. */
export function registerProblems(app: App): void {
  app.setErrorHandler((error: FastifyError | ProblemError | Error, request, reply) => {
    const { status, detail, errors } = explain(error);
    if (status >= 500) {
      request.log.error({ error: error.name, reason: reasonOf(error) }, 'request failed');
    }
    return reply
      .status(status)
      .type('application/problem+json')
      .send(problemBody(status, detail, errors));
  });
}

/** Answers requests that no route handles. */
export function registerNotFound(app: App): void {
  app.setNotFoundHandler((request, reply) => answerNotFound(request, reply));
}

/** Answers that there is no such route or file. */
export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const detail = `there is nothing at ${request.method} ${request.url.split('?')[0]}`;
  return reply
    .status(404)
    .type('application/problem+json')
    .send(problemBody(404, detail, []));
}

function explain(error: FastifyError | ProblemError | Error): {
  status: number;
  detail: string;
  errors: FieldProblem[];
} {
  if (error instanceof ProblemError) {
    return { status: error.status, detail: error.message, errors: error.errors };
  }
  if (error instanceof MalformedError) {
    const problem = error.message.slice(error.field.length + 2);
    return { status: 400, detail: error.message, errors: [{ field: error.field, problem }] };
  }
  if (error instanceof KeyReusedError) {
    const problem = 'was used for another request; use a new key, or send the same request';
    return {
      status: 422,
      detail: `Idempotency-Key ${problem}`,
      errors: [{ field: 'Idempotency-Key', problem }],
    };
  }
  const { validation, validationContext, statusCode = 500, code } = error as FastifyError;
  if (validation) {
    const errors = fieldProblems(validation, validationContext);
    const detail = errors.map(({ field, problem }) => `${field} ${problem}`).join('; ');
    return { status: 400, detail, errors };
  }
  // The parser's message may repeat what was sent.
  if (code === 'FST_ERR_CTP_INVALID_JSON_BODY' || error instanceof SyntaxError) {
    return {
      status: 400,
      detail: 'the body is not valid JSON',
      errors: [{ field: 'body', problem: 'must be JSON' }],
    };
  }
  if (statusCode < 500) return { status: statusCode, detail: error.message, errors: [] };
  return { status: 500, detail: 'the request could not be completed; it can be sent again', errors: [] };
}
