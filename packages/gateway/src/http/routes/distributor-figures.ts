import { formatSaleRef } from '@plumbline/protocol';
import {
  CreditsResponse,
  FiguresResponse,
  PageQuery,
  PayoutsResponse,
  PeriodsResponse,
  Problem,
} from '@plumbline/protocol/api';
import {
  type Figures,
  findStatus,
  getFigures,
  getPending,
  listCredits,
  listPayouts,
  listPeriods,
  type VolumeByClass,
} from '@plumbline/store';
import type { App, Dependencies } from '../dependencies.ts';
import { isFinal } from '../item-state.ts';
import { createDistributorFinder, DistributorParams } from './distributor-finder.ts';

const PROBLEMS = { 400: Problem, 404: Problem };

/** What a distributor sold and earned. */
export function registerDistributorFigures(app: App, dependencies: Dependencies): void {
  const { database, chain } = dependencies;
  const { ledger } = chain;
  const distributors = createDistributorFinder(dependencies);

  app.get(
    '/v1/distributors/:id/figures',
    {
      schema: {
        summary: 'Volumes, commissions and net of all time, and what is pending',
        params: DistributorParams,
        response: { 200: FiguresResponse, ...PROBLEMS },
      },
    },
    async ({ params }): Promise<FiguresResponse> => {
      const id = (await distributors.findPresent(params.id))?.id ?? 0;
      const [lifetime, pending] = await Promise.all([
        getFigures(database, ledger, id),
        getPending(database, ledger, id),
      ]);
      return {
        lifetime: inDigits(lifetime),
        pending: {
          ...pending,
          units: pending.units.toString(),
          unitsByLevel: pending.unitsByLevel.map(String),
        },
      };
    },
  );

  app.get(
    '/v1/distributors/:id/periods',
    {
      schema: {
        summary: 'Volumes, commissions and net by month, newest first',
        params: DistributorParams,
        querystring: PageQuery,
        response: { 200: PeriodsResponse, ...PROBLEMS },
      },
    },
    async ({ params, query }): Promise<PeriodsResponse> => {
      const { items, nextCursor } = await distributors.listOf(params.id, query, (id, page) =>
        listPeriods(database, ledger, id, page),
      );
      const periods = items.map(({ period, ...figures }) => ({ period, ...inDigits(figures) }));
      return { periods, nextCursor };
    },
  );

  app.get(
    '/v1/distributors/:id/credits',
    {
      schema: {
        summary: 'Settled commissions, newest sale first',
        params: DistributorParams,
        querystring: PageQuery,
        response: { 200: CreditsResponse, ...PROBLEMS },
      },
    },
    async ({ params, query }): Promise<CreditsResponse> => {
      const [{ items, nextCursor }, books] = await Promise.all([
        distributors.listOf(params.id, query, (id, page) => listCredits(database, ledger, id, page)),
        findStatus(database, ledger),
      ]);
      const credits = items.map(({ units, level, bps, seller, settledBlock, ...sale }) => ({
        ref: formatSaleRef(sale),
        level,
        bps,
        units: units.toString(),
        seller,
        settledBlock,
        isFinal: isFinal(settledBlock, books),
      }));
      return { credits, nextCursor };
    },
  );

  app.get(
    '/v1/distributors/:id/payouts',
    {
      schema: {
        summary: 'Payouts, newest first',
        params: DistributorParams,
        querystring: PageQuery,
        response: { 200: PayoutsResponse, ...PROBLEMS },
      },
    },
    async ({ params, query }): Promise<PayoutsResponse> => {
      const [{ items, nextCursor }, books] = await Promise.all([
        distributors.listOf(params.id, query, (id, page) => listPayouts(database, ledger, id, page)),
        findStatus(database, ledger),
      ]);
      const payouts = items.map(({ units, ...payout }) => ({
        ...payout,
        units: units.toString(),
        isFinal: isFinal(payout.blockNumber, books),
      }));
      return { payouts, nextCursor };
    },
  );
}

function inDigits(figures: Figures): FiguresResponse['lifetime'] {
  return {
    sales: figures.sales,
    soldCents: byClass(figures.soldCents),
    reversedCents: byClass(figures.reversedCents),
    teamCents: figures.teamCents.toString(),
    reversedTeamCents: figures.reversedTeamCents.toString(),
    creditedUnits: figures.creditedUnits.toString(),
    creditedByLevel: figures.creditedByLevel.map(String),
    paidUnits: figures.paidUnits.toString(),
    purchasesCents: figures.purchasesCents.toString(),
    netUnits: figures.netUnits.toString(),
  };
}

function byClass({ retail, preferred, self }: VolumeByClass) {
  return { retail: retail.toString(), preferred: preferred.toString(), self: self.toString() };
}
