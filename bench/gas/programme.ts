import {
  type DistributorRecord,
  encodeDistributors,
  encodeSales,
  encodeStandings,
  fragmentOf,
  PLAN_BY_LEVEL,
  type SaleRecord,
  STATUS_ACTIVE,
} from '@plumbline/protocol';
import { id as hashOf, MaxUint256, ZeroHash } from 'ethers';
import type { ICommissionLedger } from '../../types/interfaces/ICommissionLedger.ts';
import type { LedgerRequestStruct } from '../../types/LedgerFactory.ts';
import type { TestDollar } from '../../types/mocks/TestDollar.ts';
import { add, ethers, MOST, networkHelpers, PRICE, type Spent, spent } from './chain.ts';
import type { Tree } from './tree.ts';

const DAY = 86_400;
const ENROLLED_AT_ONCE = 300;

/** A plan that is not plain, and the ranks of the line that it is measured on, from the seller up. */
export interface RankedPlan {
  kind: number;
  compression: number;
  ratesBps: number[][];
  ranks: readonly number[];
}

export interface Terms {
  /** Of a sale: the seller and whoever is above. */
  payees: number;
  /** Without one, a plain plan: each level its own rate. */
  plan?: RankedPlan;
  compact: boolean;
  returnWindow: number;
}

/** What a ledger touches in a transaction beside fragments: head and totals changed, the code behind the clone called. */
const FRAME = PRICE.account + 2 * PRICE.change;
/** The recorder's grant, and the plan's terms. */
const RECORD = FRAME + PRICE.change + PRICE.read;
/** The plan's terms and its row of rates. */
const SETTLE = FRAME + 2 * PRICE.read;

/** Figures of a batch, per sale. */
export interface PerSale {
  gas: number;
  /** Slots, calldata and logs alone, at the EVM's prices: what is left is computation. */
  floor: number;
}

/** One company's ledger under measurement; the first signer is admin, recorder and funder. */
export class Programme {
  /** What the ledger's creation cost. */
  readonly creation: Spent;
  /** What enrolling the tree cost. */
  readonly enrolled: Spent;
  readonly #ledger: ICommissionLedger;
  readonly #terms: Terms;
  readonly #tree: Tree;
  readonly #rates: number[];
  #batches = 0;

  private constructor(
    ledger: ICommissionLedger,
    terms: Terms,
    tree: Tree,
    costs: { creation: Spent; enrolled: Spent },
  ) {
    this.#ledger = ledger;
    this.#terms = terms;
    this.#tree = tree;
    this.#rates = ratesOf(terms.payees);
    this.creation = costs.creation;
    this.enrolled = costs.enrolled;
  }

  /** Opens a ledger with a funded float and enrols the tree. */
  static async open(token: TestDollar, terms: Terms, tree: Tree): Promise<Programme> {
    const [company] = await ethers.getSigners();
    if (!company) throw new Error('the chain has no signer');
    const powers = await ethers.deployContract('LedgerPowers');
    const changes = await ethers.deployContract('LedgerChanges');
    const code = await ethers.deployContract('CommissionLedger', [
      await powers.getAddress(),
      await changes.getAddress(),
    ]);
    const factory = await ethers.deployContract('LedgerFactory', [await code.getAddress()]);
    const request: LedgerRequestStruct = {
      token: await token.getAddress(),
      unit: 1,
      returnWindow: terms.returnWindow,
      planNotice: 30 * DAY,
      capPeriod: DAY,
      compact: terms.compact,
      admin: company.address,
      adminDelay: DAY,
      delay: terms.returnWindow === 0 ? 0 : DAY,
      roles: terms.plan ? [{ role: hashOf('RANKER_ROLE'), account: company.address }] : [],
      recorders: [{ key: company.address, cap: 2n ** 50n - 1n, countCap: 2n ** 24n - 1n }],
      plan: {
        kind: terms.plan?.kind ?? 0,
        compression: terms.plan?.compression ?? 0,
        boundaryRank: 0,
        reach: 64,
        ceilingBps: 10_000,
        weightsBps: [10_000, 5_000, 2_500],
        ratesBps: terms.plan?.ratesBps ?? [ratesOf(terms.payees)],
      },
    };
    const address = await factory.createLedger.staticCall(request, ZeroHash);
    const creation = await spent(factory.createLedger(request, ZeroHash, MOST));
    const ledger = await ethers.getContractAt('ICommissionLedger', address);
    const float = 10n ** 14n;
    await token.mint(company, float);
    await token.approve(ledger, MaxUint256);
    await ledger.fund(float);
    const enrolled = await enrol(ledger, tree.distributors);
    if (terms.plan) await setRanks(ledger, tree, terms);
    return new Programme(ledger, terms, tree, { creation, enrolled });
  }

