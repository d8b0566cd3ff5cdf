import {
  encodeDistributors,
  encodeSales,
  encodeStandings,
  type Plan,
  type SettledLine,
  type StandingRecord,
} from '@plumbline/protocol';
import type { SaleResponse } from '@plumbline/protocol/api';
import { type ContractTransactionResponse, JsonRpcProvider, NonceManager, Wallet } from 'ethers';
import { type Hex, keccak256, toHex, zeroAddress, zeroHash } from 'viem';
import { contractAt, deployLocal } from '../../scripts/stack/deploy.ts';
import type { ICommissionLedger } from '../../types/interfaces/ICommissionLedger.js';
import type { Anvil } from '../support/chain.ts';
import type { LedgerAtNode } from './programme.ts';

const RETURN_WINDOW = 3_600;
const REASON = keccak256('0x01');
const VOLUME = 10_000n;

/** In one line over two fragments: 9 below 8 below 7 below 6 below 5 below 4; 12 and 4 are roots. */
const DISTRIBUTORS = [
  [4, 0],
  [5, 4],
  [6, 5],
  [7, 6],
  [8, 7],
  [9, 8],
  [12, 0],
] as const;

/** A ledger whose distributors have ranks, and what an honest gateway answers about sales of 100.00 of distributor 9. */
export class RankedProgramme {
  readonly ledger: LedgerAtNode;
  readonly #chain: Anvil;
  readonly #provider: JsonRpcProvider;
  readonly #contract: ICommissionLedger;
  readonly #owner: ICommissionLedger;
  #batches = 0;

  private constructor(
    chain: Anvil,
    provider: JsonRpcProvider,
    contract: ICommissionLedger,
    owner: ICommissionLedger,
    ledger: LedgerAtNode,
  ) {
    this.#chain = chain;
    this.#provider = provider;
    this.#contract = contract;
    this.#owner = owner;
    this.ledger = ledger;
  }

  static async open(chain: Anvil, plan: Plan, compact: boolean): Promise<RankedProgramme> {
    const [account, other] = chain.accounts;
    const request = { returnWindow: RETURN_WINDOW, compact, plan: plan as never };
    const deployment = await deployLocal({ rpcUrl: chain.rpcUrl, privateKey: account!.privateKey, request });
    const provider = new JsonRpcProvider(chain.rpcUrl, undefined, { pollingInterval: 20, cacheTimeout: -1 });
    const as = (key: string) => {
      const signer = new NonceManager(new Wallet(key, provider));
      return contractAt<ICommissionLedger>('interfaces/ICommissionLedger', deployment.ledger, signer);
    };
    const contract = as(account!.privateKey);
    await mined(contract.grantRole(keccak256(toHex('RANKER_ROLE')), account!.address));
    // The top one has a wallet whose owner can act.
    const distributors = DISTRIBUTORS.map(([id, sponsor]) => ({
      id,
      sponsor,
      wallet: (id === 4 ? other!.address : zeroAddress) as Hex,
    }));
    await mined(contract.enrol(encodeDistributors(distributors)));
    const { ledger, token, chainId, startBlock } = deployment;
    const terms = {
      returnWindow: RETURN_WINDOW,
      planNotice: 30 * 86_400,
      capPeriod: 86_400,
      compact,
      unit: '1',
    };
    const opened = {
      ledger: ledger as Hex,
      token: token as Hex,
      chainId,
      startBlock,
      rpcUrl: chain.rpcUrl,
      terms,
    };
    return new RankedProgramme(chain, provider, contract, as(other!.privateKey), opened);
  }

  close(): void {
    this.#provider.destroy();
  }

  async stand(...records: StandingRecord[]): Promise<void> {
    await mined(this.#contract.setStanding(encodeStandings(records), REASON));
  }

  /** Puts a distributor without a wallet below another sponsor. */
  async correct(id: number, sponsor: number): Promise<void> {
    await mined(this.#contract.correctSponsor(id, zeroAddress, sponsor, REASON));
  }

  /** Distributor 4 leaves. */
  async leave(): Promise<void> {
    await mined(this.#owner.leaveProgramme());
  }

  /** Records a sale of distributor 9. */
  async sell(): Promise<SaleResponse> {
    const batch = ++this.#batches;
    const recording = await mined(this.#contract.recordSales(batch, RECORDS, zeroHash));
    const { timestamp } = (await this.#provider.getBlock(recording.blockNumber))!;
    return {
      ref: `${batch}-0`,
      externalId: null,
      state: 'included',
      refusal: null,
      acceptedAt: null,
      seller: 9,
      sellerReference: null,
      class: 'retail',
      priceCents: String(VOLUME),
      volumeCents: String(VOLUME),
      reversed: { priceCents: '0', volumeCents: '0' },
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
      document: null,
      manifest: null,
      reversals: [],
    };
  }

  /** Settles a sale; `credits` is what the gateway is to show of it. */
  async settle(sale: SaleResponse, credits: SettledLine['credits']): Promise<SaleResponse> {
    await this.#chain.rpc('evm_increaseTime', [RETURN_WINDOW]);
    const batch = Number.parseInt(sale.ref ?? '', 10);
    await mined(this.#contract.settle(batch, 1, sale.recordedAt ?? 0, RECORDS, '0x', 1));
    const shown = credits.map(({ id, bps }, level) => ({
      level,
      id,
      bps,
      units: String(VOLUME * BigInt(bps)),
    }));
    return {
      ...sale,
      settled: true,
      countedCents: String(VOLUME),
      credits: shown.filter(({ id }) => id !== 0),
    };
  }
}

const RECORDS = encodeSales([{ class: 'retail', seller: 9, priceCents: VOLUME, volumeCents: VOLUME }]);

async function mined(sending: Promise<ContractTransactionResponse>) {
  const receipt = await (await sending).wait();
  if (!receipt) throw new Error('the transaction was not mined');
  return receipt;
}
