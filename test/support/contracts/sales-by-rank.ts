/** What a sale pays by each kind of plan and each compression, worked out by hand. */
import { type Company, ID } from './company.ts';
import { byDifference, byGeneration, COMPRESSION, type PlanTerms, planOf, RATES } from './plan.ts';
import { INACTIVE, PREFERRED, SELF, type Standing } from './records.ts';

const { A, B, C, D, E, F } = ID;
/** Cents. */
export const VOLUME = 10_000;

interface Case {
  what: string;
  plan: PlanTerms;
  /** Of the line in which A sponsors B, B sponsors C and so on up to F, who sells. */
  standing?: Standing[];
  /** Distributors who leave before the sale is settled. */
  leavers?: (keyof Company['distributors']['wallets'])[];
  /** Of 10,000 cents of volume, what is counted; all of it when it is not given. */
  counted?: number;
  class?: number;
  /** Id and rate of each level from the seller up; zeros for a level that stays unpaid. */
  paid: [id: number, bps: number][];
}

const UNPAID: [number, number] = [0, 0];

const byRank = [
  [1000, 500],
  [1000, 600, 300, 200, 100],
];
const rank1: Standing[] = [A, B, C].map((id) => ({ id, rank: 1 }));
const differences = byDifference([
  [500, 800],
  [600, 1200],
  [0, 2000],
]);
const generations = byGeneration([
  [100, 500],
  [200, 600],
  [0, 300, 200],
  [0, 400, 250, 150],
]);

