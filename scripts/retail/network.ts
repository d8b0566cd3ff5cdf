import { createHash } from 'node:crypto';

/**
 * The network that the import adds to the file, which has none: distributors 1 to `size` + 1, the first of whom is the
 * company. Each place follows from a hash, so that every import of a file builds the same tree.
 */
export interface Network {
  size: number;
}

/** The first 8 bytes of SHA-256 of the text, as an unsigned big-endian integer. */
function hashNumber(text: string): bigint {
  return createHash('sha256').update(text, 'utf8').digest().readBigUInt64BE(0);
}

/** Number of the sponsor of distributor `k`; `k` is at least 2. */
function sponsorOf(k: number): number {
  return 1 + Number(hashNumber(`sponsor:${k}`) % BigInt(k - 1));
}

/** Number of the distributor who sells to `buyer`. */
export function sellerOf(network: Network, buyer: string): number {
  return 2 + Number(hashNumber(`seller:${buyer}`) % BigInt(network.size));
}

/** The company's reference of distributor `k`. */
export function referenceOf(k: number): string {
  return `retail-${k}`;
}

/** All distributors in the order in which they are enrolled. */
export function* distributorsOf(network: Network): Generator<{ reference: string; sponsor: string | null }> {
  for (let k = 1; k <= network.size + 1; k++) {
    yield { reference: referenceOf(k), sponsor: k === 1 ? null : referenceOf(sponsorOf(k)) };
  }
}

/** Numbers of the distributors above distributor `k`, nearest first. */
export function uplineOf(k: number): number[] {
  const path: number[] = [];
  for (let at = k; at > 1; ) {
    at = sponsorOf(at);
    path.push(at);
  }
  return path;
}
