import { LeadersResponse, PeriodPageQuery, Problem } from '@plumbline/protocol/api';
import { findStatus, listLeaders, listReferences, periodOf } from '@plumbline/store';
import type { App, Dependencies } from '../dependencies.ts';
import { pageOf } from './wire.ts';

/** Who sold most to retail customers. */
export function registerLeaders(app: App, { database, chain }: Dependencies): void {
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
      const { items, nextCursor } = await listLeaders(database, ledger, period, pageOf(request.query));
      const references = await listReferences(
        database,
        ledger,
        items.map(({ id }) => id),
      );
      const leaders = items.map(({ id, netRetailCents }) => ({
        id,
        reference: references.get(id) ?? null,
        netRetailCents: netRetailCents.toString(),
      }));
      return { period, leaders, nextCursor };
    },
  );
}
