import {
  type Child,
  ChildrenResponse,
  DownlineResponse,
  LevelPageQuery,
  PageQuery,
  PeriodQuery,
  Problem,
  TeamResponse,
  UplineResponse,
} from '@plumbline/protocol/api';
import {
  type DownlineDistributor,
  findStatus,
  getSubtree,
  listDownline,
  listUpline,
  periodOf,
} from '@plumbline/store';
import type { App, Dependencies } from '../dependencies.ts';
import { createDistributorFinder, DistributorParams } from './distributor-finder.ts';
import { withReferences } from './references.ts';

const PROBLEMS = { 400: Problem, 404: Problem };

/** The upline and the downline of a distributor. */
export function registerDistributorTree(app: App, dependencies: Dependencies): void {
  const { database, chain } = dependencies;
  const { ledger } = chain;
  const distributors = createDistributorFinder(dependencies);

  app.get(
    '/v1/distributors/:id/upline',
    {
      schema: {
        summary: 'The upline, from the sponsor up',
        params: DistributorParams,
        querystring: PageQuery,
        response: { 200: UplineResponse, ...PROBLEMS },
      },
    },
    async ({ params, query }): Promise<UplineResponse> => {
      const { items, nextCursor } = await distributors.listOf(params.id, query, (id, page) =>
        listUpline(database, ledger, id, page),
      );
      return { path: await withReferences(dependencies, items), nextCursor };
    },
  );

  app.get(
    '/v1/distributors/:id/children',
    {
      schema: {
        summary: 'The distributors sponsored directly',
        params: DistributorParams,
        querystring: PageQuery,
        response: { 200: ChildrenResponse, ...PROBLEMS },
      },
    },
    async ({ params, query }): Promise<ChildrenResponse> => {
      const { items, nextCursor } = await distributors.listOf(params.id, query, (id, page) =>
        listDownline(database, ledger, id, { ...page, level: 1 }),
      );
      return { children: (await withReferences(dependencies, items)).map(childOf), nextCursor };
    },
  );

  app.get(
    '/v1/distributors/:id/downline',
    {
      schema: {
        summary: 'The downline, level by level, or one level of it',
        params: DistributorParams,
        querystring: LevelPageQuery,
        response: { 200: DownlineResponse, ...PROBLEMS },
      },
    },
    async ({ params, query }): Promise<DownlineResponse> => {
      const level = query.level === undefined ? undefined : Number(query.level);
      const { items, nextCursor } = await distributors.listOf(params.id, query, (id, page) =>
        listDownline(database, ledger, id, { ...page, level }),
      );
      const downline = await withReferences(dependencies, items);
      return { distributors: downline.map((each) => ({ ...childOf(each), level: each.level })), nextCursor };
    },
  );

  app.get(
    '/v1/distributors/:id/team',
    {
      schema: {
        summary: 'How large the team is, and what it sold in a month',
        params: DistributorParams,
        querystring: PeriodQuery,
        response: { 200: TeamResponse, ...PROBLEMS },
      },
    },
    async ({ params, query }): Promise<TeamResponse> => {
      const distributor = await distributors.findPresent(params.id);
      const books = await findStatus(database, ledger);
      const period = Number(query.period ?? periodOf(books?.blockTime ?? 0));
      const team = await getSubtree(database, ledger, distributor?.id ?? 0, period);
      return {
        directs: team.directs,
        size: team.size,
        period,
        volumeCents: team.volumeCents.toString(),
        reversedCents: team.reversedCents.toString(),
      };
    },
  );
}

function childOf(distributor: DownlineDistributor & { reference: string | null }): Child {
  const { id, reference, directs, teamSize, creditedUnits } = distributor;
  return { id, reference, directs, teamSize, creditedUnits: creditedUnits.toString() };
}
