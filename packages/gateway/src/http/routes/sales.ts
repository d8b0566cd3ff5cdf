import { Type } from '@fastify/type-provider-typebox';
import {
  freeText,
  Problem,
  ReversalReceipt,
  ReversalRequest,
  SaleReceipt,
  SaleRequest,
  SaleResponse,
  SalesReceipt,
  SalesRequest,
} from '@plumbline/protocol/api';
import {
  acceptReversal,
  acceptSales,
  answerOnce,
  type ReversalRow,
  type SaleOutcome,
  type SubmissionRow,
} from '@plumbline/store';
import type { FastifySchemaValidationError } from 'fastify';
import type { Chain } from '../../chain/chain.ts';
import { apiKeyCheck, NEEDS_API_KEY, requireApiKey } from '../api-key.ts';
import type { App, Dependencies } from '../dependencies.ts';
import { IdempotencyHeaders, keyedRequest } from '../idempotency.ts';
import { fieldProblem, fieldProblems, ProblemError } from '../problems.ts';
import { findSaleProblem, newReversal, newSale } from '../submissions.ts';
import { createSaleReader } from './sale-reader.ts';

const MAX_SALES = 1_000;
/** Enough for a full list of sales with many items each. */
const BODY_LIMIT = 64 * 1024 * 1024;

type Refused = SalesReceipt['refused'][number];

/** Sales and their reversals. */
export function registerSales(app: App, dependencies: Dependencies): void {
  const { database, chain, apiKey, terms } = dependencies;
  const { ledger } = chain;
  const readSale = createSaleReader(dependencies);
  const onRequest = requireApiKey(apiKey);
  const hasKey = apiKeyCheck(apiKey);
  const chainTime = sharedChainTime(chain);

  app.post(
    '/v1/sales',
    {
      onRequest,
      schema: {
        summary: 'Submit a sale; 200 with the same answer if it was accepted before',
        ...NEEDS_API_KEY,
        headers: IdempotencyHeaders,
        body: SaleRequest,
        response: { 200: SaleReceipt, 202: SaleReceipt, 400: Problem, 401: Problem, 422: Problem },
      },
    },
    async (request, reply) => {
      const problem = findSaleProblem(request.body);
      if (problem) throw fieldProblem(400, problem.field, problem.problem);
      const sale = newSale(request.body);
      const keyed = keyedRequest(request.headers['idempotency-key'], 'POST', '/v1/sales', request.body);
      const answer = await answerOnce(database, ledger, keyed, async (transaction) => {
        const [outcome] = await acceptSales(transaction, ledger, [sale]);
        if (!outcome) throw new Error('the store returned no outcome for a sale');
        if (outcome.kind === 'refused') throw fieldProblem(422, outcome.field, outcome.problem);
        return { status: outcome.kind === 'accepted' ? 202 : 200, body: receiptOf(outcome.sale) };
      });
      return reply.status(answer.status).send(answer.body);
    },
  );

  app.post(
    '/v1/sales/batch',
    {
      onRequest,
      bodyLimit: BODY_LIMIT,
      // This checks the list and the handler checks each sale, so that a bad sale is refused alone.
      validatorCompiler: ({ schema, httpPart }) => {
        if (httpPart === 'body') return checkList;
        return app.validatorCompiler?.({ schema, method: 'POST', url: '/v1/sales/batch' }) ?? (() => true);
      },
      schema: {
        summary: 'Submit up to 1,000 sales in one transaction; each is accepted or refused on its own',
        ...NEEDS_API_KEY,
        headers: IdempotencyHeaders,
        body: SalesRequest,
        response: { 200: SalesReceipt, 400: Problem, 401: Problem, 422: Problem },
      },
    },
    async (request) => {
      const validate = request.compileValidationSchema(SaleRequest);
      const refused: Refused[] = [];
      const sales: { index: number; body: SaleRequest }[] = [];
      request.body.sales.forEach((body, index) => {
        const problem = findProblem(body, validate);
        if (problem) refused.push({ index, externalId: externalIdOf(body), ...problem });
        else sales.push({ index, body });
      });
      const prepared = sales.map(({ body }) => newSale(body));
      const key = request.headers['idempotency-key'];
      const keyed = keyedRequest(key, 'POST', '/v1/sales/batch', request.body);
      const answer = await answerOnce(database, ledger, keyed, async (transaction) => {
        const outcomes = await acceptSales(transaction, ledger, prepared);
        const late = outcomes.flatMap((outcome, i) =>
          outcome.kind === 'refused' ? [refusalOf(outcome, sales[i])] : [],
        );
        const body = {
          accepted: outcomes.filter(({ kind }) => kind === 'accepted').length,
          repeated: outcomes.filter(({ kind }) => kind === 'repeated').length,
          refused: [...refused, ...late].sort((a, b) => a.index - b.index),
        };
        return { status: 200, body };
      });
      return answer.body;
    },
  );

  app.get(
    '/v1/sales/:ref',
    {
      schema: {
        summary: 'A sale by its external id, or by where it stands on the ledger, e.g. 12-7',
        params: Type.Object({ ref: freeText({ maxLength: 200 }) }),
        response: { 200: SaleResponse, 400: Problem, 404: Problem },
      },
    },
    (request) => readSale(request.params.ref, hasKey(request)),
  );

  app.post(
    '/v1/sales/:externalId/reversals',
    {
      onRequest,
      schema: {
        summary: 'Take back all or part of a sale, inside its return window',
        ...NEEDS_API_KEY,
        headers: IdempotencyHeaders,
        params: Type.Object({ externalId: freeText({ maxLength: 200 }) }),
        body: ReversalRequest,
        response: {
          200: ReversalReceipt,
          202: ReversalReceipt,
          400: Problem,
          401: Problem,
          404: Problem,
          409: Problem,
          422: Problem,
        },
      },
    },
    async (request, reply) => {
      const { externalId } = request.params;
      const reversal = newReversal(externalId, request.body);
      if (reversal.priceCents === 0n) throw fieldProblem(400, 'priceCents', 'must be at least 1');
      const path = `/v1/sales/${externalId}/reversals`;
      const keyed = keyedRequest(request.headers['idempotency-key'], 'POST', path, request.body);
      const window = { returnWindow: terms.returnWindow, chainTime: await chainTime() };
      const answer = await answerOnce(database, ledger, keyed, async (transaction) => {
        const outcome = await acceptReversal(transaction, ledger, reversal, window);
        if ('reversal' in outcome) {
          return { status: outcome.kind === 'accepted' ? 202 : 200, body: reversalReceipt(outcome.reversal) };
        }
        if (outcome.kind === 'unknown') throw new ProblemError(404, outcome.problem);
        if (outcome.kind === 'late') throw new ProblemError(409, outcome.problem);
        throw fieldProblem(422, outcome.kind === 'reused' ? 'reversalId' : 'priceCents', outcome.problem);
      });
      return reply.status(answer.status).send(answer.body);
    },
  );
}