  /** Records a sale of each of `sellers` as one batch and settles it, at once or after the return window. */
  async sell(sellers: readonly number[]): Promise<PerSale> {
    const sales = sellers.map(saleOf);
    const packed = encodeSales(sales);
    const number = ++this.#batches;
    const recorded = await spent(
      this.#ledger.recordSales(packed, number, hashOf(`manifest ${number}`), 1, MOST),
    );
    const { fragments, units } = this.#expect(sales);
    if (this.#terms.returnWindow === 0) {
      this.#check(recorded, units);
      return perSale(recorded, RECORD + PRICE.read + fragments * PRICE.change, sales.length);
    }
    const recordedAt = await networkHelpers.time.latest();
    await networkHelpers.time.increase(this.#terms.returnWindow);
    const settled = await spent(this.#ledger.settle(number, packed, 1, recordedAt, sales.length, MOST));
    this.#check(settled, units);
    // The batch's word comes and goes.
    const storage = RECORD + PRICE.fill + SETTLE + PRICE.clear + fragments * PRICE.change;
    return perSale(add(recorded, settled), storage, sales.length);
  }

  async withdraw(id: number): Promise<number> {
    const { gas } = await spent(this.#ledger.withdraw(walletOfTree(this.#tree, id), MOST));
    return gas;
  }

  /** Pays out to everybody in `ids` in one transaction; per distributor. */
  async payOut(ids: readonly number[]): Promise<number> {
    const wallets = ids.map((id) => walletOfTree(this.#tree, id));
    const { gas, logs } = await spent(this.#ledger.payOut(wallets, MOST));
    const paid = logs.filter(
      ({ topics }) => topics[0] === this.#ledger.getEvent('Payout').fragment.topicHash,
    );
    if (paid.length !== ids.length) throw new Error(`${paid.length} of ${ids.length} were paid out`);
    return gas / ids.length;
  }

  /** The fragments that these sales change, each once, and the units that they credit. */
  #expect(sales: readonly SaleRecord[]): { fragments: number; units: bigint } {
    const fragments = new Set<number>();
    let units = 0n;
    for (const { seller, volumeCents } of sales) {
      const rates = this.#ratesAlong();
      for (const [level, id] of this.#tree.payees(seller, this.#terms.payees).entries()) {
        fragments.add(fragmentOf(id));
        units += volumeCents * BigInt(rates[level] ?? 0);
      }
    }
    return { fragments: fragments.size, units };
  }

  /** What each of a line is paid, from the seller up. */
  #ratesAlong(): number[] {
    const { plan } = this.#terms;
    if (!plan) return this.#rates;
    if (plan.kind === PLAN_BY_LEVEL) return plan.ratesBps[0] ?? [];
    let highest = 0;
    return plan.ranks.map((rank, level) => {
      const [own = 0, whole = 0] = plan.ratesBps[rank] ?? [];
      if (level === 0) return own;
      const rate = Math.max(whole - highest, 0);
      highest += rate;
      return rate;
    });
  }

  /** A figure counts only if the work was done. */
  #check({ logs }: Spent, units: bigint): void {
    const events = logs.map((log) => this.#ledger.interface.parseLog(log));
    const credited = events.find((event) => event?.name === 'BatchSettled')?.args.credited;
    if (credited !== units) throw new Error(`${credited} units were credited, not ${units}`);
  }
}

/** Gives every line of the tree the plan's ranks, from its seller up. */
async function setRanks(ledger: ICommissionLedger, tree: Tree, terms: Terms): Promise<void> {
  const standings = tree.distributors.map(({ id }, i) => ({
    id,
    rank: terms.plan?.ranks[terms.payees - 1 - (i % terms.payees)] ?? 0,
    status: STATUS_ACTIVE,
  }));
  const parts: string[] = [];
  for (let i = 0; i < standings.length; i += ENROLLED_AT_ONCE) {
    parts.push(encodeStandings(standings.slice(i, i + ENROLLED_AT_ONCE)));
  }
  for (const part of parts) await spent(ledger.setStanding(part, ZeroHash, MOST));
  const { startsAt } = await ledger.changes();
  await networkHelpers.time.increaseTo(startsAt);
  for (const [i, part] of parts.entries()) await spent(ledger.applyStanding(i + 1, part, ENROLLED_AT_ONCE, MOST));
}

/** Enrols in batches; what it cost in all. */
async function enrol(ledger: ICommissionLedger, distributors: readonly DistributorRecord[]): Promise<Spent> {
  const parts: Spent[] = [];
  for (let i = 0; i < distributors.length; i += ENROLLED_AT_ONCE) {
    parts.push(
      await spent(ledger.enrol(encodeDistributors(distributors.slice(i, i + ENROLLED_AT_ONCE)), MOST)),
    );
  }
  return add(...parts);
}

/** The seller's own 10%, then from 2% down. */
function ratesOf(payees: number): number[] {
  return [1_000, ...Array.from({ length: payees - 1 }, (_, i) => 200 - 10 * i)];
}

/** Prices from 10 to 1,000 and something, different from each other. */
function saleOf(seller: number, index: number): SaleRecord {
  const cents = BigInt(1_000 + ((index * 7_919) % 99_991));
  return { class: 'retail', seller, priceCents: cents, volumeCents: cents };
}

function perSale({ gas, carried }: Spent, storage: number, sales: number): PerSale {
  return { gas: gas / sales, floor: (carried + storage) / sales };
}

function walletOfTree(tree: Tree, id: number): string {
  const distributor = tree.distributors.find((each) => each.id === id);
  if (!distributor) throw new Error(`nobody has id ${id}`);
  return distributor.wallet;
}
