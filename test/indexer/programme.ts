import {
  BUYER_CLASSES,
  commissionLedgerAbi,
  encodePeople,
  encodeReversals,
  encodeSales,
  nextId,
  type ReversalRecord,
  type SaleRecord,
} from '@plumbline/protocol';
import {
  type Address,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  zeroAddress,
  zeroHash,
} from 'viem';
import { type Deployment, deployLocal } from '../../scripts/deploy.ts';
import type { Anvil } from '../support/chain.ts';
import { Random } from '../support/random.ts';

/** Seconds in which a sale of these programmes can be reversed. */
export const RETURN_WINDOW = 3_600;

/** Below the most that a transaction may have. */
const GAS = '0xe00000';

interface Person {
  id: number;
  sponsor: number;
  wallet: Address;
}

interface OpenBatch {
  batch: number;
  plan: number;
  recordedAt: number;
  sales: SaleRecord[];
  reversals: ReversalRecord[];
  settled: number;
}

/** What the programme knows of its chain; it goes back with it. */
interface Memory {
  people: Person[];
  occupancy: Record<number, number>;
  batches: number;
  open: OpenBatch[];
}

/** What the contract says of a ledger: everything that the books must agree with. */
export interface Views {
  head: Hex;
  entryCount: number;
  owed: bigint;
  accounts: { id: number; sponsor: number; owed: bigint; wallet: Address | null }[];
}

/** A place that a programme can be taken back to, once. */
export interface Mark {
  /** The chain ends there again. */
  revert(): Promise<void>;
  /** As many empty blocks take the place of all later ones. */
  reorganise(): Promise<void>;
}

/** A company's programme on a real chain, with random but repeatable business. */
export class Programme {
  readonly deployment: Deployment;
  readonly #chain: Anvil;
  readonly #random: Random;
  #memory: Memory = { people: [], occupancy: {}, batches: 0, open: [] };

  private constructor(chain: Anvil, deployment: Deployment, seed: number) {
    this.#chain = chain;
    this.deployment = deployment;
    this.#random = new Random(seed);
  }

  static async open(chain: Anvil, { compact = false, seed = 1 } = {}): Promise<Programme> {
    const deployment = await deployLocal({
      rpcUrl: chain.rpcUrl,
      privateKey: chain.accounts[0]!.privateKey,
      request: { compact, returnWindow: RETURN_WINDOW, planNotice: 0 },
    });
    return new Programme(chain, deployment, seed);
  }

