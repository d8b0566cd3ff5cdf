import {
  BUYER_CLASSES,
  type Entry,
  MAX_CENTS,
  MAX_ID,
  type Plan,
  planHash,
  type SaleRecord,
  type SettledLine,
} from '@plumbline/protocol';
import type { Random } from './random.ts';

/** Random material of the right shape. */

/** A plan that every ledger accepts: 1 to 11 levels that pay no more than the ceiling. */
export function randomPlan(random: Random): Plan {
  const levels = random.pick([11, 6, random.between(1, 11)]);
  let left = random.pick([10_000, 10_000, random.between(0, 10_000)]);
  const rates = Array.from({ length: levels }, () => {
    const rate = random.chance(15) ? 0 : Number(random.edgy(0n, BigInt(Math.min(left, 3000))));
    left -= rate;
    return rate;
  });
  const total = rates.reduce((sum, rate) => sum + rate, 0);
  const weight = () =>
    random.pick([10_000, 10_000, 5000, random.between(1, 10_000), random.between(0, 10_000), 0]);
  return {
    kind: 0,
    compression: 0,
    boundaryRank: 0,
    ceilingBps: random.pick([total, 10_000, random.between(total, 10_000)]),
    weightsBps: [weight(), weight(), weight()],
    ratesBps: [rates],
  };
}

/** A sale that a ledger records if it knows the seller. */
export function randomSale(random: Random, seller: number): SaleRecord {
  const priceCents = random.edgy(
    random.pick([1n, 100n, 2000n]),
    random.pick([MAX_CENTS, 1_000_000n, 10_000n]),
  );
  const volumeCents = random.pick([priceCents, priceCents, random.edgy(0n, priceCents)]);
  return { class: random.pick(BUYER_CLASSES), seller, priceCents, volumeCents };
}

/** A settled line such as any plan could have written. */
export function randomLine(random: Random): SettledLine {
  const id = () => Number(random.edgy(4n, BigInt(MAX_ID)));
  const volumeCents = random.edgy(0n, MAX_CENTS);
  const levels = volumeCents === 0n ? 0 : random.between(0, 11);
  const credits = Array.from({ length: levels }, () =>
    random.chance(20) ? { id: 0, bps: 0 } : { id: id(), bps: Number(random.edgy(0n, 10_000n)) },
  );
  return { seller: id(), volumeCents, credits };
}

export const ENTRY_KINDS = [
  'opened',
  'enrolled',
  'planAnnounced',
  'recorderSet',
  'roleChanged',
  'adminTransferSet',
  'adminDelaySet',
  'floatFunded',
  'batchRecorded',
  'saleReversed',
  'batchSettled',
  'payout',
] as const satisfies readonly Entry['kind'][];

/** An entry of a kind with every field anywhere in its width. */
export function randomEntry(random: Random, kind: Entry['kind']): Entry {
  const uint = (bits: number) => Number(random.edgy(0n, (1n << BigInt(bits)) - 1n));
  const units = () => random.edgy(0n, (1n << 64n) - 1n);
  switch (kind) {
    case 'opened':
      return { kind, termsHash: random.hex(32) };
    case 'enrolled':
      return { kind, id: uint(26), sponsor: uint(26), wallet: random.hex(20) };
    case 'planAnnounced': {
      const plan = randomPlan(random);
      return { kind, version: uint(8), startsAt: uint(40), planHash: planHash(plan), plan };
    }
    case 'recorderSet':
      return { kind, recorder: random.hex(20), cap: units() };
    case 'roleChanged':
      return { kind, role: random.hex(32), account: random.hex(20), granted: random.chance(50) };
    case 'adminTransferSet':
      return { kind, newAdmin: random.hex(20), acceptableFrom: uint(48) };
    case 'adminDelaySet':
      return { kind, delay: uint(48), effectiveFrom: uint(48) };
    case 'floatFunded':
      return { kind, from: random.hex(20), units: units() };
    case 'batchRecorded':
      return {
        kind,
        batch: uint(32),
        plan: uint(16),
        recorder: random.hex(20),
        recordedAt: uint(40),
        reserved: units(),
        manifestRoot: random.hex(32),
        records: random.hex(12 * random.between(1, 20)),
      };
    case 'saleReversed':
      return {
        kind,
        batch: uint(32),
        index: uint(16),
        seller: uint(26),
        priceCents: random.edgy(1n, MAX_CENTS),
        volumeCents: random.edgy(0n, MAX_CENTS),
      };
    case 'batchSettled': {
      const from = random.between(0, 900);
      const lines = Array.from({ length: random.between(1, 6) }, () => randomLine(random));
      const until = from + lines.length;
      return { kind, batch: uint(24), from, until, credited: units(), released: units(), lines };
    }
    case 'payout':
      return { kind, id: uint(26), wallet: random.hex(20), units: units() };
  }
}
