import {
  COMPRESSION_NONE,
  COMPRESSION_ROLL_UP,
  PLAN_BY_DIFFERENCE,
  PLAN_BY_LEVEL,
} from '@plumbline/protocol';
import { Random } from '../test/support/random.ts';
import type { TestDollar } from '../types/mocks/TestDollar.ts';
import { ethers } from './gas/chain.ts';
import { Peers } from './gas/peers.ts';
import { type OtherPlan, type PerSale, Programme, ratesOf } from './gas/programme.ts';
import { type Figures, printTable } from './gas/table.ts';
import { Tree } from './gas/tree.ts';

/**
 * What a sale costs, in gas, on Hardhat's EVM (Osaka) with one OpenZeppelin ERC-20 of 6 decimals: `gasUsed` with the
 * 21,000 and the calldata of every transaction, balances not zero before. Beside it, in the same run: what the payments
 * alone would cost without a ledger, and the floor that the EVM's prices set. L is how many are paid for a sale: the
 * seller, and L - 1 above.
 */

const PAYEES = [1, 3, 5, 10];
const MAX_PAYEES = 10;
const BATCHES = [1, 10, 100, 500];
/** Two equal rows: nobody is paid otherwise than by one, but the plan is not plain any more. */
const twoRows = (payees: number): number[][] => [ratesOf(payees), ratesOf(payees)];
const RANKED: OtherPlan = {
  kind: PLAN_BY_LEVEL,
  compression: COMPRESSION_ROLL_UP,
  ratesBps: twoRows(MAX_PAYEES),
};
/** By difference of rank: the seller's own 10%, and 2% more for each rank. */
const DIFFERENTIAL: OtherPlan = {
  kind: PLAN_BY_DIFFERENCE,
  compression: COMPRESSION_ROLL_UP,
  ratesBps: Array.from({ length: 6 }, (_, rank) => [1_000, 200 * rank]),
  ranks: [0, 1, 1, 2, 2, 3, 3, 4, 4, 5],
};
const FORMS = { compact: true, readable: false };
const WINDOW = 14 * 86_400;
const RANDOM_TREE = 10_000;
const RANDOM_SALES = 500;
const RETURN_BATCHES = [100, 500, 1_000];

export async function run(): Promise<unknown> {
  const token = (await ethers.deployContract('TestDollar', [6])) as unknown as TestDollar;
  const peers = await Peers.set(token);
  const floor: Record<string, Figures> = {};
  const disjoint: Record<string, Figures> = {};
  for (const [form, compact] of Object.entries(FORMS)) {
    [disjoint[form], floor[form]] = await measureDisjoint(token, compact);
  }
  const ranked = await measurePlan(token, RANKED);
  const differential = await measurePlan(token, DIFFERENTIAL);
  disjoint.multisend = await measureMultisend(peers);
  const oneByOne = await measureOneByOne(peers);
  const { random10k, ...others } = await measureRandom(token, peers);
  const [single, singleFloor] = await measureSingle(token);
  const worstPacking = await measureApart(token);
  const walks = await measureWalks(token, disjoint);
  const results = {
    disjoint,
    ranked,
    differential,
    floor,
    oneByOne,
    random10k,
    single,
    singleFloor,
    worstPacking,
    return: await measureReturns(token),
    walks,
    ...others,
  };
  printTable(results);
  return rounded(results);
}

/** Uplines that share nobody, one below the other in fragments as they are enrolled. */
async function measureDisjoint(token: TestDollar, compact: boolean): Promise<[Figures, Figures]> {
  const [gas, floor]: [Figures, Figures] = [{}, {}];
  for (const payees of PAYEES) {
    const tree = new Tree();
    const sellers = Array.from({ length: Math.max(...BATCHES) }, () => tree.addLine(payees - 1));
    const programme = await Programme.open(token, { payees, compact, returnWindow: WINDOW }, tree);
    // So that no balance is zero.
    await programme.sell(sellers);
    const [own, bare]: [Record<string, number>, Record<string, number>] = [{}, {}];
    for (const size of BATCHES) {
      const sold = await programme.sell(sellers.slice(0, size));
      own[`N${size}`] = sold.gas;
      bare[`N${size}`] = sold.floor;
    }
    gas[`L${payees}`] = own;
    floor[`L${payees}`] = bare;
  }
  return [gas, floor];
}

/** Ten payees in uplines that share nobody, by a plan that is not plain. */
async function measurePlan(token: TestDollar, plan: OtherPlan): Promise<Record<string, Figures>> {
  const gas: Record<string, Figures> = {};
  for (const [form, compact] of Object.entries(FORMS)) {
    const largest = await measureLargest(token, compact, MAX_PAYEES, plan);
    gas[form] = { [`L${MAX_PAYEES}`]: { [`N${Math.max(...BATCHES)}`]: largest } };
  }
  return gas;
}

/** The largest batch of sellers whose uplines share nobody; per sale. */
async function measureLargest(
  token: TestDollar,
  compact: boolean,
  payees: number,
  plan: OtherPlan,
): Promise<number> {
  const tree = new Tree();
  const sellers = Array.from({ length: Math.max(...BATCHES) }, () => tree.addLine(payees - 1));
  const programme = await Programme.open(token, { payees, compact, returnWindow: WINDOW, plan }, tree);
  await programme.sell(sellers);
  return (await programme.sell(sellers)).gas;
}

