import {
  encodePeople,
  encodeReversals,
  encodeSales,
  fragmentOf,
  idAt,
  LANES,
  type LedgerLog,
  nextId,
  type PersonRecord,
  type Plan,
  planHash,
  type ReversalRecord,
  termsHash,
} from '@plumbline/protocol';
import { type Address, zeroAddress, zeroHash } from 'viem';
import { randomPlan, randomSale } from './generate.ts';
import type { Chain, CreationTerms, Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import { Twin, type TwinBatch } from './twin.ts';

/** How new people find their sponsor. */
const SHAPES = ['recursive', 'chain', 'star', 'forest'] as const;
type TreeShape = (typeof SHAPES)[number];

/** Most people of one company: enough for every depth, few enough to compare all of them after each round. */
const MOST_PEOPLE = 80;

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
];

/** A company that does random things to a real ledger, and the same to the ledger's twin. */
export class RandomCompany {
  readonly ledger: Ledger;
  readonly twin: Twin;
  readonly random: Random;
  readonly terms: CreationTerms;
  readonly shape: TreeShape;
  /** Logs since they were last taken. */
  logs: LedgerLog[] = [];

  private constructor(random: Random, ledger: Ledger, terms: CreationTerms, shape: TreeShape) {
    this.random = random;
    this.ledger = ledger;
    this.terms = terms;
    this.shape = shape;
    this.twin = new Twin(terms.returnWindow);
  }

  static async open(chain: Chain, random: Random, compact: boolean): Promise<RandomCompany> {
    const returnWindow = random.pick([0, 300, 300, 5000]);
    const planNotice = random.pick([0, 0, 500]);
    const terms = { returnWindow, planNotice, capPeriod: 3600, compact };
    const plan = randomPlan(random);
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
    this.logs.push(...(await this.ledger.send(['setRecorder', admin, cap])));
    twin.enter({ kind: 'recorderSet', recorder: admin, cap });
    await this.#fund(this.random.pick([2n ** 48n, 10n ** 12n]));
    await this.#enrol();
  }

  /** A few random actions. */
  async act(): Promise<void> {
    for (let i = this.random.between(1, 4); i > 0; i--) {
      const action = this.random.pick(ACTIONS);
      if (action === 'enrol') await this.#enrol();
      if (action === 'record') await this.#record();
      if (action === 'reverse') await this.#reverse();
      if (action === 'settle') await this.#settle();
      if (action === 'pay') await this.#pay();
      if (action === 'announce') await this.#announce();
      if (action === 'fund') await this.#fund(this.random.edgy(1n, 10n ** 10n));
    }
  }

  async #fund(units: bigint): Promise<void> {
    this.logs.push(...(await this.ledger.fund(units)));
    this.twin.fund(this.#chain.admin, units);
  }

  async #announce(): Promise<void> {
    const plan = randomPlan(this.random);
    this.logs.push(...(await this.ledger.send(['announcePlan', plan])));
    this.twin.announce(plan, this.#chain.now + this.terms.planNotice);
    const version = this.twin.plans.length;
    const [found] = await this.ledger.views(['planOf', version]);
    const [, startsAt, hash] = found as [Plan, bigint, string];
    if (hash !== planHash(plan) || startsAt !== BigInt(this.twin.plans[version - 1]?.startsAt ?? 0)) {
      throw new Error(`planOf(${version}) is ${startsAt}, ${hash}; the plan is ${JSON.stringify(plan)}.`);
    }
  }

  async #enrol(): Promise<void> {
    const room = MOST_PEOPLE - this.twin.people.size;
    const people: PersonRecord[] = [];
    for (let i = Math.min(room, this.random.between(1, 25)); i > 0; i--) {
      people.push(this.#newcomer(people));
    }
    if (people.length === 0) return;
    this.logs.push(...(await this.ledger.send(['enrol', encodePeople(people)])));
    this.twin.enrol(people);
  }

