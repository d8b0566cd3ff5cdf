import { bytesToHex, type Hex } from 'viem';
import { MalformedError } from '../errors.ts';
import { MAX_ID } from '../ids.ts';
import { ByteWriter } from './bytes.ts';
import { parseBytes } from './digits.ts';

/** The packed records that calls and events carry. Twin of the *Record.sol files in contracts/types. */

export const SALE_BYTES = 12;
const REVERSAL_BYTES = 12;
const DISTRIBUTOR_BYTES = 28;
const STANDING_BYTES = 4;
const BALANCE_BYTES = 12;

/** Who bought: a retail customer, a preferred customer, or the distributor themself. */
export const BUYER_CLASSES = ['retail', 'preferred', 'self'] as const;
export type BuyerClass = (typeof BUYER_CLASSES)[number];

/** A sale as the chain holds it. */
export interface SaleRecord {
  class: BuyerClass;
  /** Distributor id. */
  seller: number;
  priceCents: bigint;
  volumeCents: bigint;
}

/** A reversal of a sale, or of part of it. */
export interface ReversalRecord {
  /** Index of the sale in its batch. */
  index: number;
  priceCents: bigint;
  volumeCents: bigint;
}

/** A distributor to enrol. The zero address means that the wallet is not known yet. */
export interface DistributorRecord {
  id: number;
  sponsor: number;
  wallet: Hex;
}

/** A distributor's rank and status. */
export interface StandingRecord {
  /** Distributor id. */
  id: number;
  /** 0 to 15. */
  rank: number;
  /** 1 active or 2 inactive. */
  status: number;
}

/** What a distributor is owed from before the ledger. */
export interface BalanceRecord {
  /** Distributor id. */
  id: number;
  units: bigint;
}

/** @throws MalformedError if a class does not exist, or a seller, price or volume does not fit its bits. */
export function encodeSales(sales: readonly SaleRecord[]): Hex {
  const writer = new ByteWriter(sales.length * SALE_BYTES);
  for (const sale of sales) {
    if (sale.seller < 0 || sale.seller > MAX_ID) {
      throw new MalformedError('records', `a seller is an id of at most ${MAX_ID}, not ${sale.seller}`);
    }
    const head = BUYER_CLASSES.indexOf(sale.class) * 2 ** 26 + sale.seller;
    writer.uint(head, 4).uint(Number(sale.priceCents), 4).uint(Number(sale.volumeCents), 4);
  }
  return bytesToHex(writer.bytes());
}

/** @throws MalformedError if `records` is not whole or names a buyer class that does not exist. */
export function decodeSales(records: Hex): SaleRecord[] {
  return readRecords('records', records, SALE_BYTES).map((view) => {
    const head = view.getUint32(0);
    const buyerClass = BUYER_CLASSES[head >>> 26];
    if (!buyerClass) throw noClass(head >>> 26);
    return {
      class: buyerClass,
      seller: head & 0x3ff_ffff,
      priceCents: BigInt(view.getUint32(4)),
      volumeCents: BigInt(view.getUint32(8)),
    };
  });
}

/**
 * Visits packed sales in place. `onSale` gets seller, index in `BUYER_CLASSES`, price and volume in cents.
 * @throws MalformedError if `records` is not whole or names a buyer class that does not exist.
 */
export function visitSales(
  records: Uint8Array,
  onSale: (seller: number, buyer: number, priceCents: number, volumeCents: number) => void,
): void {
  checkWhole('records', records, SALE_BYTES);
  const view = new DataView(records.buffer, records.byteOffset, records.length);
  for (let at = 0; at < records.length; at += SALE_BYTES) {
    const head = view.getUint32(at);
    if (head >>> 26 >= BUYER_CLASSES.length) throw noClass(head >>> 26);
    onSale(head & 0x3ff_ffff, head >>> 26, view.getUint32(at + 4), view.getUint32(at + 8));
  }
}

/** @throws MalformedError if a number does not fit its bits. */
export function encodeReversals(reversals: readonly ReversalRecord[]): Hex {
  const writer = new ByteWriter(reversals.length * REVERSAL_BYTES);
  for (const { index, priceCents, volumeCents } of reversals) {
    writer.uint(index, 4).uint(Number(priceCents), 4).uint(Number(volumeCents), 4);
  }
  return bytesToHex(writer.bytes());
}

/** @throws MalformedError if `reversals` is not whole. */
export function decodeReversals(reversals: Hex): ReversalRecord[] {
  return readRecords('reversals', reversals, REVERSAL_BYTES).map((view) => ({
    index: view.getUint32(0),
    priceCents: BigInt(view.getUint32(4)),
    volumeCents: BigInt(view.getUint32(8)),
  }));
}

/** @throws MalformedError if a number does not fit its bits, or a wallet is not an address. */
export function encodeDistributors(distributors: readonly DistributorRecord[]): Hex {
  const writer = new ByteWriter(distributors.length * DISTRIBUTOR_BYTES);
  for (const { id, sponsor, wallet } of distributors) writer.uint(id, 4).uint(sponsor, 4).hex(wallet, 20);
  return bytesToHex(writer.bytes());
}

/** @throws MalformedError if an id, a rank or a status does not fit its bits. */
export function encodeStandings(standings: readonly StandingRecord[]): Hex {
  const writer = new ByteWriter(standings.length * STANDING_BYTES);
  for (const { id, rank, status } of standings) {
    checkBits('id', id, 26);
    checkBits('rank', rank, 4);
    checkBits('status', status, 2);
    writer.uint((id * 16 + rank) * 4 + status, STANDING_BYTES);
  }
  return bytesToHex(writer.bytes());
}

/** @throws MalformedError if `standings` is not whole. */
export function decodeStandings(standings: Hex): StandingRecord[] {
  return readRecords('standings', standings, STANDING_BYTES).map((view) => {
    const packed = view.getUint32(0);
    return { id: packed >>> 6, rank: (packed >>> 2) & 15, status: packed & 3 };
  });
}

/** @throws MalformedError if a number does not fit its bits. */
export function encodeBalances(balances: readonly BalanceRecord[]): Hex {
  const writer = new ByteWriter(balances.length * BALANCE_BYTES);
  for (const { id, units } of balances) writer.uint(id, 4).uint64(units);
  return bytesToHex(writer.bytes());
}

/** @throws MalformedError if `balances` is not whole. */
export function decodeBalances(balances: Hex): BalanceRecord[] {
  return readRecords('balances', balances, BALANCE_BYTES).map((view) => ({
    id: view.getUint32(0),
    units: view.getBigUint64(4),
  }));
}

/** A wider value would spill into the field before it and change its meaning. */
function checkBits(field: string, value: number, bits: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** bits) {
    throw new MalformedError(field, `must be a whole number of at most ${bits} bits, not ${value}`);
  }
}

function readRecords(field: string, packed: Hex, size: number): DataView[] {
  const bytes = parseBytes(packed);
  checkWhole(field, bytes, size);
  return Array.from(
    { length: bytes.length / size },
    (_, i) => new DataView(bytes.buffer, bytes.byteOffset + i * size, size),
  );
}

function noClass(index: number): MalformedError {
  return new MalformedError('records', `there is no buyer class ${index}`);
}

function checkWhole(field: string, bytes: Uint8Array, size: number): void {
  if (bytes.length % size === 0) return;
  throw new MalformedError(field, `must be a whole number of ${size} bytes, not ${bytes.length}`);
}