/** The same payments as one list, with neither tree nor plan; somebody off chain has worked them out. */
async function measureMultisend(peers: Peers): Promise<Figures> {
  const gas: Figures = {};
  for (const payees of PAYEES) {
    const tree = new Tree();
    const lines = Array.from({ length: Math.max(...BATCHES) }, () =>
      tree.payees(tree.addLine(payees - 1), payees),
    );
    await peers.fill(lines.flat());
    const own: Record<string, number> = {};
    for (const size of BATCHES) {
      own[`N${size}`] = (await peers.multisend(lines.slice(0, size).flat())).gas / size;
    }
    gas[`L${payees}`] = own;
  }
  return gas;
}

/** One sale by plain transfers, and by a PaymentSplitter that each payee is released from. */
async function measureOneByOne(peers: Peers): Promise<Figures> {
  const [transfers, splitter]: [Record<string, number>, Record<string, number>] = [{}, {}];
  for (const payees of PAYEES) {
    const tree = new Tree();
    const ids = tree.payees(tree.addLine(payees - 1), payees);
    await peers.transfers(ids);
    transfers[`L${payees}`] = (await peers.transfers(ids)).gas;
    splitter[`L${payees}`] = (await peers.splitter(ids)).gas;
  }
  return { transfers, splitter };
}

/** Random sellers in a random tree, ten payees; and what else is done with such a company. */
async function measureRandom(token: TestDollar, peers: Peers) {
  const tree = new Tree();
  tree.grow(RANDOM_TREE, new Random(10_000));
  const random = new Random(500);
  const sellers = Array.from({ length: RANDOM_SALES }, () => random.pick(tree.distributors).id);
  const random10k: Record<string, number> = {};
  const others: Record<string, number> = {};
  for (const [form, compact] of Object.entries(FORMS)) {
    const programme = await Programme.open(
      token,
      { payees: MAX_PAYEES, compact, returnWindow: WINDOW },
      tree,
    );
    await programme.sell(sellers);
    random10k[form] = (await programme.sell(sellers)).gas;
    if (!compact) continue;
    others.createLedger = programme.creation.gas;
    others.enrol = programme.enrolled.gas / tree.distributors.length;
    // Everybody has a balance at the token already.
    const paid = [...new Set(sellers)].slice(0, 101);
    await peers.fill(paid);
    others.withdraw = await programme.withdraw(paid[0] ?? 0);
    others.payOut100 = await programme.payOut(paid.slice(1));
  }
  const netted = [...new Set(sellers.flatMap((seller) => tree.payees(seller, MAX_PAYEES)))];
  await peers.fill(netted);
  random10k.multisendNetted = (await peers.multisend(netted)).gas / RANDOM_SALES;
  return { random10k, ...others };
}

/** One sale alone, settled as it is recorded. */
async function measureSingle(token: TestDollar): Promise<[Figures, Figures]> {
  const [gas, floor]: [Figures, Figures] = [{}, {}];
  for (const [form, compact] of Object.entries(FORMS)) {
    const [own, bare]: [Record<string, number>, Record<string, number>] = [{}, {}];
    for (const payees of PAYEES) {
      const tree = new Tree();
      const seller = tree.addLine(payees - 1);
      const programme = await Programme.open(token, { payees, compact, returnWindow: 0 }, tree);
      await programme.sell([seller]);
      const sold: PerSale = await programme.sell([seller]);
      own[`L${payees}`] = sold.gas;
      bare[`L${payees}`] = sold.floor;
    }
    gas[form] = own;
    floor[form] = bare;
  }
  return [gas, floor];
}

/** Everybody in a fragment of their own, which is the worst that an enroller can do. */
async function measureApart(token: TestDollar): Promise<Record<string, number>> {
  const gas: Record<string, number> = {};
  for (const [form, compact] of Object.entries(FORMS)) {
    const tree = new Tree(true);
    const sellers = Array.from({ length: 100 }, () => tree.addLine(MAX_PAYEES - 1));
    const programme = await Programme.open(
      token,
      { payees: MAX_PAYEES, compact, returnWindow: WINDOW },
      tree,
    );
    await programme.sell(sellers);
    gas[form] = (await programme.sell(sellers)).gas;
  }
  return gas;
}

/** The third return of a whole sale out of one batch; it should cost the same however many sales the batch has. */
async function measureReturns(token: TestDollar): Promise<Record<string, number>> {
  const gas: Record<string, number> = {};
  for (const size of RETURN_BATCHES) {
    const tree = new Tree();
    const sellers = Array.from({ length: size }, () => tree.addLine(0));
    const terms = { payees: 1, compact: true, returnWindow: WINDOW };
    const programme = await Programme.open(token, terms, tree);
    const quarter = size / 4;
    gas[`N${size}`] = await programme.takeBack(sellers, [quarter, 2 * quarter, 3 * quarter]);
  }
  return gas;
}

/** One plain plan by the walk of plain plans, and by that of levels: what the first saves. */
async function measureWalks(
  token: TestDollar,
  disjoint: Record<string, Figures>,
): Promise<Record<string, Record<string, Record<string, number>>>> {
  const largest = `N${Math.max(...BATCHES)}`;
  const [plain, levels]: [Figures, Figures] = [{}, {}];
  for (const [form, compact] of Object.entries(FORMS)) {
    const [own, other]: [Record<string, number>, Record<string, number>] = [{}, {}];
    for (const payees of [5, MAX_PAYEES]) {
      const key = `L${payees}`;
      own[key] = disjoint[form]?.[key]?.[largest] ?? 0;
      const plan = { kind: PLAN_BY_LEVEL, compression: COMPRESSION_NONE, ratesBps: twoRows(payees) };
      other[key] = await measureLargest(token, compact, payees, plan);
    }
    plain[form] = own;
    levels[form] = other;
  }
  return { plain, levels };
}

/** Whole gas, however deep. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Math.round(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rounded(each)]));
}