  /** Remembers where chain and programme are. */
  async mark(): Promise<Mark> {
    const memory = structuredClone(this.#memory);
    const number = await this.#blockNumber();
    const id = await this.#chain.rpc('evm_snapshot');
    return {
      revert: async () => {
        await this.#chain.rpc('evm_revert', [id]);
        this.#memory = memory;
      },
      reorganise: async () => {
        await this.#chain.rpc('anvil_reorg', [(await this.#blockNumber()) - number, []]);
        this.#memory = memory;
      },
    };
  }

  /** Does `acts` pieces of business of every kind, some blocks apart. */
  async live(acts: number): Promise<void> {
    if (this.#memory.people.length === 0) await this.enrol(6);
    for (let i = 0; i < acts; i++) {
      const kinds = [
        () => this.enrol(1 + this.#random.below(6)),
        () => this.sell(1 + this.#random.below(8)),
        () => this.sell(1 + this.#random.below(8)),
        () => this.#reverse(),
        () => this.settle(1 + this.#random.below(6)),
        () => this.payOut(),
        () => this.#announcePlan(),
        () => this.mine(1 + this.#random.below(3)),
      ];
      await this.#random.pick(kinds)();
    }
  }

  async mine(blocks: number): Promise<void> {
    await this.#chain.rpc('anvil_mine', [`0x${blocks.toString(16)}`]);
  }

  async enrol(count: number): Promise<void> {
    const { people, occupancy } = this.#memory;
    const recruits = Array.from({ length: count }, () => {
      const sponsor = people.length === 0 || this.#random.below(9) === 0 ? 0 : this.#random.pick(people).id;
      const fragments = Object.keys(occupancy).length;
      const id = nextId(sponsor, occupancy[sponsor >>> 2] ?? 0, fragments);
      occupancy[id >>> 2] = (occupancy[id >>> 2] ?? 0) + 1;
      const person: Person = {
        id,
        sponsor,
        wallet: this.#random.below(4) === 0 ? zeroAddress : walletOf(id),
      };
      people.push(person);
      return person;
    });
    await this.#send('enrol', [encodePeople(recruits)]);
  }

  async sell(count: number): Promise<void> {
    const { people, open } = this.#memory;
    const sales = Array.from({ length: count }, (): SaleRecord => {
      const priceCents = BigInt(1 + this.#random.below(1_000_000));
      return {
        class: this.#random.pick(BUYER_CLASSES),
        seller: this.#random.pick(people).id,
        priceCents,
        volumeCents: priceCents - BigInt(this.#random.below(Number(priceCents))),
      };
    });
    const batch = ++this.#memory.batches;
    const plan = Number(await this.view<bigint>('currentPlan', []));
    await this.#send('recordSales', [BigInt(batch), encodeSales(sales), zeroHash]);
    const recordedAt = await this.#now();
    open.push({ batch, plan, recordedAt, sales, reversals: [], settled: 0 });
  }

  /** Settles up to `most` sales of the oldest open batch; everything without a number. */
  async settle(most = Number.POSITIVE_INFINITY): Promise<void> {
    const [batch] = this.#memory.open;
    if (!batch) return;
    await this.#chain.rpc('evm_increaseTime', [RETURN_WINDOW]);
    const until = Math.min(batch.settled + most, batch.sales.length);
    await this.#send('settle', [...factsOf(batch), BigInt(until)]);
    batch.settled = until;
    if (until === batch.sales.length) this.#memory.open.shift();
    if (most === Number.POSITIVE_INFINITY) await this.settle();
  }

  async #reverse(): Promise<void> {
    const now = await this.#now();
    // A minute for the transactions before this one.
    const open = this.#memory.open.filter(({ recordedAt }) => now < recordedAt + RETURN_WINDOW - 60);
    if (open.length === 0) return;
    const batch = this.#random.pick(open);
    const index = this.#random.below(batch.sales.length);
    const taken = batch.reversals.filter((each) => each.index === index);
    const left = taken.reduce((sum, each) => sum - each.volumeCents, batch.sales[index]!.volumeCents);
    if (left === 0n) return;
    const volumeCents = BigInt(1 + this.#random.below(Number(left)));
    const reversal = { index, priceCents: volumeCents, volumeCents };
    await this.#send('reverse', [...factsOf(batch), encodeReversals([reversal])]);
    batch.reversals.push(reversal);
  }

  async payOut(): Promise<void> {
    const { wallet } = this.#random.pick(this.#memory.people);
    if (wallet === zeroAddress || (await this.view<bigint>('owedTo', [wallet])) === 0n) return;
    await this.#send('withdraw', [wallet]);
  }

  async #announcePlan(): Promise<void> {
    const rates = Array.from({ length: 1 + this.#random.below(6) }, () => this.#random.below(500));
    const plan = {
      kind: 0,
      compression: 0,
      boundaryRank: 0,
      ceilingBps: 3_000,
      weightsBps: [10_000, this.#random.below(10_001), this.#random.below(10_001)],
      ratesBps: [rates],
    };
    await this.#send('announcePlan', [plan]);
  }

  async views(): Promise<Views> {
    const [, , , owed] = await this.view<bigint[]>('solvency', []);
    const accounts: Views['accounts'] = [];
    for (const { id, wallet } of this.#memory.people) {
      const [sponsor, units] = await this.view<bigint[]>('accountOf', [BigInt(id)]);
      const isKnown = wallet !== zeroAddress && (await this.view<bigint>('idOf', [wallet])) === BigInt(id);
      accounts.push({ id, sponsor: Number(sponsor), owed: units ?? 0n, wallet: isKnown ? wallet : null });
    }
    return {
      head: await this.view<Hex>('head', []),
      entryCount: Number(await this.view<bigint>('entryCount', [])),
      owed: owed ?? 0n,
      accounts: accounts.sort((a, b) => a.id - b.id),
    };
  }

  async view<T>(functionName: string, args: unknown[]): Promise<T> {
    const data = encodeFunctionData({ abi: commissionLedgerAbi, functionName, args } as never);
    const result = await this.#chain.rpc<Hex>('eth_call', [{ to: this.deployment.ledger, data }, 'latest']);
    return decodeFunctionResult({ abi: commissionLedgerAbi, functionName, data: result } as never) as T;
  }

  async #send(functionName: string, args: unknown[]): Promise<void> {
    const data = encodeFunctionData({ abi: commissionLedgerAbi, functionName, args } as never);
    const from = this.#chain.accounts[0]!.address;
    const transaction = { from, to: this.deployment.ledger, data, gas: GAS };
    const hash = await this.#chain.rpc<Hex>('eth_sendTransaction', [transaction]);
    let receipt: { status: Hex } | null = null;
    // The block is made at once, but the answer may come before it.
    while (!receipt) receipt = await this.#chain.rpc('eth_getTransactionReceipt', [hash]);
    if (receipt.status !== '0x1') throw new Error(`${functionName} failed`);
  }

  async #blockNumber(): Promise<number> {
    return Number(await this.#chain.rpc('eth_blockNumber'));
  }

  async #now(): Promise<number> {
    const block = await this.#chain.rpc<{ timestamp: Hex }>('eth_getBlockByNumber', ['latest', false]);
    return Number(block.timestamp);
  }
}

function factsOf({ batch, plan, recordedAt, sales, reversals }: OpenBatch): unknown[] {
  return [BigInt(batch), BigInt(plan), BigInt(recordedAt), encodeSales(sales), encodeReversals(reversals)];
}

function walletOf(id: number): Address {
  return `0x${(0xabc00000 + id).toString(16).padStart(40, '0')}`;
}
