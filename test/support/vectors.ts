import { readFileSync } from 'node:fs';

/** The golden figures of test/vectors/plans.json, as plans and lines of distributors that a ledger can have. */

/** A distributor of the seller's upline. */
interface UplineDistributor {
  name: string;
  rank: number;
  isActive: boolean;
}

export interface Golden {
  name: string;
  plan: {
    kind: number;
    compression: number;
    boundaryRank: number;
    reach: number;
    ceilingBps: number;
    weightsBps: [number, number, number];
    ratesBps: number[][];
  };
  /** Cents, all of which count. */
  volumeCents: number;
  /** From the seller's sponsor up. */
  upline: UplineDistributor[];
  /** Who is paid at each level (generation, step) from 1 up, in base units; null for a level that stays unpaid. */
  credits: (Paid | null)[];
  /** Base units in all. */
  total: bigint;
}

interface Paid {
  to: string;
  units: bigint;
}

interface Payout {
  to: string;
  amount: string;
}

type Ranked = [name: string, rank: string][];

interface Vectors {
  unilevel: {
    cv: string;
    rates: number[];
    upline: string[];
    payouts: (Payout & { level: number })[];
    total: string;
  };
  compression: {
    cv: string;
    rates: number[];
    chain: { id: string; active: boolean; maxLevel: number }[];
  } & Record<'none' | 'rollup' | 'dynamic', { payouts: (Payout & { level: number })[]; breakage: string }>;
  generation: { cv: string; rates: number[]; upline: Ranked; payouts: (Payout & { gen: number })[] };
  rank_differential: {
    cv: string;
    rates: Record<string, number>;
    upline: Ranked;
    payouts: Payout[];
    total: string;
  };
}

const UNITS_PER_CENT = 10_000;
const RANKS = ['none', 'Silver', 'Gold', 'Diamond'];

const { unilevel, compression, generation, rank_differential } = JSON.parse(
  readFileSync(new URL('../vectors/plans.json', import.meta.url), 'utf8'),
) as Vectors;

/** All of them; the seller earns nothing in any. */
export const goldens: Golden[] = [
  {
    name: 'unilevel',
    plan: planOf(0, 0, [[0, ...unilevel.rates]]),
    volumeCents: centsOf(unilevel.cv),
    upline: unilevel.upline.map((name) => ({ name, rank: 0, isActive: true })),
    credits: atLevels(
      unilevel.rates.length,
      unilevel.payouts.map((payout) => [payout.level, payout]),
    ),
    total: BigInt(unilevel.total),
  },
  ...(['none', 'rollup', 'dynamic'] as const).map((name, kind): Golden => {
    const { payouts, breakage } = compression[name];
    const all = compression.rates.reduce((sum, rate) => sum + BigInt(rate) * BigInt(compression.cv), 0n);
    return {
      name: `compression, ${name}`,
      // A distributor's highest level is their rank: the row of a rank ends at it.
      plan: planOf(
        0,
        kind,
        [0, 1, 2, 3, 4].map((rank) => [0, ...compression.rates.slice(0, rank)]),
      ),
      volumeCents: centsOf(compression.cv),
      upline: compression.chain.map(({ id, active, maxLevel }) => ({
        name: id,
        rank: maxLevel,
        isActive: active,
      })),
      credits: atLevels(
        compression.rates.length,
        payouts.map((payout) => [payout.level, payout]),
      ),
      total: all / BigInt(UNITS_PER_CENT) - BigInt(breakage),
    };
  }),
  {
    name: 'generation',
    plan: { ...planOf(2, 0, [[0, ...generation.rates]]), boundaryRank: RANKS.indexOf('Gold') },
    volumeCents: centsOf(generation.cv),
    upline: rankedLine(generation.upline),
    credits: atLevels(
      generation.rates.length,
      generation.payouts.map((payout) => [payout.gen, payout]),
    ),
    total: generation.payouts.reduce((sum, { amount }) => sum + BigInt(amount), 0n),
  },
  {
    name: 'rank differential',
    plan: planOf(
      1,
      0,
      RANKS.map((rank) => [0, rank_differential.rates[rank] ?? 0]),
    ),
    volumeCents: centsOf(rank_differential.cv),
    upline: rankedLine(rank_differential.upline),
    credits: rank_differential.payouts.map(paidBy),
    total: BigInt(rank_differential.total),
  },
];

function planOf(kind: number, compressed: number, ratesBps: number[][]): Golden['plan'] {
  const weightsBps: [number, number, number] = [10_000, 10_000, 10_000];
  return {
    kind,
    compression: compressed,
    boundaryRank: 0,
    reach: 64,
    ceilingBps: 10_000,
    weightsBps,
    ratesBps,
  };
}

function centsOf(units: string): number {
  return Number(units) / UNITS_PER_CENT;
}

function rankedLine(upline: Ranked): UplineDistributor[] {
  return upline.map(([name, rank]) => ({ name, rank: RANKS.indexOf(rank), isActive: true }));
}

function paidBy({ to, amount }: Payout): Paid {
  return { to, units: BigInt(amount) };
}

function atLevels(levels: number, payouts: [number, Payout][]): (Paid | null)[] {
  const paid = new Map(payouts.map(([level, payout]) => [level, paidBy(payout)]));
  return Array.from({ length: levels }, (_, i) => paid.get(i + 1) ?? null);
}
