import {
  documentHash,
  formatSaleRef,
  manifestProof,
  manifestRoot,
  type SaleDocument,
  type SaleRecord,
} from '@plumbline/protocol';
import type { LedgerResponse, SaleResponse } from '@plumbline/protocol/api';
import { zeroAddress } from 'viem';
import type { Anvil } from '../support/chain.ts';
import { DAY, LedgerCompany, type RecordedBatch } from '../support/company/company.ts';

/** Seconds in which a sale of these programmes can be reversed. */
export const RETURN_WINDOW = 3_600;

/** Four distributors in one line over two fragments, of whom the last sells most: 8 below 6 below 5 below 4. */
const DISTRIBUTORS = [
  { id: 4, sponsor: 0 },
  { id: 5, sponsor: 4 },
  { id: 6, sponsor: 5 },
  { id: 8, sponsor: 6 },
];

/** The third sale is of an id that has not been given yet; the ledger pays no one for it. */
const SALES: SaleRecord[] = [
  { class: 'retail', seller: 8, priceCents: 19_999n, volumeCents: 15_001n },
  { class: 'self', seller: 6, priceCents: 10_000n, volumeCents: 10_000n },
  { class: 'preferred', seller: 9, priceCents: 5_000n, volumeCents: 4_000n },
];

const REVERSAL = { index: 0, priceCents: 6_000n, volumeCents: 5_000n };

/** What a verification needs to know of a ledger, and where to find it. */
export type LedgerAtNode = Pick<
  LedgerResponse,
  'ledger' | 'chainId' | 'token' | 'terms' | 'rpcUrl' | 'startBlock'
>;

/** A small programme with one batch of sales on a real chain, and what an honest gateway answers about it. */
export class Programme {
  readonly ledger: LedgerAtNode;
  readonly sales: SaleResponse[];
  readonly #company: LedgerCompany;
  readonly #batch: RecordedBatch;

  static async open(chain: Anvil, compact: boolean): Promise<Programme> {
    const plan = {
      kind: 0,
      compression: 0,
      boundaryRank: 0,
      reach: 64,
      ceilingBps: 3_200,
      weightsBps: [10_000, 8_000, 3_333] as [number, number, number],
      ratesBps: [[2_000, 500, 300, 200, 100, 100]],
    };
    const company = await LedgerCompany.open(chain, {
      request: { returnWindow: RETURN_WINDOW, compact, plan },
    });
    await company.enrol(DISTRIBUTORS.map((distributor) => ({ ...distributor, wallet: zeroAddress })));
    const documents = SALES.map(documentOf);
    const hashes = documents.map(documentHash);
    const batch = await company.record(SALES, manifestRoot(hashes));
    await company.reverse(batch, [REVERSAL]);

    const sales = documents.map((document, index) => ({
      ...pendingSaleOf(batch, index),
      externalId: document.externalId,
      document,
      manifest: { root: manifestRoot(hashes), index, proof: manifestProof(hashes, index) },
    }));
    return new Programme(company, ledgerAtNode(company, compact), batch, sales);
  }

  private constructor(
    company: LedgerCompany,
    ledger: LedgerAtNode,
    batch: RecordedBatch,
    sales: SaleResponse[],
  ) {
    this.#company = company;
    this.#batch = batch;
    this.ledger = ledger;
    this.sales = sales;
  }

  /** Ends the return window and settles the batch in two calls. */
  async settle(): Promise<void> {
    await this.#company.passTime(RETURN_WINDOW);
    for (const until of [2, 3]) await this.#company.settle(this.#batch, until);
  }

  /** Enrols the third sale's seller after the fact. */
  async enrolLateSeller(): Promise<void> {
    await this.#company.enrol([{ id: 9, sponsor: 8, wallet: zeroAddress }]);
  }
}

/** What an honest gateway says of a company's ledger. */
export function ledgerAtNode(company: LedgerCompany, compact: boolean): LedgerAtNode {
  const { ledger, token, chainId, startBlock, anvil } = company;
  const terms = {
    planNotice: 30 * DAY,
    capPeriod: DAY,
    returnWindow: RETURN_WINDOW,
    delay: DAY,
    compact,
    unit: '1',
  };
  return { ledger, token, chainId, startBlock, rpcUrl: anvil.rpcUrl, terms };
}

/** What an honest gateway says of a sale that is recorded and not settled yet. */
export function pendingSaleOf(batch: RecordedBatch, index: number): SaleResponse {
  const sale = batch.sales[index]!;
  const taken = batch.reversals.filter((reversal) => reversal.index === index);
  return {
    ref: formatSaleRef({ batch: batch.batch, index }),
    externalId: null,
    state: 'included',
    refusal: null,
    acceptedAt: null,
    seller: sale.seller,
    sellerReference: null,
    class: sale.class,
    priceCents: String(sale.priceCents),
    volumeCents: String(sale.volumeCents),
    reversed: {
      priceCents: String(taken.reduce((sum, { priceCents }) => sum + priceCents, 0n)),
      volumeCents: String(taken.reduce((sum, { volumeCents }) => sum + volumeCents, 0n)),
    },
    plan: batch.plan,
    recordedAt: batch.recordedAt,
    settlesAt: batch.recordedAt + RETURN_WINDOW,
    blockNumber: batch.blockNumber,
    isFinal: false,
    settled: false,
    settlement: null,
    countedCents: null,
    credits: null,
    transactionHash: batch.transactionHash,
    document: null,
    manifest: null,
    reversals: [],
  };
}

function documentOf(sale: SaleRecord, index: number): SaleDocument {
  return {
    version: 1,
    externalId: `order-${index}`,
    seller: sale.seller,
    buyerCommitment: `0x${'ab'.repeat(32)}`,
    class: sale.class,
    priceCents: String(sale.priceCents),
    volumeCents: String(sale.volumeCents),
    items: [{ product: 'TEA-1', quantity: 1, amountCents: String(sale.priceCents), name: 'Green tea' }],
    soldAt: '2026-03-01T09:30:00.000Z',
    salt: `0x${'cd'.repeat(32)}`,
  };
}