  /** Somebody to enrol after those of `before`, who are not enrolled yet. */
  #newcomer(before: readonly PersonRecord[]): PersonRecord {
    const ids = [...this.twin.people.keys(), ...before.map(({ id }) => id)];
    const sponsor = this.#sponsor(ids);
    const fragment = fragmentOf(sponsor);
    // Whoever enrols need not pack: a new fragment is always allowed.
    const packed = !this.random.chance(10);
    const taken = ids.filter((id) => fragmentOf(id) === fragment).length;
    const fragments = Math.max(0, ...ids.map(fragmentOf));
    const id = nextId(sponsor, packed ? taken : LANES, fragments);
    const wallet = this.random.chance(20) ? zeroAddress : this.random.hex(20);
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
        return this.random.chance(98) ? last : this.random.pick(ids);
      case 'star':
        return this.random.chance(90) ? first : this.random.pick(ids);
      case 'forest':
        return this.random.chance(10) ? 0 : this.random.pick(ids);
    }
  }

  async #record(): Promise<void> {
    const { random, twin } = this;
    const time = this.#chain.now + random.between(1, 200);
    const sales = Array.from({ length: random.between(1, 25) }, () => randomSale(random, this.#seller()));
    while (sales.length > 0 && twin.needed(sales, time) > twin.float) sales.pop();
    if (sales.length === 0) return;
    const root = random.hex(32);
    const call = ['recordSales', twin.batches.length + 1, encodeSales(sales), root] as const;
    this.logs.push(...(await this.ledger.send([...call], time)));
    twin.record(this.#chain.admin, sales, root, time);
  }

  /** Anybody, and now and then a lane that is still empty. */
  #seller(): number {
    const lane = idAt(this.random.between(1, this.twin.fragments), this.random.between(0, 3));
    const ids = [...this.twin.people.keys()];
    // The newest stand deepest.
    return this.random.chance(5) ? lane : this.random.pick(this.random.chance(50) ? ids.slice(-8) : ids);
  }

  async #reverse(): Promise<void> {
    const { random, twin, terms } = this;
    const time = this.#chain.now + random.between(1, 50);
    const open = twin.batches.filter((each) => time < each.recordedAt + terms.returnWindow);
    if (open.length === 0) return;
    const batch = random.pick(open);
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
    this.logs.push(...(await this.ledger.send(['reverse', ...facts, encodeReversals(entered)], time)));
  }

  #reversal(batch: TwinBatch): ReversalRecord | undefined {
    const index = this.random.between(0, batch.records.length - 1);
    const left = this.twin.leftOf(batch, index);
    if (left.priceCents === 0n) return undefined;
    const priceCents = this.random.pick([left.priceCents, this.random.edgy(1n, left.priceCents)]);
    // The volume that stays may not be above the price that stays.
    const least = left.volumeCents - (left.priceCents - priceCents);
    const volumeCents = this.random.edgy(least > 0n ? least : 0n, left.volumeCents);
    return { index, priceCents, volumeCents };
  }

  async #settle(): Promise<void> {
    const { random, twin, terms } = this;
    const unsettled = twin.batches.filter((each) => each.settled < each.records.length);
    if (unsettled.length === 0) return;
    const batch = random.pick(unsettled);
    // Often at the first second that is allowed.
    const due = batch.recordedAt + terms.returnWindow;
    const time = Math.max(due, this.#chain.now + 1) + random.pick([0, 0, random.between(1, 100)]);
    const until = random.pick([
      2n ** 256n - 1n,
      BigInt(random.between(batch.settled + 1, batch.records.length)),
    ]);
    const { records, reversals } = batch;
    const facts = [
      batch.batch,
      batch.plan,
      batch.recordedAt,
      encodeSales(records),
      encodeReversals(reversals),
    ];
    this.logs.push(...(await this.ledger.send(['settle', ...facts, until], time)));
    twin.settle(batch, Number(until));
  }

  async #pay(): Promise<void> {
    const payable = [...this.twin.people].filter(
      ([, { owed, wallet }]) => owed > 0n && wallet !== zeroAddress,
    );
    for (let i = Math.min(payable.length, this.random.between(1, 3)); i > 0; i--) {
      const [id, { wallet, owed }] = this.random.pick(payable);
      // Picked twice, there is nothing left.
      if (owed === 0n || this.twin.people.get(id)?.owed === 0n) continue;
      this.logs.push(...(await this.ledger.send(['withdraw', wallet])));
      this.twin.pay(id);
    }
  }
}
