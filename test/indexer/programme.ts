import { BUYER_CLASSES, encodeBalances, nextId, type SaleRecord } from '@plumbline/protocol';
import { type Address, type Hex, keccak256, numberToHex } from 'viem';
import type { Deployment } from '../../scripts/stack/deploy.ts';
import type { Anvil } from '../support/chain.ts';
import { DAY, EVIDENCE, LedgerCompany } from '../support/company/company.ts';
import { Random } from '../support/random.ts';
import { ChangeBusiness } from './changes.ts';
import { CompanyActs } from './company-acts.ts';
import { addressOf, newMemory } from './memory.ts';
import { PersonalBusiness } from './powers.ts';

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
  readonly #changes: ChangeBusiness;
  readonly #acts: CompanyActs;
  #memory = newMemory();

  private constructor(company: LedgerCompany, seed: number) {
    this.company = company;
    this.#random = new Random(seed);
    this.#personal = new PersonalBusiness(company, this.#random);
    this.#changes = new ChangeBusiness(company, this.#random);
    this.#acts = new CompanyActs(company, this.#random);
  }

  static async open(chain: Anvil, { compact = false, seed = 1 } = {}): Promise<Programme> {
    const request = { compact, returnWindow: RETURN_WINDOW, planNotice: DAY };
    const second = { key: chain.accounts[2]?.address ?? '', cap: 10n ** 15n, countCap: 2n ** 20n };
    const company = await LedgerCompany.open(chain, { request, recorders: [second] });
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
    if (this.#memory.distributors.length === 0) await this.#begin();
    for (let i = 0; i < acts; i++) {
      const kinds = [
        () => this.enrol(1 + this.#random.below(6)),
        () => this.sell(1 + this.#random.below(8)),
        () => this.sell(1 + this.#random.below(8)),
        () => this.#reverse(),
        () => this.settle(1 + this.#random.below(6)),
        () => this.payOut(),
        () => this.#changes.act(this.#memory),
        () => this.#changes.act(this.#memory),
        () => this.#applyNext(),
        () => this.#acts.act(this.#memory),
        () => this.company.passTime(this.#random.below(DAY)),
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
    await this.#changes.actAll(this.#memory);
    await this.#personal.actAll(this.#memory, await this.company.now());
    await this.#acts.actAll(this.#memory);
    while (this.#memory.changes.length > 0) await this.#applyNext();
  }

  /** Announces a change of every kind and waits until all are effective; later batches settle with them. */
  async announceChanges(): Promise<void> {
    await this.#changes.actAll(this.#memory);
    await this.company.passTime(3 * DAY);
  }

  /** The first distributors, some of whom are owed something from before the ledger. */
  async #begin(): Promise<void> {
    await this.enrol(6);
    const balances = this.#memory.distributors.map(({ id }) => ({
      id,
      units: BigInt(1 + this.#random.below(1_000)),
    }));
    await this.company.callAnnounced('openBalances', [encodeBalances(balances.slice(0, 4)), EVIDENCE]);
  }

  /** Settles what was recorded before the next change, waits until it is effective, and applies it. */
  async #applyNext(): Promise<void> {
    const startsAt = this.#changes.startsAt(this.#memory);
    if (startsAt === Number.POSITIVE_INFINITY) return;
    await this.company.passTime(Math.max(0, startsAt - (await this.company.now())));
    while (this.#memory.open.some(({ recordedAt }) => recordedAt < startsAt)) await this.#settleFirst();
    await this.#changes.applyNext(this.#memory);
  }

  async mine(blocks: number): Promise<void> {
    await this.company.anvil.rpc('anvil_mine', [`0x${blocks.toString(16)}`]);
  }

  async enrol(count: number): Promise<void> {
    const { distributors, occupancy } = this.#memory;
    const enrolledAt = await this.company.now();
    const recruits = Array.from({ length: count }, () => {
      const present = distributors.filter(({ gone }) => !gone);
      const sponsor = present.length === 0 || this.#random.below(9) === 0 ? 0 : this.#random.pick(present).id;
      const fragments = Object.keys(occupancy).length;
      const id = nextId(sponsor, occupancy[sponsor >>> 2] ?? 0, fragments);
      occupancy[id >>> 2] = (occupancy[id >>> 2] ?? 0) + 1;
      const key = this.#random.below(4) === 0 ? null : keccak256(numberToHex(id));
      const untroubled = {
        gone: false,
        isLeaving: false,
        held: 'never',
        heldUntil: 0,
        recovered: false,
      } as const;
      distributors.push({ id, sponsor, key, nonce: 0, enrolledAt, ...untroubled });
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
    const recorder = this.#random.below(3) === 0 ? this.#memory.secondRecorder : 0;
    const batch = await this.company.record(sales, undefined, this.#keyOf(recorder));
    if (recorder === 0) this.#memory.batches++;
    open.push({ ...batch, recorder });
  }

  #keyOf(recorder: number): Address {
    return this.company.account(recorder).address.toLowerCase() as Address;
  }

  /** Settles up to `most` sales of the oldest open batch; all open batches by default. */
  async settle(most = Number.POSITIVE_INFINITY): Promise<void> {
    if (this.#memory.open.length === 0) return;
    await this.company.passTime(RETURN_WINDOW);
    await this.#settleFirst(most);
    if (most === Number.POSITIVE_INFINITY) await this.settle();
  }

  /** The same of a batch whose window is over, after the changes that it settles with. */
  async #settleFirst(most = Number.POSITIVE_INFINITY): Promise<void> {
    const { open, settled } = this.#memory;
    const [batch] = open;
    if (!batch) return;
    while (this.#changes.startsAt(this.#memory) <= batch.recordedAt)
      await this.#changes.applyNext(this.#memory);
    const until = Math.min(batch.settled + most, batch.sales.length);
    await this.company.settle(batch, until);
    if (until < batch.sales.length) return;
    open.shift();
    if (batch.recorder === 0) settled.push(batch.batch);
  }

  async #reverse(): Promise<void> {
    const now = await this.company.now();
    // Leaves a minute for the transactions before this one.
    const open = this.#memory.open.filter(({ recordedAt }) => now < recordedAt + RETURN_WINDOW - 60);
    if (open.length === 0) return;
    const batch = this.#random.pick(open);
    const index = this.#random.below(batch.sales.length);
    const before = batch.reversals.filter((each) => each.index === index);
    const left = before.reduce((sum, each) => sum - each.volumeCents, batch.sales[index]!.volumeCents);
    if (left === 0n) return;
    const volumeCents = BigInt(1 + this.#random.below(Number(left)));
    const taken = [{ index, priceCents: volumeCents, volumeCents }];
    await this.company.reverse(batch, taken, this.#keyOf(batch.recorder));
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
