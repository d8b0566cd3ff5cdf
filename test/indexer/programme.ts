import { BUYER_CLASSES, nextId, type SaleRecord } from '@plumbline/protocol';
import { type Address, type Hex, keccak256, numberToHex } from 'viem';
import type { Deployment } from '../../scripts/stack/deploy.ts';
import type { Anvil } from '../support/chain.ts';
import { LedgerCompany } from '../support/company/company.ts';
import { Random } from '../support/random.ts';
import type { Memory } from './memory.ts';
import { addressOf, PersonalBusiness } from './powers.ts';

/** Seconds in which a sale of these programmes can be reversed. */
export const RETURN_WINDOW = 3_600;

/** The contract's views of a ledger, which the books must match. */
export interface Views {
  head: Hex;
  entryCount: number;
  owed: bigint;
  accounts: AccountView[];
}

/** A distributor. One that has moved has neither sponsor nor rank any more. */
export interface AccountView {
  id: number;
  /** The new id, if the distributor has moved; else 0. */
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

/** A state of the chain to which a programme can be rolled back, once. */
export interface Mark {
  /** Cuts the chain off after the mark. */
  revert(): Promise<void>;
  /** Replaces all later blocks by as many empty ones. */
  reorganise(): Promise<void>;
}

/** A company's programme on a real chain, with random but repeatable business. */
export class Programme {
  readonly company: LedgerCompany;
  readonly #random: Random;
  readonly #personal: PersonalBusiness;
  #memory: Memory = { distributors: [], occupancy: {}, batches: 0, open: [], flags: 0, wallets: 0 };

  private constructor(company: LedgerCompany, seed: number) {
    this.company = company;
    this.#random = new Random(seed);
    this.#personal = new PersonalBusiness(company, this.#random);
  }

  static async open(chain: Anvil, { compact = false, seed = 1 } = {}): Promise<Programme> {
    const request = { compact, returnWindow: RETURN_WINDOW, planNotice: 0 };
    const company = await LedgerCompany.open(chain, { request });
    return new Programme(company, seed);
  }

  get deployment(): Deployment {
    return this.company.deployment;
  }

  /** Makes all further random choices depend on `seed` alone. */
  reseed(seed: number): void {
    this.#random.reseed(seed);
  }

  /** Marks the current state of chain and programme. */
  async mark(): Promise<Mark> {
    const memory = structuredClone(this.#memory);
    const number = await this.#blockNumber();
    const id = await this.company.anvil.rpc('evm_snapshot');
    return {
      revert: async () => {
        await this.company.anvil.rpc('evm_revert', [id]);
        this.#memory = memory;
      },
      reorganise: async () => {
        await this.company.anvil.rpc('anvil_reorg', [(await this.#blockNumber()) - number, []]);
        this.#memory = memory;
      },
    };
  }

  /** Does `acts` random things, some blocks apart. */
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
        async () => this.#personal.act(this.#memory, await this.company.now()),
        async () => this.#personal.act(this.#memory, await this.company.now()),
        async () => this.#personal.act(this.#memory, await this.company.now()),
        () => this.mine(1 + this.#random.below(3)),
      ];
      await this.#random.pick(kinds)();
    }
  }

  /** Does everything once that may happen to distributors. */
  async liveThrough(): Promise<void> {
    await this.#personal.actAll(this.#memory, await this.company.now());
  }

  async mine(blocks: number): Promise<void> {
    await this.company.anvil.rpc('anvil_mine', [`0x${blocks.toString(16)}`]);
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
    await this.company.enrol(recruits);
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
    this.#memory.batches++;
    open.push(await this.company.record(sales));
  }

  /** Settles up to `most` sales of the oldest open batch, or all batches without a limit. */
  async settle(most = Number.POSITIVE_INFINITY): Promise<void> {
    const [batch] = this.#memory.open;
    if (!batch) return;
    await this.company.anvil.rpc('evm_increaseTime', [RETURN_WINDOW]);
    const until = Math.min(batch.settled + most, batch.sales.length);
    await this.company.settle(batch, until);
    if (until === batch.sales.length) this.#memory.open.shift();
    if (most === Number.POSITIVE_INFINITY) await this.settle();
  }

  async #reverse(): Promise<void> {
    const now = await this.company.now();
    // Leaves a minute for the transactions before this one.
    const open = this.#memory.open.filter(({ recordedAt }) => now < recordedAt + RETURN_WINDOW - 60);
    if (open.length === 0) return;
    const batch = this.#random.pick(open);
    const index = this.#random.below(batch.sales.length);
    const taken = batch.reversals.filter((each) => each.index === index);
    const left = taken.reduce((sum, each) => sum - each.volumeCents, batch.sales[index]!.volumeCents);
    if (left === 0n) return;
    const volumeCents = BigInt(1 + this.#random.below(Number(left)));
    await this.company.reverse(batch, [{ index, priceCents: volumeCents, volumeCents }]);
  }

  async payOut(): Promise<void> {
    const distributor = this.#random.pick(this.#memory.distributors);
    const wallet = addressOf(distributor.key);
    if (distributor.key === null || distributor.held === 'now') return;
    if ((await this.company.view<bigint>('owedTo', [wallet])) === 0n) return;
    if (this.#random.below(3) === 0)
      await this.#personal.withdrawTo(distributor, this.deployment.factory as Address);
    else await this.company.call('withdraw', [wallet]);
  }

  /** Pays out to every wallet. */
  async payAll(): Promise<void> {
    const wallets = this.#memory.distributors
      .filter(({ key }) => key !== null)
      .map(({ key }) => addressOf(key));
    await this.company.call('payOut', [wallets]);
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
    await this.company.call('announcePlan', [plan]);
  }

  async views(): Promise<Views> {
    const [, , , owed] = await this.company.view<bigint[]>('solvency');
    const accounts: Views['accounts'] = [];
    for (const { id, key } of this.#memory.distributors)
      accounts.push(await this.#viewAccount(id, addressOf(key)));
    return {
      head: await this.company.view<Hex>('head'),
      entryCount: Number(await this.company.view<bigint>('entryCount')),
      owed: owed ?? 0n,
      accounts: accounts.sort((a, b) => a.id - b.id),
    };
  }

  async #viewAccount(id: number, wallet: Address): Promise<AccountView> {
    const [sponsor, owed = 0n, rank, status] = await this.company.view<bigint[]>('accountOf', [BigInt(id)]);
    const movedTo = Number(await this.company.view<bigint>('movedTo', [BigInt(id)]));
    const sponsorNow = (await this.company.view<bigint>('movedTo', [sponsor])) || sponsor;
    const [owner, , heldUntil] = await this.company.view<bigint[]>('walletOf', [wallet]);
    const [recovery, executableFrom] = await this.company.view<[Address, bigint]>('recoveryOf', [wallet]);
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

  async #blockNumber(): Promise<number> {
    return Number(await this.company.anvil.rpc('eth_blockNumber'));
  }
}