/** Reads the chain's time, once for all requests that need it at the same moment. */
function sharedChainTime(chain: Chain): () => Promise<number> {
  let asking: Promise<number> | undefined;
  return () => {
    asking ??= chain
      .latest()
      .then(({ timestamp }) => timestamp)
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
}

/** Checks the shape of a list of sales, but not the sales. */
function checkList(body: unknown): { value: unknown } | { error: FastifySchemaValidationError[] } {
  const wrong = (instancePath: string, message: string) => ({
    error: [{ keyword: 'list', instancePath, schemaPath: '', params: {}, message }],
  });
  if (typeof body !== 'object' || body === null) return wrong('', 'must be an object');
  const other = Object.keys(body).find((key) => key !== 'sales');
  if (other !== undefined) return wrong(`/${other}`, 'is not a field of this request');
  const { sales } = body as { sales?: unknown };
  if (!Array.isArray(sales)) return wrong('/sales', 'must be a list of sales');
  if (sales.length < 1 || sales.length > MAX_SALES) {
    return wrong('/sales', `must have 1 to ${MAX_SALES} sales, not ${sales.length}`);
  }
  return { value: body };
}

function findProblem(
  body: SaleRequest,
  validate: { (data: unknown): boolean; errors?: FastifySchemaValidationError[] | null },
): { field: string; problem: string } | undefined {
  if (validate(body)) return findSaleProblem(body);
  const [first] = fieldProblems(validate.errors ?? [], 'sale');
  return first ?? { field: 'sale', problem: 'is not valid' };
}

function externalIdOf(body: unknown): string | null {
  const { externalId } = (body ?? {}) as { externalId?: unknown };
  return typeof externalId === 'string' ? externalId : null;
}

function refusalOf(
  { field, problem }: Extract<SaleOutcome, { kind: 'refused' }>,
  sale: { index: number; body: SaleRequest } | undefined,
): Refused {
  return { index: sale?.index ?? -1, externalId: sale?.body.externalId ?? null, field, problem };
}

function receiptOf(sale: SubmissionRow): SaleReceipt {
  return {
    externalId: sale.externalId,
    state: 'accepted',
    seller: sale.sellerReference,
    class: sale.class,
    priceCents: sale.priceCents.toString(),
    volumeCents: sale.volumeCents.toString(),
    buyerCommitment: sale.buyerCommitment,
    acceptedAt: sale.acceptedAt.toISOString(),
  };
}

function reversalReceipt(reversal: ReversalRow): ReversalReceipt {
  return {
    reversalId: reversal.reversalId,
    externalId: reversal.externalId,
    state: 'accepted',
    priceCents: reversal.priceCents.toString(),
    volumeCents: reversal.volumeCents.toString(),
    acceptedAt: reversal.acceptedAt.toISOString(),
  };
}
