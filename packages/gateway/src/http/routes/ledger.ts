import { describePlan, maxTotalBps, planCompression, planKind } from '@plumbline/protocol';
import { LedgerResponse } from '@plumbline/protocol/api';
import {
  findPlanAt,
  findStatus,
  getPowers,
  getTotals,
  listPendingChanges,
  type PlanRow,
} from '@plumbline/store';
import type { App, Dependencies } from '../dependencies.ts';

/** The ledger as a whole. */
export function registerLedger(app: App, dependencies: Dependencies): void {
  const { database, chain, terms, startBlock, publicRpcUrl } = dependencies;
  const { ledger } = chain;

  app.get(
    '/v1/ledger',
    {
      schema: {
        summary: 'The ledger: terms, plan, journal, totals, solvency',
        response: { 200: LedgerResponse },
      },
    },
    async (): Promise<LedgerResponse> => {
      const [chainId, status, totals, powers, changes, solvency, tokenDecimals] = await Promise.all([
        chain.chainId(),
        findStatus(database, ledger),
        getTotals(database, ledger),
        getPowers(database, ledger),
        listPendingChanges(database, ledger),
        chain.solvency(),
        chain.tokenDecimals(terms.token),
      ]);
      const plan = await findPlanAt(database, ledger, status?.blockTime ?? 0);
      return {
        ledger,
        chainId,
        token: terms.token,
        rpcUrl: publicRpcUrl,
        startBlock,
        terms: {
          returnWindow: terms.returnWindow,
          planNotice: terms.planNotice,
          capPeriod: terms.capPeriod,
          compact: terms.compact,
          unit: terms.unit.toString(),
          delay: terms.delay,
        },
        unitDecimals: tokenDecimals - (terms.unit.toString().length - 1),
        plan: plan ? planInForce(plan) : null,
        pendingChanges: { count: changes.length, effectiveAt: changes[0]?.effectiveAt ?? null },
        paused: powers.paused,
        head: status?.head ?? `0x${'0'.repeat(64)}`,
        entryCount: status?.entryCount ?? 0,
        blockNumber: status?.blockNumber ?? startBlock - 1,
        blockTime: status?.blockTime ?? null,
        totals: {
          distributors: totals.distributors,
          sales: totals.sales,
          batches: totals.batches,
          priceCents: totals.priceCents.toString(),
          volumeCents: totals.volumeCents.toString(),
          reversedPriceCents: totals.reversedPriceCents.toString(),
          reversedVolumeCents: totals.reversedVolumeCents.toString(),
          lateRefundCents: totals.lateRefundCents.toString(),
          openedUnits: totals.openedUnits.toString(),
          creditedUnits: totals.creditedUnits.toString(),
          paidUnits: totals.paidUnits.toString(),
          pendingSales: totals.pendingSales,
        },
        solvency: {
          heldUnits: solvency.held.toString(),
          floatUnits: solvency.free.toString(),
          reservedUnits: solvency.reserved.toString(),
          owedUnits: solvency.owed.toString(),
        },
      };
    },
  );
}

function planInForce({ version, hash, startsAt, plan }: PlanRow): LedgerResponse['plan'] {
  return {
    version,
    hash,
    startsAt,
    kind: planKind(plan),
    compression: planCompression(plan),
    maxTotalBps: maxTotalBps(plan),
    words: Object.values(describePlan(plan)).flat(),
    plan,
  };
}
