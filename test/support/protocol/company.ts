import {
  BPS,
  COMPRESSION_NONE,
  type DistributorRecord,
  encodeDistributors,
  encodeReversals,
  encodeSales,
  fragmentOf,
  idAt,
  LANES,
  MAX_CENTS,
  nextId,
  type Plan,
  planHash,
  type ReversalRecord,
  STATUS_CLOSED,
  termsHash,
} from '@plumbline/protocol';
import fc from 'fast-check';
import { type Address, keccak256, stringToHex, zeroAddress, zeroHash } from 'viem';
import type { Random } from '../random.ts';
import { edgyBigInt, plans, salesOf, sampleOf } from './arbitraries.ts';
import type { Chain, CreationTerms, Ledger } from './ledger.ts';
import { correctSponsor, leave, POWERS, payOutTo, setPaused, setStanding } from './powers.ts';
import { Subject } from './subject.ts';
import type { TwinBatch } from './twin.ts';

/** How new distributors find their sponsor. */
const SHAPES = ['recursive', 'chain', 'star', 'forest'] as const;
type TreeShape = (typeof SHAPES)[number];

/** Most distributors of one company: enough to stand deeper than a walk looks, few enough to compare all after each round. */
const MAX_DISTRIBUTORS = 120;

const ACTIONS = [
  'enrol',
  'record',
  'record',
  'record',
  'reverse',
  'settle',
  'settle',
  'pay',
  'announce',
  'fund',
  'power',
  'power',
  'power',
  'power',
];

const MAX_UINT256 = 2n ** 256n - 1n;
const MAX_CUSTODY = 2n ** 50n - 1n;
const MAX_REFILL = 2n ** 47n;
/** The most that one sale can reserve, in units. */
const MAX_RESERVED = MAX_CENTS * BPS;

/** The roles that the admin takes besides: all that the random actions need. */
const ROLES = ['RANKER_ROLE', 'COMPLIANCE_ROLE', 'REGISTRAR_ROLE'];

