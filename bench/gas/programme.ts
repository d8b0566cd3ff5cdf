import {
  chunkReversals,
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
import type { Hex } from 'viem';
import type { ChunkReversalsStruct, ICommissionLedger } from '../../types/interfaces/ICommissionLedger.ts';
import type { LedgerRequestStruct } from '../../types/LedgerFactory.ts';
import type { TestDollar } from '../../types/mocks/TestDollar.ts';
import { add, ethers, MOST, networkHelpers, PRICE, type Spent, spent } from './chain.ts';
import type { Tree } from './tree.ts';

const DAY = 86_400;
const ENROLLED_AT_ONCE = 300;
/** Version of the only plan. */
const PLAN = 1;

/** A plan that is not plain. */
export interface OtherPlan {
  kind: number;
  compression: number;
  ratesBps: number[][];
  /** Ranks of every line of the tree, from its seller up; without them nobody has a rank. */
  ranks?: readonly number[];
}

export interface Terms {
  /** Of a sale: the seller and whoever is above. */
  payees: number;
  /** Without one, a plain plan: each level has its own rate. */
  plan?: OtherPlan;
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
  /** What each of a line is paid, from the seller up, in basis points. */
  readonly #rates: readonly number[];
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
    this.#rates = ratesAlong(terms);
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
      roles: terms.plan?.ranks ? [{ role: hashOf('RANKER_ROLE'), account: company.address }] : [],
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
    if (terms.plan?.ranks) await setRanks(ledger, tree, terms.plan.ranks);
    return new Programme(ledger, terms, tree, { creation, enrolled });
  }

  /** Records a sale of each of `sellers` as one batch and settles it, at once or after the return window. */
  async sell(sellers: readonly number[]): Promise<PerSale> {
    const sales = sellers.map(saleOf);
    const records = encodeSales(sales);
    const { batch, recorded, recordedAt } = await this.#record(records);
    const { fragments, units } = this.#expect(sales);
    if (this.#terms.returnWindow === 0) {
      this.#check(recorded, units);
      return perSale(recorded, RECORD + PRICE.read + fragments * PRICE.change, sales.length);
    }
    await networkHelpers.time.increase(this.#terms.returnWindow);
    const settled = await spent(this.#ledger.settle(batch, records, PLAN, recordedAt, sales.length, MOST));
    this.#check(settled, units);
    // The batch's word comes and goes.
    const storage = RECORD + PRICE.fill + SETTLE + PRICE.clear + fragments * PRICE.change;
    return perSale(add(recorded, settled), storage, sales.length);
  }

  /**
   * Records a sale of each of `sellers` as one batch and takes whole sales back, in a call each.
   * @param indexes Of the sales in the batch.
   * @returns What the last of the calls cost.
   */
  async takeBack(sellers: readonly number[], indexes: readonly number[]): Promise<number> {
    const sales = sellers.map(saleOf);
    const { batch, recordedAt } = await this.#record(encodeSales(sales));
    let gas = 0;
    for (const index of indexes) {
      const sale = sales[index];
      if (!sale) throw new Error(`the batch has no sale ${index}`);
      const { priceCents, volumeCents } = sale;
      const chunks = chunkReversals(encodeSales(sales), [{ index, priceCents, volumeCents }]);
      ({ gas } = await spent(
        this.#ledger.reverse(
          batch,
          PLAN,
          recordedAt,
          sales.length,
          chunks as unknown as ChunkReversalsStruct[],
          MOST,
        ),
      ));
      sales[index] = { ...sale, priceCents: 0n, volumeCents: 0n };
    }
    return gas;
  }

  async #record(records: Hex): Promise<{ batch: number; recorded: Spent; recordedAt: number }> {
    // The batches of the first recorder are numbered from 1.
    const batch = ++this.#batches;
    const recorded = await spent(
      this.#ledger.recordSales(records, batch, hashOf(`manifest ${batch}`), PLAN, MOST),
    );
    return { batch, recorded, recordedAt: await networkHelpers.time.latest() };
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
      for (const [level, id] of this.#tree.payees(seller, this.#terms.payees).entries()) {
        fragments.add(fragmentOf(id));
        units += volumeCents * BigInt(this.#rates[level] ?? 0);
      }
    }
    return { fragments: fragments.size, units };
  }

  /** A figure counts only if the work was done. */
  #check({ logs }: Spent, units: bigint): void {
    const events = logs.map((log) => this.#ledger.interface.parseLog(log));
    const credited = events.find((event) => event?.name === 'BatchSettled')?.args.credited;
    if (credited !== units) throw new Error(`${credited} units were credited, not ${units}`);
  }
}

/** Gives every line of the tree these ranks, from its seller up. */
async function setRanks(ledger: ICommissionLedger, tree: Tree, ranks: readonly number[]): Promise<void> {
  // A line is enrolled from its top down.
  const standings = tree.distributors.map(({ id }, i) => ({
    id,
    rank: ranks[ranks.length - 1 - (i % ranks.length)] ?? 0,
    status: STATUS_ACTIVE,
  }));
  const parts: string[] = [];
  for (let i = 0; i < standings.length; i += ENROLLED_AT_ONCE) {
    parts.push(encodeStandings(standings.slice(i, i + ENROLLED_AT_ONCE)));
  }
  for (const part of parts) await spent(ledger.setStanding(part, ZeroHash, MOST));
  const { startsAt } = await ledger.changes();
  await networkHelpers.time.increaseTo(startsAt);
  for (const [i, part] of parts.entries()) {
    await spent(ledger.applyStanding(i + 1, part, ENROLLED_AT_ONCE, MOST));
  }
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
export function ratesOf(payees: number): number[] {
  return [1_000, ...Array.from({ length: payees - 1 }, (_, i) => 200 - 10 * i)];
}

/** What each of a line is paid, from the seller up, when everybody is active. */
function ratesAlong({ payees, plan }: Terms): number[] {
  if (!plan) return ratesOf(payees);
  if (plan.kind === PLAN_BY_LEVEL) return plan.ratesBps[0] ?? [];
  let highest = 0;
  return (plan.ranks ?? []).map((rank, level) => {
    const [own = 0, whole = 0] = plan.ratesBps[rank] ?? [];
    if (level === 0) return own;
    const rate = Math.max(whole - highest, 0);
    highest += rate;
    return rate;
  });
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
