import {
  BUYER_CLASSES,
  commissionLedgerAbi,
  encodeDistributors,
  encodeReversals,
  encodeSales,
  nextId,
  type SaleRecord,
} from '@plumbline/protocol';
import {
  type Address,
  decodeFunctionResult,
  encodeFunctionData,
  type Hex,
  keccak256,
  numberToHex,
  toHex,
  zeroHash,
} from 'viem';
import { type Deployment, deployLocal } from '../../scripts/stack/deploy.ts';
import type { Anvil } from '../support/chain.ts';
import { Random } from '../support/random.ts';
import type { Memory, OpenBatch } from './memory.ts';
import { addressOf, PersonalBusiness } from './powers.ts';

/** Seconds in which a sale of these programmes can be reversed. */
export const RETURN_WINDOW = 3_600;

/** Below the most that a transaction may have. */
const GAS = '0xe00000';

/** What the contract says of a ledger: everything that the books must agree with. */
export interface Views {
  head: Hex;
  entryCount: number;
  owed: bigint;
  accounts: AccountView[];
}

/** Somebody who has moved has neither sponsor nor rank any more. */
export interface AccountView {
  id: number;
  /** Where they are now, if they have moved. */
  sponsor: number;
  owed: bigint;
  rank: number;
  status: number;
  movedTo: number;
  wallet: Address | null;
  /** Unix seconds; 0 if payouts were never held. */
  heldUntil: number;
  recovery: Address | null;
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
  readonly #personal: PersonalBusiness;
  #memory: Memory = { distributors: [], occupancy: {}, batches: 0, open: [], flags: 0, wallets: 0 };

  private constructor(chain: Anvil, deployment: Deployment, seed: number) {
    this.#chain = chain;
    this.deployment = deployment;
    this.#random = new Random(seed);
    const { chainId, ledger } = deployment;
    const { address, privateKey } = chain.accounts[0]!;
    const place = {
      chainId,
      ledger: ledger as Address,
      privateKey: privateKey as Hex,
      registrar: address as Address,
    };
    this.#personal = new PersonalBusiness(place, this.#random, (...call) => this.#send(...call));
  }

  static async open(chain: Anvil, { compact = false, seed = 1 } = {}): Promise<Programme> {
    const deployment = await deployLocal({
      rpcUrl: chain.rpcUrl,
      privateKey: chain.accounts[0]!.privateKey,
      request: { compact, returnWindow: RETURN_WINDOW, planNotice: 0 },
    });
    const programme = new Programme(chain, deployment, seed);
    // Owners of wallets call the ledger themselves.
    await chain.rpc('anvil_autoImpersonateAccount', [true]);
    for (const role of ['RANKER_ROLE', 'COMPLIANCE_ROLE', 'REGISTRAR_ROLE']) {
      await programme.#send('grantRole', [keccak256(toHex(role)), chain.accounts[0]!.address]);
    }
    return programme;
  }

