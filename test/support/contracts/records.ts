/** The packed bytes that a ledger's calls carry, written from the manual and not from the contract's own code. */
import { concat, solidityPacked, ZeroAddress } from 'ethers';

export interface Distributor {
  id: number;
  sponsor: number;
  wallet?: string;
}

export interface Sale {
  seller: number;
  /** Cents of commissionable volume. */
  volume: number;
  /** Cents paid; the volume when it is not given. */
  price?: number;
  /** Retail (0), preferred (1) or self (2). */
  class?: number;
}

export interface Reversal {
  index: number;
  price: number;
  volume: number;
}

export interface Standing {
  id: number;
  /** 0 when it is not given. */
  rank?: number;
  /** Active (1) when it is not given, or inactive (2). */
  status?: number;
}

export const SALE_BYTES = 12;

export const ACTIVE = 1;
export const INACTIVE = 2;
export const CLOSED = 3;

const RETAIL = 0;
export const PREFERRED = 1;
export const SELF = 2;

export function encodeDistributors(distributors: Distributor[]): string {
  return concat(
    distributors.map(({ id, sponsor, wallet = ZeroAddress }) =>
      solidityPacked(['uint32', 'uint32', 'address'], [id, sponsor, wallet]),
    ),
  );
}

export function encodeSales(sales: Sale[]): string {
  return concat(
    sales.map(({ seller, volume, price = volume, class: buyerClass = RETAIL }) =>
      solidityPacked(['uint32', 'uint32', 'uint32'], [buyerClass * 2 ** 26 + seller, price, volume]),
    ),
  );
}

export function encodeReversals(reversals: Reversal[]): string {
  return concat(
    reversals.map(({ index, price, volume }) =>
      solidityPacked(['uint32', 'uint32', 'uint32'], [index, price, volume]),
    ),
  );
}

export function encodeStandings(standings: Standing[]): string {
  return concat(
    standings.map(({ id, rank = 0, status = ACTIVE }) =>
      solidityPacked(['uint32'], [id * 2 ** 6 + rank * 2 ** 2 + status]),
    ),
  );
}

/** What each is owed from before, in units. */
export function encodeBalances(balances: { id: number; units: bigint }[]): string {
  return concat(balances.map(({ id, units }) => solidityPacked(['uint32', 'uint64'], [id, units])));
}

/** The levels of a readable settlement's log: the amount in units, then eight digits of id. */
export function encodeCredits(levels: [units: bigint, id: number][]): bigint[] {
  return levels.map(([units, id]) => units * 100_000_000n + BigInt(id));
}

/** A sale's number in the journal. */
export function saleNumber(batch: bigint | number, index: number): bigint {
  return (BigInt(batch) << 16n) | BigInt(index);
}
