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
  listReferences,
  listUpline,
  periodOf,
} from '@plumbline/store';
import type { App, Dependencies } from '../dependencies.ts';
import { createDistributorFinder, DistributorParams } from './distributor-finder.ts';
import { pageOf } from './wire.ts';

const ANSWERS = { 400: Problem, 404: Problem };

/** The upline and the downline of a distributor. */
export function registerDistributorTree(app: App, dependencies: Dependencies): void {
  const { database, chain } = dependencies;
  const { ledger } = chain;
  const { findPresent } = createDistributorFinder(dependencies);

  async function named<T extends { id: number }>(
    distributors: readonly T[],
  ): Promise<(T & { reference: string | null })[]> {
    const references = await listReferences(
      database,
      ledger,
      distributors.map(({ id }) => id),
    );
    return distributors.map((distributor) => ({
      ...distributor,
      reference: references.get(distributor.id) ?? null,
    }));
  }

  app.get(
    '/v1/distributors/:id/upline',
    {
      schema: {
        summary: 'Everybody above, from the sponsor up',
        params: DistributorParams,
        querystring: PageQuery,
        response: { 200: UplineResponse, ...ANSWERS },
      },
    },
    async (request): Promise<UplineResponse> => {
      const distributor = await findPresent(request.params.id);
      if (!distributor) return { path: [], nextCursor: null };
      const { items, nextCursor } = await listUpline(database, ledger, distributor.id, pageOf(request.query));
      return { path: await named(items), nextCursor };
    },
  );

  app.get(
    '/v1/distributors/:id/children',
    {
      schema: {
        summary: 'The distributors sponsored',
        params: DistributorParams,
        querystring: PageQuery,
        response: { 200: ChildrenResponse, ...ANSWERS },
      },
    },
    async (request): Promise<ChildrenResponse> => {
      const distributor = await findPresent(request.params.id);
      if (!distributor) return { children: [], nextCursor: null };
      const page = { ...pageOf(request.query), level: 1 };
      const { items, nextCursor } = await listDownline(database, ledger, distributor.id, page);
      return { children: (await named(items)).map(childOf), nextCursor };
    },
  );

  app.get(
    '/v1/distributors/:id/downline',
    {
      schema: {
        summary: 'Everybody below, level by level, or one level',
        params: DistributorParams,
        querystring: LevelPageQuery,
        response: { 200: DownlineResponse, ...ANSWERS },
      },
    },
    async (request): Promise<DownlineResponse> => {
      const distributor = await findPresent(request.params.id);
      if (!distributor) return { distributors: [], nextCursor: null };
      const { level } = request.query;
      const page = { ...pageOf(request.query), level: level === undefined ? undefined : Number(level) };
      const { items, nextCursor } = await listDownline(database, ledger, distributor.id, page);
      const distributors = await named(items);
      return {
        distributors: distributors.map((each) => ({ ...childOf(each), level: each.level })),
        nextCursor,
      };
    },
  );

  app.get(
    '/v1/distributors/:id/team',
    {
      schema: {
        summary: 'How large the team is, and what it sold in a month',
        params: DistributorParams,
        querystring: PeriodQuery,
        response: { 200: TeamResponse, ...ANSWERS },
      },
    },
    async (request): Promise<TeamResponse> => {
      const distributor = await findPresent(request.params.id);
      const books = await findStatus(database, ledger);
      const period = Number(request.query.period ?? periodOf(books?.blockTime ?? 0));
      const team = await getSubtree(database, ledger, distributor?.id ?? 0, period);
      const { directs, size } = team;
      return {
        directs,
        size,
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
