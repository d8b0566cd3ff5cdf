import { AbiCoder, keccak256 } from 'ethers';

export interface PlanTerms {
  kind: number;
  compression: number;
  boundaryRank: number;
  reach: number;
  ceilingBps: number;
  weightsBps: [number, number, number];
  ratesBps: number[][];
}

export const KIND = { byLevel: 0, byDifference: 1, byGeneration: 2 } as const;
export const COMPRESSION = { none: 0, rollUp: 1, dynamic: 2 } as const;

/** The seller's own 20%, then five levels: 41% in all. Preferred customers count half, own purchases a quarter. */
export const RATES = [2000, 1000, 500, 300, 200, 100];

export function planOf(ratesBps: number[], changes: Partial<PlanTerms> = {}): PlanTerms {
  return {
    kind: 0,
    compression: 0,
    boundaryRank: 0,
    reach: 64,
    ceilingBps: 5000,
    weightsBps: [10_000, 5000, 2500],
    ratesBps: [ratesBps],
    ...changes,
  };
}

/** A row for each rank: the seller's own rate and the whole rate of the rank. */
export function byDifference(ratesBps: number[][], changes: Partial<PlanTerms> = {}): PlanTerms {
  return planOf([], { kind: KIND.byDifference, ratesBps, ...changes });
}

/** Generations of distributors of rank 2 or above. */
export function byGeneration(ratesBps: number[][], changes: Partial<PlanTerms> = {}): PlanTerms {
  return planOf([], { kind: KIND.byGeneration, boundaryRank: 2, ratesBps, ...changes });
}

/** A plan's name: keccak256 of its ABI encoding. */
export function planHash(plan: PlanTerms): string {
  const type =
    'tuple(uint8 kind, uint8 compression, uint8 boundaryRank, uint16 reach, uint16 ceilingBps, uint16[3] weightsBps, uint16[][] ratesBps)';
  return keccak256(AbiCoder.defaultAbiCoder().encode([type], [plan]));
}
