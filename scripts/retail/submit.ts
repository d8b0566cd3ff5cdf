import type { SalesReceipt } from '@plumbline/protocol/api';
import { type GatewayClient, GatewayError } from '../stack/client.ts';
import { Progress } from '../stack/progress.ts';
import { distributorsOf, type Network, referenceOf, sellerOf } from './network.ts';
import type { RetailFile, RetailReversal, RetailSale } from './sales.ts';

/** What the gateway made of a file. Sales and reversals that it already had count as accepted. */
export interface Submitted {
  sales: RetailSale[];
  reversals: RetailReversal[];
  /** Refusals by the gateway, by reason. */
  refused: Map<string, number>;
}

const DISTRIBUTORS_AT_ONCE = 500;
const SALES_AT_ONCE = 200;
const REVERSALS_AT_ONCE = 16;

/** Sends the network, then all sales in file order, then all reversals. */
export async function submitFile(
  gateway: GatewayClient,
  network: Network,
  file: RetailFile,
): Promise<Submitted> {
  await submitDistributors(gateway, network);
  const refused = new Map<string, number>();
  const refuse = (reason: string) => refused.set(reason, (refused.get(reason) ?? 0) + 1);
  const sales = await submitSales(gateway, network, file.sales, refuse);
  const inLedger = new Set(sales.map((sale) => sale.externalId));
  const due = file.reversals.filter((reversal) => inLedger.has(reversal.externalId));
  const reversals = await submitReversals(gateway, due, refuse);
  return { sales, reversals, refused };
}

async function submitDistributors(gateway: GatewayClient, network: Network): Promise<void> {
  const distributors = [...distributorsOf(network)];
  const progress = new Progress('distributors', distributors.length);
  for (let i = 0; i < distributors.length; i += DISTRIBUTORS_AT_ONCE) {
    await gateway.post('/v1/distributors', { distributors: distributors.slice(i, i + DISTRIBUTORS_AT_ONCE) });
    progress.update(Math.min(i + DISTRIBUTORS_AT_ONCE, distributors.length));
  }
  progress.end();
}

async function submitSales(
  gateway: GatewayClient,
  network: Network,
  sales: RetailSale[],
  refuse: (reason: string) => void,
): Promise<RetailSale[]> {
  const accepted: RetailSale[] = [];
  const progress = new Progress('sales', sales.length);
  for (let i = 0; i < sales.length; i += SALES_AT_ONCE) {
    const part = sales.slice(i, i + SALES_AT_ONCE);
    const answer = await gateway.post<SalesReceipt>('/v1/sales/batch', {
      sales: part.map((sale) => ({
        externalId: sale.externalId,
        seller: referenceOf(sellerOf(network, sale.buyer)),
        buyer: sale.buyer,
        class: 'retail',
        priceCents: sale.priceCents.toString(),
        volumeCents: sale.volumeCents.toString(),
        items: sale.items,
        soldAt: sale.soldAt,
      })),
    });
    const out = new Set(answer.refused.map(({ index }) => index));
    for (const { problem } of answer.refused) refuse(problem);
    accepted.push(...part.filter((_, index) => !out.has(index)));
    progress.update(i + part.length);
  }
  progress.end();
  return accepted;
}

/** Sends several at a time, but those of one sale in their order: each depends on what the ones before left. */
async function submitReversals(
  gateway: GatewayClient,
  reversals: RetailReversal[],
  refuse: (reason: string) => void,
): Promise<RetailReversal[]> {
  const bySale = Map.groupBy(reversals, (reversal) => reversal.externalId);
  const queue = [...bySale.values()];
  const accepted: RetailReversal[] = [];
  const progress = new Progress('reversals', reversals.length);
  let done = 0;
  async function work(): Promise<void> {
    for (let next = queue.shift(); next; next = queue.shift()) {
      for (const reversal of next) {
        try {
          await gateway.post(`/v1/sales/${encodeURIComponent(reversal.externalId)}/reversals`, {
            reversalId: reversal.reversalId,
            priceCents: reversal.priceCents.toString(),
            volumeCents: reversal.volumeCents.toString(),
            reason: 'cancelled by the customer',
          });
          accepted.push(reversal);
        } catch (error) {
          if (!(error instanceof GatewayError) || error.retryable) throw error;
          refuse(`reversal: ${error.message}`);
        }
        progress.update(++done);
      }
    }
  }
  await Promise.all(Array.from({ length: REVERSALS_AT_ONCE }, work));
  progress.end();
  return accepted;
}
