import { commissionLedgerAbi, encodeDistributors, encodeSales, type SaleRecord } from '@plumbline/protocol';
import { decodeFunctionResult, encodeFunctionData, type Hex, keccak256, toHex } from 'viem';
import { type Anvil, startAnvil } from '../scripts/stack/anvil.ts';
import { DEFAULT_PLAN, deployLocal } from '../scripts/stack/deploy.ts';
import { Random } from '../test/support/random.ts';
import { Tree } from './gas/tree.ts';

/**
 * A chain for the indexers to read: one readable ledger, a random recursive tree, and as many sales of five levels as
 * wanted, settled as they are recorded. Every run gives the same blocks, so that figures of two runs can be compared.
 */
export interface Chain {
  anvil: Anvil;
  ledger: string;
  startBlock: number;
  /** Distributors enrolled. */
  distributors: number;
  /** Adds sales until there are `toSales` in all. */
  grow(toSales: number): Promise<void>;
  /** Entries of the journal so far. */
  countEntries(): Promise<number>;
}

export interface ChainOptions {
  distributors: number;
  seed?: number;
}

/** Seller 20 %, then 5, 3, 2 and 1 % up the line; sales to preferred customers and own purchases count less. */
const PLAN = {
  ...DEFAULT_PLAN,
  ceilingBps: 3_100,
  weightsBps: [10_000, 8_000, 5_000] as [number, number, number],
  ratesBps: [[2_000, 500, 300, 200, 100]],
};

const BATCH = 500;
const ENROLLED_AT_ONCE = 300;
/** After how many batches some distributors are paid out, and how many. */
const BATCHES_PER_PAYOUT = 10;
const PAID_AT_ONCE = 100;

/** The gas that a transaction may use since Osaka; a block has room for three such transactions, as on mainnet. */
const TRANSACTION_GAS = 16_777_216;
const BLOCK_GAS = 60_000_000;
const TRANSACTIONS_PER_BLOCK = 3;
const BLOCK_SECONDS = 12;
const GENESIS = 1_767_225_600;

/** Starts a node and builds the ledger and its tree; it has no sales yet. */
export async function buildChain({ distributors, seed = 1 }: ChainOptions): Promise<Chain> {
  const anvil = await startAnvil({
    args: ['--gas-limit', String(BLOCK_GAS), '--timestamp', String(GENESIS), '--order', 'fifo'],
  });
  try {
    return await LedgerChain.open(anvil, distributors, seed);
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

class LedgerChain implements Chain {
  readonly anvil: Anvil;
  readonly ledger: Hex;
  readonly startBlock: number;
  readonly #sender: Hex;
  readonly #tree = new Tree();
  readonly #random: Random;
  #batches = 0;
  #sales = 0;

  private constructor(
    anvil: Anvil,
    sender: string,
    at: { ledger: string; startBlock: number },
    seed: number,
  ) {
    this.anvil = anvil;
    this.#sender = sender as Hex;
    this.ledger = at.ledger as Hex;
    this.startBlock = at.startBlock;
    this.#random = new Random(seed);
  }

  static async open(anvil: Anvil, distributors: number, seed: number): Promise<LedgerChain> {
    const [company] = anvil.accounts;
    if (!company) throw new Error('the chain has no account');
    await anvil.rpc('anvil_setBlockTimestampInterval', [BLOCK_SECONDS]);
    const request = { returnWindow: 0, plan: PLAN };
    const deployed = await deployLocal({
      rpcUrl: anvil.rpcUrl,
      privateKey: company.privateKey,
      request,
      floatUnits: 10n ** 15n,
    });
    const chain = new LedgerChain(anvil, company.address, deployed, seed);
    await anvil.rpc('evm_setAutomine', [false]);
    await chain.#enrol(distributors);
    return chain;
  }

  get distributors(): number {
    return this.#tree.distributors.length;
  }

  async grow(toSales: number): Promise<void> {
    const calls: Hex[] = [];
    while (this.#sales < toSales) {
      calls.push(this.#sell(Math.min(BATCH, toSales - this.#sales)));
      if (this.#batches % BATCHES_PER_PAYOUT === 0) calls.push(this.#payOut());
      if (calls.length >= TRANSACTIONS_PER_BLOCK) await this.#mine(calls.splice(0));
    }
    await this.#mine(calls);
    const data = await this.#view('recorderOf', [this.#sender]);
    const { sequence } = decodeFunctionResult({ abi: commissionLedgerAbi, functionName: 'recorderOf', data });
    if (sequence !== BigInt(this.#batches))
      throw new Error(`the ledger took ${sequence} batches of ${this.#batches}`);
  }

  async countEntries(): Promise<number> {
    return Number(await this.#view('entryCount'));
  }

  #view(...[functionName, args]: ['recorderOf', [Hex]] | ['entryCount']): Promise<Hex> {
    const call = functionName === 'recorderOf' ? { functionName, args } : { functionName };
    const data = encodeFunctionData({ abi: commissionLedgerAbi, ...call });
    return this.anvil.rpc<Hex>('eth_call', [{ to: this.ledger, data }, 'latest']);
  }

  async #enrol(distributors: number): Promise<void> {
    this.#tree.grow(distributors, this.#random);
    const calls: Hex[] = [];
    for (let from = 0; from < distributors; from += ENROLLED_AT_ONCE) {
      const records = encodeDistributors(this.#tree.distributors.slice(from, from + ENROLLED_AT_ONCE));
      calls.push(encodeFunctionData({ abi: commissionLedgerAbi, functionName: 'enrol', args: [records] }));
    }
    while (calls.length > 0) await this.#mine(calls.splice(0, TRANSACTIONS_PER_BLOCK));
  }

  #sell(count: number): Hex {
    const random = this.#random;
    const sales = Array.from({ length: count }, (): SaleRecord => {
      const priceCents = BigInt(1_000 + random.below(19_000));
      return {
        class: random.pick(['retail', 'retail', 'retail', 'preferred', 'self']),
        seller: random.pick(this.#tree.distributors).id,
        priceCents,
        volumeCents: (priceCents * 8n) / 10n,
      };
    });
    this.#sales += count;
    const batch = ++this.#batches;
    const manifestRoot = keccak256(toHex(`manifest ${batch}`));
    return encodeFunctionData({
      abi: commissionLedgerAbi,
      functionName: 'recordSales',
      args: [encodeSales(sales), BigInt(batch), manifestRoot, 1n],
    });
  }

  #payOut(): Hex {
    const wallets = Array.from(
      { length: PAID_AT_ONCE },
      () => this.#random.pick(this.#tree.distributors).wallet,
    );
    return encodeFunctionData({ abi: commissionLedgerAbi, functionName: 'payOut', args: [wallets] });
  }

  /** One block with a transaction for each call. */
  async #mine(calls: readonly Hex[]): Promise<void> {
    if (calls.length === 0) return;
    const gas = toHex(TRANSACTION_GAS);
    for (const data of calls) {
      await this.anvil.rpc('eth_sendTransaction', [{ from: this.#sender, to: this.ledger, gas, data }]);
    }
    await this.anvil.rpc('evm_mine');
    const block = await this.anvil.rpc<{ transactions: string[] }>('eth_getBlockByNumber', ['latest', false]);
    if (block.transactions.length !== calls.length)
      throw new Error(`a block took ${block.transactions.length} transactions of ${calls.length}`);
  }
}