export const cases: Case[] = [
  {
    what: 'by level: leaves a level unpaid that the rank does not reach, and one of an inactive distributor',
    plan: planOf([], { ratesBps: byRank }),
    standing: [...rank1, { id: B, rank: 1, status: INACTIVE }],
    paid: [[F, 1000], [E, 500], UNPAID, [C, 200], UNPAID],
  },
  {
    what: 'by level: an inactive distributor breaks a level of a plan with one row, too',
    plan: planOf(RATES),
    standing: [
      { id: F, rank: 15, status: INACTIVE },
      { id: D, status: INACTIVE },
    ],
    paid: [UNPAID, [E, 1000], UNPAID, [C, 300], [B, 200], [A, 100]],
  },
  {
    what: 'by level with roll-up: an inactive distributor does not count, a rank too low still does',
    plan: planOf([], { ratesBps: byRank, compression: COMPRESSION.rollUp }),
    standing: [...rank1, { id: E, status: INACTIVE }],
    paid: [
      [F, 1000],
      [D, 500],
      [C, 300],
      [B, 200],
      [A, 100],
    ],
  },
  {
    what: 'by level with roll-up: the level of a rank too low stays unpaid',
    plan: planOf([], { ratesBps: byRank, compression: COMPRESSION.rollUp }),
    standing: [...rank1, { id: C, status: INACTIVE }],
    paid: [[F, 1000], [E, 500], UNPAID, [B, 200], [A, 100]],
  },
  {
    what: 'by level with roll-up: one row, and the line ends before the levels do',
    plan: planOf(RATES, { compression: COMPRESSION.rollUp }),
    standing: [
      { id: E, status: INACTIVE },
      { id: B, status: INACTIVE },
    ],
    paid: [
      [F, 2000],
      [D, 1000],
      [C, 500],
      [A, 300],
    ],
  },
  {
    what: 'by level, dynamic: neither counts',
    plan: planOf([], { ratesBps: byRank, compression: COMPRESSION.dynamic }),
    standing: [...rank1, { id: E, status: INACTIVE }, { id: B, rank: 1, status: INACTIVE }],
    paid: [
      [F, 1000],
      [D, 500],
      [C, 300],
      [A, 200],
    ],
  },
  {
    what: 'by level: pays the seller by their own rank, and ranks past the last row by the last',
    plan: planOf([], {
      ratesBps: [
        [100, 10],
        [200, 20],
        [300, 30, 31],
      ],
    }),
    standing: [
      { id: F, rank: 15 },
      { id: E, rank: 1 },
      { id: D, rank: 2 },
    ],
    paid: [
      [F, 300],
      [E, 20],
      [D, 31],
    ],
  },
  {
    what: 'by level: a rate of 0 is paid, with nothing',
    plan: planOf([], {
      ratesBps: [
        [0, 0, 300],
        [0, 100, 0],
      ],
    }),
    standing: [{ id: D, rank: 1 }],
    paid: [
      [F, 0],
      [E, 0],
      [D, 0],
    ],
  },
  {
    what: 'by level: distributors who left are paid nothing, the seller neither',
    plan: planOf([], { ratesBps: byRank }),
    standing: rank1,
    leavers: ['F', 'D', 'B'],
    paid: [UNPAID, [E, 500], UNPAID, [C, 200], UNPAID],
  },
  {
    what: 'by level with roll-up: distributors who left do not count',
    plan: planOf(RATES, { compression: COMPRESSION.rollUp }),
    leavers: ['F', 'D', 'A'],
    paid: [UNPAID, [E, 1000], [C, 500], [B, 300]],
  },
  {
    what: 'by difference: pays each higher rank what it is above the highest before',
    plan: differences,
    standing: [
      { id: C, rank: 1 },
      { id: B, rank: 2 },
      { id: A, rank: 3 },
    ],
    paid: [
      [F, 500],
      [E, 800],
      [C, 400],
      [B, 800],
    ],
  },
  {
    what: 'by difference: the seller’s rank is paid apart and leaves the others theirs',
    plan: differences,
    standing: [
      { id: F, rank: 1 },
      { id: E, rank: 1 },
    ],
    paid: [
      [F, 600],
      [E, 1200],
    ],
  },
  {
    what: 'by difference: an inactive distributor keeps the difference from everybody',
    plan: differences,
    standing: [
      { id: F, status: INACTIVE },
      { id: D, rank: 1, status: INACTIVE },
      { id: B, rank: 2 },
    ],
    paid: [UNPAID, [E, 800], UNPAID, [B, 800]],
  },
  {
    what: 'by difference with roll-up: an inactive distributor does not count',
    plan: { ...differences, compression: COMPRESSION.rollUp },
    standing: [
      { id: E, rank: 2, status: INACTIVE },
      { id: D, rank: 1, status: INACTIVE },
      { id: B, rank: 2 },
    ],
    leavers: ['A'],
    paid: [
      [F, 500],
      [C, 800],
      [B, 1200],
    ],
  },
  {
    what: 'by difference: pays up to sixteen differences',
    plan: byDifference(Array.from({ length: 16 }, (_, rank) => [0, 100 * (rank + 1)])),
    standing: [
      { id: E, rank: 0 },
      { id: D, rank: 3 },
      { id: C, rank: 2 },
      { id: B, rank: 14 },
      { id: A, rank: 15 },
    ],
    paid: [
      [F, 0],
      [E, 100],
      [D, 300],
      [B, 1100],
      [A, 100],
    ],
  },
  {
    what: 'by generation: counts only distributors of the boundary rank or above, each by their own row',
    plan: generations,
    standing: [
      { id: E, rank: 1 },
      { id: D, rank: 2 },
      { id: B, rank: 3 },
      { id: A, rank: 9 },
    ],
    paid: [
      [F, 100],
      [D, 300],
      [B, 250],
      [A, 150],
    ],
  },
  {
    what: 'by generation: an inactive distributor, or one of a rank that does not reach it, uses up the generation',
    plan: generations,
    standing: [
      { id: F, rank: 1 },
      { id: E, rank: 3, status: INACTIVE },
      { id: D, rank: 2 },
      { id: C, rank: 2 },
      { id: B, rank: 3 },
    ],
    paid: [[F, 200], UNPAID, [D, 200], UNPAID],
  },
  {
    what: 'by generation with roll-up: an inactive distributor does not',
    plan: { ...generations, compression: COMPRESSION.rollUp },
    standing: [
      { id: E, rank: 3, status: INACTIVE },
      { id: D, rank: 2 },
      { id: C, rank: 2 },
      { id: B, rank: 2 },
      { id: A, rank: 3 },
    ],
    paid: [[F, 100], [D, 300], [C, 200], UNPAID],
  },
  {
    what: 'by generation, dynamic: neither does',
    plan: { ...generations, compression: COMPRESSION.dynamic },
    standing: [
      { id: E, rank: 3, status: INACTIVE },
      { id: D, rank: 2 },
      { id: C, rank: 2 },
      { id: B, rank: 2 },
      { id: A, rank: 3 },
    ],
    paid: [
      [F, 100],
      [D, 300],
      [C, 200],
      [A, 150],
    ],
  },
  {
    what: 'by generation: a line without ranks pays the seller alone',
    plan: generations,
    paid: [[F, 100]],
  },
  {
    what: 'by difference: counts a preferred customer’s volume by its weight',
    plan: { ...differences, weightsBps: [10_000, 3333, 0] },
    class: PREFERRED,
    counted: 3333,
    paid: [
      [F, 500],
      [E, 800],
    ],
  },
  {
    what: 'by generation: pays nobody when a class does not count',
    plan: { ...generations, weightsBps: [10_000, 3333, 0] },
    class: SELF,
    counted: 0,
    paid: [],
  },
];