  /** What is random from here on hangs on `seed` alone. */
  reseed(seed: number): void {
    this.#random.reseed(seed);
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
    if (this.#memory.distributors.length === 0) await this.enrol(6);
    for (let i = 0; i < acts; i++) {
      const kinds = [
        () => this.enrol(1 + this.#random.below(6)),
        () => this.sell(1 + this.#random.below(8)),
        () => this.sell(1 + this.#random.below(8)),
        () => this.#reverse(),
        () => this.settle(1 + this.#random.below(6)),
        () => this.payOut(),
        () => this.#announcePlan(),
        async () => this.#personal.act(this.#memory, await this.#now()),
        async () => this.#personal.act(this.#memory, await this.#now()),
        async () => this.#personal.act(this.#memory, await this.#now()),
        () => this.mine(1 + this.#random.below(3)),
      ];
      await this.#random.pick(kinds)();
    }
  }

  /** Does one thing of every kind that may happen to distributors. */
  async liveThrough(): Promise<void> {
    await this.#personal.actAll(this.#memory, await this.#now());
  }

  async mine(blocks: number): Promise<void> {
    await this.#chain.rpc('anvil_mine', [`0x${blocks.toString(16)}`]);
  }

  async enrol(count: number): Promise<void> {
    const { distributors, occupancy } = this.#memory;
    const recruits = Array.from({ length: count }, () => {
      const present = distributors.filter(({ gone }) => !gone);
      const sponsor = present.length === 0 || this.#random.below(9) === 0 ? 0 : this.#random.pick(present).id;
      const fragments = Object.keys(occupancy).length;
      const id = nextId(sponsor, occupancy[sponsor >>> 2] ?? 0, fragments);
      occupancy[id >>> 2] = (occupancy[id >>> 2] ?? 0) + 1;
      const key = this.#random.below(4) === 0 ? null : keccak256(numberToHex(id));
      distributors.push({ id, sponsor, key, nonce: 0, gone: false, held: 'never', recovered: false });
      return { id, sponsor, wallet: addressOf(key) };
    });
    await this.#send('enrol', [encodeDistributors(recruits)]);
  }

  async sell(count: number): Promise<void> {
    const { distributors, open } = this.#memory;
    const sales = Array.from({ length: count }, (): SaleRecord => {
      const priceCents = BigInt(1 + this.#random.below(1_000_000));
      return {
        class: this.#random.pick(BUYER_CLASSES),
        seller: this.#random.pick(distributors).id,
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
    const distributor = this.#random.pick(this.#memory.distributors);
    const wallet = addressOf(distributor.key);
    if (distributor.key === null || distributor.held === 'now') return;
    if ((await this.view<bigint>('owedTo', [wallet])) === 0n) return;
    if (this.#random.below(3) === 0)
      await this.#personal.withdrawTo(distributor, this.deployment.factory as Address);
    else await this.#send('withdraw', [wallet]);
  }

  /** Pays out to everybody who can be paid. */
  async payAll(): Promise<void> {
    const wallets = this.#memory.distributors
      .filter(({ key }) => key !== null)
      .map(({ key }) => addressOf(key));
    await this.#send('payOut', [wallets]);
  }

  async #announcePlan(): Promise<void> {
    const kind = this.#random.below(3);
    const levels = () => (kind === 1 ? 2 : 1 + this.#random.below(6));
    const plan = {
      kind,
      compression: this.#random.below(kind === 1 ? 2 : 3),
      boundaryRank: kind === 2 ? 1 + this.#random.below(2) : 0,
      ceilingBps: 3_000,
      weightsBps: [10_000, this.#random.below(10_001), this.#random.below(10_001)],
      ratesBps: Array.from({ length: 1 + this.#random.below(4) }, () =>
        Array.from({ length: levels() }, () => this.#random.below(500)),
      ),
    };
    await this.#send('announcePlan', [plan]);
  }

  async views(): Promise<Views> {
    const [, , , owed] = await this.view<bigint[]>('solvency', []);
    const accounts: Views['accounts'] = [];
    for (const { id, key } of this.#memory.distributors)
      accounts.push(await this.#viewAccount(id, addressOf(key)));
    return {
      head: await this.view<Hex>('head', []),
      entryCount: Number(await this.view<bigint>('entryCount', [])),
      owed: owed ?? 0n,
      accounts: accounts.sort((a, b) => a.id - b.id),
    };
  }

  async #viewAccount(id: number, wallet: Address): Promise<AccountView> {
    const [sponsor, owed = 0n, rank, status] = await this.view<bigint[]>('accountOf', [BigInt(id)]);
    const movedTo = Number(await this.view<bigint>('movedTo', [BigInt(id)]));
    const sponsorNow = (await this.view<bigint>('movedTo', [sponsor])) || sponsor;
    const [owner, , heldUntil] = await this.view<bigint[]>('walletOf', [wallet]);
    const [recovery, executableFrom] = await this.view<[Address, bigint]>('recoveryOf', [wallet]);
    const isKnown = owner === BigInt(id);
    return {
      id,
      sponsor: movedTo === 0 ? Number(sponsorNow) : 0,
      owed,
      rank: movedTo === 0 ? Number(rank) : 0,
      status: Number(status),
      movedTo,
      wallet: isKnown ? wallet : null,
      heldUntil: isKnown ? Number(heldUntil) : 0,
      recovery: isKnown && executableFrom > 0n ? (recovery.toLowerCase() as Address) : null,
    };
  }

  async view<T>(functionName: string, args: unknown[]): Promise<T> {
    const data = encodeFunctionData({ abi: commissionLedgerAbi, functionName, args } as never);
    const result = await this.#chain.rpc<Hex>('eth_call', [{ to: this.deployment.ledger, data }, 'latest']);
    return decodeFunctionResult({ abi: commissionLedgerAbi, functionName, data: result } as never) as T;
  }

  async #send(functionName: string, args: unknown[], owner?: Address): Promise<void> {
    const data = encodeFunctionData({ abi: commissionLedgerAbi, functionName, args } as never);
    const from = owner ?? this.#chain.accounts[0]!.address;
    if (owner) await this.#chain.rpc('anvil_setBalance', [owner, numberToHex(10n ** 18n)]);
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
