import { bytesToHex, type Hex, hexToBytes } from 'viem';
import { ByteWriter } from './bytes.ts';
import { MalformedError } from './errors.ts';
import { STATUS_ACTIVE, STATUS_NONE } from './fragment.ts';
import type { Plan } from './plan.ts';

/** Who is paid what for one sale. Twin of contracts/libraries/Commission.sol. */

/** One level of a settled sale; zeros where the level stays unpaid. */
export interface Credit {
  /** Person id. */
  id: number;
  /** Basis points of the counted volume. */
  bps: number;
}

/** A settled sale as the journal holds it; `credits` goes from the seller (level 0) up. */
export interface SettledLine {
  /** Person id. */
  seller: number;
  /** Counted volume in cents, after weight and reversals. */
  volumeCents: bigint;
  credits: Credit[];
}

/** The tree as it stands when a sale is settled. */
export interface Tree {
  /** Id of the sponsor, 0 for a root. */
  sponsorOf(id: number): number;
  /** 0 for nobody, 1 for an active person. */
  statusOf(id: number): number;
}

/** Base units of one level: counted volume in cents x basis points, exactly. */
export function amountOf(line: Pick<SettledLine, 'volumeCents'>, credit: Credit): bigint {
  return line.volumeCents * BigInt(credit.bps);
}

/** Base units that a settled sale credits in total. */
export function creditedBy(line: SettledLine): bigint {
  return line.credits.reduce((sum, credit) => sum + amountOf(line, credit), 0n);
}

/**
 * Settles one sale by the plan: each level gets its rate if the person there is active.
 * @param volumeCents Counted volume in cents.
 */
export function payByLevel(tree: Tree, plan: Plan, seller: number, volumeCents: bigint): SettledLine {
  const credits: Credit[] = [];
  const rates = plan.ratesBps[0] ?? [];
  let id = volumeCents === 0n || tree.statusOf(seller) === STATUS_NONE ? 0 : seller;
  for (const bps of rates) {
    if (id === 0) break;
    credits.push(tree.statusOf(id) === STATUS_ACTIVE ? { id, bps } : { id: 0, bps: 0 });
    id = tree.sponsorOf(id);
  }
  return { seller, volumeCents, credits };
}

const LINE_HEADER = 9;
const CREDIT_BYTES = 5;
const RATE_BITS = 14;

/**
 * Settled sales in the packed form that the journal hashes and compact ledgers log.
 * @throws MalformedError if an id, a rate or a volume does not fit its bits.
 */
export function encodeLines(lines: readonly SettledLine[]): Hex {
  const size = lines.reduce((sum, line) => sum + LINE_HEADER + line.credits.length * CREDIT_BYTES, 0);
  const writer = new ByteWriter(size);
  for (const line of lines) {
    writer.uint(line.seller, 4).uint(Number(line.volumeCents), 4).uint(line.credits.length, 1);
    for (const { id, bps } of line.credits) {
      // A wider rate would run into the id and name somebody else.
      if (bps < 0 || bps >= 2 ** RATE_BITS)
        throw new MalformedError('bps', `must be at most 10000, not ${bps}`);
      // Below 2^40: exact in a double.
      writer.uint(id * 2 ** RATE_BITS + bps, CREDIT_BYTES);
    }
  }
  return bytesToHex(writer.bytes());
}

/** @throws MalformedError if `packed` does not end where its last sale ends. */
export function decodeLines(packed: Hex): SettledLine[] {
  const bytes = hexToBytes(packed);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const lines: SettledLine[] = [];
  let at = 0;
  while (at < bytes.length) {
    const levels = bytes[at + 8] ?? 0;
    const end = at + LINE_HEADER + levels * CREDIT_BYTES;
    if (at + LINE_HEADER > bytes.length || end > bytes.length) {
      throw new MalformedError('sales', `the sale at byte ${at} is cut off`);
    }
    const credits: Credit[] = [];
    for (let p = at + LINE_HEADER; p < end; p += CREDIT_BYTES) {
      const word = view.getUint32(p) * 256 + view.getUint8(p + 4);
      credits.push({ id: Math.floor(word / 2 ** RATE_BITS), bps: word % 2 ** RATE_BITS });
    }
    lines.push({ seller: view.getUint32(at), volumeCents: BigInt(view.getUint32(at + 4)), credits });
    at = end;
  }
  return lines;
}
