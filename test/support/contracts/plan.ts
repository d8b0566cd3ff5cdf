import { AbiCoder, keccak256 } from 'ethers';

export interface PlanTerms {
  kind: number;
  compression: number;
  boundaryRank: number;
  ceilingBps: number;
  weightsBps: [number, number, number];
  ratesBps: number[][];
}

/** The seller's own 20%, then five levels: 41% in all. Preferred customers count half, own purchases a quarter. */
export const RATES = [2000, 1000, 500, 300, 200, 100];

export function planOf(ratesBps: number[], changes: Partial<PlanTerms> = {}): PlanTerms {
  return {
    kind: 0,
    compression: 0,
    boundaryRank: 0,
    ceilingBps: 5000,
    weightsBps: [10_000, 5000, 2500],
    ratesBps: [ratesBps],
    ...changes,
  };
}

/** A plan's name: keccak256 of its ABI encoding. */
export function planHash(plan: PlanTerms): string {
  const type =
    'tuple(uint8 kind, uint8 compression, uint8 boundaryRank, uint16 ceilingBps, uint16[3] weightsBps, uint16[][] ratesBps)';
  return keccak256(AbiCoder.defaultAbiCoder().encode([type], [plan]));
}
