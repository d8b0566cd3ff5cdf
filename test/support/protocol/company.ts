import {
  BPS,
  COMPRESSION_NONE,
  type DistributorRecord,
  encodeDistributors,
  fragmentOf,
  LANES,
  MAX_CENTS,
  nextId,
  type Plan,
  STATUS_CLOSED,
  termsHash,
} from '@plumbline/protocol';
import { type Address, zeroAddress, zeroHash } from 'viem';
import { roleNamed } from '../company/company.ts';
import type { Random } from '../random.ts';
import { edgyBigInt, plans, sampleOf } from './arbitraries.ts';
import { applyAll, CHANGES, correctSponsor, leave, setStanding } from './changes.ts';
import { adminDelayOf, type Chain, type CreationTerms, type Ledger } from './ledger.ts';
import { NOTICES } from './notices.ts';
import { announcePlan, MAX_CAP, MAX_COUNT_CAP, openBalances, POWERS, setPaused } from './powers.ts';
import { record, refundLate, reverse, settle } from './sales.ts';
import { Subject } from './subject.ts';
import type { TwinBatch } from './twin.ts';
import { payOutTo, WALLETS } from './wallets.ts';

/** How new distributors find their sponsor. */
const SHAPES = ['recursive', 'chain', 'star', 'forest'] as const;
type TreeShape = (typeof SHAPES)[number];

/** Most distributors of one company: enough to stand deeper than a walk looks, few enough to compare all after each round. */
const MAX_DISTRIBUTORS = 120;

const DAY = 86_400;
const MAX_UINT256 = 2n ** 256n - 1n;
const MAX_CUSTODY = 2n ** 50n - 1n;
const MAX_REFILL = 2n ** 47n;
/** The most that one sale can reserve, in units. */
const MAX_RESERVED = MAX_CENTS * BPS;

/** The roles that the admin has besides: all that the random actions need. */
const ROLES = ['RANKER', 'COMPLIANCE', 'REGISTRAR', 'GUARDIAN'];

type Action = (company: Subject) => Promise<unknown>;