/** A company that does random things to a real ledger, and the same to the ledger's twin. */
export class RandomCompany extends Subject {
  readonly shape: TreeShape;

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
    const returnWindow = random.pick([0, 300, 300, 5000]);
    const planNotice = random.pick([0, 0, 500]);
    const terms = { returnWindow, planNotice, capPeriod: 3600, ...fixed };
    const plan = sampleOf(plans, random.below(2 ** 31));
    const ledger = await chain.createLedger(terms, plan);
    const company = new RandomCompany(
      random,
      ledger,
      terms,
      SHAPES[Math.floor(random.seed / 2) % SHAPES.length] ?? 'recursive',
    );
    await company.#begin(plan);
    return company;
  }

  get #chain(): Chain {
    return this.ledger.chain;
  }

  /** What the company is, for the title of a failure. */
  describe(): string {
    const { returnWindow, planNotice, compact } = this.terms;
    const form = compact ? 'compact' : 'readable';
    return `${form}, window ${returnWindow} s, notice ${planNotice} s, tree ${this.shape}`;
  }

  async #begin(plan: Plan): Promise<void> {
    const { twin } = this;
    const { token, chainId } = this.#chain.deployment;
    const { admin } = this.#chain;
    const terms = { ...this.terms, token: token as Address, unit: 1n };
    this.logs.push(...this.#chain.created);
    twin.enter({ kind: 'opened', termsHash: termsHash(chainId, this.ledger.address, terms) });
    twin.enter({ kind: 'roleChanged', role: zeroHash, account: admin, granted: true });
    twin.enter({ kind: 'adminDelaySet', delay: 3_600, effectiveFrom: this.#chain.now });
    twin.announce(plan, this.#chain.now);
    const cap = 2n ** 60n;
    await this.send(['setRecorder', admin, cap]);
    twin.enter({ kind: 'recorderSet', recorder: admin, cap });
    for (const name of ROLES) {
      const role = keccak256(stringToHex(name));
      await this.send(['grantRole', role, admin]);
      twin.enter({ kind: 'roleChanged', role, account: admin, granted: true });
    }
    await this.#fund(this.random.pick([2n ** 48n, 10n ** 12n]));
    await this.#enrol();
  }

  /** A few random actions. */
  async act(): Promise<void> {
    if (this.twin.paused && this.random.chance(50)) await setPaused(this, false);
    for (let i = this.random.between(1, 4); i > 0; i--) {
      const action = this.random.pick(ACTIONS);
      if (action === 'enrol') await this.#enrol();
      if (action === 'record') await this.#record();
      if (action === 'reverse') await this.#reverse();
      if (action === 'settle') await this.#settle();
      if (action === 'pay') await this.#pay();
      if (action === 'announce') await this.#announce();
      if (action === 'fund') await this.#fund(this.draw(edgyBigInt(1n, 10n ** 10n)));
      if (action === 'power') await this.random.pick(POWERS)(this);
    }
  }

  /**
   * One batch by a plan of its own: tree and ranks change, sales are recorded, some are taken back, the rest is settled
   * in one part or two. For a ledger without notice of plans and with a return window.
   */
  async settleBatch(): Promise<TwinBatch> {
    const { random, twin } = this;
    // Long uplines are kept, often with hardly anyone to pay: only there does a walk end because of its length.
    const isLong = this.shape === 'chain';
    const isSparse = isLong && random.chance(30);
    await this.#announce(isSparse);
    if (random.chance(isLong ? 4 : 20)) await correctSponsor(this);
    if (random.chance(5)) await leave(this);
    if (random.chance(10)) await this.#enrol();
    await setStanding(this, isSparse);
    if (twin.float < MAX_RESERVED) await this.#refill();
    await this.#record();
    const batch = twin.batches.at(-1);
    if (!batch) throw new Error('There is no batch.');
    if (random.chance(80)) await this.#reverse(batch);
    if (random.chance(20)) await this.#settle(batch);
    if (batch.settled < batch.records.length) await this.#settle(batch, MAX_UINT256);
    return batch;
  }

  /** Enrols up to a random number of distributors, often as many as a company can have. */
  async grow(): Promise<void> {
    const size = this.random.pick([10, 40, MAX_DISTRIBUTORS, MAX_DISTRIBUTORS]);
    while (this.twin.distributors.size < size) await this.#enrol();
  }

  /** Pays out what can be paid, so that there is room for more float, and adds as much as there may be. */
  async #refill(): Promise<void> {
    const { twin } = this;
    await payOutTo(this, this.walletOwners());
    const room = MAX_CUSTODY - twin.float - twin.reserved - twin.owed;
    await this.#fund(room < MAX_REFILL ? room : MAX_REFILL);
  }

  async #fund(units: bigint): Promise<void> {
    this.logs.push(...(await this.ledger.fund(units)));
    this.twin.fund(this.admin, units);
  }

  async #announce(isCompressed = false): Promise<void> {
    let plan = this.draw(plans);
    while (isCompressed && plan.compression === COMPRESSION_NONE) plan = this.draw(plans);
    await this.send(['announcePlan', plan]);
    this.twin.announce(plan, this.now + this.terms.planNotice);
    const version = this.twin.plans.length;
    const [found] = await this.ledger.views(['planOf', version]);
    const [, startsAt, hash] = found as [Plan, bigint, string];
    if (hash !== planHash(plan) || startsAt !== BigInt(this.twin.plans[version - 1]?.startsAt ?? 0)) {
      throw new Error(`planOf(${version}) is ${startsAt}, ${hash}; the plan is ${JSON.stringify(plan)}.`);
    }
  }

  async #enrol(): Promise<void> {
    if (this.twin.paused) return;
    const room = MAX_DISTRIBUTORS - this.twin.distributors.size;
    const distributors: DistributorRecord[] = [];
    for (let i = Math.min(room, this.random.between(1, 25)); i > 0; i--) {
      distributors.push(this.#newcomer(distributors));
    }
    if (distributors.length === 0) return;
    await this.send(['enrol', encodeDistributors(distributors)]);
    this.twin.enrol(distributors, this.now);
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

  async #record(): Promise<void> {
    const { random, twin } = this;
    if (twin.paused) return;
    const time = this.now + random.between(1, 200);
    const sales = Array.from({ length: random.between(1, 25) }, () =>
      this.draw(salesOf(fc.constant(this.#seller()))),
    );
    while (sales.length > 0 && twin.needed(sales, time) > twin.float) sales.pop();
    if (sales.length === 0) return;
    const root = random.hex(32);
    const call = ['recordSales', twin.batches.length + 1, encodeSales(sales), root] as const;
    await this.send([...call], { time });
    twin.record(this.admin, sales, root, time);
  }

  /** Any distributor, and now and then an empty lane. */
  #seller(): number {
    const lane = idAt(this.random.between(1, this.twin.fragments), this.random.between(0, 3));
    const ids = [...this.twin.distributors.keys()];
    // The newest stand deepest.
    return this.random.chance(5) ? lane : this.random.pick(this.random.chance(50) ? ids.slice(-8) : ids);
  }

  async #reverse(chosen?: TwinBatch): Promise<void> {
    const { random, twin, terms } = this;
    const time = this.now + random.between(1, 50);
    const open = twin.batches.filter((each) => time < each.recordedAt + terms.returnWindow);
    if (open.length === 0) return;
    const batch = chosen ?? random.pick(open);
    const before = encodeReversals(batch.reversals);
    const entered: ReversalRecord[] = [];
    for (let i = random.between(1, 5); i > 0; i--) {
      const reversal = this.#reversal(batch);
      if (!reversal) continue;
      twin.reverse(batch, reversal);
      entered.push(reversal);
    }
    if (entered.length === 0) return;
    const facts = [batch.batch, batch.plan, batch.recordedAt, encodeSales(batch.records), before];
    await this.send(['reverse', ...facts, encodeReversals(entered)], { time });
  }

  #reversal(batch: TwinBatch): ReversalRecord | undefined {
    const index = this.random.between(0, batch.records.length - 1);
    const left = this.twin.leftOf(batch, index);
    if (left.priceCents === 0n) return undefined;
    const priceCents = this.random.pick([left.priceCents, this.draw(edgyBigInt(1n, left.priceCents))]);
    // The volume that stays may not be above the price that stays.
    const least = left.volumeCents - (left.priceCents - priceCents);
    const volumeCents = this.draw(edgyBigInt(least > 0n ? least : 0n, left.volumeCents));
    return { index, priceCents, volumeCents };
  }

  async #settle(chosen?: TwinBatch, end?: bigint): Promise<void> {
    const { random, twin, terms } = this;
    const unsettled = twin.batches.filter((each) => each.settled < each.records.length);
    if (unsettled.length === 0) return;
    const batch = chosen ?? random.pick(unsettled);
    const { records, reversals } = batch;
    // Often at the first second that is allowed.
    const due = batch.recordedAt + terms.returnWindow;
    const time = Math.max(due, this.now + 1) + random.pick([0, 0, random.between(1, 100)]);
    const until =
      end ?? random.pick([MAX_UINT256, BigInt(random.between(batch.settled + 1, records.length))]);
    const packed = [encodeSales(records), encodeReversals(reversals)];
    await this.send(['settle', batch.batch, batch.plan, batch.recordedAt, ...packed, until], { time });
    twin.settle(batch, Number(until));
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
