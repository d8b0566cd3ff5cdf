import { Type } from '@fastify/type-provider-typebox';
import { Problem, StatusResponse, UpResponse } from '@plumbline/protocol/api';
import { countQueue, findLease, findStatus } from '@plumbline/store';
import { leaseName } from '../../batcher/batcher.ts';
import type { App, Dependencies } from '../dependencies.ts';
import { ProblemError } from '../problems.ts';

const up: UpResponse = { status: 'ok' };

/** How the gateway is doing: for operators, for probes, for Prometheus. */
export function registerOperations(app: App, dependencies: Dependencies): void {
  const { database, chain, batcherStatus } = dependencies;
  const { ledger } = chain;

  app.get(
    '/livez',
    { schema: { summary: 'The process runs', response: { 200: UpResponse } } },
    async () => up,
  );

  app.get(
    '/readyz',
    { schema: { summary: 'Database and node answer', response: { 200: UpResponse, 503: Problem } } },
    async () => {
      const failing = (part: string) => () => {
        throw new ProblemError(503, `the ${part} does not answer`);
      };
      await Promise.all([
        findStatus(database, ledger).catch(failing('database')),
        chain.latest().catch(failing('node')),
      ]);
      return up;
    },
  );

  app.get(
    '/v1/status',
    { schema: { summary: 'Queue, lag, and what the batcher waits for', response: { 200: StatusResponse } } },
    async (): Promise<StatusResponse> => {
      const batcher = batcherStatus();
      const [counts, head, books, lease, balance] = await Promise.all([
        countQueue(database, ledger),
        chain.latest(),
        findStatus(database, ledger),
        findLease(database, leaseName(batcher.signer)),
        chain.balanceOf(batcher.signer),
      ]);
      const { distributors, sales, reversals, transactions } = counts;
      return {
        queue: { distributors, sales, reversals, transactions },
        oldestSaleSeconds: counts.oldestSaleSeconds,
        refused: {
          distributors: counts.refusedDistributors,
          sales: counts.refusedSales,
          reversals: counts.refusedReversals,
        },
        chain: { blockNumber: Number(head.number), blockTime: head.timestamp },
        books: {
          blockNumber: books?.blockNumber ?? null,
          head: books?.head ?? null,
          entryCount: books?.entryCount ?? null,
          lagBlocks: books ? Math.max(0, Number(head.number) - books.blockNumber) : null,
        },
        batcher: {
          leading: batcher.leading,
          leader: lease?.held ? lease.holder : null,
          signer: batcher.signer,
          signerBalanceWei: balance.toString(),
          waiting: batcher.waiting,
          problem: batcher.problem,
        },
      };
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        summary: 'The same for Prometheus',
        produces: ['text/plain'],
        response: { 200: Type.String() },
      },
    },
    async (_request, reply) => {
      const batcher = batcherStatus();
      const [counts, head, books] = await Promise.all([
        countQueue(database, ledger),
        chain.latest(),
        findStatus(database, ledger),
      ]);
      const gauges = [
        gauge('queue_distributors', 'Distributors waiting for a transaction', counts.distributors),
        gauge('queue_sales', 'Sales waiting for a batch', counts.sales),
        gauge('queue_reversals', 'Reversals waiting for a transaction', counts.reversals),
        gauge('transactions_open', 'Transactions signed and not on chain', counts.transactions),
        gauge('oldest_sale_seconds', 'Age of the oldest waiting sale', counts.oldestSaleSeconds),
        gauge(
          'books_lag_blocks',
          'Blocks the books are behind',
          Number(head.number) - (books?.blockNumber ?? 0),
        ),
        gauge('batcher_leading', 'Whether this process sends', Number(batcher.leading)),
        gauge('batcher_waiting', 'Tasks that cannot go on', batcher.waiting.length),
      ];
      return reply.type('text/plain; version=0.0.4; charset=utf-8').send(gauges.join(''));
    },
  );
}

function gauge(name: string, help: string, value: number): string {
  return `# HELP plumbline_${name} ${help}\n# TYPE plumbline_${name} gauge\nplumbline_${name} ${value}\n`;
}
