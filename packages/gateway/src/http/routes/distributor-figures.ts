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
  type Figures as FiguresRow,
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
import { pageOf } from './wire.ts';

const ANSWERS = { 400: Problem, 404: Problem };

/** What a distributor sold and got. */
export function registerDistributorFigures(app: App, dependencies: Dependencies): void {
  const { database, chain } = dependencies;
  const { ledger } = chain;
  const { findPresent } = createDistributorFinder(dependencies);

  app.get(
    '/v1/distributors/:id/figures',
    {
      schema: {
        summary: 'Volumes, commissions and net of all time, and what is pending',
        params: DistributorParams,
        response: { 200: FiguresResponse, ...ANSWERS },
      },
    },
    async (request): Promise<FiguresResponse> => {
      const id = (await findPresent(request.params.id))?.id ?? 0;
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
        summary: 'The same by month, newest first',
        params: DistributorParams,
        querystring: PageQuery,
        response: { 200: PeriodsResponse, ...ANSWERS },
      },
    },
    async (request): Promise<PeriodsResponse> => {
      const distributor = await findPresent(request.params.id);
      if (!distributor) return { periods: [], nextCursor: null };
      const { items, nextCursor } = await listPeriods(
        database,
        ledger,
        distributor.id,
        pageOf(request.query),
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
        response: { 200: CreditsResponse, ...ANSWERS },
      },
    },
    async (request): Promise<CreditsResponse> => {
      const distributor = await findPresent(request.params.id);
      if (!distributor) return { credits: [], nextCursor: null };
      const [page, books] = await Promise.all([
        listCredits(database, ledger, distributor.id, pageOf(request.query)),
        findStatus(database, ledger),
      ]);
      const credits = page.items.map(({ units, level, bps, seller, settledBlock, ...sale }) => ({
        ref: formatSaleRef(sale),
        level,
        bps,
        units: units.toString(),
        seller,
        settledBlock,
        isFinal: isFinal(settledBlock, books),
      }));
      return { credits, nextCursor: page.nextCursor };
    },
  );

  app.get(
    '/v1/distributors/:id/payouts',
    {
      schema: {
        summary: 'What was paid out, newest first',
        params: DistributorParams,
        querystring: PageQuery,
        response: { 200: PayoutsResponse, ...ANSWERS },
      },
    },
    async (request): Promise<PayoutsResponse> => {
      const distributor = await findPresent(request.params.id);
      if (!distributor) return { payouts: [], nextCursor: null };
      const [page, books] = await Promise.all([
        listPayouts(database, ledger, distributor.id, pageOf(request.query)),
        findStatus(database, ledger),
      ]);
      const payouts = page.items.map(({ units, ...payout }) => ({
        ...payout,
        units: units.toString(),
        isFinal: isFinal(payout.blockNumber, books),
      }));
      return { payouts, nextCursor: page.nextCursor };
    },
  );
}

function inDigits(figures: FiguresRow): FiguresResponse['lifetime'] {
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
