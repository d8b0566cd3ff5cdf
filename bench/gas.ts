import { Random } from '../test/support/random.ts';
import type { TestDollar } from '../types/mocks/TestDollar.ts';
import { ethers } from './gas/chain.ts';
import { Peers } from './gas/peers.ts';
import { type PerSale, Programme, type RankedPlan } from './gas/programme.ts';
import { printTable } from './gas/table.ts';
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
/** Ten levels by two equal rows with roll-up, and by difference of rank: what a plan costs that is not plain. */
const LADDER = [1_000, ...Array.from({ length: MOST_PAYEES - 1 }, (_, i) => 190 - 10 * i)];
const RANKED: RankedPlan = {
  kind: 0,
  compression: 1,
  ratesBps: [LADDER, LADDER],
  ranks: [0, 1, 0, 1, 0, 1, 0, 1, 0, 1],
};
const DIFFERENTIAL: RankedPlan = {
  kind: 1,
  compression: 1,
  ratesBps: Array.from({ length: 6 }, (_, rank) => [1_000, 200 * rank]),
  ranks: [0, 1, 1, 2, 2, 3, 3, 4, 4, 5],
};
const FORMS = { compact: true, readable: false };
const WINDOW = 14 * 86_400;
const RANDOM_TREE = 10_000;
const RANDOM_SALES = 500;

type Figures = Record<string, Record<string, number>>;

export async function run(): Promise<unknown> {
  const token = (await ethers.deployContract('TestDollar', [6])) as unknown as TestDollar;
  const peers = await Peers.set(token);
  const floor: Record<string, Figures> = {};
  const disjoint: Record<string, Figures> = {};
  for (const [form, compact] of Object.entries(FORMS)) {
    [disjoint[form], floor[form]] = await measureDisjoint(token, compact);
  }
  const ranked = await measureByRank(token, RANKED);
  const differential = await measureByRank(token, DIFFERENTIAL);
  disjoint.multisend = await measureMultisend(peers);
  const oneByOne = await measureOneByOne(peers);
  const { random10k, ...others } = await measureRandom(token, peers);
  const [single, singleFloor] = await measureSingle(token);
  const worstPacking = await measureApart(token);
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

/** Ten payees in uplines that share nobody, by a plan that looks at ranks. */
async function measureByRank(token: TestDollar, plan: RankedPlan): Promise<Record<string, Figures>> {
  const gas: Record<string, Figures> = {};
  for (const [form, compact] of Object.entries(FORMS)) {
    const tree = new Tree();
    const sellers = Array.from({ length: Math.max(...BATCHES) }, () => tree.addLine(MOST_PAYEES - 1));
    const terms = { payees: MOST_PAYEES, compact, returnWindow: WINDOW, plan };
    const programme = await Programme.open(token, terms, tree);
    await programme.sell(sellers);
    const own: Record<string, number> = {};
    for (const size of BATCHES) own[`N${size}`] = (await programme.sell(sellers.slice(0, size))).gas;
    gas[form] = { [`L${MOST_PAYEES}`]: own };
  }
  return gas;
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

/** Whole gas, however deep. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Math.round(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rounded(each)]));
}
