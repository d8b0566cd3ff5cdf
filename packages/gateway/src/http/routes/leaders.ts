import { LeadersResponse, PeriodPageQuery, Problem } from '@plumbline/protocol/api';
import { findStatus, listLeaders, periodOf } from '@plumbline/store';
import type { App, Dependencies } from '../dependencies.ts';
import { parsePage } from '../paging.ts';
import { withReferences } from './references.ts';

/** The distributors who sold most to retail customers. */
export function registerLeaders(app: App, dependencies: Dependencies): void {
  const { database, chain } = dependencies;
  const { ledger } = chain;

  app.get(
    '/v1/leaders',
    {
      schema: {
        summary: 'The distributors with the most net retail volume in a month',
        querystring: PeriodPageQuery,
        response: { 200: LeadersResponse, 400: Problem },
      },
    },
    async (request): Promise<LeadersResponse> => {
      const books = await findStatus(database, ledger);
      const period = Number(request.query.period ?? periodOf(books?.blockTime ?? 0));
      const { items, nextCursor } = await listLeaders(database, ledger, period, parsePage(request.query));
      const leaders = (await withReferences(dependencies, items)).map(
        ({ id, reference, netRetailCents }) => ({
          id,
          reference,
          netRetailCents: netRetailCents.toString(),
        }),
      );
      return { period, leaders, nextCursor };
    },
  );
}
