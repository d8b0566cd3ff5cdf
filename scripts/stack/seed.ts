import { commissionLedgerAbi } from '@plumbline/protocol';
import type { SalesReceipt } from '@plumbline/protocol/api';
import { type Address, createWalletClient, http, keccak256, stringToHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { GatewayClient } from './client.ts';
import { ChainClock } from './clock.ts';
import type { Stack } from './stack.ts';

/**
 * A company to look at: a generated network and its sales, submitted through the gateway as any company would. Every
 * run makes the same distributors and sales, and every step may be repeated, so an interrupted seeding is run again.
 */

const DISTRIBUTORS = 300;
const PAST_SALES = 2_400;
const RECENT_SALES = 600;
const AT_ONCE = 300;
const PAID_OUT = 24;

const CATALOGUE = [
  { product: 'TEA-100', name: 'Herbal tea, 100 g', cents: 1_290, volume: 1_000 },
  { product: 'OIL-030', name: 'Almond oil, 30 ml', cents: 2_450, volume: 2_000 },
  { product: 'SOAP-3', name: 'Olive soap, three bars', cents: 990, volume: 750 },
  { product: 'PAN-28', name: 'Cast iron pan, 28 cm', cents: 7_900, volume: 6_000 },
  { product: 'KNIFE-S', name: 'Kitchen knife set', cents: 12_900, volume: 9_500 },
  { product: 'CANDLE', name: 'Beeswax candle', cents: 640, volume: 500 },
] as const;

/** A small generator of repeatable numbers from 0 to `below` - 1: xorshift32. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function referenceOf(distributor: number): string {
  return `D-${String(distributor).padStart(4, '0')}`;
}

/** An address that nobody has the key of: enough to look at. */
function walletOf(distributor: number): Address {
  return `0x${keccak256(stringToHex(`seed wallet ${distributor}`)).slice(-40)}`;
}

function distributors() {
  const next = numbers(20_261);
  return Array.from({ length: DISTRIBUTORS }, (_, i) => ({
    reference: referenceOf(i + 1),
    sponsor: i === 0 ? null : referenceOf(1 + next(i)),
    // Some have not given a wallet yet.
    ...(next(10) > 0 && { wallet: walletOf(i + 1) }),
  }));
}

function sales(from: number, count: number) {
  const next = numbers(7_919 + from);
  const firstDay = Date.UTC(2026, 0, 5);
  return Array.from({ length: count }, (_, i) => {
    const number = from + i;
    const seller = 1 + next(DISTRIBUTORS);
    const buyerClass = (['retail', 'retail', 'retail', 'preferred', 'self'] as const)[next(5)] ?? 'retail';
    const items = Array.from({ length: 1 + next(3) }, () => {
      const article = CATALOGUE[next(CATALOGUE.length)] ?? CATALOGUE[0];
      const quantity = 1 + next(3);
      return { article, quantity };
    });
    const sum = (value: (article: (typeof CATALOGUE)[number]) => number) =>
      items.reduce((total, { article, quantity }) => total + value(article) * quantity, 0);
    return {
      externalId: `S-${String(number).padStart(6, '0')}`,
      seller: referenceOf(seller),
      buyer: buyerClass === 'self' ? referenceOf(seller) : `customer-${next(1_500)}`,
      class: buyerClass,
      priceCents: String(sum((article) => article.cents)),
      volumeCents: String(sum((article) => article.volume)),
      items: items.map(({ article, quantity }) => ({
        product: article.product,
        name: article.name,
        quantity,
        amountCents: String(article.cents * quantity),
      })),
      soldAt: new Date(firstDay + number * 17 * 60_000).toISOString(),
    };
  });
}

/** Fills a new stack; does nothing if it is filled. `onStep` is told each step. */
export async function seed(stack: Stack, onStep: (text: string) => void): Promise<void> {
  const gateway = new GatewayClient(stack.url, stack.apiKey);
  const clock = new ChainClock(gateway, stack.rpcUrl, stack.ledger);
  const reached = (phase: string) => {
    stack.settings.seeded = phase;
    stack.folder.writeSettings(stack.settings);
  };
  if (stack.settings.seeded === 'all') return;
  const past = sales(1, PAST_SALES);
  const recent = sales(PAST_SALES + 1, RECENT_SALES);

  if (stack.settings.seeded !== 'settled') {
    onStep(`enrolling ${DISTRIBUTORS} distributors`);
    await gateway.post('/v1/distributors', { distributors: distributors() });
    onStep(`submitting ${PAST_SALES} sales through the gateway`);
    await submit(gateway, past);
    onStep('reversing a few inside their return window');
    for (const sale of past.filter((_, i) => i % 60 === 7)) await reverse(gateway, sale);
    await clock.untilIndexed();
    onStep('moving the local chain past the return window, so that these sales settle');
    await clock.passReturnWindow();
    await clock.untilSettled();
    reached('settled');
  }
  onStep(`submitting ${RECENT_SALES} more, which stay inside their return window`);
  await submit(gateway, recent);
  for (const sale of recent.filter((_, i) => i % 100 === 3)) await reverse(gateway, sale);
  onStep(`paying out to ${PAID_OUT} wallets`);
  await payOut(stack);
  await clock.untilIndexed();
  reached('all');
}

async function submit(gateway: GatewayClient, list: ReturnType<typeof sales>): Promise<void> {
  for (let i = 0; i < list.length; i += AT_ONCE) {
    const { refused } = await gateway.post<SalesReceipt>('/v1/sales/batch', {
      sales: list.slice(i, i + AT_ONCE),
    });
    const [first] = refused;
    if (first) throw new Error(`the gateway refused sale ${first.externalId}: ${first.problem}`);
  }
}

async function reverse(gateway: GatewayClient, sale: ReturnType<typeof sales>[number]): Promise<void> {
  await gateway.post(`/v1/sales/${sale.externalId}/reversals`, {
    reversalId: `return of ${sale.externalId}`,
    priceCents: sale.priceCents,
    volumeCents: sale.volumeCents,
    reason: 'returned by the customer',
  });
}

/** Anyone may have a distributor paid, always to the distributor's wallet: here a bystander does it. */
async function payOut(stack: Stack): Promise<void> {
  const bystander = stack.accounts[1];
  if (!bystander) throw new Error('the local chain has only one account');
  const account = privateKeyToAccount(bystander.privateKey as `0x${string}`);
  const client = createWalletClient({ account, transport: http(stack.rpcUrl) });
  const ledger = { address: stack.ledger as Address, abi: commissionLedgerAbi, chain: null };
  const paid = distributors()
    .filter((distributor) => 'wallet' in distributor)
    .slice(1, 1 + PAID_OUT);
  for (const { wallet } of paid as { wallet: Address }[]) {
    try {
      await client.writeContract({ ...ledger, functionName: 'withdraw', args: [wallet] });
    } catch (error) {
      // Distributors who are owed nothing, or were paid in an interrupted seeding, are skipped.
      if (!String(error).includes('NothingOwed')) throw error;
    }
  }
}