/** A company that does random things to a real ledger, and the same to the ledger's twin. */
export class RandomCompany extends Subject {
  readonly shape: TreeShape;
  /** All that it does; how often one is listed is how often it is done. */
  readonly #actions: readonly Action[] = [
    () => this.#enrol(),
    record,
    record,
    record,
    reverse,
    settle,
    settle,
    refundLate,
    () => this.#pay(),
    (company) => announcePlan(company),
    () => this.#fund(this.draw(edgyBigInt(1n, 10n ** 10n))),
    ...[CHANGES, CHANGES, POWERS, WALLETS, NOTICES].map(
      (group: readonly Action[]) => (company: Subject) => this.random.pick(group)(company),
    ),
  ];

  private constructor(random: Random, ledger: Ledger, terms: CreationTerms, shape: TreeShape) {
    super(random, ledger, terms);
    this.shape = shape;
  }

  /** @param fixed What is not left to chance. */
  static async open(
    chain: Chain,
    random: Random,
    fixed: Partial<CreationTerms> & Pick<CreationTerms, 'compact'>,
  ): Promise<RandomCompany> {
    const returnWindow = fixed.returnWindow ?? random.pick([0, 300, 300, 5000]);
    const planNotice = random.pick([DAY, 3 * DAY]);
    const delay = random.pick(returnWindow === 0 ? [0, DAY] : [DAY, DAY, 100_000]);
    const terms = { planNotice, delay, capPeriod: 3600, ...fixed, returnWindow };
    const plan = sampleOf(plans, random.below(2 ** 31));
    const guardian = random.hex(20);
    const roles = [
      ...ROLES.map((name) => ({ role: roleNamed(name), account: chain.admin })),
      { role: roleNamed('GUARDIAN'), account: guardian },
    ];
    const recorders = [
      { key: chain.admin, cap: MAX_CAP, countCap: MAX_COUNT_CAP },
      { key: random.hex(20), cap: sampleOf(edgyBigInt(0n, 2n ** 45n), random.seed), countCap: 60 },
      { key: random.hex(20), cap: 2n ** 46n, countCap: 25 },
    ];
    const ledger = await chain.createLedger(terms, plan, { roles, recorders });
    const shape = SHAPES[Math.floor(random.seed / 2) % SHAPES.length] ?? 'recursive';
    const company = new RandomCompany(random, ledger, terms, shape);
    company.guardians.add(guardian);
    company.#open(plan);
    for (const { role, account } of roles) company.twin.setRole(role, account, true);
    for (const { key, cap, countCap } of recorders) company.twin.setRecorder(key, cap, countCap);
    await company.#begin();
    return company;
  }

  get #chain(): Chain {
    return this.ledger.chain;
  }

  /** What the company is, for the title of a failure. */
  describe(): string {
    const { returnWindow, planNotice, delay, compact } = this.terms;
    const form = compact ? 'compact' : 'readable';
    return `${form}, window ${returnWindow} s, notice ${planNotice} s, delay ${delay} s, tree ${this.shape}`;
  }

  #open(plan: Plan): void {
    const { twin } = this;
    const { token, chainId } = this.#chain.deployment;
    const { admin } = this.#chain;
    const terms = { ...this.terms, token: token as Address, unit: 1n };
    this.logs.push(...this.#chain.created);
    twin.enter({ kind: 'opened', termsHash: termsHash(chainId, this.ledger.address, terms) });
    twin.setRole(zeroHash, admin, true);
    twin.enter({ kind: 'adminDelaySet', delay: adminDelayOf(this.terms), effectiveFrom: this.#chain.now });
    twin.announce(plan, this.#chain.now);
  }

  async #begin(): Promise<void> {
    await this.#fund(this.random.pick([2n ** 48n, 10n ** 12n]));
    await this.#enrol();
    if (this.random.chance(60)) await this.#openBalances();
  }

  /** Some distributors are owed something from before. */
  async #openBalances(): Promise<void> {
    const { random } = this;
    const ids = [...this.twin.distributors.keys()];
    const balances = Array.from({ length: random.between(1, 5) }, () => ({
      id: random.pick(ids),
      units: this.draw(edgyBigInt(1n, 10n ** 10n)),
    }));
    const evidence = random.hex(32);
    await openBalances(this, balances, evidence);
  }

  /** A few random actions. */
  async act(): Promise<void> {
    if (this.twin.paused && this.random.chance(50)) await setPaused(this, false);
    for (let i = this.random.between(1, 4); i > 0; i--) await this.random.pick(this.#actions)(this);
  }

  /**
   * One batch by a plan of its own: tree and ranks change, sales are recorded, some are taken back, the rest is settled
   * in one part or two. For a ledger with a return window.
   */
  async settleBatch(): Promise<TwinBatch> {
    const { random, twin } = this;
    // Long uplines are kept, often with hardly anyone to pay: only there does a walk end because of its length.
    const isLong = this.shape === 'chain';
    const isSparse = isLong && random.chance(30);
    let plan = this.draw(plans);
    while (isSparse && plan.compression === COMPRESSION_NONE) plan = this.draw(plans);
    await announcePlan(this, plan);
    if (random.chance(isLong ? 20 : 50)) await correctSponsor(this);
    if (random.chance(5)) await leave(this);
    if (random.chance(10)) await this.#enrol();
    await setStanding(this, isSparse);
    await applyAll(this);
    await this.#chain.pass(twin.planned(twin.plans.length).startsAt);
    if (twin.float < MAX_RESERVED) await this.refill();
    const batch = await record(this, 1);
    if (!batch) throw new Error('There is no batch.');
    if (random.chance(80)) await reverse(this, batch);
    if (random.chance(20)) await settle(this, batch);
    if (batch.settled < batch.records.length) await settle(this, batch, MAX_UINT256);
    return batch;
  }

  /** Enrols up to a random number of distributors, often as many as a company can have. */
  async grow(): Promise<void> {
    const size = this.random.pick([10, 40, MAX_DISTRIBUTORS, MAX_DISTRIBUTORS]);
    while (this.twin.distributors.size < size) await this.#enrol();
  }

  /** Pays out what can be paid, so that there is room for more float, and adds as much as there may be. */
  async refill(): Promise<void> {
    const { twin } = this;
    await payOutTo(this, this.walletOwners());
    const room = MAX_CUSTODY - twin.float - twin.reserved - twin.owed;
    await this.#fund(room < MAX_REFILL ? room : MAX_REFILL);
  }

  async #fund(units: bigint): Promise<void> {
    this.logs.push(...(await this.ledger.fund(units)));
    this.twin.fund(this.admin, units);
  }

  async #enrol(): Promise<void> {
    const { random, twin } = this;
    if (twin.paused) return;
    const recorder = random.chance(60) ? twin.recorder(1) : random.pick(twin.recorders);
    const time = this.now + 1;
    const room = MAX_DISTRIBUTORS - twin.distributors.size;
    const left = Number(recorder.allowances.left('count', time));
    const distributors: DistributorRecord[] = [];
    for (let i = Math.min(room, left, random.between(1, 25)); i > 0; i--) {
      distributors.push(this.#newcomer(distributors));
    }
    if (distributors.length === 0) return;
    await this.send(['enrol', encodeDistributors(distributors)], { time, from: recorder.key });
    recorder.allowances.spend('count', time, BigInt(distributors.length));
    twin.enrol(distributors, time);
  }

  /** A distributor to enrol after those of `before`, who are not enrolled yet. */
  #newcomer(before: readonly DistributorRecord[]): DistributorRecord {
    const ids = [...this.twin.distributors.keys(), ...before.map(({ id }) => id)];
    const sponsor = this.#sponsor(ids.filter((id) => this.twin.tree.statusOf(id) !== STATUS_CLOSED));
    const fragment = fragmentOf(sponsor);
    // Whoever enrols need not pack: a new fragment is always allowed.
    const packed = !this.random.chance(10);
    const taken = ids.filter((id) => fragmentOf(id) === fragment).length;
    const fragments = Math.max(0, ...ids.map(fragmentOf));
    const id = nextId(sponsor, packed ? taken : LANES, fragments);
    const wallet = this.random.chance(20) ? zeroAddress : this.newWallet();
    return { id, sponsor, wallet };
  }

  #sponsor(ids: readonly number[]): number {
    const [first] = ids;
    const last = ids.at(-1);
    if (first === undefined || last === undefined) return 0;
    switch (this.shape) {
      case 'recursive':
        return this.random.pick(ids);
      case 'chain':
        return this.random.chance(99) ? last : this.random.pick(ids);
      case 'star':
        return this.random.chance(90) ? first : this.random.pick(ids);
      case 'forest':
        return this.random.chance(10) ? 0 : this.random.pick(ids);
    }
  }

  async #pay(): Promise<void> {
    for (let i = this.random.between(1, 3); i > 0; i--) {
      const payable = this.payable(this.now + 1);
      if (payable.length === 0) return;
      const [id, { wallet }] = this.random.pick(payable);
      await this.send(['withdraw', wallet]);
      this.twin.pay(id);
    }
  }
}
