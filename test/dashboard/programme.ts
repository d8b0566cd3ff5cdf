import {
  documentHash,
  encodeDistributors,
  encodeReversals,
  encodeSales,
  formatSaleRef,
  manifestProof,
  manifestRoot,
  type SaleDocument,
  type SaleRecord,
} from '@plumbline/protocol';
import type { LedgerResponse, SaleResponse } from '@plumbline/protocol/api';
import { type ContractTransactionResponse, JsonRpcProvider, NonceManager, Wallet } from 'ethers';
import type { Hex } from 'viem';
import { contractAt, deployLocal } from '../../scripts/stack/deploy.ts';
import type { ICommissionLedger } from '../../types/interfaces/ICommissionLedger.js';
import type { Anvil } from '../support/chain.ts';

/** Seconds in which a sale of these programmes can be reversed. */
const RETURN_WINDOW = 3_600;

/** Four distributors in one line over two fragments, of whom the last sells most: 8 below 6 below 5 below 4. */
const DISTRIBUTORS = [
  { id: 4, sponsor: 0 },
  { id: 5, sponsor: 4 },
  { id: 6, sponsor: 5 },
  { id: 8, sponsor: 6 },
];

/** The third sale is of an id that nobody has yet; the ledger pays nobody for it. */
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
  readonly #chain: Anvil;
  readonly #provider: JsonRpcProvider;
  readonly #contract: ICommissionLedger;
  readonly #recordedAt: number;

  static async open(chain: Anvil, compact: boolean): Promise<Programme> {
    const [account] = chain.accounts;
    const { ledger, token, startBlock, chainId } = await deployLocal({
      rpcUrl: chain.rpcUrl,
      privateKey: account!.privateKey,
      request: {
        returnWindow: RETURN_WINDOW,
        compact,
        plan: {
          kind: 0,
          compression: 0,
          boundaryRank: 0,
          ceilingBps: 3_200,
          weightsBps: [10_000, 8_000, 3_333],
          ratesBps: [[2_000, 500, 300, 200, 100, 100]],
        },
      },
    });
    const provider = new JsonRpcProvider(chain.rpcUrl, undefined, { pollingInterval: 20, cacheTimeout: -1 });
    const signer = new NonceManager(new Wallet(account!.privateKey, provider));
    const contract = contractAt<ICommissionLedger>('interfaces/ICommissionLedger', ledger, signer);
    const distributors = DISTRIBUTORS.map((distributor) => ({
      ...distributor,
      wallet: `0x${'00'.repeat(20)}` as Hex,
    }));
    await mined(contract.enrol(encodeDistributors(distributors)));
    const documents = SALES.map(documentOf);
    const hashes = documents.map(documentHash);
    const recording = await mined(contract.recordSales(1, encodeSales(SALES), manifestRoot(hashes)));
    const { timestamp } = (await provider.getBlock(recording.blockNumber))!;
    await mined(contract.reverse(1, 1, timestamp, encodeSales(SALES), '0x', encodeReversals([REVERSAL])));

    const answers = SALES.map(
      (sale, index): SaleResponse => ({
        ref: formatSaleRef({ batch: 1, index }),
        externalId: documents[index]!.externalId,
        state: 'included',
        refusal: null,
        acceptedAt: null,
        seller: sale.seller,
        sellerReference: null,
        class: sale.class,
        priceCents: String(sale.priceCents),
        volumeCents: String(sale.volumeCents),
        reversed: {
          priceCents: index === REVERSAL.index ? String(REVERSAL.priceCents) : '0',
          volumeCents: index === REVERSAL.index ? String(REVERSAL.volumeCents) : '0',
        },
        plan: 1,
        recordedAt: timestamp,
        settlesAt: timestamp + RETURN_WINDOW,
        blockNumber: recording.blockNumber,
        isFinal: false,
        settled: false,
        settlement: null,
        countedCents: null,
        credits: null,
        transactionHash: recording.hash as Hex,
        document: documents[index]!,
        manifest: { root: manifestRoot(hashes), index, proof: manifestProof(hashes, index) },
        reversals: [],
      }),
    );
    const terms = {
      returnWindow: RETURN_WINDOW,
      planNotice: 30 * 86_400,
      capPeriod: 86_400,
      compact,
      unit: '1',
    };
    const opened = {
      ledger: ledger as Hex,
      chainId,
      token: token as Hex,
      rpcUrl: chain.rpcUrl,
      startBlock,
      terms,
    };
    return new Programme(chain, provider, contract, opened, answers);
  }

  private constructor(
    chain: Anvil,
    provider: JsonRpcProvider,
    contract: ICommissionLedger,
    ledger: LedgerAtNode,
    sales: SaleResponse[],
  ) {
    this.#chain = chain;
    this.#provider = provider;
    this.#contract = contract;
    this.ledger = ledger;
    this.sales = sales;
    this.#recordedAt = sales[0]!.recordedAt!;
  }

  /** Ends the return window and settles the batch in two calls. */
  async settle(): Promise<void> {
    await this.#chain.rpc('evm_increaseTime', [RETURN_WINDOW]);
    const records = encodeSales(SALES);
    for (const until of [2, 3]) {
      await mined(this.#contract.settle(1, 1, this.#recordedAt, records, encodeReversals([REVERSAL]), until));
    }
  }

  /** Enrols the third sale's seller after the fact. */
  async enrolLateSeller(): Promise<void> {
    await mined(
      this.#contract.enrol(encodeDistributors([{ id: 9, sponsor: 8, wallet: `0x${'00'.repeat(20)}` }])),
    );
  }

  close(): void {
    this.#provider.destroy();
  }
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

async function mined(sending: Promise<ContractTransactionResponse>) {
  const receipt = await (await sending).wait();
  if (!receipt) throw new Error('the transaction was not mined');
  return receipt;
}
